//! What is to be packed next.

use super::lot::{BY_INDEX, Lot, MOST_ROWS};
use super::{DAY, HOUR, WORTH_AN_HOUR, day};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::partition::{Parted, Partition};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use vigia_model::{SeriesId, Timestamp};

const NEXT: &str = "
    select d.hour
         , p.packed_up_to
    from packing_due d
    cross join packing p
    where (not d.waits or date_trunc('day', d.hour, 'UTC') + interval '1 day' <= p.packed_up_to)
      and d.hour <> all($1)
      and (date_trunc('day', d.hour, 'UTC') <> all($1) or date_trunc('day', d.hour, 'UTC') + interval '1 day' > p.packed_up_to)
    order by d.hour
    limit 1";
const MARKS: &str = "
    select hour
         , marks
    from packing_due
    where hour >= $1 and hour < $2
    order by hour";
const COUNT: &str = "select count(*) from packing_due";
/// Which series have how many samples there, and whether there is a packed hour to add to.
const SERIES: &str = "
    select c.series_id
         , c.samples
         , c.text_bytes
         , exists (
               select 1
               from packed p
               where p.series_id = c.series_id
                 and p.start = $3
                 and p.hours = 1
           ) as is_begun
    from (
        select r.id as series_id
             , n.samples
             , n.text_bytes
        from series r
        cross join lateral (
            select count(*) as samples
                 , coalesce(sum(octet_length(s.text_value)), 0)::bigint as text_bytes
            from samples s
            where s.series_id = r.id
              and s.ts >= $1
              and s.ts < $2
        ) n
        where n.samples > 0
    ) c
    order by c.series_id";
/// The hours of one series that hold any.
const HOURS: &str = "
    select date_trunc('hour', s.ts, 'UTC')
         , count(*)
         , coalesce(sum(octet_length(s.text_value)), 0)::bigint
    from samples s
    where s.series_id = $1
      and s.ts >= $2
      and s.ts < $3
    group by 1
    order by 1";
macro_rules! unchanged {
    () => {
        "
    with unchanged as (
        select d.hour
        from packing_due d
        join unnest($1::timestamptz[], $2::bigint[]) n(hour, marks) on n.hour = d.hour and n.marks = d.marks
        order by d.hour
        for update of d
    )"
    };
}
/// Hours are locked in the order in which writers list them.
const DONE: &str = concat!(
    unchanged!(),
    "
    delete from packing_due d
    using unchanged n
    where d.hour = n.hour"
);
const WAITS: &str = concat!(
    unchanged!(),
    "
    update packing_due d
    set waits = true
    from unchanged n
    where d.hour = n.hour"
);

/// Whether anything is left of a partition, and what its indexes weigh.
const LEFT: &str = "
    select pg_relation_size(c.oid) = 0
         , pg_indexes_size(c.oid)
    from pg_class c
    where c.oid = to_regclass($1)";
const BRIEFLY: &str = "set local lock_timeout = '200ms'";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 8] = [NEXT, MARKS, COUNT, SERIES, HOURS, DONE, WAITS, LEFT];

/// Smaller indexes of an empty month are left as they are.
const WORTH_A_REINDEX: i64 = 1 << 20;

/// A series with more than this in an hour, some 280 samples a second, or with so much text, is never packed: it would take
/// hundreds of megabytes of memory. Its samples stay where they are.
const MOST_OF_A_SERIES: i64 = 1_000_000;
const MOST_TEXT: i64 = 32 * 1024 * 1024;

/// Postgres's code for a table that was dropped.
const NO_SUCH_TABLE: &str = "42P01";

/// A lot for each hour of a series that has too much for one; those left out that are too much alone.
async fn by_hours(tx: &mut PgConnection, whole: &Lot, series: SeriesId) -> Result<Vec<Lot>, sqlx::Error> {
    let hours: Vec<(DateTime<Utc>, i64, i64)> = sqlx::query_as(HOURS)
        .bind(series.0)
        .bind(to_column(whole.from))
        .bind(to_column(whole.to))
        .fetch_all(tx)
        .await?;
    let lot = |(hour, samples, text_bytes)| {
        let from = from_column(hour);
        Lot { series: vec![series], from, to: from.plus(HOUR).min(whole.to), samples, text_bytes }
    };
    let (too_much, lots): (Vec<Lot>, Vec<Lot>) = hours.into_iter().map(lot).partition(Lot::is_too_much);
    for Lot { from, samples, text_bytes, .. } in too_much {
        let hour = from.as_millis();
        tracing::warn!(
            series = series.0,
            hour,
            samples,
            text_bytes,
            "too much of a series in one hour to pack it"
        );
    }
    Ok(lots)
}

impl Lot {
    const fn is_too_much(&self) -> bool {
        self.samples > MOST_OF_A_SERIES || self.text_bytes > MOST_TEXT
    }

    fn takes(&self, other: &Self) -> bool {
        (self.from, self.to) == (other.from, other.to)
            && self.samples + other.samples <= MOST_ROWS
            && self.text_bytes + other.text_bytes <= MOST_TEXT
    }

    fn add(&mut self, other: Self) {
        self.series.extend(other.series);
        self.samples += other.samples;
        self.text_bytes += other.text_bytes;
    }
}

/// How long a time a packed row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Of a day that is not over.
    Hour,
    Day,
}

