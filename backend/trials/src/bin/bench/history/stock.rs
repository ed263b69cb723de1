//! The plan of the store: which series there are, from when to when, and what stands beside the samples.

use super::signal::Kind;
use anyhow::Result;
use sqlx::PgConnection;
use std::time::Duration;
use vigia_model::{Clock, Timestamp};

pub(super) const TENANT: &str = "history";
pub(super) const SITE: &str = "history-1";
/// Ten metrics each.
const PLCS: i32 = 100;
pub(super) const SERIES: i32 = PLCS * 10;
/// What the days of history are reckoned by: so many samples are 90 of them.
const FULL: u64 = 100_000_000;
const FULL_DAYS: u64 = 90;
/// One in five is not packed.
const HOT_SHARE: u64 = 5;
const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);
pub(super) const SECOND_MS: i64 = 1_000;

/// How often a series is read in the part of the history that is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) words: &'static str,
    pub(super) every_ms: i64,
    /// Series with numbers from here to there.
    pub(super) first: i32,
    pub(super) last: i32,
    /// Whether an hour is a row of its own.
    pub(super) by_hour: bool,
}

/// A few fast ones, and many slow ones, as plants have them. Of each pace every kind of signal.
pub(super) const PACES: [Pace; 4] = [
    Pace { words: "1 Hz", every_ms: SECOND_MS, first: 1, last: 4, by_hour: true },
    Pace { words: "6 a minute", every_ms: 10 * SECOND_MS, first: 5, last: 20, by_hour: true },
    Pace { words: "1 a minute", every_ms: 60 * SECOND_MS, first: 21, last: 140, by_hour: false },
    Pace { words: "1 in 5 minutes", every_ms: 300 * SECOND_MS, first: 141, last: SERIES, by_hour: false },
];

/// This one, of 1 Hz, has no hourly rows, as under a rule that says `raw`.
pub(super) const WITHOUT_HOURS: i32 = 3;

/// What is there. Packed days, the hours of a day that is not over, an hour that the real packer packs, and, from then on one
/// sample a second of every series, what is not packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stock {
    pub(super) days: u32,
    /// The beginning of history.
    pub(super) from: Timestamp,
    /// The end of the days that are packed whole.
    pub(super) day: Timestamp,
    /// The hour before this is packed by the packer.
    pub(super) hot_from: Timestamp,
    pub(super) hot_seconds: i64,
}

/// The kind of signal of a series.
pub(super) fn kind(series: i32) -> Kind {
    match series % 4 {
        1 => Kind::Tenths,
        2 => Kind::Noise,
        3 => Kind::Counter,
        _ => Kind::Switch,
    }
}

/// Of the series with this number: where it stands in the API.
pub(super) fn place(series: i32) -> (String, String) {
    let (plc, metric) = ((series - 1) / 10 + 1, (series - 1) % 10 + 1);
    (format!("plc-{plc:03}"), format!("m{metric:02}"))
}

impl Stock {
    /// For about so many samples, up to now.
    pub(super) fn of(samples: u64) -> Self {
        let days = u32::try_from((FULL_DAYS * samples / FULL).max(1)).unwrap_or(u32::MAX);
        let hot_seconds = i64::try_from(samples / HOT_SHARE).unwrap_or(i64::MAX) / i64::from(SERIES);
        let hot_for = Duration::from_secs(u64::try_from(hot_seconds).unwrap_or(0));
        let hot_from = Clock::System.now().minus(hot_for).hour();
        let day = start_of_day(hot_from.minus(HOUR));
        Self { days, from: day.minus(DAY * days), day, hot_from, hot_seconds }
    }

    /// Where the hour begins that the real packer packs.
    pub(super) fn packer_from(&self) -> Timestamp {
        self.hot_from.minus(HOUR)
    }

    /// The newest sample.
    pub(super) fn until(&self) -> Timestamp {
        self.hot_from.plus(Duration::from_secs(u64::try_from(self.hot_seconds).unwrap_or(0)))
    }

