//! What is stored, as rows.

use super::expectation::Content;
use super::hour::{Good, Hour};
use chrono::{DateTime, Utc};
use vigia_model::{DataType, Mode, Quality, Value};

pub(super) const SERIES: &str = "
    select r.id
         , t.code as tenant
         , t.code || '/' || p.code || '/' || c.plc_id || '/' || r.metric_id as name
    from series r
    join plcs c on c.id = r.plc_id
    join plants p on p.id = r.plant_id
    join tenants t on t.id = r.tenant_id";
pub(super) const SAMPLES: &str = "
    select series_id
         , ts
         , data_type
         , quality
         , value
         , int_value
         , text_value
         , in_history
         , in_hourly
    from samples
    order by series_id, ts";
pub(super) const LAST: &str = "
    select series_id
         , ts
         , data_type
         , quality
         , value
         , int_value
         , text_value
    from series_last";
pub(super) const HOURLY: &str = "
    select series_id
         , hour
         , count
         , sum
         , coalesce(sum_error, 0) as sum_error
         , min
         , max
         , first
         , last
         , first_ts
         , last_ts
         , non_good
    from hourly";
pub(super) const REJECTIONS: &str = "
    select r.reason
         , count(*) as total
    from rejections r
    join quarantined_messages m on m.id = r.message_id
    where split_part(m.topic, '/', 2) = any($1)
    group by 1";

#[derive(sqlx::FromRow)]
pub(super) struct SeriesRow {
    pub(super) id: i32,
    pub(super) tenant: String,
    pub(super) name: String,
}

#[derive(sqlx::FromRow)]
pub(super) struct SampleRow {
    pub(super) series_id: i32,
    ts: DateTime<Utc>,
    data_type: i8,
    quality: i8,
    value: Option<f64>,
    int_value: Option<i64>,
    text_value: Option<String>,
}

/// A sample, and for what it is kept.
#[derive(sqlx::FromRow)]
pub(super) struct KeptRow {
    #[sqlx(flatten)]
    pub(super) sample: SampleRow,
    in_history: bool,
    in_hourly: bool,
}

impl KeptRow {
    /// Whether it is kept as this mode says.
    pub(super) const fn is_kept_by(&self, mode: Mode) -> bool {
        mode.is_kept() && self.in_history == mode.in_history() && self.in_hourly == mode.in_hourly()
    }
}

impl SampleRow {
    pub(super) fn ts_ms(&self) -> i64 {
        self.ts.timestamp_millis()
    }

    /// What it says; `None` if its letters mean nothing.
    pub(super) fn content(&self) -> Option<Content> {
        let data_type = match self.data_type.cast_unsigned() {
            b'f' => DataType::Float,
            b'i' => DataType::Int,
            b'b' => DataType::Bool,
            b's' => DataType::Text,
            _ => return None,
        };
        let quality = match self.quality.cast_unsigned() {
            b'G' => Quality::Good,
            b'U' => Quality::Uncertain,
            b'B' => Quality::Bad,
            _ => return None,
        };
        let value = match data_type {
            DataType::Float => self.value.map(Value::Float),
            DataType::Int => self.int_value.map(Value::Int),
            DataType::Bool => self.int_value.map(|number| Value::Bool(number != 0)),
            DataType::Text => self.text_value.as_deref().map(|text| Value::Text(text.into())),
        };
        Some(Content { data_type, quality, value })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct HourRow {
    pub(super) series_id: i32,
    hour: DateTime<Utc>,
    count: i64,
    sum: Option<f64>,
    sum_error: f64,
    min: Option<f64>,
    max: Option<f64>,
    first: Option<f64>,
    last: Option<f64>,
    first_ts: Option<DateTime<Utc>>,
    last_ts: Option<DateTime<Utc>>,
    non_good: i64,
}

impl HourRow {
    pub(super) fn hour_ms(&self) -> i64 {
        self.hour.timestamp_millis()
    }

    pub(super) fn hour(&self) -> Hour {
        let good = || {
            Some(Good {
                min: self.min?,
                max: self.max?,
                first: (self.first_ts?.timestamp_millis(), self.first?),
                last: (self.last_ts?.timestamp_millis(), self.last?),
                sum: self.sum?,
                sum_error: self.sum_error,
            })
        };
        Hour { count: self.count, non_good: self.non_good, good: good() }
    }
}
