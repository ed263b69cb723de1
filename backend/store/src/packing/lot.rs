//! Packing itself: one transaction takes the samples of some series out of `samples` and puts them into `packed`.

use super::due::{Due, Span};
use super::{DAY, HOUR, HOUR_LOCK_CLASS, WORTH_AN_HOUR, day, lock_groups};
use crate::connect::{Lent, Store};
use crate::convert::{ReadingColumns, from_column, to_column};
use crate::error::StoreError;
use crate::partition::{self, Parted, Partition};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use std::iter;
use vigia_model::{SeriesId, Timestamp};
use vigia_pack::{Block, Extent, Kept, Malformed, Statistics};

/// So many samples are packed in one transaction, unless one series alone has more: some tenths of a second, for which a late
/// sample of that hour may have to wait.
pub(super) const MOST_ROWS: i64 = 50_000;

/// The planner's figures on a partition that has just been filled are old, and by them it may read all of it for every lot.
pub(super) const BY_INDEX: &str = "set local enable_seqscan = off";
const LOCK_HOURS: &str = "select pg_advisory_xact_lock($1, n.hours) from unnest($2::int4[]) n(hours)";
const TAKE: &str = "
    delete from samples
    where series_id = any($1)
      and ts >= $2
      and ts < $3
    returning series_id
            , ts
            , value
            , int_value
            , text_value
            , data_type
            , quality
            , unit_id
            , gateway_num
            , in_history";
const BLOCKS: &str = "
    select p.series_id
         , p.start
         , p.hours
    from packed p
    where p.series_id = any($1)
      and p.start >= $2
      and p.start < $3";
const DATA: &str = "
    select data
    from packed
    where series_id = $1
      and start = $2
      and hours = $3";
const PUT: &str = "
    insert into packed as p
        (start, min, max, first, last, sum, series_id, count, numbers, non_good, hidden, hours, data)
    select *
    from unnest(
        $1::timestamptz[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::int4[], $8::int4[],
        $9::int4[], $10::int4[], $11::int4[], $12::int2[], $13::bytea[]
    )
    on conflict (series_id, start, hours) do update
    set min = excluded.min
      , max = excluded.max
      , first = excluded.first
      , last = excluded.last
      , sum = excluded.sum
      , count = excluded.count
      , numbers = excluded.numbers
      , non_good = excluded.non_good
      , hidden = excluded.hidden
      , data = excluded.data";
/// Between which times there is anything to look for.
const NOTE_EXTENT: &str = "
    update series r
    set packed_from = least(r.packed_from, n.start)
      , packed_ts = greatest(r.packed_ts, n.ts)
    from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) n(id, start, ts)
    where r.id = n.id and (r.packed_ts is null or r.packed_ts < n.ts or r.packed_from > n.start)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [LOCK_HOURS, TAKE, BLOCKS, DATA, PUT, NOTE_EXTENT];

/// Some series whose samples are packed in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    pub series: Vec<SeriesId>,
    /// Of the time that is due all, or a part in full hours.
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
    /// About, and so are the bytes of text in them.
    pub(super) samples: i64,
    pub(super) text_bytes: i64,
}

/// What packing a lot came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PackedLot {
    pub samples: usize,
    pub rows: usize,
    /// What was packed weighs so much; of hours that were packed before, with what they held.
    pub bytes: usize,
}

/// A row of `packed`, by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    series: SeriesId,
    start: Timestamp,
    hours: i16,
}

impl Lot {
    /// The lot in two: half of the series each, or half of the hours of one series. One hour of one series cannot be divided.
    pub fn halves(&self) -> Option<[Self; 2]> {
        let part = |series: &[SeriesId], from, to| Self {
            series: series.to_vec(),
            from,
            to,
            samples: self.samples / 2,
            text_bytes: self.text_bytes / 2,
        };
        if self.series.len() > 1 {
            let (first, second) = self.series.split_at(self.series.len() / 2);
            return Some([first, second].map(|series| part(series, self.from, self.to)));
        }
        let count = hours(self.from, self.to).count();
        let middle = hours(self.from, self.to).nth(count / 2).filter(|_| count > 1)?;
        Some([part(&self.series, self.from, middle), part(&self.series, middle, self.to)])
    }
}

#[derive(sqlx::FromRow)]
struct TakenRow {
    #[sqlx(flatten)]
    reading: ReadingColumns,
    in_history: bool,
}

impl Store {
    /// Packs the samples of a lot; all of it is durable when this returns `Ok`, none of it otherwise.
    ///
    /// # Errors
    /// When the database fails, or holds something that cannot be packed.
    pub async fn pack(&self, due: &Due, lot: &Lot) -> Result<PackedLot, StoreError> {
        let operation = "pack samples";
        let is_there = partition::ensure(&self.upkeep, Partition::of(Parted::Packed, due.from));
        if !is_there.await.map_err(StoreError::on("make a partition"))? {
            // That time was dropped; what is left of its samples goes too.
            return Ok(PackedLot::default());
        }
        let mut lent = Lent::from(&self.upkeep).await.map_err(StoreError::on(operation))?;
        let packed = in_transaction(&mut lent, due, lot).await;
        lent.give_back();
        packed.map_err(StoreError::on(operation))
    }
}

