//! Packed or not, the history reads the same: beside what a plain loop over all samples says.

use super::*;
use uuid::Uuid;
use vigia_model::TenantScope;
use vigia_store::order::TimeOrder;
use vigia_store::retention::History;
use vigia_store::telemetry::{ChartQuery, ChartSource, HistoryKey, HistoryQuery, HistorySample};

const DAY: i64 = 24 * HOUR;

/// What is in the history: two days of five series, of all types, fast and slow, with a gap, and one that is hidden.
fn history() -> Vec<SampleRow> {
    let mut rows = Vec::new();
    for n in 0..2 * DAY / 10_000 {
        let at = T0 + n * 10_000;
        let number = i32::try_from(n).unwrap();
        if !(7_000..9_000).contains(&n) {
            rows.push(row(1, Mode::Both, at, f64::from(number % 500) / 10.0));
        }
        rows.push(row(2, Mode::Hourly, at, f64::from(number)));
        if n % 6 == 0 {
            let value = Value::Text(if n % 120 < 60 { "running".into() } else { format!("stop {n}").into() });
            rows.push(typed(row(3, Mode::Raw, at, 0.0), DataType::Text, value));
        }
        if n % 90 == 0 {
            rows.push(typed(row(4, Mode::Both, at + 1, 0.0), DataType::Int, Value::Int(i64::MAX - n)));
        }
        if n % 700 == 0 {
            let mut bad = typed(row(5, Mode::Both, at, 0.0), DataType::Bool, Value::Bool(n % 1_400 == 0));
            if n % 2_100 == 0 {
                bad.sample.quality = Quality::Uncertain;
            }
            bad.unit_id = None;
            rows.push(bad);
        }
    }
    rows
}

fn typed(mut row: SampleRow, data_type: DataType, value: Value) -> SampleRow {
    row.sample.data_type = data_type;
    row.sample.value = Some(value);
    row
}

struct Reader {
    db: Database,
    scope: TenantScope,
    plc: Uuid,
    rows: Vec<SampleRow>,
}

impl Reader {
    async fn start() -> Self {
        let db = Database::start().await;
        db.query("insert into units (id, unit) overriding system value values (3, 'celsius')");
        let plc = db.one("select id from plcs").parse().unwrap();
        let reader = Self { db, scope: TenantScope::All, plc, rows: history() };
        // In the order of time, as they come.
        for rows in reader.rows.chunks(20_000) {
            reader.db.commit(rows).await;
        }
        reader
    }

    async fn add(&mut self, rows: Vec<SampleRow>) {
        self.db.commit(&rows).await;
        self.rows.extend(rows);
    }

    /// A page, beside what it has to be.
    async fn check(&self, query: HistoryQuery<'_>) -> Vec<HistorySample> {
        let page = self.db.store.samples(&query).await.unwrap();
        let expected = self.expected(&query);
        let got: Vec<(HistoryKey, &Sample)> =
            page.iter().map(|sample| (key(sample), &sample.sample)).collect();
        assert_eq!(got.len(), expected.len(), "{query:?}");
        for (got, expected) in got.iter().zip(&expected) {
            assert_eq!(got.0, expected.0, "{query:?}");
            assert_eq!(got.1, &expected.1, "{query:?}");
        }
        page
    }

    fn expected(&self, query: &HistoryQuery<'_>) -> Vec<(HistoryKey, Sample)> {
        let is_wanted = |row: &&SampleRow| {
            let ts = row.sample.ts;
            let metric = format!("m{}", row.series.0);
            row.mode.in_history()
                && query.metrics.is_none_or(|metrics| metrics.contains(&metric))
                && query.from.is_none_or(|from| ts >= from)
                && query.to.is_none_or(|to| ts < to)
        };
        let sample = |row: &SampleRow| {
            let unit = row.unit_id.map(|_| "celsius".into());
            (HistoryKey { ts: row.sample.ts, series: row.series }, Sample { unit, ..row.sample.clone() })
        };
        let mut samples: Vec<_> = self.rows.iter().filter(is_wanted).map(sample).collect();
        samples.sort_by(|(one, _), (other, _)| query.order.compare(*one, *other));
        samples.retain(|(key, _)| query.after.is_none_or(|after| query.order.compare(after, *key).is_lt()));
        samples.truncate(usize::try_from(query.limit).unwrap());
        samples
    }

