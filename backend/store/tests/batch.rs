//! The writer against a real Postgres: what is stored once, what counts, and what stays as it was.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use vigia_model::{
    DataType, GatewayHealth, Heartbeat, Identifier, Mode, Quality, RejectReason, Rejection, Sample, SeqMark,
    SeriesId, Source, Timestamp, Value,
};
use vigia_store::batch::{
    BatchMessage, BatchView, Committed, GatewayRow, QuarantineLimits, RejectionRow, SampleRow,
};
use vigia_store::directory::{BoundGateway, MAX_UNITS_PER_TENANT, Provisioning, SeriesName};
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::rejection::QuarantineBounds;
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;

/// 2025-01-08T18:00:00Z.
const T0: i64 = 1_736_359_200_000;
const OPEN: Provisioning =
    Provisioning { auto: true, max_tenants: 2, max_gateways_per_tenant: 2, max_series_per_tenant: 3 };

struct Database {
    postgres: Postgres,
    store: Store,
    partitions: KnownPartitions,
}

impl Database {
    async fn start() -> Self {
        Self::connect(Postgres::url).await
    }

    async fn connect(url: fn(&Postgres, &str) -> String) -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let url = url(&postgres, "vigia");
        let store = Store::connect(&DatabaseSettings::Url(url.into())).await.unwrap();
        store.migrate().await.unwrap();
        Self { postgres, store, partitions: KnownPartitions::default() }
    }

    async fn commit(&mut self, samples: &[SampleRow]) -> Committed {
        let months = self.partitions.missing(Parted::Samples, samples.iter().map(|row| row.sample.ts));
        self.store.ensure_partitions(&mut self.partitions, &months).await.unwrap();
        let messages = [message("factory/t/p/s/gateway/g/telemetry", "{}")];
        let view = BatchView { messages: &messages, samples, ..BatchView::default() };
        self.store.commit(view, &QuarantineLimits::default()).await.unwrap()
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    fn one(&self, sql: &str) -> String {
        self.query(sql).join("\n")
    }

    async fn gateway(&self, source: &Source) -> BoundGateway {
        resolve(&self.store, source).await.unwrap()
    }
}

async fn resolve(store: &Store, source: &Source) -> Result<BoundGateway, Rejection> {
    store.resolve_gateways(std::slice::from_ref(source), &OPEN).await.unwrap().remove(0)
}

fn series_name(gateway: &BoundGateway, plc: &str, metric: &str) -> SeriesName {
    let BoundGateway { tenant_id, plant_id, .. } = *gateway;
    SeriesName { tenant_id, plant_id, plc: name(plc), metric: name(metric) }
}

