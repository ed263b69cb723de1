//! The packed part of the history, written as packing writes it, without the detour of a row for each sample.

use super::signal::Signal;
use super::stock::{PACES, SERIES, Stock, kind, seconds};
use anyhow::Result;
use sqlx::PgConnection;
use std::iter::successors;
use std::time::Duration;
use vigia_model::Timestamp;
use vigia_pack::{Kept, Statistics};
use vigia_store::Store;
use vigia_store::partition::{KnownPartitions, Parted};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

const PUT: &str = "
    insert into packed (start, min, max, first, last, sum, series_id, count, numbers, non_good, hidden, hours, data)
    select to_timestamp(n.start), n.min, n.max, n.first, n.last, n.sum, n.series_id, n.count, n.count, 0, 0, $9, n.data
    from unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::int4[], $8::int4[], $10::bytea[])
         n(start, min, max, first, last, sum, series_id, count, data)";

/// Packs day by day; how many samples there are then.
pub(super) async fn fill(stock: &Stock, store: &Store, database: &mut PgConnection) -> Result<u64> {
    let mut known = KnownPartitions::default();
    let days = successors(Some(stock.from), |day| Some(day.plus(DAY))).take_while(|day| *day <= stock.day);
    let mut signals: Vec<Signal> = (1..=SERIES).map(|series| Signal::new(kind(series), series)).collect();
    let mut samples = 0_u64;
    for day in days {
        let weeks = known.missing(Parted::Packed, [day]);
        store.ensure_partitions(&mut known, &weeks).await?;
        for pace in PACES {
            // The day that is not over has rows of hours alone.
            let end = day.plus(DAY).min(stock.packer_from());
            let span = if pace.by_hour { HOUR } else { DAY };
            let starts = successors(Some(day), |start| Some(start.plus(span)));
            for start in starts.take_while(|start| start.plus(span) <= end) {
                let mut rows = Rows::default();
                let count = i64::try_from(span.as_millis())? / pace.every_ms;
                let these =
                    (pace.first..=pace.last).zip(signals.iter_mut().skip(usize::try_from(pace.first - 1)?));
                for (series, signal) in these {
                    rows.add(series, start, &signal.samples(start, pace.every_ms, count))?;
                    samples += u64::try_from(count)?;
                }
                rows.put(database, if pace.by_hour { 1 } else { 24 }).await?;
            }
        }
    }
    Ok(samples)
}

/// Rows of one time.
#[derive(Default)]
struct Rows {
    start: Vec<f64>,
    figures: [Vec<f64>; 5],
    series: Vec<i32>,
    count: Vec<i32>,
    data: Vec<Vec<u8>>,
}

impl Rows {
    fn add(&mut self, series: i32, start: Timestamp, samples: &[Kept]) -> Result<()> {
        let Statistics { visible, sum, extent, .. } = vigia_pack::statistics(samples);
        if let Some(extent) = extent {
            let figures = [extent.min, extent.max, extent.first, extent.last, sum.total()];
            self.figures.iter_mut().zip(figures).for_each(|(column, figure)| column.push(figure));
        }
        self.start.push(f64::from(i32::try_from(seconds(start) / 60)?) * 60.0);
        self.series.push(series);
        self.count.push(i32::try_from(visible)?);
        self.data.push(vigia_pack::pack(samples)?);
        Ok(())
    }

    async fn put(self, database: &mut PgConnection, hours: i16) -> Result<()> {
        let [min, max, first, last, sum] = self.figures;
        sqlx::query(PUT)
            .bind(self.start)
            .bind(min)
            .bind(max)
            .bind(first)
            .bind(last)
            .bind(sum)
            .bind(self.series)
            .bind(self.count)
            .bind(hours)
            .bind(self.data)
            .execute(database)
            .await?;
        Ok(())
    }
}