/// A time whose samples are to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub span: Span,
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
    /// Its hours as they were listed.
    marks: Vec<(Timestamp, i64)>,
}

/// What there is to do for one [`Due`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lots {
    pub lots: Vec<Lot>,
    /// Some series have too few samples for an hour of their own.
    pub leaves_some: bool,
}

impl Store {
    /// The oldest time with samples to be packed, those left out that begin at one of `except`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self, except: Vec<Timestamp>) -> Result<Option<Due>, StoreError> {
        let next = async {
            let except: Vec<_> = except.into_iter().map(to_column).collect();
            let mut connection = self.upkeep.acquire().await?;
            let next: Option<(DateTime<Utc>, DateTime<Utc>)> =
                sqlx::query_as(NEXT).bind(except).fetch_optional(&mut *connection).await?;
            let Some((hour, watermark)) = next else { return Ok(None) };
            let (hour, watermark) = (from_column(hour), from_column(watermark));
            let midnight = day(hour).plus(DAY);
            let (span, from, to) = if midnight <= watermark {
                (Span::Day, day(hour), midnight)
            } else {
                (Span::Hour, hour, hour.plus(HOUR).min(watermark))
            };
            let marks: Vec<(DateTime<Utc>, i64)> = sqlx::query_as(MARKS)
                .bind(to_column(from))
                .bind(to_column(to))
                .fetch_all(&mut *connection)
                .await?;
            let marks = marks.into_iter().map(|(hour, marks)| (from_column(hour), marks)).collect();
            Ok(Some(Due { span, from, to, marks }))
        };
        next.await.map_err(StoreError::on("find what is to be packed"))
    }

    /// How many hours are listed as due, those that wait for the end of their day included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_due(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar(COUNT)
            .fetch_one(&self.upkeep)
            .await
            .map_err(StoreError::on("count what is to be packed"))
    }

    /// Divides what is due into transactions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lots(&self, due: &Due) -> Result<Lots, StoreError> {
        self.divide(due).await.map_err(StoreError::on("count the samples to be packed"))
    }

    async fn divide(&self, due: &Due) -> Result<Lots, sqlx::Error> {
        let mut tx = self.upkeep.begin().await?;
        sqlx::query(AssertSqlSafe(BY_INDEX)).execute(&mut *tx).await?;
        let series: Vec<(i32, i64, i64, bool)> = sqlx::query_as(SERIES)
            .bind(to_column(due.from))
            .bind(to_column(due.to))
            .bind(to_column(due.from))
            .fetch_all(&mut *tx)
            .await?;
        let mut lots: Vec<Lot> = Vec::new();
        let mut leaves_some = false;
        for (id, samples, text_bytes, is_begun) in series {
            let series = SeriesId(id);
            if due.span == Span::Hour && samples < WORTH_AN_HOUR && !is_begun {
                leaves_some = true;
                continue;
            }
            let whole = Lot { series: vec![series], from: due.from, to: due.to, samples, text_bytes };
            if whole.is_too_much() {
                lots.extend(by_hours(&mut tx, &whole, series).await?);
                continue;
            }
            match lots.last_mut() {
                Some(lot) if lot.takes(&whole) => lot.add(whole),
                _ => lots.push(whole),
            }
        }
        tx.commit().await?;
        Ok(Lots { lots, leaves_some })
    }

    /// Strikes what was due off the list, or lets its hours wait for the end of the day; an hour to which samples came
    /// meanwhile stays due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_due(&self, due: &Due, leaves_some: bool) -> Result<(), StoreError> {
        let (hours, marks): (Vec<_>, Vec<_>) =
            due.marks.iter().map(|(hour, marks)| (to_column(*hour), *marks)).unzip();
        sqlx::query(if leaves_some { WAITS } else { DONE })
            .bind(hours)
            .bind(marks)
            .execute(&self.upkeep)
            .await
            .map_err(StoreError::on("strike off what was packed"))?;
        Ok(())
    }

    /// Gives the room of samples that were packed back to those that come; of a month of which none are left, that of their
    /// entries in the indexes too, which would stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vacuum_samples(&self, of: Timestamp) -> Result<(), StoreError> {
        let table = Partition::of(Parted::Samples, of).table();
        match self.vacuum(&table).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_SUCH_TABLE) => Ok(()),
            done => done.map_err(StoreError::on("vacuum a partition of samples")),
        }
    }

    async fn vacuum(&self, table: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.upkeep.acquire().await?;
        // The name is ours.
        let vacuum = AssertSqlSafe(format!("vacuum (analyze, skip_locked) {table}"));
        sqlx::query(vacuum).persistent(false).execute(&mut *connection).await?;
        let left: Option<(bool, i64)> =
            sqlx::query_as(LEFT).bind(table).fetch_optional(&mut *connection).await?;
        if !left.is_some_and(|(is_empty, indexes)| is_empty && indexes >= WORTH_A_REINDEX) {
            return Ok(());
        }
        // Of an empty table it takes a moment, for which nobody who writes late samples has to wait for long.
        let mut tx = connection.begin().await?;
        sqlx::query(AssertSqlSafe(BRIEFLY)).execute(&mut *tx).await?;
        let reindex = AssertSqlSafe(format!("reindex table {table}"));
        sqlx::query(reindex).persistent(false).execute(&mut *tx).await?;
        tx.commit().await
    }
}