    /// Tenant, plant, gateway, PLCs and series.
    pub(super) async fn names(&self, database: &mut PgConnection) -> Result<()> {
        for statement in [
            format!("insert into tenants (code) values ('{TENANT}')"),
            format!("insert into plants (tenant_id, code, province) select id, '{SITE}', 'ba' from tenants"),
            "insert into gateways (tenant_id, plant_id, gateway_id) select tenant_id, id, 'history-gw-01' from plants"
                .to_owned(),
            "insert into units (unit) values ('celsius')".to_owned(),
            format!(
                "insert into plcs (tenant_id, plant_id, plc_id)
                 select p.tenant_id, p.id, 'plc-' || lpad(n::text, 3, '0') from plants p, generate_series(1, {PLCS}) n"
            ),
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select c.tenant_id, c.plant_id, c.id, 'm' || lpad(n::text, 2, '0')
             from plcs c, generate_series(1, 10) n
             order by c.plc_id, n"
                .to_owned(),
        ] {
            run(database, statement).await?;
        }
        Ok(())
    }

    /// What follows from samples, made up rather than summed up: hours of all of history, last states, and alarms.
    pub(super) async fn derived(&self, database: &mut PgConnection) -> Result<()> {
        let (from, until) = (seconds(self.from), seconds(self.until()));
        for statement in [
            format!(
                "insert into hourly
                 select r.id, h.hour, 3600, 216000.5, 0, 59, 61, 60.1, 60.3, h.hour, h.hour + interval '59 min', 0
                 from generate_series(to_timestamp({from}), to_timestamp({until}), interval '1 hour') h(hour)
                    , series r
                 where r.id <> {WITHOUT_HOURS}"
            ),
            format!(
                "insert into series_last
                 select s.series_id, s.ts, s.received_at, s.value, s.int_value, s.unit_id, s.data_type, s.quality, s.text_value
                 from series r
                 cross join lateral (
                     select * from samples s where s.series_id = r.id and s.ts > to_timestamp({until} - 3600)
                     order by s.ts desc limit 1
                 ) s"
            ),
            format!(
                "insert into alarms (tenant_id, plant_id, plc_id, ts, type, message, severity)
                 select c.tenant_id, c.plant_id, c.id, to_timestamp({until}) - n * interval '1 min', 'high', 'too high', 'medium'
                 from plcs c, generate_series(1, 1000) n"
            ),
            // As packing leaves it.
            "update series r set packed_from = p.since, packed_ts = greatest(r.packed_ts, p.ts) from (select series_id, min(start) as since, max(start) as ts from packed group by 1) p where p.series_id = r.id".to_owned(),
            "vacuum analyze".to_owned(),
        ] {
            run(database, statement).await?;
        }
        Ok(())
    }
}

/// Seconds since 1970, for SQL.
pub(super) fn seconds(ts: Timestamp) -> i64 {
    ts.as_millis() / SECOND_MS
}

pub(super) fn start_of_day(ts: Timestamp) -> Timestamp {
    let day = i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(ts.as_millis().div_euclid(day) * day)
}

pub(super) async fn run(database: &mut PgConnection, statement: String) -> Result<()> {
    // Names and numbers are ours.
    sqlx::query(sqlx::AssertSqlSafe(statement)).persistent(false).execute(database).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_full_store_has_a_hundred_million_samples_of_a_thousand_series() {
        let stock = Stock::of(FULL);
        let day_ms = i64::try_from(DAY.as_millis()).unwrap();
        let packed: i64 = PACES
            .iter()
            .map(|pace| {
                i64::from(pace.last - pace.first + 1) * day_ms / pace.every_ms * i64::from(stock.days)
            })
            .sum();
        let hot = stock.hot_seconds * i64::from(SERIES);
        assert!(packed >= 80_000_000 && hot >= 20_000_000, "{packed} {hot}");
        assert!(stock.until() <= Clock::System.now());
        assert_eq!(stock.from.plus(DAY * stock.days), stock.day);
        assert!(stock.day.plus(HOUR) <= stock.hot_from);
    }

    #[test]
    fn every_series_has_one_pace_and_every_pace_all_kinds() {
        let mut next = 1;
        for pace in PACES {
            assert_eq!(pace.first, next);
            next = pace.last + 1;
            let kinds: BTreeSet<&str> = (pace.first..=pace.last).map(|series| kind(series).words()).collect();
            assert_eq!(kinds.len(), Kind::ALL.len());
        }
        assert_eq!(next, SERIES + 1);
        assert_eq!(place(1), ("plc-001".to_owned(), "m01".to_owned()));
        assert_eq!(place(SERIES), ("plc-100".to_owned(), "m10".to_owned()));
    }
}
