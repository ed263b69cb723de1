//! What the series show: by kind of signal and pace, the same in every run.

use vigia_model::{DataType, Quality, Timestamp, Value};
use vigia_pack::{Kept, Reading};
use vigia_simulator::random::Random;

/// How a value goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A level that drifts, read to a tenth.
    Tenths,
    /// Full precision, no two alike.
    Noise,
    Counter,
    /// On and off, for minutes.
    Switch,
}

/// A series under way.
pub(super) struct Signal {
    kind: Kind,
    random: Random,
    level: i32,
    count: i64,
    is_on: bool,
}

/// A sample comes so much early or late.
const JITTER_MS: f64 = 5.0;

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Tenths, Self::Noise, Self::Counter, Self::Switch];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Tenths => "tenths",
            Self::Noise => "full-precision noise",
            Self::Counter => "counter",
            Self::Switch => "switch",
        }
    }
}

impl Signal {
    pub(super) fn new(kind: Kind, series: i32) -> Self {
        let random = Random::new(1, &format!("history {series}"));
        Self { kind, random, level: 600, count: 1_000_000, is_on: false }
    }

    /// The samples due from one time on, so many of them.
    pub(super) fn samples(&mut self, from: Timestamp, every_ms: i64, count: i64) -> Vec<Kept> {
        (0..count).map(|number| self.next(from.as_millis() + number * every_ms)).collect()
    }

    fn next(&mut self, due_ms: i64) -> Kept {
        let late = self.random.between(-JITTER_MS, JITTER_MS).round();
        let ts = Timestamp::from_millis(due_ms + 10 + whole(late));
        let value = match self.kind {
            Kind::Tenths => {
                self.level += i32::try_from(self.random.below(5)).unwrap_or(0) - 2;
                Value::Float(f64::from(self.level) / 10.0)
            }
            Kind::Noise => Value::Float(self.random.between(59.0, 61.0)),
            Kind::Counter => {
                self.count += i64::try_from(self.random.below(4)).unwrap_or(0);
                Value::Int(self.count)
            }
            Kind::Switch => {
                self.is_on ^= self.random.chance(1.0 / 300.0);
                Value::Bool(self.is_on)
            }
        };
        let data_type = match value {
            Value::Float(_) => DataType::Float,
            Value::Int(_) => DataType::Int,
            Value::Bool(_) => DataType::Bool,
            Value::Text(_) => DataType::Text,
        };
        let reading =
            Reading { data_type, value: Some(value), quality: Quality::Good, unit: Some(1), gateway: 1 };
        Kept { ts, reading: Some(reading) }
    }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "some milliseconds")]
const fn whole(float: f64) -> i64 {
    float as i64
}
