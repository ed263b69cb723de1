//! Samples and the last state.

use super::copy::{WORTH_IT, copy};
use super::{Conflict, SampleRow};
use crate::care::Way;
use crate::convert::{ValueColumns, data_type_letter, quality_letter, to_column};
use crate::packing::late::{self, Earlier};
use crate::retention::{self, Beginning};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use vigia_model::{Sample, SeriesId, Timestamp};

macro_rules! insert {
    () => {
        r#"
    insert into samples
        (ts, received_at, value, int_value, series_id, gateway_num, unit_id, data_type, quality, in_history, in_hourly, text_value)
    select *
    from unnest(
        $1::timestamptz[], $2::timestamptz[], $3::float8[], $4::int8[], $5::int4[], $6::int4[], $7::int4[],
        $8::"char"[], $9::"char"[], $10::bool[], $11::bool[], $12::text[]
    )"#
    };
}
const INSERT: &str = insert!();
const INSERT_NEW: &str = concat!(insert!(), " on conflict (series_id, ts) do nothing");
/// The rows that stood there before this transaction.
const FIND_EARLIER: &str = "
    select n.ord
         , s.ts
         , s.value
         , s.int_value
         , s.text_value
         , s.data_type
         , s.quality
         , null::text as unit
    from unnest($1::int4[], $2::timestamptz[]) with ordinality n(series_id, ts, ord)
    join samples s on s.series_id = n.series_id and s.ts = n.ts
    where s.xmin <> pg_current_xact_id()::xid";
const UPDATE_LAST: &str = r#"
    insert into series_last as l
        (series_id, ts, received_at, value, int_value, unit_id, data_type, quality, text_value, gateway_num)
    select *
    from unnest(
        $1::int4[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::int8[], $6::int4[], $7::"char"[],
        $8::"char"[], $9::text[], $10::int4[]
    )
    on conflict (series_id) do update
    set ts = excluded.ts
      , received_at = excluded.received_at
      , value = excluded.value
      , int_value = excluded.int_value
      , unit_id = excluded.unit_id
      , data_type = excluded.data_type
      , quality = excluded.quality
      , text_value = excluded.text_value
      , gateway_num = excluded.gateway_num
    where excluded.ts > l.ts"#;

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [INSERT, INSERT_NEW, FIND_EARLIER, UPDATE_LAST];

/// A row to be written: its place among the rows with distinct keys, its index in the batch, and itself.
type Kept<'a> = (usize, (usize, &'a SampleRow));

/// What became of a batch's kept samples.
#[derive(Default)]
pub(super) struct Inserted<'a> {
    /// Sorted by series, then time.
    pub(super) new: Vec<&'a SampleRow>,
    /// Of those, the ones whose hourly rows were not let go.
    pub(super) counted: Vec<&'a SampleRow>,
    /// Indexes into the rows, and where the history of their series begins.
    pub(super) too_old: Vec<(usize, Timestamp)>,
    /// Indexes into the rows.
    pub(super) duplicates: Vec<usize>,
    pub(super) conflicts: Vec<Conflict>,
    /// Times of those written that are before the watermark of packing.
    pub(super) due: Vec<Timestamp>,
}

/// Indexes of `rows` by series, time and order of arrival: two writers lock rows in the same order, and of equal
/// times the first to arrive stands first.
pub(super) fn sorted(rows: &[SampleRow]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|index| rows.get(*index).map(|row| (row.series, row.sample.ts)));
    order
}