async fn in_transaction(lent: &mut Lent, due: &Due, lot: &Lot) -> Result<PackedLot, sqlx::Error> {
    let mut tx = lent.begin().await?;
    sqlx::query(AssertSqlSafe(BY_INDEX)).execute(&mut *tx).await?;
    let groups = lock_groups(hours(lot.from, lot.to));
    sqlx::query(LOCK_HOURS).bind(HOUR_LOCK_CLASS).bind(groups).execute(&mut *tx).await?;
    let taken = take(&mut tx, lot).await?;
    let samples = taken.values().map(Vec::len).sum();
    if samples == 0 {
        return Ok(PackedLot::default());
    }
    let there = there(&mut tx, lot).await?;
    let blocks = sort_into_blocks(taken, due, &there);
    let before = before(&mut tx, &blocks, &there).await?;
    // Some tens of milliseconds of work.
    let Packed { rows, extents } = apart(move || pack_all(blocks, &before)).await?;
    let (count, bytes) = (rows.len(), rows.iter().map(|row| row.data.len()).sum());
    put(&mut tx, rows).await?;
    sqlx::query(NOTE_EXTENT)
        .bind(extents.keys().map(|series| series.0).collect::<Vec<_>>())
        .bind(extents.values().map(|(start, _)| to_column(*start)).collect::<Vec<_>>())
        .bind(extents.values().map(|(_, ts)| to_column(*ts)).collect::<Vec<_>>())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(PackedLot { samples, rows: count, bytes })
}

/// Works where it holds nobody up. If it panics, then because of what it was given: the database is not to blame, and the same
/// would happen again.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, sqlx::Error> + Send + 'static,
) -> Result<T, sqlx::Error> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| sqlx::Error::Encode(panic.into()))?
}

/// The hours from one time to another.
fn hours(from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
    iter::successors(Some(from.hour()), |hour| Some(hour.plus(HOUR))).take_while(move |hour| *hour < to)
}

/// Takes the samples out, sorted by time.
async fn take(tx: &mut PgConnection, lot: &Lot) -> Result<BTreeMap<SeriesId, Vec<Kept>>, sqlx::Error> {
    let series: Vec<i32> = lot.series.iter().map(|series| series.0).collect();
    let rows: Vec<TakenRow> = sqlx::query_as(TAKE)
        .bind(series)
        .bind(to_column(lot.from))
        .bind(to_column(lot.to))
        .fetch_all(tx)
        .await?;
    let mut taken: BTreeMap<SeriesId, Vec<Kept>> = BTreeMap::new();
    for row in rows {
        let (series, ts, reading) = row.reading.into_reading("pack samples")?;
        let reading = row.in_history.then_some(reading);
        taken.entry(series).or_default().push(Kept { ts, reading });
    }
    for kept in taken.values_mut() {
        kept.sort_unstable_by_key(|kept| kept.ts);
    }
    Ok(taken)
}

/// Which rows of these series are there already.
async fn there(tx: &mut PgConnection, lot: &Lot) -> Result<Vec<Key>, sqlx::Error> {
    let series: Vec<i32> = lot.series.iter().map(|series| series.0).collect();
    let rows: Vec<(i32, DateTime<Utc>, i16)> = sqlx::query_as(BLOCKS)
        .bind(series)
        .bind(to_column(day(lot.from)))
        .bind(to_column(lot.to))
        .fetch_all(tx)
        .await?;
    let key = |(series, start, hours)| Key { series: SeriesId(series), start: from_column(start), hours };
    let mut keys: Vec<Key> = rows.into_iter().map(key).collect();
    keys.sort_unstable();
    Ok(keys)
}

/// Samples by the row they go to.
type Blocks = BTreeMap<Key, Vec<Kept>>;

/// Which row each sample goes to: the row of its hour if there is one or the hour is worth one, else that of its day.
fn sort_into_blocks(taken: BTreeMap<SeriesId, Vec<Kept>>, due: &Due, there: &[Key]) -> Blocks {
    let mut blocks = Blocks::new();
    for (series, samples) in taken {
        let mut samples = samples.into_iter().peekable();
        while let Some(first) = samples.peek() {
            let hour = first.ts.hour();
            let end = hour.plus(HOUR);
            let of_hour: Vec<Kept> = iter::from_fn(|| samples.next_if(|kept| kept.ts < end)).collect();
            let own = Key { series, start: hour, hours: 1 };
            let is_worth_it = of_hour.len() >= usize::try_from(WORTH_AN_HOUR).unwrap_or(usize::MAX);
            let key = if due.span == Span::Hour || is_worth_it || there.binary_search(&own).is_ok() {
                own
            } else {
                Key { series, start: day(hour), hours: 24 }
            };
            blocks.entry(key).or_default().extend(of_hour);
        }
    }
    blocks
}

