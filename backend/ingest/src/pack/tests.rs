//! Packing with a real database.

use super::*;
use bytes::Bytes;
use vigia_model::{DataType, Mode, Quality, Sample, SeriesId, Value};
use vigia_store::DatabaseSettings;
use vigia_store::batch::{BatchMessage, BatchView, QuarantineLimits, SampleRow};
use vigia_store::partition::KnownPartitions;
use vigia_testkit::Postgres;

/// 2025-01-08T18:00:00Z.
const T0: i64 = 1_736_359_200_000;
const HOUR: i64 = 3_600_000;
const SERIES: std::ops::RangeInclusive<i32> = 1..=9;
const DAMAGED: i32 = 5;

struct Bench {
    postgres: Postgres,
    packer: Packer,
    left_out: LeftOut,
}

impl Bench {
    async fn start() -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        for sql in [
            "insert into tenants (code) values ('t')",
            "insert into plants (tenant_id, code, province) select id, 's', 'ba' from tenants",
            "insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'c' from plants",
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select tenant_id, plant_id, id, 'm' || n from plcs, generate_series(1, 9) n",
            // Somebody goes on sending.
            "insert into series_last (series_id, ts, received_at, data_type, quality) values (1, '2026-01-01', now(), 'f', 'G')",
        ] {
            postgres.query("vigia", sql).unwrap();
        }
        let clock = Clock::manual(Timestamp::from_millis(T0 + 48 * HOUR));
        let packer = Packer {
            store,
            live: Live::new(clock.clone(), Duration::from_mins(1)),
            clock,
            after: Duration::from_hours(2),
            stop: CancellationToken::new(),
        };
        Self { postgres, packer, left_out: LeftOut::default() }
    }

    /// Packs what is due, some time later.
    async fn pack(&mut self, later: Duration) {
        self.packer.clock.set(self.packer.clock.now().plus(later));
        self.packer.catch_up(&mut self.left_out).await.unwrap();
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    async fn commit(&self, samples: impl Iterator<Item = (i32, i64)>) {
        let rows: Vec<SampleRow> = samples.map(|(series, ms)| row(series, ms)).collect();
        let store = &self.packer.store;
        let mut known = KnownPartitions::default();
        let months = known.missing(Parted::Samples, rows.iter().map(|row| row.sample.ts));
        store.ensure_partitions(&mut known, &months).await.unwrap();
        let messages = [BatchMessage {
            topic: "factory/t/ba/s/gateway/g/telemetry".into(),
            payload: Bytes::from_static(b"{}"),
            received_at: Timestamp::from_millis(T0),
        }];
        let view = BatchView { messages: &messages, samples: &rows, ..BatchView::default() };
        let committed = store.commit(view, &QuarantineLimits::default()).await.unwrap();
        assert_eq!(committed.stored, rows.len());
    }
}

fn row(series: i32, ms: i64) -> SampleRow {
    SampleRow {
        series: SeriesId(series),
        gateway_num: 7,
        unit_id: None,
        mode: Mode::Raw,
        sample: Sample {
            ts: Timestamp::from_millis(ms),
            data_type: DataType::Float,
            value: Some(Value::Float(1.5)),
            quality: Quality::Good,
            unit: None,
        },
        received_at: Timestamp::from_millis(T0),
        message: 0,
        sample_index: None,
    }
}

#[tokio::test]
async fn what_is_damaged_keeps_nothing_else_from_being_packed() {
    const COUNTS: &str = "select series_id, sum(count) from packed group by 1 order by 1";
    let mut bench = Bench::start().await;
    bench.commit(SERIES.flat_map(|series| (0..360).map(move |n| (series, T0 + n * 10_000)))).await;
    bench.pack(Duration::ZERO).await;
    assert_eq!(bench.query(COUNTS), SERIES.map(|series| format!("{series}|360")).collect::<Vec<_>>());

    // What comes late is all of one lot, in which one row cannot be opened.
    bench.commit(SERIES.flat_map(|series| [(series, T0 + 1), (series, T0 + HOUR)])).await;
    bench.query(&format!("update packed set data = 'damaged' where series_id = {DAMAGED}"));
    bench.pack(Duration::from_mins(30)).await;
    let expected = |healthy: i32| -> Vec<String> {
        let count = |series| if series == DAMAGED { 361 } else { healthy };
        SERIES.map(|series| format!("{series}|{}", count(series))).collect()
    };
    assert_eq!(bench.query(COUNTS), expected(362));
    let left = [format!("{DAMAGED}|2025-01-08 18:00:00.001+00")];
    assert_eq!(bench.query("select series_id, ts from samples"), left);

    // It is tried again after an hour, and what came meanwhile is packed with it.
    bench.commit(SERIES.filter(|series| *series != DAMAGED).map(|series| (series, T0 + 2))).await;
    bench.pack(Duration::from_mins(59)).await;
    assert_eq!(bench.query(COUNTS), expected(362));
    bench.pack(Duration::from_mins(2)).await;
    assert_eq!(bench.query(COUNTS), expected(363));
    assert_eq!(bench.query("select series_id, ts from samples"), left);
    assert_eq!(
        bench.query("select hour from packing_due order by 1"),
        ["2025-01-08 18:00:00+00", "2025-01-08 19:00:00+00"]
    );
}

#[tokio::test]
async fn how_it_goes_shows_on_the_board_and_in_the_database() {
    let mut bench = Bench::start().await;
    let board = |bench: &Bench| bench.packer.live.board().packing();
    assert_eq!(board(&bench), None);
    let standing = async |bench: &Bench| bench.packer.store.packing_standing().await.unwrap();
    let nothing = standing(&bench).await;
    assert_eq!((nothing.packed_up_to, nothing.packed_from, nothing.due_hours), (None, None, 0));
    bench.commit((0..400).map(|n| (1, T0 + n * 10_000))).await;
    bench.pack(Duration::ZERO).await;
    let now = bench.packer.clock.now();
    let status = board(&bench).unwrap();
    let last = status.last.unwrap();
    assert_eq!((status.caught_up_at, status.under_way, last.samples, last.at), (Some(now), None, 400, now));
    assert!(last.from.as_millis() <= T0 && last.to.as_millis() > T0, "{last:?}");
    let done = standing(&bench).await;
    assert!(done.packed_up_to.is_some() && done.packed_from.unwrap().as_millis() <= T0, "{done:?}");
    assert_eq!((done.due_hours, done.due_days, done.oldest_due), (0, 0, None));
    // What comes late is due; an hour that waits for its day is not behind.
    bench.query("insert into packing_due (hour, waits) values ('2025-01-02 03:00+00', false), ('2025-01-02 09:00+00', false), ('2025-01-03 00:00+00', true)");
    let late = standing(&bench).await;
    assert_eq!((late.due_hours, late.waiting_hours, late.due_days), (2, 1, 1));
    assert_eq!(late.oldest_due, Some(Timestamp::from_millis(1_735_786_800_000)));
}

/// By the clock alone every sample of a year would be a late one.
#[tokio::test]
async fn packing_goes_no_further_than_what_was_heard_of() {
    let bench = Bench::start().await;
    let packer = Packer { after: Duration::from_hours(2), ..bench.packer };
    let now = packer.clock.now();
    assert_eq!(packer.watermark(now.plus(Duration::from_mins(5))), now.minus(packer.after));
    packer.clock.set(now.plus(Duration::from_hours(24 * 365)));
    assert_eq!(packer.watermark(now), now.plus(Duration::from_hours(24)).minus(packer.after));
}