fn message(topic: &str, payload: &str) -> BatchMessage {
    BatchMessage {
        topic: topic.into(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        received_at: Timestamp::from_millis(T0),
    }
}

fn sample(ms: i64, value: Value) -> Sample {
    let data_type = match value {
        Value::Float(_) => DataType::Float,
        Value::Int(_) => DataType::Int,
        Value::Bool(_) => DataType::Bool,
        Value::Text(_) => DataType::Text,
    };
    Sample {
        ts: Timestamp::from_millis(ms),
        data_type,
        value: Some(value),
        quality: Quality::Good,
        unit: None,
    }
}

fn row(series: i32, mode: Mode, sample: Sample) -> SampleRow {
    SampleRow {
        series: SeriesId(series),
        gateway_num: 1,
        unit_id: None,
        mode,
        sample,
        received_at: Timestamp::from_millis(T0),
        message: 0,
        sample_index: None,
    }
}

fn float(ms: i64, value: f64) -> Sample {
    sample(ms, Value::Float(value))
}

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

fn source(tenant: &str, plant: &str, gateway: &str) -> Source {
    Source { tenant: name(tenant), province: name("ba"), plant: name(plant), gateway: name(gateway) }
}

#[tokio::test]
async fn each_mode_keeps_what_it_says_and_counts_a_repeat_once() {
    let mut db = Database::start().await;
    let rows: Vec<SampleRow> = [(1, Mode::Raw), (2, Mode::Hourly), (3, Mode::Both), (4, Mode::None)]
        .into_iter()
        .flat_map(|(series, mode)| {
            [row(series, mode, float(T0, 10.0)), row(series, mode, float(T0 + 1_000, 20.0))]
        })
        .collect();
    for repeat in 0..3 {
        let committed = db.commit(&rows).await;
        assert_eq!(committed.stored, if repeat == 0 { 6 } else { 0 });
        assert_eq!(committed.duplicates.len(), if repeat == 0 { 0 } else { 6 });
        assert!(committed.conflicts.is_empty());
    }
    let samples = "select series_id, count(*), bool_and(in_history), bool_and(in_hourly) from samples group by 1 order by 1";
    assert_eq!(db.query(samples), ["1|2|t|f", "2|2|f|t", "3|2|t|t"]);
    let hourly = "select series_id, count, sum, min, max, first, last, non_good from hourly order by 1";
    assert_eq!(db.query(hourly), ["2|2|30|10|20|10|20|0", "3|2|30|10|20|10|20|0"]);
    assert_eq!(
        db.query("select series_id, value from series_last order by 1"),
        ["1|20", "2|20", "3|20", "4|20"]
    );
}

#[tokio::test]
async fn values_are_kept_to_the_bit() {
    let mut db = Database::start().await;
    let odd = f64::from_bits(0x3fd5_5555_5555_5555);
    let rows = [
        row(1, Mode::Both, sample(T0, Value::Int(9_007_199_254_740_993))),
        row(1, Mode::Both, sample(T0 + 1, Value::Int(i64::MIN))),
        row(1, Mode::Both, float(T0 + 2, odd)),
        row(1, Mode::Both, float(T0 + 3, f64::MIN_POSITIVE)),
        row(1, Mode::Both, sample(T0 + 4, Value::Bool(true))),
        row(1, Mode::Both, sample(T0 + 5, Value::Text("En marcha ✓ \"x\"".into()))),
    ];
    assert_eq!(db.commit(&rows).await.stored, 6);
    // The same again is recognised as the same, and a neighbour in the last bit is not.
    assert_eq!(db.commit(&rows).await.duplicates.len(), 6);
    let neighbour = row(1, Mode::Both, float(T0 + 2, f64::from_bits(odd.to_bits() + 1)));
    let committed = db.commit(&[neighbour]).await;
    assert_eq!(committed.conflicts[0].stored.value, Some(Value::Float(odd)));
    assert_eq!(
        db.one("select int_value from samples where value is null order by ts limit 1"),
        "9007199254740993"
    );
    assert_eq!(
        db.one(
            "select encode(float8send(value), 'hex') from samples where data_type = 'f' order by ts limit 1"
        ),
        "3fd5555555555555"
    );
}

/// Over a socket rows are copied, over TCP inserted: what is stored is the same, and so is what becomes of repeats.
#[tokio::test]
async fn copied_rows_are_the_same_as_inserted_ones() {
    let (mut inserted, mut copied) = (Database::start().await, Database::connect(Postgres::socket_url).await);
    let value = |n: i64| match n % 5 {
        0 => Value::Float(f64::from_bits(0x3fd5_5555_5555_5555 + u64::try_from(n).unwrap())),
        1 => Value::Int(i64::MAX - n),
        2 => Value::Bool(n % 2 == 0),
        3 => Value::Text(format!("ñandú ✓ \"{n}\"").into()),
        _ => Value::Float(-0.0),
    };
    let modes = [Mode::Raw, Mode::Hourly, Mode::Both, Mode::None];
    let rows: Vec<SampleRow> = (0..200)
        .map(|n| {
            let of_series = i32::try_from(n % 7).unwrap();
            let mut row = row(of_series, modes[usize::try_from(n % 4).unwrap()], sample(T0 + n, value(n)));
            row.unit_id = (n % 3 == 0).then_some(of_series);
            if n % 11 == 0 {
                row.sample.quality = Quality::Bad;
                row.sample.value = None;
            }
            row
        })
        .collect();
    for db in [&mut inserted, &mut copied] {
        assert_eq!(db.commit(&rows).await.stored, 150);
        let mut more = rows.clone();
        more.push(row(1, Mode::Both, float(T0 + 900, 1.0)));
        let again = db.commit(&more).await;
        assert_eq!((again.stored, again.duplicates.len(), again.conflicts.len()), (1, 150, 0));
    }
    for table in ["samples", "hourly", "series_last"] {
        let all = format!("select t::text from {table} t order by 1");
        assert_eq!(copied.query(&all), inserted.query(&all), "{table}");
    }
}

#[tokio::test]
async fn the_first_committed_value_wins_and_the_second_is_quarantined() {
    let mut db = Database::start().await;
    db.commit(&[row(1, Mode::Both, float(T0, 1.0))]).await;
    // In one batch: a contradiction of what is stored, a repeat of it, a new one and its contradiction.
    let rows = [
        row(1, Mode::Both, float(T0, 2.0)),
        row(1, Mode::Both, float(T0, 1.0)),
        row(1, Mode::Both, float(T0 + 1, 5.0)),
        row(1, Mode::Both, float(T0 + 1, 6.0)),
    ];
    let committed = db.commit(&rows).await;
    assert_eq!((committed.stored, committed.duplicates.len()), (1, 1));
    let conflicts: Vec<usize> = committed.conflicts.iter().map(|conflict| conflict.row).collect();
    assert_eq!(conflicts, [0, 3]);
    assert_eq!(db.query("select value from samples order by ts"), ["1", "5"]);
    assert_eq!(db.one("select count || ' ' || sum from hourly"), "2 6");
    assert_eq!(
        db.query("select reason, detail from rejections order by id limit 1"),
        [
            "conflicting_duplicate|1 (float GOOD) is stored for this metric at 1736359200000, this sample says 2 (float GOOD)"
        ]
    );
    // A different quality is another statement too.
    let bad = Sample { quality: Quality::Bad, ..float(T0, 1.0) };
    assert_eq!(db.commit(&[row(1, Mode::Both, bad)]).await.conflicts.len(), 1);
}

#[tokio::test]
async fn late_data_updates_hours_and_never_moves_state_back() {
    let mut db = Database::start().await;
    let at = |minute: i64, value: f64| row(7, Mode::Both, float(T0 + minute * 60_000, value));
    db.commit(&[at(30, 3.0), at(31, 4.0)]).await;
    db.commit(&[at(0, 9.0), at(59, -1.0), at(10, 2.0)]).await;
    db.commit(&[at(-600, 42.0)]).await;
    assert_eq!(
        db.query("select count, sum, min, max, first, last from hourly order by hour desc"),
        ["5|17|-1|9|9|-1", "1|42|42|42|42|42"]
    );
    assert_eq!(db.one("select value from series_last"), "-1");
    assert_eq!(db.one("select first_ts from hourly order by hour desc limit 1"), "2025-01-08 18:00:00+00");
}

#[tokio::test]
async fn sums_are_exact_over_batches_too_and_the_largest_floats_cost_no_sample() {
    let mut db = Database::start().await;
    for (series, values) in [(1, [1e16, 1.0, -1e16]), (2, [1.7e308, 1.7e308, 1.0])] {
        for (ms, value) in (0..).zip(values) {
            assert_eq!(db.commit(&[row(series, Mode::Both, float(T0 + ms, value))]).await.stored, 1);
        }
    }
    assert_eq!(
        db.query("select count, sum + sum_error from hourly order by series_id"),
        ["3|1", "3|1.7976931348623157e+308"]
    );
}

#[tokio::test]
async fn hours_are_the_same_in_whatever_order_their_samples_come() {
    let mut db = Database::start().await;
    let values: Vec<(i64, f64)> =
        (0..60).map(|i| ((i * 37) % 60, f64::from(u32::try_from((i * 53) % 97).unwrap()) / 7.0)).collect();
    let rows = |series: i32, order: &[(i64, f64)]| -> Vec<SampleRow> {
        order
            .iter()
            .map(|(second, value)| row(series, Mode::Hourly, float(T0 + second * 1_000, *value)))
            .collect()
    };
    db.commit(&rows(1, &values)).await;
    for piece in values.rchunks(7) {
        db.commit(&rows(2, piece)).await;
    }
    let figures = |series: i32| {
        db.one(&format!("select count, min, max, first, last, round(sum::numeric, 9) from hourly where series_id = {series}"))
    };
    assert_eq!(figures(1), figures(2));
}

#[tokio::test]
async fn names_become_ids_once_and_limits_hold() {
    let db = Database::start().await;
    let first = db.gateway(&source("granix", "planta-1", "gw-1")).await;
    assert_eq!(db.gateway(&source("granix", "planta-1", "gw-1")).await.gateway_num, first.gateway_num);

    let refusal = |result: Result<BoundGateway, Rejection>| result.unwrap_err().reason;
    let resolve = async |source: Source| resolve(&db.store, &source).await;
    // Bound to where it was first seen; a refusal registers nothing.
    assert_eq!(refusal(resolve(source("granix", "planta-2", "gw-1")).await), RejectReason::GatewayMoved);
    assert_eq!(refusal(resolve(source("otro", "planta-1", "gw-1")).await), RejectReason::GatewayMoved);
    assert_eq!(db.one("select count(*) from tenants"), "1");
    assert_eq!(db.one("select count(*) from plants"), "1");
    resolve(source("granix", "planta-1", "gw-2")).await.unwrap();
    assert_eq!(refusal(resolve(source("granix", "planta-3", "gw-3")).await), RejectReason::NotProvisioned);
    resolve(source("otro", "planta-1", "gw-4")).await.unwrap();
    assert_eq!(refusal(resolve(source("tercero", "planta-1", "gw-5")).await), RejectReason::NotProvisioned);
    assert_eq!(db.one("select count(*) from plants"), "2");

    let names = ["a", "b", "c", "d"].map(|metric| series_name(&first, "plc", metric));
    let resolved = db.store.resolve_series(&names, &OPEN).await.unwrap();
    assert_eq!(resolved.iter().filter(|id| id.is_ok()).count(), 3);
    assert_eq!(resolved[3].as_ref().unwrap_err().reason, RejectReason::SeriesLimit);
    assert_eq!(db.store.resolve_series(&names, &OPEN).await.unwrap(), resolved);

    let closed = Provisioning { auto: false, ..OPEN };
    let unknown = [series_name(&first, "plc", "z")];
    let refused = db.store.resolve_series(&unknown, &closed).await.unwrap();
    assert_eq!(refused[0].as_ref().unwrap_err().reason, RejectReason::NotProvisioned);
    // Many at once are the same as one after the other, the limits included.
    let many: Vec<Source> =
        [("otro", "gw-4"), ("otro", "gw-6"), ("otro", "gw-7"), ("granix", "gw-2"), ("nuevo", "gw-8")]
            .into_iter()
            .map(|(tenant, gateway)| source(tenant, "planta-1", gateway))
            .collect();
    let resolved = db.store.resolve_gateways(&many, &OPEN).await.unwrap();
    let outcome: Vec<bool> = resolved.iter().map(Result::is_ok).collect();
    assert_eq!(outcome, [true, true, false, true, false]);
    assert_eq!(db.one("select sum(series_count) from tenants"), "3");
}

#[tokio::test]
async fn units_are_registered_once_and_each_tenant_has_room_of_its_own() {
    let db = Database::start().await;
    let mut series = Vec::new();
    for tenant in ["granix", "otro"] {
        let gateway = db.gateway(&source(tenant, "planta-1", &format!("gw-{tenant}"))).await;
        let ids = db.store.resolve_series(&[series_name(&gateway, "plc", "a")], &OPEN).await.unwrap();
        series.push((*ids[0].as_ref().unwrap(), gateway.tenant_id));
    }
    let [(first, tenant), (other, _)] = series[..] else { unreachable!() };
    let ids =
        db.store.resolve_units(&[(first, "celsius"), (other, "bar"), (other, "celsius")]).await.unwrap();
    assert!(ids[0].is_ok() && ids[0] == ids[2] && ids[0] != ids[1]);
    assert_eq!(db.store.resolve_units(&[(first, "bar")]).await.unwrap(), [ids[1]]);
    let most = usize::try_from(MAX_UNITS_PER_TENANT).unwrap();
    let texts: Vec<String> = (0..most + 50).map(|n| format!("unit-{n}")).collect();
    let flood: Vec<(SeriesId, &str)> = texts.iter().map(|text| (first, text.as_str())).collect();
    let resolved = db.store.resolve_units(&flood).await.unwrap();
    assert_eq!(resolved.iter().filter(|unit| unit.is_ok()).count(), most - 1, "celsius is one of them");
    assert_eq!(resolved[most + 49], Err(tenant));
    assert!(db.store.resolve_units(&[(other, "unit-new")]).await.unwrap()[0].is_ok());
    assert_eq!(db.query("select code, unit_count from tenants order by 1"), ["granix|200", "otro|2"]);
}

#[tokio::test]
async fn the_contracts_views_show_names() {
    let mut db = Database::start().await;
    let gateway = db.gateway(&source("granix", "planta-1", "granix-ba-gw-01")).await;
    let series =
        db.store.resolve_series(&[series_name(&gateway, "plc-03", "temp_head")], &OPEN).await.unwrap();
    let series = *series[0].as_ref().unwrap();
    let unit = db.store.resolve_units(&[(series, "celsius")]).await.unwrap()[0].unwrap();
    let mut stored = row(series.0, Mode::Both, float(T0, 83.2));
    stored.gateway_num = gateway.gateway_num;
    stored.unit_id = Some(unit);
    db.commit(&[stored]).await;
    assert_eq!(
        db.one("select values_json, topic from telemetry_events"),
        r#"{"temp_head": 83.2}|factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry"#
    );
    assert_eq!(
        db.one("select raw_json ->> 'unit', raw_json ->> 'timestamp', raw_json ->> 'dataType' from telemetry_events"),
        "celsius|1736359200000|float"
    );
    assert_eq!(db.one("select last_values_json from plc_state"), r#"{"temp_head": 83.2}"#);
    assert_eq!(db.one("select metric_id, count, avg from telemetry_hourly"), "temp_head|1|83.2");
    let page = db.store.last_values(None, 1).await.unwrap();
    let last = &page.values[0];
    assert_eq!((last.plc.as_str(), last.sample.unit.as_deref()), ("plc-03", Some("celsius")));
    assert_eq!(page.through, Some(series));
    assert_eq!(db.store.last_values(page.through, 1).await.unwrap().through, None);
    // A name given by hand that no payload could have stops nothing.
    db.query("update plcs set plc_id = 'Línea 3'");
    let page = db.store.last_values(None, 1).await.unwrap();
    assert_eq!((page.values.len(), page.through), (0, Some(series)));
}

#[tokio::test]
async fn gateways_keep_their_newest_picture_and_their_gaps() {
    let db = Database::start().await;
    let gateway = db.gateway(&source("granix", "planta-1", "gw-1")).await;
    let after = std::time::Duration::from_secs(90);
    let mut health = GatewayHealth::default();
    let beat = Heartbeat {
        ts: Timestamp::from_millis(T0),
        state: "online".into(),
        version: Some("1.0.0".into()),
        uptime_sec: Some(5),
        internet: None,
        mqtt: None,
        plc_link: Some("ok".into()),
        buffer_mode: None,
        queued_messages: Some(0),
    };
    health.beat(beat, Timestamp::from_millis(T0 + 250), after);
    let mark = |seq: i64| SeqMark { boot_id: "b1".into(), seq };
    let commit = async |seen: Vec<SeqMark>| {
        let gateways = [GatewayRow {
            gateway_id: gateway.gateway_id,
            tenant_id: gateway.tenant_id,
            health: health.clone(),
            seen,
        }];
        let view = BatchView { gateways: &gateways, ..BatchView::default() };
        db.store.commit(view, &QuarantineLimits::default()).await.unwrap();
    };
    commit(vec![mark(1), mark(2), mark(5), mark(2)]).await;
    commit(vec![mark(5), mark(4), mark(9)]).await;
    assert_eq!(db.one("select seen from gateway_boots"), "{[1,3),[4,6),[9,10)}");
    assert_eq!(db.store.missing_messages().await.unwrap(), 4);
    let known = db.store.known_gateways().await.unwrap();
    assert_eq!(known[0].health, health);
    assert_eq!(known[0].health.clock_skew_ms, Some(250));
}

/// Half of a gateway's messages never arrive: what is missing stays known when its gaps are too many to keep.
#[tokio::test]
async fn a_count_full_of_gaps_stays_small_and_loses_none_of_what_is_missing() {
    let db = Database::start().await;
    let gateway = db.gateway(&source("granix", "planta-1", "gw-1")).await;
    let mark = |seq: i64| SeqMark { boot_id: "b1".into(), seq };
    for part in 0..10 {
        let seen = (part * 1_000..(part + 1) * 1_000).map(|n| mark(2 * n)).collect();
        let gateways = [GatewayRow {
            gateway_id: gateway.gateway_id,
            tenant_id: gateway.tenant_id,
            health: GatewayHealth::default(),
            seen,
        }];
        let view = BatchView { gateways: &gateways, ..BatchView::default() };
        db.store.commit(view, &QuarantineLimits::default()).await.unwrap();
    }
    assert_eq!(db.store.missing_messages().await.unwrap(), 9_999);
    let ranges: u32 = db.one("select count(*) from gateway_boots, unnest(seen)").parse().unwrap();
    assert!((1_000..=4_000).contains(&ranges), "{ranges}");
    assert_eq!(db.store.trim_boots().await.unwrap(), 0);
}

/// What waited in a spool may bring an old receipt with a new heartbeat, or the other way round.
#[tokio::test]
async fn receipts_and_heartbeats_are_merged_each_by_itself() {
    let db = Database::start().await;
    let gateway = db.gateway(&source("granix", "planta-1", "gw-1")).await;
    let commit = async |received: i64, beat: Option<(i64, &str)>| {
        let at = |ms| Some(Timestamp::from_millis(T0 + ms));
        let heartbeat = beat.map(|(ms, version)| Heartbeat {
            ts: Timestamp::from_millis(T0 + ms),
            state: "online".into(),
            version: Some(version.into()),
            uptime_sec: None,
            internet: None,
            mqtt: None,
            plc_link: None,
            buffer_mode: None,
            queued_messages: None,
        });
        let health = GatewayHealth {
            last_seen: at(received),
            online_since: at(received),
            clock_skew_ms: beat.map(|(ms, _)| received - ms),
            heartbeat,
            said_goodbye: false,
        };
        let gateways = [GatewayRow {
            gateway_id: gateway.gateway_id,
            tenant_id: gateway.tenant_id,
            health,
            seen: Vec::new(),
        }];
        let view = BatchView { gateways: &gateways, ..BatchView::default() };
        db.store.commit(view, &QuarantineLimits::default()).await.unwrap();
        db.one(&format!(
            "select (extract(epoch from last_seen) * 1000)::bigint - {T0}, version, clock_skew_ms from gateway_state"
        ))
    };
    assert_eq!(commit(100, Some((50, "v1"))).await, "100|v1|50");
    assert_eq!(commit(1_000, None).await, "1000|v1|50", "a receipt alone leaves the heartbeat");
    assert_eq!(commit(500, Some((400, "v2"))).await, "1000|v2|100", "an older receipt, a newer heartbeat");
    assert_eq!(commit(2_000, Some((300, "v1"))).await, "2000|v2|100", "a newer receipt, an older heartbeat");
    // A clock that ran ahead gives way to one that does not.
    let ahead = 3_600_000;
    assert_eq!(commit(2_500, Some((ahead, "v3"))).await, format!("2500|v3|{}", 2_500 - ahead));
    assert_eq!(commit(2_600, Some((2_590, "v4"))).await, "2600|v4|10");
}

#[tokio::test]
async fn the_quarantine_keeps_the_first_of_an_hour_and_counts_the_rest() {
    let db = Database::start().await;
    let limits = QuarantineLimits { whole_per_hour: 5 };
    let messages: Vec<BatchMessage> =
        (0..4).map(|n| message("factory/t/p/s/gateway/g/telemetry", &format!("bad {n}"))).collect();
    let reject = |message: usize, reason: RejectReason, index: Option<u32>| RejectionRow {
        message,
        rejection: Rejection::message(reason, "no \0 good").at(index),
    };
    let rejections: Vec<RejectionRow> = (0..4)
        .map(|n| reject(n, RejectReason::NotJson, None))
        .chain((0..3).map(|index| reject(0, RejectReason::InvalidField, Some(index))))
        .collect();
    for _ in 0..2 {
        let view = BatchView { messages: &messages, rejections: &rejections, ..BatchView::default() };
        db.store.commit(view, &limits).await.unwrap();
    }
    assert_eq!(
        db.query("select reason, count(*) from rejections group by 1 order by 1"),
        ["invalid_field|5", "not_json|5"]
    );
    assert_eq!(
        db.query("select gateway, reason, total, kept from rejection_counts order by 2"),
        ["g|invalid_field|6|5", "g|not_json|8|5"]
    );
    // Each message once, however many of its samples were refused.
    assert_eq!(db.one("select count(*) from quarantined_messages"), "5");

    let expired = db
        .store
        .expire_quarantine(QuarantineBounds {
            oldest: Timestamp::from_millis(T0 - 1),
            max_messages: i64::MAX - 1,
            max_bytes: 1_000,
        })
        .await
        .unwrap();
    assert_eq!(expired, 4, "a message counts with all that was refused of it");
    // The gateway is no one's: what was counted under its name is kept together.
    assert_eq!(
        db.query("select gateway, reason, total, kept from rejection_counts order by 2"),
        ["|invalid_field|6|5", "|not_json|8|5"]
    );
    assert_eq!(db.one("select convert_from(payload, 'UTF8') from quarantined_messages"), "bad 0");
    db.store
        .expire_quarantine(QuarantineBounds {
            oldest: Timestamp::from_millis(T0 + 1),
            max_messages: i64::MAX - 1,
            max_bytes: i64::MAX,
        })
        .await
        .unwrap();
    assert_eq!(db.one("select count(*) from rejections"), "0");
}

/// What waited in the spool through a full hour brings the rejections of two hours in one batch.
#[tokio::test]
async fn each_hour_of_one_batch_has_room_of_its_own() {
    let db = Database::start().await;
    let limits = QuarantineLimits { whole_per_hour: 5 };
    let mut messages: Vec<BatchMessage> =
        (0..12).map(|n| message("factory/t/p/s/gateway/g/telemetry", &format!("bad {n}"))).collect();
    for message in &mut messages[8..] {
        message.received_at = message.received_at.plus(std::time::Duration::from_hours(1));
    }
    let reject =
        |message| RejectionRow { message, rejection: Rejection::message(RejectReason::NotJson, "no good") };
    let rejections: Vec<RejectionRow> = (0..messages.len()).map(reject).collect();
    let view = BatchView { messages: &messages, rejections: &rejections, ..BatchView::default() };
    db.store.commit(view, &limits).await.unwrap();
    assert_eq!(db.query("select total, kept from rejection_counts order by hour"), ["8|5", "4|4"]);
    assert_eq!(db.one("select count(*) from rejections"), "9");
}

#[tokio::test]
async fn partitions_are_made_once_by_whoever_comes_first() {
    let db = Database::start().await;
    let months: Vec<Timestamp> = (0..6).map(|n| Timestamp::from_millis(T0 - n * 40 * 86_400_000)).collect();
    let make = async || {
        let mut known = KnownPartitions::default();
        let missing = known.missing(Parted::Samples, months.iter().copied());
        db.store.ensure_partitions(&mut known, &missing).await.unwrap();
        assert!(known.missing(Parted::Samples, months.iter().copied()).is_empty());
    };
    tokio::join!(make(), make(), make());
    assert_eq!(db.one("select count(*) from pg_inherits where inhparent = 'samples'::regclass"), "6");
    let indexes = "select count(*) from pg_indexes where tablename = 'samples_y2025m01'";
    assert_eq!(db.one(indexes), "2");
}

#[tokio::test]
async fn errors_say_whether_to_try_again() {
    let mut db = Database::start().await;
    db.query("alter table samples add check (value <> 666)");
    let months = db.partitions.missing(Parted::Samples, [Timestamp::from_millis(T0)]);
    db.store.ensure_partitions(&mut db.partitions, &months).await.unwrap();
    let rows = [row(1, Mode::Both, float(T0, 666.0))];
    let messages = [message("t", "")];
    let view = BatchView { messages: &messages, samples: &rows, ..BatchView::default() };
    let refused = db.store.commit(view, &QuarantineLimits::default()).await.unwrap_err();
    assert!(!refused.is_transient());
    assert!(
        refused.database_message().contains("violates check constraint"),
        "{}",
        refused.database_message()
    );
    db.postgres.stop().unwrap();
    let away = db.store.commit(view, &QuarantineLimits::default()).await.unwrap_err();
    assert!(away.is_transient(), "{away:?}");
    db.postgres.start_again().unwrap();
    db.store.ping().await.unwrap();
}