/// Writes the rows that are kept at all, each (series, time) once, and tells repeats from contradictions.
pub(super) async fn insert<'a>(
    tx: &mut PgConnection,
    rows: &'a [SampleRow],
    sorted: &[usize],
    way: Way,
) -> Result<Inserted<'a>, sqlx::Error> {
    let mut inserted = Inserted::default();
    let lines = late::hold_lines(tx).await?;
    let kept = || {
        let rows = sorted.iter().filter_map(|index| rows.get(*index).map(|row| (*index, row)));
        rows.filter(|(_, row)| row.mode.is_kept())
    };
    let begins = begin_of(tx, kept().map(|(_, row)| row), lines.let_go_up_to).await?;
    let mut firsts: Vec<(usize, &SampleRow)> = Vec::with_capacity(rows.len());
    // Rows of the same batch with a key already in `firsts`, and that key's place there.
    let mut repeats: Vec<(usize, usize, &SampleRow)> = Vec::new();
    for (index, row) in kept() {
        if let Some(begin) = refused(row, begins.get(&row.series)) {
            inserted.too_old.push((index, begin));
            continue;
        }
        match firsts.last() {
            Some((_, first)) if first.series == row.series && first.sample.ts == row.sample.ts => {
                repeats.push((index, firsts.len() - 1, row));
            }
            _ => firsts.push((index, row)),
        }
    }
    if firsts.is_empty() {
        return Ok(inserted);
    }
    let watermark = lines.packed_up_to;
    let (mut earlier, late) = find_late(tx, &firsts, watermark).await?;
    let fresh: Vec<Kept<'_>> =
        firsts.iter().copied().enumerate().filter(|(_, (_, row))| row.sample.ts >= watermark).collect();
    insert_each(tx, &fresh, way, &mut earlier).await?;
    // A late sample is in no hurry, and often comes a second time.
    insert_each(tx, &late, Way::Careful, &mut earlier).await?;

    for (place, (index, row)) in firsts.iter().enumerate() {
        match earlier.get(&place) {
            None => inserted.new.push(row),
            Some(stored) => inserted.judge(*index, row, stored),
        }
    }
    for (index, place, row) in repeats {
        let in_batch = firsts.get(place).map(|(_, first)| Earlier::Sample(first.sample.clone()));
        if let Some(stored) = earlier.get(&place).or(in_batch.as_ref()) {
            inserted.judge(index, row, stored);
        }
    }
    let counts = |row: &&SampleRow| begins.get(&row.series).is_none_or(|it| row.sample.ts >= it.hourly);
    inserted.counted = inserted.new.iter().copied().filter(counts).collect();
    inserted.due = late.iter().map(|(_, (_, row))| row.sample.ts).collect();
    Ok(inserted)
}

/// Where the history of those series begins of which a row lies before `let_go_up_to`.
async fn begin_of<'a>(
    tx: &mut PgConnection,
    rows: impl Iterator<Item = &'a SampleRow>,
    let_go_up_to: Timestamp,
) -> Result<HashMap<SeriesId, Beginning>, sqlx::Error> {
    let mut series: Vec<i32> =
        rows.filter(|row| row.sample.ts < let_go_up_to).map(|row| row.series.0).collect();
    series.dedup();
    if series.is_empty() { Ok(HashMap::new()) } else { retention::of_series(tx, series).await }
}

/// Where what is kept of a row's series begins, if the row lies before: of one that would be counted alone, where its hours do.
fn refused(row: &SampleRow, begin: Option<&Beginning>) -> Option<Timestamp> {
    let begin = begin?;
    let begin = if row.mode.in_history() { begin.raw } else { begin.raw.max(begin.hourly) };
    (row.sample.ts < begin).then_some(begin)
}

