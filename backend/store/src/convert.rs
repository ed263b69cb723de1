//! Between model types and columns.

use crate::error::{Operation, StoreError};
use chrono::{DateTime, Utc};
use vigia_model::{DataType, Quality, Sample, SeriesId, Timestamp, Value};
use vigia_pack::Reading;

/// A source time as a column holds it. The accepted range of times lies well inside chrono's.
pub(crate) fn to_column(ts: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ts.as_millis()).unwrap_or_default()
}

pub(crate) fn from_column(ts: DateTime<Utc>) -> Timestamp {
    Timestamp::from_millis(ts.timestamp_millis())
}

/// The letter of a data type in a `"char"` column.
pub(crate) const fn data_type_letter(data_type: DataType) -> i8 {
    match data_type {
        DataType::Float => letter(b'f'),
        DataType::Int => letter(b'i'),
        DataType::Bool => letter(b'b'),
        DataType::Text => letter(b's'),
    }
}

/// The letter of a quality in a `"char"` column.
pub(crate) const fn quality_letter(quality: Quality) -> i8 {
    match quality {
        Quality::Good => letter(b'G'),
        Quality::Uncertain => letter(b'U'),
        Quality::Bad => letter(b'B'),
    }
}

/// ASCII is the same number in both byte types.
const fn letter(ascii: u8) -> i8 {
    ascii.cast_signed()
}

/// The typed columns of one stored value.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ValueColumns {
    pub ts: DateTime<Utc>,
    pub value: Option<f64>,
    pub int_value: Option<i64>,
    pub text_value: Option<String>,
    pub data_type: i8,
    pub quality: i8,
    /// Not every statement asks for it.
    #[sqlx(default)]
    pub unit: Option<String>,
}

impl ValueColumns {
    /// The columns `value`, `int_value` and `text_value` of a value; of them at most one is there.
    pub(crate) fn of(value: Option<&Value>) -> (Option<f64>, Option<i64>, Option<&str>) {
        match value {
            Some(Value::Float(number)) => (Some(*number), None, None),
            Some(Value::Int(number)) => (None, Some(*number), None),
            Some(Value::Bool(flag)) => (None, Some(i64::from(*flag)), None),
            Some(Value::Text(text)) => (None, None, Some(text)),
            None => (None, None, None),
        }
    }

    /// Back to what the gateway said.
    pub(crate) fn into_sample(self, operation: Operation) -> Result<Sample, StoreError> {
        let unknown = |what: &str, found: i8| StoreError::Inconsistent {
            operation,
            what: format!("the {what} {:?}", char::from(found.cast_unsigned())),
        };
        let data_type = DataType::ALL
            .into_iter()
            .find(|known| data_type_letter(*known) == self.data_type)
            .ok_or_else(|| unknown("data type", self.data_type))?;
        let quality = Quality::ALL
            .into_iter()
            .find(|known| quality_letter(*known) == self.quality)
            .ok_or_else(|| unknown("quality", self.quality))?;
        let value = match data_type {
            DataType::Float => self.value.map(Value::Float),
            DataType::Int => self.int_value.map(Value::Int),
            DataType::Bool => self.int_value.map(|number| Value::Bool(number != 0)),
            DataType::Text => self.text_value.map(|text| Value::Text(text.into())),
        };
        Ok(Sample { ts: from_column(self.ts), data_type, value, quality, unit: self.unit.map(Into::into) })
    }
}

/// A row of `samples` as packed rows hold it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ReadingColumns {
    series_id: i32,
    gateway_num: i32,
    unit_id: Option<i32>,
    #[sqlx(flatten)]
    value: ValueColumns,
}

impl ReadingColumns {
    /// The series, the source time, and what was read.
    pub(crate) fn into_reading(
        self,
        operation: Operation,
    ) -> Result<(SeriesId, Timestamp, Reading), sqlx::Error> {
        let sample = self.value.into_sample(operation).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let Sample { ts, data_type, value, quality, .. } = sample;
        let reading = Reading { data_type, value, quality, unit: self.unit_id, gateway: self.gateway_num };
        Ok((SeriesId(self.series_id), ts, reading))
    }
}
