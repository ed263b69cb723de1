//! Retention against a real Postgres: what goes, when, what stays, and what it may not disturb.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;
use vigia_model::{
    DataType, Days, Mode, Pattern, Quality, RejectReason, Retention, Rule, RuleMatch, RuleSet, Sample,
    SeriesId, Timestamp, Value,
};
use vigia_store::batch::{BatchMessage, BatchView, Committed, QuarantineLimits, SampleRow};
use vigia_store::partition::{KnownPartitions, Parted, Partition};
use vigia_store::retention::{Beginning, Cutoff, Cutoffs, History, LOT, Shortening};
use vigia_store::{DatabaseSettings, Store, StoreError};
use vigia_testkit::Postgres;

/// 2025-01-01T00:00:00Z, a Wednesday.
const JANUARY: i64 = 1_735_689_600_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const FEBRUARY: i64 = JANUARY + 31 * DAY;
const MARCH: i64 = FEBRUARY + 28 * DAY;
/// Commits wait for nobody; on a busy machine one takes some tens of milliseconds by itself.
const A_COMMIT: Duration = Duration::from_millis(600);

mod age;
mod change;
mod begin;
mod room;
mod races;

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
        for gateway in ["g1", "g2"] {
            db.query(&format!(
                "insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, '{gateway}' from plants"
            ));
        }
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

    fn count(&self, table: &str, series: i32) -> i64 {
        self.one(&format!("select count(*) from {table} where series_id = {series}")).parse().unwrap()
    }

    fn bytes(&self) -> i64 {
        self.one("select pg_database_size(current_database())").parse().unwrap()
    }

    fn is_there(&self, table: &str) -> bool {
        self.one(&format!("select to_regclass('{table}') is not null")) == "t"
    }

    async fn commit(&self, rows: &[SampleRow]) -> Committed {
        commit(&self.store, rows).await.unwrap()
    }

    /// Samples by SQL, one a minute, in a month or months whose partitions are made.
    async fn fill(&self, series: i32, from: i64, to: i64) {
        let mut known = KnownPartitions::default();
        let days = (0..=(to - from) / DAY).map(|day| at((from + day * DAY).min(to - 1)));
        let missing = known.missing(Parted::Samples, days);
        self.store.ensure_partitions(&mut known, &missing).await.unwrap();
        self.query(&format!(
            "insert into samples
             select n, n, 1, null, {series}, 1, null, 'f', 'G', true, true, null
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 min') n"
        ));
    }

    /// A row of `packed` for each hour, of about as many bytes as an hour at 1 Hz takes.
    async fn fill_packed(&self, series: i32, from: i64, to: i64) {
        for day in 0..(to - from) / DAY {
            self.store.make_ahead(Partition::of(Parted::Packed, at(from + day * DAY))).await.unwrap();
        }
        self.query(&format!(
            "insert into packed
             select n, 1, 1, 1, 1, 3600, {series}, 3600, 3600, 0, 0, 1,
                    (select string_agg(sha512((n::text || i)::bytea), '') from generate_series(1, 90) i)
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 h') n"
        ));
    }

    fn fill_hourly(&self, series: i32, from: i64, to: i64) {
        self.query(&format!(
            "insert into hourly
             select {series}, n, 60, 1, 0, 1, 1, 1, 1, n, n, 0
             from generate_series(to_timestamp({from} / 1000), to_timestamp({to} / 1000) - interval '1 s', interval '1 h') n"
        ));
    }

    /// What the process that ingests does now and then.
    async fn clear(&self, rules: Vec<Rule>, setting: Retention, now: i64) {
        let rules = RuleSet::new(rules, Mode::Both);
        let cutoffs = self.store.cutoffs(&rules, setting, at(now)).await.unwrap();
        self.store.let_go(&cutoffs).await.unwrap();
        let dropping = self.store.being_dropped().await.unwrap();
        let parts = self.store.raw_partitions().await.unwrap().into_iter().map(|part| part.partition);
        let parts: Vec<_> = parts.filter(|part| Some(*part) != dropping).collect();
        for part in dropping.into_iter().chain(parts.iter().copied().filter(|part| cutoffs.frees(*part))) {
            self.store.detach_partition(part).await.unwrap();
        }
        for part in parts.into_iter().filter(|part| cutoffs.frees_in_part(*part)) {
            self.store.empty_partition(part, &cutoffs).await.unwrap();
        }
        self.store.drop_detached().await.unwrap();
        for history in [History::Samples, History::Packed, History::Hourly] {
            for lot in cutoffs.lots(history) {
                while self.store.thin_out(history, &lot).await.unwrap() >= LOT {}
            }
        }
    }
}

async fn commit(store: &Store, rows: &[SampleRow]) -> Result<Committed, StoreError> {
    let mut known = KnownPartitions::default();
    let months = known.missing(Parted::Samples, rows.iter().map(|row| row.sample.ts));
    store.ensure_partitions(&mut known, &months).await?;
    let messages = [BatchMessage {
        topic: "factory/t/ba/s/gateway/g/telemetry".into(),
        payload: Bytes::from_static(b"{}"),
        received_at: at(JANUARY),
    }];
    let view = BatchView { messages: &messages, samples: rows, ..BatchView::default() };
    store.commit(view, &QuarantineLimits::default()).await
}

const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn days(raw: Option<i32>, hourly: Option<i32>) -> Retention {
    Retention { raw: raw.and_then(Days::new), hourly: hourly.and_then(Days::new) }
}

const fn begin(raw: i64, hourly: i64) -> Beginning {
    Beginning { raw: at(raw), hourly: at(hourly) }
}

fn rule(metric: &str, gateway: &str, retention: Retention) -> Rule {
    let pattern = |text| Pattern::parse(text).unwrap();
    Rule {
        id: Uuid::nil(),
        version: 1,
        name: metric.to_owned(),
        enabled: true,
        priority: 1,
        matches: RuleMatch { metric: pattern(metric), gateway: pattern(gateway), ..RuleMatch::any() },
        mode: Mode::Both,
        retention,
        created_at: at(0),
    }
}

fn row(series: i32, gateway: i32, ms: i64) -> SampleRow {
    SampleRow {
        series: SeriesId(series),
        gateway_num: gateway,
        unit_id: None,
        mode: Mode::Both,
        sample: Sample {
            ts: at(ms),
            data_type: DataType::Float,
            value: Some(Value::Float(1.5)),
            quality: Quality::Good,
            unit: None,
        },
        received_at: at(ms),
        message: 0,
        sample_index: None,
    }
}