    /// Pages of many kinds.
    async fn check_all(&self) {
        let one = ["m4".to_owned()];
        let several = ["m1", "m2", "m3", "m5"].map(str::to_owned);
        let spans = [
            (None, None),
            (Some(T0 + 5 * HOUR + 7), None),
            (None, Some(T0 + 30 * HOUR + 1)),
            (Some(T0 + 6 * HOUR), Some(T0 + 7 * HOUR)),
            (Some(T0 + 20 * HOUR), Some(T0 + 26 * HOUR)),
            (Some(T0 - DAY), Some(T0)),
            (Some(T0 + 9 * DAY), None),
        ];
        for order in [TimeOrder::NewestFirst, TimeOrder::OldestFirst] {
            for metrics in [None, Some(one.as_slice()), Some(several.as_slice())] {
                for (from, to) in spans {
                    for limit in [1, 40, 3_000] {
                        let query = HistoryQuery {
                            scope: &self.scope,
                            plc: self.plc,
                            metrics,
                            from: from.map(at),
                            to: to.map(at),
                            order,
                            after: None,
                            limit,
                        };
                        let first = self.check(query.clone()).await;
                        let after = first.last().map(key);
                        self.check(HistoryQuery { after, ..query }).await;
                    }
                }
            }
        }
    }
}

fn key(sample: &HistorySample) -> HistoryKey {
    HistoryKey { ts: sample.sample.ts, series: sample.series }
}

#[tokio::test]
async fn pages_are_the_same_however_much_is_packed() {
    let mut reader = Reader::start().await;
    reader.check_all().await;
    for watermark in [T0 + 5 * HOUR, T0 + 31 * HOUR, T0 + 4 * DAY] {
        reader.db.pack_up_to(watermark).await;
        reader.check_all().await;
    }
    assert_eq!(reader.db.one("select count(*) from samples"), "0");

    // Late samples stand in `samples` again, before and between what is packed, until they are packed too.
    let late = (0..50)
        .map(|n| row(1, Mode::Both, T0 - 3 * DAY + n * 3 * HOUR + 5, f64::from(i32::try_from(n).unwrap())));
    reader.add(late.collect()).await;
    reader.check_all().await;
    reader.db.pack_up_to(T0 + 5 * DAY).await;
    assert_eq!(reader.db.one("select count(*) from samples"), "0");
    reader.check_all().await;
}

#[tokio::test]
async fn every_sample_is_on_one_page_however_small_the_pages() {
    let reader = Reader::start().await;
    reader.db.pack_up_to(T0 + 31 * HOUR).await;
    for (order, limit) in [(TimeOrder::NewestFirst, 997), (TimeOrder::OldestFirst, 5_000)] {
        let mut after = None;
        let mut count = 0;
        loop {
            let query = HistoryQuery {
                scope: &reader.scope,
                plc: reader.plc,
                metrics: None,
                from: None,
                to: None,
                order,
                after,
                limit,
            };
            let page = reader.db.store.samples(&query).await.unwrap();
            count += page.len();
            let Some(last) = page.last() else { break };
            after = Some(key(last));
        }
        assert_eq!(count, reader.rows.iter().filter(|row| row.mode.in_history()).count());
    }
}

#[tokio::test]
async fn a_damaged_block_is_an_error_and_never_other_samples() {
    let reader = Reader::start().await;
    reader.db.pack_up_to(T0 + 31 * HOUR).await;
    reader
        .db
        .query("update packed set data = set_byte(data, 30, get_byte(data, 30) # 1) where series_id = 1");
    let read = async |metric: &str| {
        let query = HistoryQuery {
            scope: &reader.scope,
            plc: reader.plc,
            metrics: Some(&[metric.to_owned()]),
            from: None,
            to: Some(at(T0 + 5 * HOUR)),
            order: TimeOrder::NewestFirst,
            after: None,
            limit: 10,
        };
        reader.db.store.samples(&query).await
    };
    let error = read("m1").await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert_eq!(read("m3").await.unwrap().len(), 10);
}

