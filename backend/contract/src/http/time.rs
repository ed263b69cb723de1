//! Times on the wire: written as ISO 8601 UTC with milliseconds, read in the forms people and programs use.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::str::FromStr;

/// An instant, in milliseconds since 1970; on the wire `2025-01-08T18:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UtcTime(DateTime<Utc>);

/// The text is no time we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTime;

impl std::fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a time: write ISO 8601 such as 2025-01-08T18:00:00.000Z, or milliseconds since 1970")
    }
}

impl std::error::Error for InvalidTime {}

impl UtcTime {
    /// From milliseconds since 1970. Beyond the years a calendar can show it is the nearest one it can.
    pub fn from_millis(ms: i64) -> Self {
        let nearest = if ms < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        Self(DateTime::from_timestamp_millis(ms).unwrap_or(nearest))
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> i64 {
        self.0.timestamp_millis()
    }
}

impl FromStr for UtcTime {
    type Err = InvalidTime;

    /// Reads Unix milliseconds, RFC 3339 with any offset, a date and time without one (UTC is meant), or a date; all in
    /// the years 1 to 9999.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        // What is finer than a millisecond is nobody's.
        let time = Self::from_millis(read(text)?.as_millis());
        if (1..=9999).contains(&time.0.year()) { Ok(time) } else { Err(InvalidTime) }
    }
}

fn read(text: &str) -> Result<UtcTime, InvalidTime> {
    if let Ok(ms) = text.parse::<i64>() {
        return DateTime::from_timestamp_millis(ms).map(UtcTime).ok_or(InvalidTime);
    }
    // In a query an unescaped `+` of an offset arrives as a space.
    let text = match text.rsplit_once(' ') {
        Some((head, offset)) if head.contains('T') => &format!("{head}+{offset}"),
        _ => text,
    };
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(UtcTime(time.to_utc()));
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            return Ok(UtcTime(time.and_utc()));
        }
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| InvalidTime)?;
    date.and_hms_opt(0, 0, 0).map(|time| UtcTime(time.and_utc())).ok_or(InvalidTime)
}

impl std::fmt::Display for UtcTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for UtcTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "UtcTime".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let written = json_schema!({ "type": "string", "format": "date-time", "examples": ["2025-01-08T18:00:00.000Z"] });
        if generator.contract().is_serialize() {
            return written;
        }
        json_schema!({
            "anyOf": [
                written,
                { "type": "string", "format": "date", "examples": ["2025-01-08"] },
                { "type": "string", "pattern": "^-?[0-9]{1,14}$", "description": "Milliseconds since 1970" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_utc_with_milliseconds() {
        assert_eq!(UtcTime::from_millis(1_736_359_200_000).to_string(), "2025-01-08T18:00:00.000Z");
        assert_eq!(UtcTime::from_millis(1).to_string(), "1970-01-01T00:00:00.001Z");
    }

    #[test]
    fn reads_what_people_write() {
        for text in [
            "1736359200000",
            "2025-01-08T18:00:00.000Z",
            "2025-01-08T18:00:00Z",
            "2025-01-08T15:00:00-03:00",
            "2025-01-08T19:00:00+01:00",
            "2025-01-08T19:00:00 01:00",
            "2025-01-08T18:00:00",
            "2025-01-08T18:00",
        ] {
            assert_eq!(text.parse::<UtcTime>().map(UtcTime::as_millis), Ok(1_736_359_200_000), "{text}");
        }
        let finer: UtcTime = "2025-01-08T18:00:00.0018".parse().unwrap();
        assert_eq!((finer.as_millis(), finer.to_string().parse()), (1_736_359_200_001, Ok(finer)));
        assert_eq!("2025-01-08".parse::<UtcTime>().unwrap().to_string(), "2025-01-08T00:00:00.000Z");
        for text in [
            "",
            "yesterday",
            "2025-13-01",
            "99999999999999999999",
            "9223372036854775807",
            "-99999999999999",
            "12025-01-01",
            "2025-01-08T25:00",
        ] {
            assert_eq!(text.parse::<UtcTime>(), Err(InvalidTime), "{text}");
        }
    }
}