/// Of `rows` those before the watermark: which of them are packed already, and those that are not. From here on nobody packs
/// their hours.
async fn find_late<'a>(
    tx: &mut PgConnection,
    rows: &[(usize, &'a SampleRow)],
    watermark: Timestamp,
) -> Result<(HashMap<usize, Earlier>, Vec<Kept<'a>>), sqlx::Error> {
    let mut late: Vec<Kept<'a>> =
        rows.iter().copied().enumerate().filter(|(_, (_, row))| row.sample.ts < watermark).collect();
    if late.is_empty() {
        return Ok((HashMap::new(), late));
    }
    late::hold_hours(tx, late.iter().map(|(_, (_, row))| row.sample.ts)).await?;
    let names: Vec<_> = late.iter().map(|(_, (_, row))| (row.series, row.sample.ts)).collect();
    let packed = late::find_packed(tx, &names).await?;
    let earlier: HashMap<usize, Earlier> = packed
        .into_iter()
        .filter_map(|(at, earlier)| late.get(at).map(|(place, _)| (*place, earlier)))
        .collect();
    late.retain(|(place, _)| !earlier.contains_key(place));
    Ok((earlier, late))
}

/// Writes rows and adds those that were there already to `earlier`.
async fn insert_each(
    tx: &mut PgConnection,
    rows: &[Kept<'_>],
    way: Way,
    earlier: &mut HashMap<usize, Earlier>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let affected = insert_rows(tx, rows, way).await?;
    if affected < rows.len() {
        for (at, sample) in find_earlier(tx, rows).await? {
            if let Some((place, _)) = rows.get(at) {
                earlier.insert(*place, Earlier::Sample(sample));
            }
        }
    }
    Ok(())
}

impl Inserted<'_> {
    fn judge(&mut self, index: usize, row: &SampleRow, stored: &Earlier) {
        match stored {
            Earlier::Sample(stored) if !row.sample.says_the_same(stored) => {
                self.conflicts.push(Conflict { row: index, stored: stored.clone() });
            }
            Earlier::Sample(_) | Earlier::Time => self.duplicates.push(index),
        }
    }
}

async fn insert_rows(tx: &mut PgConnection, rows: &[Kept<'_>], way: Way) -> Result<usize, sqlx::Error> {
    let statement = match way {
        Way::Copy if rows.len() >= WORTH_IT => {
            copy(tx, rows.iter().map(|(_, (_, row))| *row), rows.len()).await?;
            return Ok(rows.len());
        }
        Way::Copy | Way::Straight => INSERT,
        Way::Careful => INSERT_NEW,
    };
    let mut columns = Columns::with_capacity(rows.len());
    let mut in_history = Vec::with_capacity(rows.len());
    let mut in_hourly = Vec::with_capacity(rows.len());
    for (_, (_, row)) in rows {
        columns.push(row);
        in_history.push(row.mode.in_history());
        in_hourly.push(row.mode.in_hourly());
    }
    let result = sqlx::query(statement)
        .bind(columns.ts)
        .bind(columns.received_at)
        .bind(columns.value)
        .bind(columns.int_value)
        .bind(columns.series)
        .bind(columns.gateway)
        .bind(columns.unit_id)
        .bind(columns.data_type)
        .bind(columns.quality)
        .bind(in_history)
        .bind(in_hourly)
        .bind(columns.text_value)
        .execute(tx)
        .await?;
    Ok(usize::try_from(result.rows_affected()).unwrap_or(usize::MAX))
}

async fn find_earlier(
    tx: &mut PgConnection,
    rows: &[Kept<'_>],
) -> Result<HashMap<usize, Sample>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct EarlierRow {
        ord: i64,
        #[sqlx(flatten)]
        value: ValueColumns,
    }
    let series: Vec<i32> = rows.iter().map(|(_, (_, row))| row.series.0).collect();
    let times: Vec<DateTime<Utc>> = rows.iter().map(|(_, (_, row))| to_column(row.sample.ts)).collect();
    let found: Vec<EarlierRow> = sqlx::query_as(FIND_EARLIER).bind(series).bind(times).fetch_all(tx).await?;
    found
        .into_iter()
        .map(|row| {
            let place = usize::try_from(row.ord - 1).unwrap_or(usize::MAX);
            let sample = row
                .value
                .into_sample("compare with a stored sample")
                .map_err(|error| sqlx::Error::Decode(error.into()))?;
            Ok((place, sample))
        })
        .collect()
}

/// Moves the last state of each series forward to the newest of the batch, never back.
pub(super) async fn update_last(
    tx: &mut PgConnection,
    rows: &[SampleRow],
    sorted: &[usize],
) -> Result<(), sqlx::Error> {
    let mut newest: Vec<&SampleRow> = Vec::new();
    for row in sorted.iter().filter_map(|index| rows.get(*index)) {
        match newest.last_mut() {
            Some(last) if last.series == row.series => {
                // Of equal times the first to arrive stays.
                if row.sample.ts > last.sample.ts {
                    *last = row;
                }
            }
            _ => newest.push(row),
        }
    }
    if newest.is_empty() {
        return Ok(());
    }
    let mut columns = Columns::with_capacity(newest.len());
    for row in newest {
        columns.push(row);
    }
    sqlx::query(UPDATE_LAST)
        .bind(columns.series)
        .bind(columns.ts)
        .bind(columns.received_at)
        .bind(columns.value)
        .bind(columns.int_value)
        .bind(columns.unit_id)
        .bind(columns.data_type)
        .bind(columns.quality)
        .bind(columns.text_value)
        .bind(columns.gateway)
        .execute(tx)
        .await?;
    Ok(())
}

/// Rows turned into the arrays a statement unnests.
struct Columns<'a> {
    series: Vec<i32>,
    gateway: Vec<i32>,
    ts: Vec<DateTime<Utc>>,
    received_at: Vec<DateTime<Utc>>,
    value: Vec<Option<f64>>,
    int_value: Vec<Option<i64>>,
    text_value: Vec<Option<&'a str>>,
    unit_id: Vec<Option<i32>>,
    data_type: Vec<i8>,
    quality: Vec<i8>,
}

impl<'a> Columns<'a> {
    fn with_capacity(rows: usize) -> Self {
        Self {
            series: Vec::with_capacity(rows),
            gateway: Vec::with_capacity(rows),
            ts: Vec::with_capacity(rows),
            received_at: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
            int_value: Vec::with_capacity(rows),
            text_value: Vec::with_capacity(rows),
            unit_id: Vec::with_capacity(rows),
            data_type: Vec::with_capacity(rows),
            quality: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, row: &'a SampleRow) {
        let (value, int_value, text_value) = ValueColumns::of(row.sample.value.as_ref());
        self.series.push(row.series.0);
        self.gateway.push(row.gateway_num);
        self.ts.push(to_column(row.sample.ts));
        self.received_at.push(to_column(row.received_at));
        self.value.push(value);
        self.int_value.push(int_value);
        self.text_value.push(text_value);
        self.unit_id.push(row.unit_id);
        self.data_type.push(data_type_letter(row.sample.data_type));
        self.quality.push(quality_letter(row.sample.quality));
    }
}
