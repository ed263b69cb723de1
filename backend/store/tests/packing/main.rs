//! Packing against a real Postgres.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod storing;
mod reading;

use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use vigia_model::{DataType, Mode, Quality, Sample, SeriesId, Timestamp, Value};
use vigia_pack::{Block, Kept};
use vigia_store::batch::{BatchMessage, BatchView, Committed, QuarantineLimits, SampleRow};
use vigia_store::packing::Span;
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;

/// 2025-01-08T18:00:00Z.
const T0: i64 = 1_736_359_200_000;
const HOUR: i64 = 3_600_000;

struct Database {
    postgres: Postgres,
    store: Store,
}

impl Database {
    async fn start() -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        let db = Self { postgres, store };
        db.query("insert into tenants (code) values ('t')");
        db.query("insert into plants (tenant_id, code, province) select id, 's', 'ba' from tenants");
        db.query("insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'c' from plants");
        db.query(
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select tenant_id, plant_id, id, 'm' || n from plcs, generate_series(1, 20) n",
        );
        db
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    fn one(&self, sql: &str) -> String {
        self.query(sql).join("\n")
    }

    async fn commit(&self, rows: &[SampleRow]) -> Committed {
        commit(&self.store, rows).await
    }

    /// Moves the watermark and packs all that is due.
    async fn pack_up_to(&self, ms: i64) -> Vec<Span> {
        self.store.advance_packing(at(ms)).await.unwrap();
        let (mut spans, mut rounds) = (Vec::new(), 0);
        while let Some(due) = self.store.next_due(Vec::new()).await.unwrap() {
            let lots = self.store.lots(&due).await.unwrap();
            for lot in &lots.lots {
                self.store.pack(&due, lot).await.unwrap();
            }
            self.store.finish_due(&due, lots.leaves_some).await.unwrap();
            // Of a month with a partition every hour is listed the first time.
            if !lots.lots.is_empty() || lots.leaves_some {
                spans.push(due.span);
            }
            rounds += 1;
            assert!(rounds < 3_000, "packing makes no headway");
        }
        spans
    }

    /// Every sample there is of a series: packed ones as they were, of others the times.
    fn all(&self, series: i32) -> BTreeMap<Timestamp, Option<Kept>> {
        let mut all = BTreeMap::new();
        for data in self.query(&format!("select encode(data, 'hex') from packed where series_id = {series}"))
        {
            let digit = |ascii: u8| char::from(ascii).to_digit(16).unwrap();
            let byte =
                |pair: &[u8]| u8::try_from(pair.iter().fold(0, |high, low| high * 16 + digit(*low))).unwrap();
            let bytes: Vec<u8> = data.as_bytes().chunks_exact(2).map(byte).collect();
            for kept in Block::open(&bytes).unwrap().samples().unwrap() {
                assert!(all.insert(kept.ts, Some(kept)).is_none(), "packed twice");
            }
        }
        let times = "select (extract(epoch from ts) * 1000)::bigint from samples where series_id =";
        for ts in self.query(&format!("{times} {series}")) {
            assert!(all.insert(at(ts.parse().unwrap()), None).is_none(), "packed and not packed");
        }
        all
    }
}

async fn commit(store: &Store, rows: &[SampleRow]) -> Committed {
    let mut known = KnownPartitions::default();
    let months = known.missing(Parted::Samples, rows.iter().map(|row| row.sample.ts));
    store.ensure_partitions(&mut known, &months).await.unwrap();
    let messages = [BatchMessage {
        topic: "factory/t/ba/s/gateway/g/telemetry".into(),
        payload: Bytes::from_static(b"{}"),
        received_at: at(T0),
    }];
    let view = BatchView { messages: &messages, samples: rows, ..BatchView::default() };
    store.commit(view, &QuarantineLimits::default()).await.unwrap()
}

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn row(series: i32, mode: Mode, ms: i64, value: f64) -> SampleRow {
    SampleRow {
        series: SeriesId(series),
        gateway_num: 7,
        unit_id: Some(3),
        mode,
        sample: Sample {
            ts: at(ms),
            data_type: DataType::Float,
            value: Some(Value::Float(value)),
            quality: Quality::Good,
            unit: None,
        },
        received_at: at(T0),
        message: 0,
        sample_index: None,
    }
}

/// One sample each `every` ms for an hour.
fn an_hour(series: i32, mode: Mode, from: i64, every: i64) -> Vec<SampleRow> {
    (0..HOUR / every)
        .map(|n| row(series, mode, from + n * every, f64::from(i32::try_from(n).unwrap())))
        .collect()
}
