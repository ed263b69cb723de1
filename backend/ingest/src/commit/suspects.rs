//! Series of which the database has refused a row of late. What refuses one often refuses the next: theirs are stored
//! apart for a while, so that a batch is not cut in halves again and again for their sake.

use std::collections::HashMap;
use std::time::{Duration, Instant};
use vigia_model::SeriesId;
use vigia_store::batch::SampleRow;

/// How long after its last refusal.
const SUSPECT_FOR: Duration = Duration::from_mins(1);
/// More at once are not one series' fault.
const MOST: usize = 1_000;

/// The series in question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Suspects(HashMap<SeriesId, Instant>);

impl Suspects {
    /// A row of this series was refused.
    pub(super) fn add(&mut self, series: SeriesId, now: Instant) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(series, now);
    }

    /// Moves the rows of suspects behind the others, each part in the order it had; where they begin.
    pub(super) fn set_apart(&mut self, rows: &mut [SampleRow], now: Instant) -> usize {
        self.0.retain(|_, at| now < *at + SUSPECT_FOR);
        if self.0.is_empty() {
            return rows.len();
        }
        rows.sort_by_key(|row| self.0.contains_key(&row.series));
        rows.partition_point(|row| !self.0.contains_key(&row.series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{DataType, Mode, Quality, Sample, Timestamp, Value};

    fn row(series: i32, ms: i64) -> SampleRow {
        let ts = Timestamp::from_millis(ms);
        SampleRow {
            series: SeriesId(series),
            gateway_num: 1,
            unit_id: None,
            mode: Mode::Both,
            sample: Sample {
                ts,
                data_type: DataType::Float,
                value: Some(Value::Float(1.0)),
                quality: Quality::Good,
                unit: None,
            },
            received_at: ts,
            message: 0,
            sample_index: None,
        }
    }

    #[test]
    fn the_rows_of_a_suspect_stand_last_for_a_while_and_in_order() {
        let now = Instant::now();
        let mut suspects = Suspects::default();
        let mut rows = [row(7, 1), row(1, 2), row(7, 3), row(2, 4)];
        assert_eq!(suspects.set_apart(&mut rows, now), 4);
        suspects.add(SeriesId(7), now);
        assert_eq!(suspects.set_apart(&mut rows, now), 2);
        let order: Vec<(i32, i64)> =
            rows.iter().map(|row| (row.series.0, row.sample.ts.as_millis())).collect();
        assert_eq!(order, [(1, 2), (2, 4), (7, 1), (7, 3)]);
        assert_eq!(suspects.set_apart(&mut rows, now + SUSPECT_FOR), 4);
    }
}
