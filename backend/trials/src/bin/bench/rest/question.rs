//! What is asked: the address of the API, and the same question straight in SQL.

use super::stock::{SITE, Stock, TENANT, plc};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{Postgres, query};
use std::time::Duration;
use vigia_model::Timestamp;

/// Ten metrics every ten seconds: 900 rows.
const RAW_SPAN: Duration = Duration::from_mins(15);
/// 480 rows.
const HOURLY_SPAN: Duration = Duration::from_hours(48);

/// A question with two ways to ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    State,
    Latest,
    Raw,
    Hourly,
}

const STATE: &str = "
    select r.metric_id, l.ts, l.value, l.int_value, l.text_value, l.data_type, l.quality, u.unit
    from tenants t
    join plants p on p.tenant_id = t.id
    join plcs c on c.plant_id = p.id
    join series r on r.plc_id = c.id
    join series_last l on l.series_id = r.id
    left join units u on u.id = l.unit_id
    where t.code = $1 and p.code = $2 and c.plc_id = $3";
const LATEST: &str = "
    select t.code, p.code, c.plc_id, g.gateway_id, r.metric_id
         , s.ts, s.value, s.int_value, s.text_value, s.data_type, s.quality, u.unit
    from samples s
    join series r on r.id = s.series_id
    join gateways g on g.num = s.gateway_num
    join plcs c on c.id = r.plc_id
    join plants p on p.id = r.plant_id
    join tenants t on t.id = r.tenant_id
    left join units u on u.id = s.unit_id
    where s.in_history and t.code = $1
    order by s.ts desc
    limit 100";
/// Series by series: with a plain join Postgres walks over all that was sampled in these minutes.
const RAW: &str = "
    select r.metric_id, s.ts, s.value, s.int_value, s.text_value, s.data_type, s.quality, u.unit
    from tenants t
    join plants p on p.tenant_id = t.id
    join plcs c on c.plant_id = p.id
    join series r on r.plc_id = c.id
    cross join lateral (
        select * from samples x
        where x.series_id = r.id and x.in_history is not false and x.ts >= $4 and x.ts < $5
        order by x.ts desc
        limit 1001
    ) s
    left join units u on u.id = s.unit_id
    where t.code = $1 and p.code = $2 and c.plc_id = $3
    order by s.ts desc, r.id desc
    limit 1001";
const HOURLY: &str = "
    select r.metric_id, h.hour, h.count, h.sum + coalesce(h.sum_error, 0), h.min, h.max, h.first, h.last, h.non_good
    from tenants t
    join plants p on p.tenant_id = t.id
    join plcs c on c.plant_id = p.id
    join series r on r.plc_id = c.id
    join hourly h on h.series_id = r.id
    where t.code = $1 and p.code = $2 and c.plc_id = $3
      and h.hour >= $4 and h.hour < $5
    order by h.hour desc, r.id desc
    limit 1001";

impl Question {
    pub(super) const ALL: [Self; 4] = [Self::State, Self::Latest, Self::Raw, Self::Hourly];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::State => "state of a PLC (10 metrics, from memory)",
            Self::Latest => "latest 100 events",
            Self::Raw => "history, 900 samples",
            Self::Hourly => "history, 480 hours",
        }
    }

    /// How many rows the answer has.
    pub(super) const fn rows(self) -> usize {
        match self {
            Self::State => 10,
            Self::Latest => 100,
            Self::Raw => 900,
            Self::Hourly => 480,
        }
    }

    /// The text that stands once in every row of the API's answer.
    pub(super) const fn mark(self) -> &'static [u8] {
        match self {
            Self::State | Self::Latest | Self::Raw => b"\"quality\"",
            Self::Hourly => b"\"nonGood\"",
        }
    }

    /// The address of the API, for the PLC of this number.
    pub(super) fn path(self, stock: Stock, number: u32) -> String {
        let plc = plc(number);
        let history = |resolution: &str| {
            let (from, to) = self.span(stock);
            format!("/api/telemetry/{SITE}/{plc}?from={}&to={}&resolution={resolution}", iso(from), iso(to))
        };
        match self {
            Self::State => format!("/api/plcs/{SITE}/{plc}/state"),
            Self::Latest => "/api/telemetry/latest?limit=100".to_owned(),
            Self::Raw => history("raw"),
            Self::Hourly => history("hourly"),
        }
    }

    /// The statement, for the PLC of this number.
    pub(super) fn sql(self, stock: Stock, number: u32) -> Query<'static, Postgres, PgArguments> {
        let named = |statement: &'static str| query(statement).bind(TENANT).bind(SITE).bind(plc(number));
        let (from, to) = self.span(stock);
        match self {
            Self::State => named(STATE),
            Self::Latest => query(LATEST).bind(TENANT),
            Self::Raw => named(RAW).bind(utc(from)).bind(utc(to)),
            Self::Hourly => named(HOURLY).bind(utc(from)).bind(utc(to)),
        }
    }

    /// Which part of the history; its end is behind the newest sample or hour.
    fn span(self, stock: Stock) -> (Timestamp, Timestamp) {
        let span = if self == Self::Hourly { HOURLY_SPAN } else { RAW_SPAN };
        let end = if self == Self::Hourly { stock.until.hour() } else { stock.until };
        (end.minus(span), end)
    }
}

fn utc(ts: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_millis(ts.as_millis()).unwrap_or_default()
}

fn iso(ts: Timestamp) -> String {
    utc(ts).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