/// What those of the rows hold that are there.
async fn before(
    tx: &mut PgConnection,
    blocks: &Blocks,
    there: &[Key],
) -> Result<BTreeMap<Key, Vec<u8>>, sqlx::Error> {
    let mut before = BTreeMap::new();
    for key in blocks.keys().filter(|key| there.binary_search(key).is_ok()) {
        let data: Option<Vec<u8>> = sqlx::query_scalar(DATA)
            .bind(key.series.0)
            .bind(to_column(key.start))
            .bind(key.hours)
            .fetch_optional(&mut *tx)
            .await?;
        // It may have become too old meanwhile, and gone.
        before.extend(data.map(|data| (*key, data)));
    }
    Ok(before)
}

struct PackedRow {
    key: Key,
    statistics: Statistics,
    data: Vec<u8>,
}

#[derive(Default)]
struct Packed {
    rows: Vec<PackedRow>,
    /// Where the rows of each series begin, and its newest sample in them that is shown.
    extents: BTreeMap<SeriesId, (Timestamp, Timestamp)>,
}

fn pack_all(blocks: Blocks, before: &BTreeMap<Key, Vec<u8>>) -> Result<Packed, sqlx::Error> {
    let mut packed = Packed::default();
    for (key, mut kept) in blocks {
        if let Some(data) = before.get(&key) {
            let before = Block::open(data).and_then(|block| block.samples());
            kept = vigia_pack::merge(before.map_err(|error| damaged(key, &error))?, kept);
        }
        if let Some(last) = kept.iter().rfind(|kept| !kept.is_hidden()) {
            let (start, newest) = packed.extents.entry(key.series).or_insert((key.start, last.ts));
            *start = key.start.min(*start);
            *newest = last.ts.max(*newest);
        }
        let data = vigia_pack::pack(&kept).map_err(|error| sqlx::Error::Encode(error.into()))?;
        packed.rows.push(PackedRow { key, statistics: vigia_pack::statistics(&kept), data });
    }
    Ok(packed)
}

async fn put(tx: &mut PgConnection, rows: Vec<PackedRow>) -> Result<(), sqlx::Error> {
    let each = |pick: fn(&Extent) -> f64| -> Vec<Option<f64>> {
        rows.iter().map(|row| row.statistics.extent.as_ref().map(pick)).collect()
    };
    let number = |pick: fn(&Statistics) -> usize| -> Vec<i32> {
        rows.iter().map(|row| i32::try_from(pick(&row.statistics)).unwrap_or(i32::MAX)).collect()
    };
    sqlx::query(PUT)
        .bind(rows.iter().map(|row| to_column(row.key.start)).collect::<Vec<_>>())
        .bind(each(|it| it.min))
        .bind(each(|it| it.max))
        .bind(each(|it| it.first))
        .bind(each(|it| it.last))
        .bind(
            rows.iter()
                .map(|row| row.statistics.extent.map(|_| row.statistics.sum.total()))
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.key.series.0).collect::<Vec<_>>())
        .bind(number(|it| it.visible))
        .bind(number(|it| it.numbers))
        .bind(number(|it| it.non_good))
        .bind(number(|it| it.hidden))
        .bind(rows.iter().map(|row| row.key.hours).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.data.as_slice()).collect::<Vec<_>>())
        .execute(tx)
        .await?;
    Ok(())
}

fn damaged(Key { start, hours, .. }: Key, error: &Malformed) -> sqlx::Error {
    let start = to_column(start);
    sqlx::Error::Decode(format!("its packed row of {hours} h from {start} is damaged: {error}").into())
}

const _: () = assert!(DAY.as_secs() == 24 * HOUR.as_secs(), "a row is of an hour or a day");

#[cfg(test)]
mod tests {
    use super::*;

    fn halved(series: &[i32], from: i64, to: i64) -> Option<[(Vec<i32>, i64, i64); 2]> {
        let lot = Lot {
            series: series.iter().copied().map(SeriesId).collect(),
            from: Timestamp::from_millis(from),
            to: Timestamp::from_millis(to),
            samples: 0,
            text_bytes: 0,
        };
        let shown =
            |lot: Lot| (lot.series.iter().map(|it| it.0).collect(), lot.from.as_millis(), lot.to.as_millis());
        lot.halves().map(|halves| halves.map(shown))
    }

    #[test]
    fn a_lot_is_divided_down_to_an_hour_of_a_series() {
        let hour = 3_600_000;
        assert_eq!(halved(&[1, 2, 3], 0, 7), Some([(vec![1], 0, 7), (vec![2, 3], 0, 7)]));
        assert_eq!(halved(&[5], 0, 3 * hour), Some([(vec![5], 0, hour), (vec![5], hour, 3 * hour)]));
        assert_eq!(halved(&[5], 0, hour + 1), Some([(vec![5], 0, hour), (vec![5], hour, hour + 1)]));
        assert_eq!(halved(&[5], hour, 2 * hour), None);
    }

    #[tokio::test]
    async fn a_panic_is_not_the_databases_fault() {
        let panicking = apart::<()>(|| panic!("of what it was given")).await;
        assert!(!StoreError::on("pack samples")(panicking.unwrap_err()).is_transient());
        assert_eq!(apart(|| Ok(5)).await.unwrap(), 5);
    }
}
