use super::*;
use vigia_model::{Days, Mode};
use vigia_store::DatabaseSettings;
use vigia_testkit::Postgres;

const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
/// 2025-04-01T00:00:00Z.
const NOW: i64 = 1_743_465_600_000;

struct Factory {
    postgres: Postgres,
    retainer: Retainer,
    clock: Clock,
    memory: Memory,
}

impl Factory {
    async fn start(max_bytes: Option<i64>, retention: Retention) -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Clock::manual(Timestamp::from_millis(NOW));
        let rules = Rules { generation: 1, set: RuleSet::new(Vec::new(), Mode::Both), retention };
        let retainer = Retainer {
            store,
            live: Live::new(clock.clone(), Duration::from_mins(1)),
            clock: clock.clone(),
            rules: Arc::new(ArcSwap::from_pointee(rules)),
            packs: true,
            max_bytes,
            stop: CancellationToken::new(),
        };
        let mut factory = Self { postgres, retainer, clock, memory: Memory::default() };
        for sql in [
            "insert into tenants (code) values ('t')",
            "insert into plants (tenant_id, code, province) select id, 's', 'ba' from tenants",
            "insert into plcs (tenant_id, plant_id, plc_id) select tenant_id, id, 'c' from plants",
            "insert into series (tenant_id, plant_id, plc_id, metric_id) select tenant_id, plant_id, id, 'm' from plcs",
        ] {
            factory.query(sql);
        }
        // What holds from the beginning is no change.
        factory.look_at(NOW).await.unwrap();
        factory
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    fn newest(&self, ts: i64) {
        self.query(&format!(
            "insert into series_last (series_id, ts, received_at, data_type, quality)
             values (1, to_timestamp({ts} / 1000), now(), 'f', 'G')
             on conflict (series_id) do update set ts = excluded.ts"
        ));
    }

    /// A packed week with so many rows of 1 MB.
    async fn week(&self, monday: &str, rows: i32) {
        let at = self
            .query(&format!("select (extract(epoch from timestamptz '{monday} 00:00+00') * 1000)::bigint"));
        let at = Timestamp::from_millis(at[0].parse().unwrap());
        self.retainer.store.make_ahead(Partition::of(Parted::Packed, at)).await.unwrap();
        self.query(&format!(
            "insert into packed
             select timestamptz '{monday} 00:00+00' + n * interval '1 hour', 1, 1, 1, 1, 3600, 1, 3600, 3600, 0, 0, 1,
                    (select string_agg(sha512((n::text || i)::bytea), '') from generate_series(1, 15625) i)
             from generate_series(1, {rows}) n"
        ));
    }

    fn weeks(&self) -> Vec<String> {
        self.query("select distinct date_trunc('week', start, 'UTC')::date from packed order by 1")
    }

    async fn look_at(&mut self, ts: i64) -> Result<(), StoreError> {
        self.clock.set(Timestamp::from_millis(ts));
        self.retainer.look(&mut self.memory).await
    }
}

/// Somebody reads for some seconds just when the budget takes a week.
#[tokio::test]
async fn what_a_reader_held_up_goes_a_minute_later_and_no_more_than_that() {
    let mut factory = Factory::start(Some(60 << 20), Retention::default()).await;
    factory.newest(NOW);
    for monday in ["2025-01-06", "2025-01-13", "2025-01-20"] {
        factory.week(monday, 20).await;
    }
    let url = factory.postgres.url("vigia");
    let reader = tokio::task::spawn_blocking(move || {
        let sql = "begin; select count(*) from packed; select pg_sleep(8); commit";
        std::process::Command::new("psql").arg(url).args(["-qAtc", sql]).output().unwrap()
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let held_up = factory.look_at(NOW + MINUTE).await.unwrap_err();
    assert!(held_up.is_transient(), "{held_up:?}");
    let begins = || factory.query("select raw_from from retention");
    let begin = begins();
    assert!(reader.await.unwrap().status.success());
    assert_eq!(begins(), begin);
    factory.look_at(NOW + 2 * MINUTE).await.unwrap();
    assert_eq!(factory.weeks(), ["2025-01-13", "2025-01-20"]);
}

#[tokio::test]
async fn a_clock_that_was_ahead_stops_nothing() {
    let days = Retention { raw: Days::new(30), hourly: None };
    let mut factory = Factory::start(None, days).await;
    factory.newest(NOW);
    factory.week("2025-03-03", 1).await;
    factory.look_at(NOW + 365 * DAY).await.unwrap();
    assert_eq!(factory.weeks(), ["2025-03-03"], "nothing so new was heard of");
    for day in [0, 10, 40] {
        factory.newest(NOW + day * DAY);
        factory.look_at(NOW + day * DAY).await.unwrap();
    }
    assert_eq!(factory.weeks(), [""; 0]);
}

#[tokio::test]
async fn what_holds_and_what_went_shows_on_the_board() {
    let days = Retention { raw: Days::new(30), hourly: None };
    let mut factory = Factory::start(Some(1 << 40), days).await;
    let board = |factory: &Factory| factory.retainer.live.board().retention();
    factory.newest(NOW);
    factory.week("2025-03-10", 1).await;
    let status = board(&factory).unwrap();
    assert_eq!((status.days, status.max_bytes, status.last), (days, Some(1 << 40), None));
    let at = Timestamp::from_millis;
    assert_eq!((status.cleared_at, status.next_at), (Some(at(NOW)), Some(at(NOW + 60 * MINUTE))));
    // Somebody changed a rule an hour ago.
    factory.query(&format!("update retention set changed_at = to_timestamp({NOW} / 1000)"));
    factory.look_at(NOW + 60 * MINUTE).await.unwrap();
    let status = board(&factory).unwrap();
    assert_eq!((status.held_until, status.last), (Some(at(NOW + DAY)), None));
    factory.newest(NOW + 60 * DAY);
    factory.look_at(NOW + 60 * DAY).await.unwrap();
    let status = board(&factory).unwrap();
    let last = status.last.unwrap();
    assert_eq!((last.at, status.held_until), (at(NOW + 60 * DAY), None));
    assert!(last.table.starts_with("packed_") && last.bytes.unwrap() > 0, "{last:?}");
    assert_eq!(status.next_at, Some(at(NOW + 60 * DAY + 60 * MINUTE)));
}
