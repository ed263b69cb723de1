//! Samples that come so late that their hour may be packed: looking for them there, and listing the hour.

use super::{DAY, HOUR_LOCK_CLASS, day, lock_groups};
use crate::convert::{from_column, to_column};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap};
use vigia_model::{Sample, SeriesId, Timestamp};
use vigia_pack::{Block, Malformed, Reading};

const HOLD: &str = "select packed_up_to, let_go_up_to from hold_lines()";
const HOLD_HOURS: &str = "select pg_advisory_xact_lock_shared($1, n.hours) from unnest($2::int4[]) n(hours)";
/// `$3` and `$4` are where the hours and days asked for begin and end: by them the planner leaves out partitions.
const BLOCKS: &str = "
    select p.series_id
         , p.start
         , p.hours
         , p.data
    from unnest($1::int4[], $2::timestamptz[]) n(series_id, start)
    join packed p on p.series_id = n.series_id and p.start = n.start
    where p.start >= $3
      and p.start < $4";
const MARK: &str = "
    insert into packing_due as d (hour)
    select *
    from unnest($1::timestamptz[])
    on conflict (hour) do update
    set marks = d.marks + 1
      , waits = false";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [HOLD, HOLD_HOURS, BLOCKS, MARK];

/// So many packed rows are looked into at a time: some megabytes.
const AT_ONCE: usize = 256;

/// What is known of a sample whose time is taken.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Earlier {
    /// Everything.
    Sample(Sample),
    /// Only that it was there: it is no part of the event history, and packed.
    Time,
}

/// Times before which a sample is looked at more closely.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines {
    /// It may be packed already, or its hour be under way.
    pub(crate) packed_up_to: Timestamp,
    /// It may lie before where the history of its series begins.
    pub(crate) let_go_up_to: Timestamp,
}

/// Holds these lines where they are until the end of the transaction.
pub(crate) async fn hold_lines(tx: &mut PgConnection) -> Result<Lines, sqlx::Error> {
    let (packed, let_go): (DateTime<Utc>, DateTime<Utc>) = sqlx::query_as(HOLD).fetch_one(tx).await?;
    Ok(Lines { packed_up_to: from_column(packed), let_go_up_to: from_column(let_go) })
}

/// Keeps the hours of `times` from being packed until the end of the transaction.
pub(crate) async fn hold_hours(
    tx: &mut PgConnection,
    times: impl Iterator<Item = Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query(HOLD_HOURS).bind(HOUR_LOCK_CLASS).bind(lock_groups(times)).execute(tx).await?;
    Ok(())
}

/// Which of `samples` (of distinct series and time) are packed already; by their places in it.
pub(crate) async fn find_packed(
    tx: &mut PgConnection,
    samples: &[(SeriesId, Timestamp)],
) -> Result<HashMap<usize, Earlier>, sqlx::Error> {
    let mut wanted: HashMap<SeriesId, Vec<(Timestamp, usize)>> = HashMap::new();
    let mut keys: BTreeSet<(SeriesId, Timestamp)> = BTreeSet::new();
    for (place, (series, ts)) in samples.iter().enumerate() {
        wanted.entry(*series).or_default().push((*ts, place));
        keys.extend([(*series, ts.hour()), (*series, day(*ts))]);
    }
    let keys: Vec<_> = keys.into_iter().collect();
    let mut found = HashMap::new();
    for keys in keys.chunks(AT_ONCE) {
        let (series, starts): (Vec<i32>, Vec<DateTime<Utc>>) =
            keys.iter().map(|(series, start)| (series.0, to_column(*start))).unzip();
        let (first, last) = (starts.iter().min().copied(), starts.iter().max().copied());
        let blocks: Vec<(i32, DateTime<Utc>, i16, Vec<u8>)> = sqlx::query_as(BLOCKS)
            .bind(series)
            .bind(&starts)
            .bind(first)
            .bind(last.map(|last| last + DAY))
            .fetch_all(&mut *tx)
            .await?;
        for (series, _, _, data) in blocks {
            let of_series = wanted.get(&SeriesId(series)).map(Vec::as_slice).unwrap_or_default();
            look_into(&data, of_series, &mut found).map_err(|error| sqlx::Error::Decode(error.into()))?;
        }
    }
    Ok(found)
}

/// Lists the hours of `times` as due. The very last thing to do in a transaction: others who list one of them wait for its end.
pub(crate) async fn mark_due(tx: &mut PgConnection, times: &[Timestamp]) -> Result<(), sqlx::Error> {
    let hours: BTreeSet<Timestamp> = times.iter().map(|ts| ts.hour()).collect();
    if hours.is_empty() {
        return Ok(());
    }
    let hours: Vec<DateTime<Utc>> = hours.into_iter().map(to_column).collect();
    sqlx::query(MARK).bind(hours).execute(tx).await?;
    Ok(())
}

fn look_into(
    data: &[u8],
    wanted: &[(Timestamp, usize)],
    found: &mut HashMap<usize, Earlier>,
) -> Result<(), Malformed> {
    let block = Block::open(data)?;
    let times = block.times()?;
    let is_there = |ts: Timestamp| times.binary_search(&ts).is_ok();
    let hits: HashMap<Timestamp, usize> = wanted.iter().copied().filter(|(ts, _)| is_there(*ts)).collect();
    if hits.is_empty() {
        return Ok(());
    }
    for kept in block.samples()? {
        let Some(place) = hits.get(&kept.ts) else { continue };
        let earlier = match kept.reading {
            None => Earlier::Time,
            Some(Reading { data_type, value, quality, .. }) => {
                // The unit is a label, by which no two samples differ.
                Earlier::Sample(Sample { ts: kept.ts, data_type, value, quality, unit: None })
            }
        };
        found.insert(*place, earlier);
    }
    Ok(())
}