#[tokio::test]
async fn the_latest_events_are_the_newest_wherever_they_stand() {
    let mut reader = Reader::start().await;
    let db = &reader.db;
    // Another tenant, which has sent nothing for long.
    db.query("insert into tenants (code) values ('quiet')");
    db.query("insert into plants (tenant_id, code, province) select id, 'q', 'ba' from tenants where code = 'quiet'");
    db.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'q' from plants where code = 'q'");
    db.query(
        "insert into series (id, tenant_id, plant_id, plc_id, metric_id) overriding system value
         select 100 + n, tenant_id, plant_id, id, 'q' || n from plcs, generate_series(1, 3) n where plc_id = 'q'",
    );
    db.query(
        "insert into gateways (num, tenant_id, plant_id, gateway_id) overriding system value
         select 7, tenant_id, id, 'gw' from plants where code = 'q'",
    );
    let quiet =
        (0..300).map(|n| row(101 + i32::try_from(n % 3).unwrap(), Mode::Both, T0 - DAY + n * 60_000, 1.0));
    reader.add(quiet.collect()).await;

    let check = async |reader: &Reader| {
        for tenant in [None, Some("t"), Some("quiet"), Some("nobody")] {
            for limit in [1, 2, 50, 1_000] {
                let events = reader.db.store.latest_events(&reader.scope, tenant, limit).await.unwrap();
                let is_of = |row: &&SampleRow| match tenant {
                    None => true,
                    Some("t") => row.series.0 < 100,
                    Some("quiet") => row.series.0 > 100,
                    Some(_) => false,
                };
                let visible = reader.rows.iter().filter(|row| row.mode.in_history());
                let mut expected: Vec<Timestamp> = visible.filter(is_of).map(|row| row.sample.ts).collect();
                expected.sort_unstable_by(|one, other| other.cmp(one));
                expected.truncate(usize::try_from(limit).unwrap());
                let got: Vec<Timestamp> = events.iter().map(|event| event.sample.ts).collect();
                assert_eq!(got, expected, "{tenant:?} {limit}");
            }
        }
    };
    check(&reader).await;
    let event = reader.db.store.latest_events(&reader.scope, Some("quiet"), 1).await.unwrap().remove(0);
    assert_eq!((event.site.as_str(), event.gateway_id.as_str(), event.metric.as_str()), ("q", "gw", "q3"));
    assert_eq!(event.sample.unit.as_deref(), Some("celsius"));
    for watermark in [T0, T0 + 31 * HOUR, T0 + 4 * DAY] {
        reader.db.pack_up_to(watermark).await;
        check(&reader).await;
    }
    let late = (0..10).map(|n| row(102, Mode::Both, T0 - 2 * DAY + n, 2.0));
    reader.add(late.collect()).await;
    check(&reader).await;
}

/// A chart with these edges, beside what a plain loop over all samples says.
async fn check_chart(reader: &Reader, edges: Vec<i64>) {
    let edges: Arc<[Timestamp]> = edges.into_iter().map(at).collect();
    let query =
        ChartQuery { scope: &reader.scope, plc: reader.plc, metrics: None, edges: Arc::clone(&edges) };
    let is_by_hour = edges.iter().all(|edge| edge.hour() == *edge);
    let charts = reader.db.store.chart(&query).await.unwrap();
    for series in 1..=5 {
        let chart = charts.iter().find(|chart| chart.series.0 == series);
        let has_hours = series != 3;
        let rows: Vec<&SampleRow> = reader.rows.iter().filter(|row| row.series.0 == series).collect();
        // Of a hidden series hours are known, not when its samples were.
        if series == 2 && !is_by_hour {
            let counted: i64 = chart.iter().flat_map(|chart| &chart.cells).map(|cell| cell.numbers).sum();
            let (first, last) = (edges.first().unwrap().as_millis(), edges.last().unwrap().as_millis());
            let hours = (0..48).map(|n| T0 + n * HOUR).filter(|hour| *hour >= first && hour + HOUR <= last);
            assert_eq!(counted, 360 * i64::try_from(hours.count()).unwrap());
            continue;
        }
        let chart = chart.unwrap();
        assert_eq!(chart.cells.len(), edges.len() - 1);
        for ((start, end), cell) in edges.iter().zip(edges.iter().skip(1)).zip(&chart.cells) {
            let within = rows.iter().filter(|row| (start..end).contains(&&row.sample.ts));
            let samples: Vec<&Sample> = within.map(|row| &row.sample).collect();
            let numbers: Vec<f64> = samples.iter().filter_map(|sample| sample.good_statistic()).collect();
            let non_good = samples.iter().filter(|sample| sample.quality != Quality::Good).count();
            let extent = numbers.iter().copied().fold(None, |extent: Option<(f64, f64)>, number| {
                let (min, max) = extent.unwrap_or((number, number));
                Some((min.min(number), max.max(number)))
            });
            let count = if has_hours { numbers.len() + non_good } else { samples.len() };
            assert_eq!(
                (cell.count, cell.numbers, cell.non_good, cell.extent),
                (
                    i64::try_from(count).unwrap(),
                    i64::try_from(numbers.len()).unwrap(),
                    i64::try_from(non_good).unwrap(),
                    extent
                ),
                "series {series} at {start:?}, {} edges",
                edges.len()
            );
            let sum: f64 = numbers.iter().sum();
            let mean = cell.mean().unwrap_or_default() * f64::from(i32::try_from(numbers.len()).unwrap());
            assert!((mean - sum).abs() <= sum.abs() * 1e-12, "{mean} {sum}");
        }
    }
}

