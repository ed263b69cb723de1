//! A database with a history to ask about: a plant with a hundred PLCs of ten metrics, read every ten seconds, and a month
//! of hours.

use anyhow::Result;
use std::time::Duration;
use vigia_model::{Clock, Timestamp};
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::{Postgres, session_token};

pub(super) const TENANT: &str = "load";
pub(super) const SITE: &str = "load-1";
pub(super) const PLCS: u32 = 100;
const METRICS: u32 = 10;
/// Between two samples of a series.
const EVERY: Duration = Duration::from_secs(10);
/// How far back hours go.
const HOURS: u32 = 30 * 24;
/// Who asks: somebody with one tenant, as most are.
const VIEWER: &str = "viewer@example.com";

/// What is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stock {
    pub(super) samples: u32,
    /// The newest of them.
    pub(super) until: Timestamp,
}

impl Stock {}

/// The name of a PLC by its number.
pub(super) fn plc(number: u32) -> String {
    format!("plc-{:03}", number % PLCS + 1)
}

/// The token of who asks.
pub(super) fn token() -> String {
    session_token(VIEWER)
}

/// Fills a new database with so many samples.
pub(super) async fn fill(postgres: &Postgres, database: &str, samples: u32) -> Result<Stock> {
    let store = Store::connect(&DatabaseSettings::Url(postgres.socket_url(database).into())).await?;
    store.migrate().await?;
    let each = samples / (PLCS * METRICS);
    let until = Timestamp::from_millis(Clock::System.now().as_millis() / 1_000 * 1_000);
    let from = until.minus(EVERY * each);
    let mut known = KnownPartitions::default();
    let months = known.missing(Parted::Samples, [from, until]);
    store.ensure_partitions(&mut known, &months).await?;
    store.close().await;
    let (end, step, last) = (until.as_millis(), EVERY.as_secs(), each - 1);
    for statement in [
        format!("insert into tenants (code) values ('{TENANT}')"),
        format!("insert into plants (tenant_id, code, province) select id, '{SITE}', 'ba' from tenants"),
        "insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, 'load-gw-01' from plants".to_owned(),
        "insert into units (unit) values ('celsius')".to_owned(),
        format!(
            "insert into plcs (tenant_id, plant_id, plc_id)
             select p.tenant_id, p.id, 'plc-' || lpad(n::text, 3, '0') from plants p, generate_series(1, {PLCS}) n"
        ),
        format!(
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select c.tenant_id, c.plant_id, c.id, 'float_' || lpad(n::text, 2, '0')
             from plcs c, generate_series(1, {METRICS}) n"
        ),
        // In the order in which they would have come.
        format!(
            "insert into samples
             select to_timestamp({end} / 1000.0) - n * interval '{step} s', now(), round((80 + 12 * sin(n / 60.0 + r.id))::numeric, 1)
                  , null, r.id, 1, 1, 'f', 'G', true, true, null
             from generate_series({last}, 0, -1) n, series r"
        ),
        "insert into series_last
         select distinct on (series_id) series_id, ts, received_at, value, null, unit_id, data_type, quality, null
         from samples order by series_id, ts desc"
            .to_owned(),
        format!(
            "insert into hourly
             select r.id, date_trunc('hour', to_timestamp({end} / 1000.0), 'UTC') - n * interval '1 hour', 360, 28800.5, 0
                  , 68, 92, 80.1, 80.3, null, null, 0
             from generate_series({HOURS} - 1, 0, -1) n, series r"
        ),
        "vacuum analyze".to_owned(),
    ] {
        postgres.query(database, &statement)?;
    }
    postgres.log_in(database, VIEWER)?;
    postgres.query(
        database,
        &format!(
            "insert into memberships (user_id, tenant_id, role)
             select u.id, t.id, 'viewer' from users u, tenants t where u.email = '{VIEWER}'"
        ),
    )?;
    Ok(Stock { samples: each * PLCS * METRICS, until })
}
