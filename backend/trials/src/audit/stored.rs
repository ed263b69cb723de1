//! What is stored, as rows.

use super::expectation::Content;
use super::hour::{Good, Hour};
use chrono::{DateTime, Utc};
use vigia_model::{DataType, Mode, Quality, Value};
use vigia_pack::{Block, Extent, Kept, Reading, Statistics};

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
pub(super) const PACKED: &str = "
    select series_id
         , start
         , hours
         , count
         , numbers
         , non_good
         , hidden
         , sum
         , min
         , max
         , first
         , last
         , data
    from packed
    order by series_id, start";
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

/// A sample that is not packed, and for what it is kept.
#[derive(sqlx::FromRow)]
pub(super) struct KeptRow {
    #[sqlx(flatten)]
    pub(super) sample: SampleRow,
    in_history: bool,
    in_hourly: bool,
}

impl KeptRow {
    pub(super) fn stored(&self) -> Stored {
        Stored {
            ts_ms: self.sample.ts_ms(),
            says: Says::Content(self.sample.content()),
            in_history: self.in_history,
            in_hourly: Some(self.in_hourly),
        }
    }
}

/// A sample as it is stored, packed or not.
pub(super) struct Stored {
    pub(super) ts_ms: i64,
    pub(super) says: Says,
    in_history: bool,
    /// Not known of a packed one.
    in_hourly: Option<bool>,
}

/// What is known of what a stored sample says.
pub(super) enum Says {
    /// `None` if its letters mean nothing.
    Content(Option<Content>),
    /// It is packed and hidden: only its time is kept.
    Nothing,
}

impl Stored {
    pub(super) fn packed(kept: Kept) -> Self {
        let ts_ms = kept.ts.as_millis();
        let Some(Reading { data_type, value, quality, .. }) = kept.reading else {
            return Self { ts_ms, says: Says::Nothing, in_history: false, in_hourly: None };
        };
        let content = Content { data_type, quality, value };
        Self { ts_ms, says: Says::Content(Some(content)), in_history: true, in_hourly: None }
    }

    /// Whether it is kept as this mode says.
    pub(super) fn is_kept_by(&self, mode: Mode) -> bool {
        mode.is_kept()
            && self.in_history == mode.in_history()
            && self.in_hourly.is_none_or(|in_hourly| in_hourly == mode.in_hourly())
    }
}

/// The samples of a series and an hour or day.
#[derive(sqlx::FromRow)]
pub(super) struct PackedRow {
    pub(super) series_id: i32,
    start: DateTime<Utc>,
    hours: i16,
    count: i32,
    numbers: i32,
    non_good: i32,
    hidden: i32,
    sum: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    first: Option<f64>,
    last: Option<f64>,
    data: Vec<u8>,
}

impl PackedRow {
    pub(super) fn start_ms(&self) -> i64 {
        self.start.timestamp_millis()
    }

    /// Its samples, if it can be read.
    pub(super) fn samples(&self) -> Option<Vec<Kept>> {
        Block::open(&self.data).and_then(|block| block.samples()).ok()
    }

    /// Whether what stands beside them is true of the samples.
    pub(super) fn is_of(&self, samples: &[Kept]) -> bool {
        let Statistics { visible, hidden, non_good, numbers, sum, extent } = vigia_pack::statistics(samples);
        let counts = [visible, numbers, non_good, hidden].map(i32::try_from);
        let end_ms = self.start_ms() + i64::from(self.hours) * 3_600_000;
        let bits = |figures: [Option<f64>; 5]| figures.map(|figure| figure.map(f64::to_bits));
        let figures = |pick: fn(&Extent) -> f64| extent.as_ref().map(pick);
        counts == [self.count, self.numbers, self.non_good, self.hidden].map(Ok)
            && bits([self.sum, self.min, self.max, self.first, self.last])
                == bits([
                    extent.as_ref().map(|_| sum.total()),
                    figures(|it| it.min),
                    figures(|it| it.max),
                    figures(|it| it.first),
                    figures(|it| it.last),
                ])
            && samples.iter().all(|kept| (self.start_ms()..end_ms).contains(&kept.ts.as_millis()))
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