async fn check_charts(reader: &Reader) {
    let every = |step: i64, from: i64, count: i64| (0..=count).map(|n| from + n * step).collect::<Vec<i64>>();
    check_chart(reader, every(HOUR, T0 - DAY, 96)).await;
    check_chart(reader, every(3 * HOUR, T0 + 3 * HOUR, 14)).await;
    check_chart(reader, every(DAY, T0 - 5 * HOUR, 3)).await;
    check_chart(reader, every(60_000, T0 + 2 * HOUR + 60_000, 700)).await;
    check_chart(reader, every(7_777, T0 + 18 * HOUR, 2_000)).await;
    // As of a plant half an hour off.
    check_chart(reader, every(HOUR, T0 - HOUR / 2, 60)).await;
    check_chart(reader, vec![T0 + 5 * HOUR, T0 + 5 * HOUR + 1]).await;
}

#[tokio::test]
async fn charts_are_what_a_plain_loop_finds_however_much_is_packed() {
    let mut reader = Reader::start().await;
    check_charts(&reader).await;
    for watermark in [T0 + 5 * HOUR, T0 + 31 * HOUR, T0 + 4 * DAY] {
        reader.db.pack_up_to(watermark).await;
        check_charts(&reader).await;
    }
    let late = (0..50).map(|n| row(1, Mode::Both, T0 + n * HOUR + 5, f64::from(i32::try_from(n).unwrap())));
    reader.add(late.collect()).await;
    check_charts(&reader).await;
    // From packed samples alone, and half of it.
    reader.db.query("delete from hourly where series_id <> 2");
    check_charts(&reader).await;
    reader.db.pack_up_to(T0 + 5 * DAY).await;
    check_charts(&reader).await;
}

#[tokio::test]
async fn a_chart_takes_hourly_rows_where_they_know_of_more() {
    let reader = Reader::start().await;
    reader.db.pack_up_to(T0 + 4 * DAY).await;
    let edges: Arc<[Timestamp]> = [at(T0), at(T0 + 2 * HOUR)].into();
    let metrics = ["m1".to_owned()];
    let query = ChartQuery {
        scope: &reader.scope,
        plc: reader.plc,
        metrics: Some(&metrics),
        edges: Arc::clone(&edges),
    };
    let sources = async || {
        let chart = reader.db.store.chart(&query).await.unwrap().remove(0);
        (chart.from, chart.cells.iter().map(|cell| cell.count).sum::<i64>(), chart.unit)
    };
    let unit = || Some("celsius".to_owned());
    assert_eq!(sources().await, (ChartSource::Hourly, 720, unit()));
    reader.db.query("update hourly set count = 10 where series_id = 1");
    assert_eq!(sources().await, (ChartSource::Samples, 720, unit()));
    reader.db.query("update hourly set count = 1000 where series_id = 1 and hour < '2025-01-08 19:00+00'");
    assert_eq!(sources().await, (ChartSource::Hourly, 1_360, unit()));
}

#[tokio::test]
async fn a_page_after_a_cursor_on_the_border_of_a_row_is_full() {
    let db = Database::start().await;
    let plc = db.one("select id from plcs").parse().unwrap();
    let midnight = T0 - 18 * HOUR;
    // The first sample of a day in one series, the last in the other.
    let each_minute =
        |series: i32, from: i64| (0..3 * 1_440).map(move |n| row(series, Mode::Raw, from + n * 60_000, 1.0));
    let rows: Vec<SampleRow> = each_minute(1, midnight).chain(each_minute(2, midnight + 59_999)).collect();
    db.commit(&rows).await;
    db.pack_up_to(midnight + 4 * DAY).await;
    let scope = TenantScope::All;
    for (series, order, ts, metric) in [
        (1, TimeOrder::OldestFirst, midnight + DAY, "m1"),
        (2, TimeOrder::NewestFirst, midnight + 2 * DAY - 1, "m2"),
    ] {
        for limit in 1_437_u32..1_443 {
            let query = HistoryQuery {
                scope: &scope,
                plc,
                metrics: Some(&[metric.to_owned()]),
                from: None,
                to: None,
                order,
                after: Some(HistoryKey { ts: at(ts), series: SeriesId(series) }),
                limit,
            };
            let page = db.store.samples(&query).await.unwrap();
            assert_eq!(page.len(), usize::try_from(limit).unwrap(), "{order:?}");
        }
    }
}

