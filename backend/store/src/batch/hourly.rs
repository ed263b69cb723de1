//! Hourly statistics: what the newly stored samples of a batch add to them.

use super::SampleRow;
use crate::convert::to_column;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use vigia_model::{Quality, SeriesId, Sum, Timestamp};

macro_rules! add {
    ($sum:literal, $sum_error:literal) => {
        concat!(
            "
    insert into hourly as h
        (series_id, hour, count, sum, sum_error, min, max, first, last, first_ts, last_ts, non_good)
    select *
    from unnest(
        $1::int4[], $2::timestamptz[], $3::int8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
        $8::float8[], $9::float8[], $10::timestamptz[], $11::timestamptz[], $12::int8[]
    )
    on conflict (series_id, hour) do update
    set count = h.count + excluded.count
      , sum = coalesce(",
            $sum,
            ", h.sum, excluded.sum)
      , sum_error = coalesce(",
            $sum_error,
            ", h.sum_error, excluded.sum_error)
      , min = least(h.min, excluded.min)
      , max = greatest(h.max, excluded.max)
      , first = case when h.first_ts is null or excluded.first_ts < h.first_ts then excluded.first else h.first end
      , last = case when h.last_ts is null or excluded.last_ts > h.last_ts then excluded.last else h.last end
      , first_ts = least(h.first_ts, excluded.first_ts)
      , last_ts = greatest(h.last_ts, excluded.last_ts)
      , non_good = h.non_good + excluded.non_good"
        )
    };
}
/// The sum and what its rounding loses (Knuth's two-sum), for sums below [`LARGE`]: no float is so large that one of
/// those makes it overflow.
const ADD: &str = add!(
    "h.sum + excluded.sum",
    "h.sum_error + excluded.sum_error
            + (h.sum - ((h.sum + excluded.sum) - ((h.sum + excluded.sum) - h.sum)))
            + (excluded.sum - ((h.sum + excluded.sum) - h.sum))"
);
/// The same for any sums, at a third more of the server's time.
const ADD_ANY: &str = add!(
    "saturating_add(h.sum, excluded.sum)",
    "saturating_add(h.sum_error + excluded.sum_error, rounding_error(h.sum, excluded.sum))"
);
/// Half the distance between the largest floats is about a hundred times more.
const LARGE: f64 = 1e290;

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [ADD, ADD_ANY];

/// One hour of one series, as far as this batch knows it.
#[derive(Debug, PartialEq)]
struct HourRow {
    series: SeriesId,
    hour: Timestamp,
    good: Option<Good>,
    count: i64,
    non_good: i64,
}

/// Figures over good numeric or bool samples.
#[derive(Debug, PartialEq)]
struct Good {
    sum: Sum,
    min: f64,
    max: f64,
    first: (Timestamp, f64),
    last: (Timestamp, f64),
}

/// Adds `new` rows, which were not stored before and are sorted by series and time, to their hours.
pub(super) async fn add(tx: &mut PgConnection, new: &[&SampleRow]) -> Result<(), sqlx::Error> {
    let hours = hours(new);
    if hours.is_empty() {
        return Ok(());
    }
    let of_good = |pick: fn(&Good) -> f64| -> Vec<Option<f64>> {
        hours.iter().map(|row| row.good.as_ref().map(pick)).collect()
    };
    let time_of = |pick: fn(&Good) -> Timestamp| -> Vec<Option<DateTime<Utc>>> {
        hours.iter().map(|row| row.good.as_ref().map(|good| to_column(pick(good)))).collect()
    };
    let is_small = |row: &HourRow| row.good.as_ref().is_none_or(|good| good.sum.rounded.abs() < LARGE);
    sqlx::query(if hours.iter().all(is_small) { ADD } else { ADD_ANY })
        .bind(hours.iter().map(|row| row.series.0).collect::<Vec<_>>())
        .bind(hours.iter().map(|row| to_column(row.hour)).collect::<Vec<_>>())
        .bind(hours.iter().map(|row| row.count).collect::<Vec<_>>())
        .bind(of_good(|good| good.sum.rounded))
        .bind(of_good(|good| good.sum.error))
        .bind(of_good(|good| good.min))
        .bind(of_good(|good| good.max))
        .bind(of_good(|good| good.first.1))
        .bind(of_good(|good| good.last.1))
        .bind(time_of(|good| good.first.0))
        .bind(time_of(|good| good.last.0))
        .bind(hours.iter().map(|row| row.non_good).collect::<Vec<_>>())
        .execute(tx)
        .await?;
    Ok(())
}

/// Sums up rows sorted by series and time, one entry for each hour that has anything to count.
fn hours(rows: &[&SampleRow]) -> Vec<HourRow> {
    let mut hours: Vec<HourRow> = Vec::new();
    for row in rows.iter().filter(|row| row.mode.in_hourly()) {
        let hour = row.sample.ts.hour();
        let same = hours.last().is_some_and(|last| last.series == row.series && last.hour == hour);
        if !same {
            hours.push(HourRow { series: row.series, hour, good: None, count: 0, non_good: 0 });
        }
        let Some(current) = hours.last_mut() else { continue };
        if row.sample.quality != Quality::Good {
            current.non_good += 1;
        }
        let Some(number) = row.sample.good_statistic() else { continue };
        current.count += 1;
        let at = row.sample.ts;
        match &mut current.good {
            None => {
                current.good = Some(Good {
                    sum: Sum::of(number),
                    min: number,
                    max: number,
                    first: (at, number),
                    last: (at, number),
                });
            }
            Some(good) => {
                good.sum.add(number);
                good.min = good.min.min(number);
                good.max = good.max.max(number);
                good.last = (at, number);
            }
        }
    }
    hours.retain(|row| row.count > 0 || row.non_good > 0);
    hours
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{DataType, Mode, Sample, Value};

    fn row(ms: i64, value: Option<Value>, quality: Quality, mode: Mode) -> SampleRow {
        let data_type = match value {
            Some(Value::Bool(_)) => DataType::Bool,
            Some(Value::Text(_)) => DataType::Text,
            _ => DataType::Float,
        };
        SampleRow {
            series: SeriesId(1),
            gateway_num: 1,
            unit_id: None,
            mode,
            sample: Sample { ts: Timestamp::from_millis(ms), data_type, value, quality, unit: None },
            received_at: Timestamp::from_millis(ms),
            message: 0,
            sample_index: None,
        }
    }

    #[test]
    fn counts_good_numbers_and_bools_and_the_rest_that_is_not_good() {
        let float = |number| Some(Value::Float(number));
        let rows = [
            row(0, float(5.0), Quality::Good, Mode::Both),
            row(1, Some(Value::Bool(true)), Quality::Good, Mode::Hourly),
            row(2, float(-3.0), Quality::Good, Mode::Both),
            row(3, float(99.0), Quality::Uncertain, Mode::Both),
            row(4, None, Quality::Bad, Mode::Both),
            row(5, Some(Value::Text("x".into())), Quality::Good, Mode::Both),
            row(6, float(1_000.0), Quality::Good, Mode::Raw),
            row(3_600_000, float(7.0), Quality::Good, Mode::Both),
        ];
        let hours = hours(&rows.iter().collect::<Vec<_>>());
        assert_eq!(hours.len(), 2);
        assert_eq!((hours[0].count, hours[0].non_good), (3, 2));
        let good = hours[0].good.as_ref().unwrap();
        assert_eq!(
            (good.sum.total(), good.min, good.max, good.first.1, good.last.1),
            (3.0, -3.0, 5.0, 5.0, -3.0)
        );
        assert_eq!((hours[1].count, hours[1].hour.as_millis()), (1, 3_600_000));
    }

    #[test]
    fn a_good_text_alone_makes_no_row() {
        let text = row(0, Some(Value::Text("x".into())), Quality::Good, Mode::Both);
        assert_eq!(hours(&[&text]), []);
    }
}