#[tokio::test]
async fn an_export_holds_everything_after_a_silence_and_with_long_texts() {
    let db = Database::start().await;
    let plc = db.one("select id from plcs").parse().unwrap();
    let begin = T0 - 12 * HOUR;
    let mut rows: Vec<SampleRow> = (1..=4_000_i64)
        .flat_map(|n| (1..=10).map(move |series| row(series, Mode::Raw, begin + n * 3_600, 1.0)))
        .collect();
    let text = |n: i64| {
        typed(row(11, Mode::Raw, begin + n * 500, 0.0), DataType::Text, Value::Text("x".repeat(4_000).into()))
    };
    rows.extend((1..=2_000).map(text));
    for rows in rows.chunks(5_000) {
        db.commit(rows).await;
    }
    for watermark in [None, Some(begin + 2 * HOUR), Some(T0 + 12 * HOUR)] {
        if let Some(watermark) = watermark {
            db.pack_up_to(watermark).await;
        }
        let mut export = db.store.export(TenantScope::All, plc, None, at(T0 - 18 * HOUR), at(T0 + 6 * HOUR));
        let (mut count, mut last) = (0, None);
        loop {
            let piece = export.next().await.unwrap();
            let Some(end) = piece.last() else { break };
            assert!(
                piece.iter().all(|sample| last.is_none_or(|last| key(sample) > last)),
                "in order, none twice"
            );
            assert!(piece.len() <= 2_000, "some megabytes at a time");
            (count, last) = (count + piece.len(), Some(key(end)));
        }
        assert_eq!(count, rows.len(), "{watermark:?}");
    }
}

#[tokio::test]
async fn hours_of_which_no_samples_are_left_are_drawn_from_hourly_rows() {
    let reader = Reader::start().await;
    reader.db.pack_up_to(T0 + 4 * DAY).await;
    // As retention leaves it: samples of the last day, hours of both.
    reader.db.query("delete from packed where start < '2025-01-09 18:00+00'");
    let metrics = ["m1".to_owned()];
    let counted = async |edges: Vec<i64>| {
        let edges: Arc<[Timestamp]> = edges.into_iter().map(at).collect();
        let query = ChartQuery { scope: &reader.scope, plc: reader.plc, metrics: Some(&metrics), edges };
        let chart = reader.db.store.chart(&query).await.unwrap().remove(0);
        (chart.from, chart.cells.iter().map(|cell| cell.numbers).sum::<i64>())
    };
    let every = |step: i64, from: i64, count: i64| (0..=count).map(|n| from + n * step).collect::<Vec<i64>>();
    let all = i64::try_from(reader.rows.iter().filter(|row| row.series.0 == 1).count()).unwrap();
    assert_eq!(counted(every(HOUR, T0, 48)).await, (ChartSource::Hourly, all));
    assert_eq!(counted(every(600_000, T0, 288)).await, (ChartSource::Hourly, all));
    // Days of a plant half an hour off.
    assert_eq!(counted(every(DAY, T0 - HOUR / 2, 3)).await, (ChartSource::Hourly, all));
    // Part of an hour is not known.
    assert_eq!(counted(vec![T0 + HOUR / 2, T0 + 2 * HOUR]).await, (ChartSource::Hourly, 360));
}

#[tokio::test]
async fn what_a_rule_let_go_hides_no_latest_events() {
    let db = Database::start().await;
    db.query("insert into gateways (num, tenant_id, plant_id, gateway_id) overriding system value select 7, tenant_id, id, 'gw' from plants");
    for (series, from) in [(1, T0), (2, T0 + DAY)] {
        db.commit(&an_hour(series, Mode::Raw, from, 5_000)).await;
    }
    db.pack_up_to(T0 + 3 * DAY).await;
    let gone = [(SeriesId(2), at(T0 + 2 * DAY))];
    assert_eq!(db.store.thin_out(History::Packed, &gone).await.unwrap(), 1);
    let events = db.store.latest_events(&TenantScope::All, None, 1).await.unwrap();
    assert_eq!(events.first().map(|event| event.metric.as_str()), Some("m1"));
}
