//! What a day adds, series by series, from the database's own books: the statistics of packed rows, the keys of hourly rows,
//! and where nothing is packed a part of the pages of `samples`. However much there is, a bounded part of it is read, and never
//! a packed row's data.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::partition::{Parted, Partition};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use std::collections::HashMap;
use std::time::Duration;
use vigia_model::{SeriesId, Timestamp};

/// How far packing has come, and the oldest hour it still has to do.
const PACKED: &str = "
    select p.packed_up_to
         , (select min(d.hour) from packing_due d where not d.waits) as due
    from packing p";
/// What a table takes with its indexes, how many rows and pages it has.
const TABLE: &str = "
    select coalesce(pg_total_relation_size(c.oid), 0) as bytes
         , greatest(c.reltuples, 0)::bigint as rows
         , coalesce(pg_relation_size(c.oid), 0) / 8192 as pages
    from pg_class c
    where c.oid = to_regclass($1)";
const SERIES: &str = "select greatest(reltuples, 0)::bigint from pg_class where oid = 'series'::regclass";
/// `$1` per cent of the series.
const HOURLY: &str = "
    select r.id
         , h.rows
    from series r tablesample bernoulli ($1)
    cross join lateral (
        select count(*) as rows
        from hourly
        where series_id = r.id
          and hour >= $2
          and hour < $3
    ) h
    where h.rows > 0";
const TENANTS: &str = "
    select r.id
         , t.code
    from series r
    join tenants t on t.id = r.tenant_id";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 5] = [PACKED, TABLE, SERIES, HOURLY, TENANTS];

/// So many pages of a partition are read: 32 MiB.
const MOST_PAGES: i64 = 4_096;
/// And the hourly rows of so many series.
const MOST_SERIES: i64 = 20_000;
/// From so many rows on a table tells what a row takes.
const ENOUGH_ROWS: i64 = 10_000;
/// What a row of `samples` takes with its index entries, and one of `hourly`, as long as too few are stored to tell.
const USUAL_SAMPLE: f64 = 145.0;
const USUAL_HOURLY: f64 = 170.0;
/// What a packed row takes beside its data: header, statistics, index entries.
const PACKED_ROW: i64 = 150;
const DAY: Duration = Duration::from_hours(24);

/// What a series adds in a day.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesGrowth {
    pub series: SeriesId,
    pub tenant: String,
    pub samples: f64,
    pub raw_bytes: f64,
    pub hourly_bytes: f64,
}

impl SeriesGrowth {
    pub fn bytes(&self) -> f64 {
        self.raw_bytes + self.hourly_bytes
    }
}

/// What a day adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Growth {
    /// The one that adds most first.
    pub series: Vec<SeriesGrowth>,
    /// Of the day looked at; whether its samples are packed.
    pub day: Timestamp,
    pub is_packed: bool,
}

impl Growth {
    pub fn raw_bytes(&self) -> f64 {
        self.series.iter().fold(0.0, |sum, it| sum + it.raw_bytes)
    }

    pub fn hourly_bytes(&self) -> f64 {
        self.series.iter().fold(0.0, |sum, it| sum + it.hourly_bytes)
    }

    /// How many came that day.
    pub fn samples(&self) -> f64 {
        self.series.iter().map(|it| it.samples).sum()
    }

    /// What a sample takes, all in; `None` when none came that day.
    pub fn bytes_per_sample(&self) -> Option<f64> {
        let samples = self.samples();
        (samples > 0.0).then(|| self.raw_bytes() / samples)
    }

    /// Bytes a day by tenant.
    pub fn tenants(&self) -> HashMap<String, f64> {
        let mut tenants = HashMap::new();
        for series in &self.series {
            *tenants.entry(series.tenant.clone()).or_default() += series.bytes();
        }
        tenants
    }
}

#[derive(sqlx::FromRow)]
struct Table {
    bytes: i64,
    rows: i64,
    pages: i64,
}

impl Table {
    /// How many hundredths of its pages are read.
    fn percent(&self) -> f64 {
        percent(MOST_PAGES, self.pages)
    }
}

/// Samples and their bytes, and hourly rows, by series.
type Figures = HashMap<i32, (f64, f64, f64)>;

impl Store {
    /// What the last full day added; where nothing is packed, the last 24 hours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn growth(&self, now: Timestamp) -> Result<Growth, StoreError> {
        self.read_growth(now).await.map_err(StoreError::on("reckon what a day adds"))
    }

    async fn read_growth(&self, now: Timestamp) -> Result<Growth, sqlx::Error> {
        let (packed, due): (DateTime<Utc>, Option<DateTime<Utc>>) =
            sqlx::query_as(PACKED).fetch_one(&self.upkeep).await?;
        // A day that is not all packed yet tells less than there is.
        let packed = due.map_or(packed, |due| due.min(packed));
        let packed = from_column(packed);
        let mut figures = Figures::new();
        let mut is_packed = packed > now.minus(3 * DAY);
        let mut from = now.minus(DAY);
        if is_packed {
            let day = crate::packing::day(packed).minus(DAY);
            self.packed_figures(day, &mut figures).await?;
            // On the first day nothing came the day before.
            is_packed = !figures.is_empty();
            from = if is_packed { day } else { from };
        }
        if !is_packed {
            self.sample_figures(from, now, &mut figures).await?;
        }
        self.hourly_figures(from.hour(), &mut figures).await?;
        let tenants: Vec<(i32, String)> = sqlx::query_as(TENANTS).fetch_all(&self.upkeep).await?;
        let growth = |(id, tenant): (i32, String)| {
            let (samples, raw_bytes, hourly_bytes) = figures.get(&id).copied()?;
            Some(SeriesGrowth { series: SeriesId(id), tenant, samples, raw_bytes, hourly_bytes })
        };
        let mut series: Vec<SeriesGrowth> = tenants.into_iter().filter_map(growth).collect();
        series.sort_by(|a, b| b.bytes().total_cmp(&a.bytes()));
        Ok(Growth { series, day: from, is_packed })
    }

    async fn table(&self, name: &str) -> Result<Option<Table>, sqlx::Error> {
        sqlx::query_as(TABLE).bind(name).fetch_optional(&self.upkeep).await
    }

    /// Of a day, which lies in one partition.
    async fn packed_figures(&self, day: Timestamp, figures: &mut Figures) -> Result<(), sqlx::Error> {
        let name = Partition::of(Parted::Packed, day).table();
        let Some(table) = self.table(&name).await? else { return Ok(()) };
        let percent = table.percent();
        // The name and the number are ours. The size of what lies elsewhere is read, not that itself.
        let read = format!(
            "select p.series_id
                  , coalesce(sum(p.count + p.hidden) filter (where p.start >= $1 and p.start < $2), 0)::bigint as samples
                  , coalesce(sum(pg_column_size(p.data) + $3) filter (where p.start >= $1 and p.start < $2), 0)::bigint as bytes
                  , sum(pg_column_size(p.data) + $3)::bigint as all_bytes
             from {name} p tablesample system ({percent})
             group by p.series_id"
        );
        let rows: Vec<(i32, i64, i64, i64)> = sqlx::query_as(AssertSqlSafe(read))
            .persistent(false)
            .bind(to_column(day))
            .bind(to_column(day.plus(DAY)))
            .bind(PACKED_ROW)
            .fetch_all(&self.upkeep)
            .await?;
        let all: i64 = rows.iter().map(|row| row.3).sum();
        // What the pages leave free, which in a table of a few pages tells nothing.
        let slack = (float(table.bytes) * percent / 100.0 / float(all.max(1))).clamp(1.0, 1.5);
        for (series, samples, bytes, _) in rows.into_iter().filter(|row| row.1 > 0) {
            let entry = figures.entry(series).or_default();
            entry.0 += float(samples) * 100.0 / percent;
            entry.1 += float(bytes) * slack * 100.0 / percent;
        }
        Ok(())
    }

    async fn sample_figures(
        &self,
        from: Timestamp,
        to: Timestamp,
        figures: &mut Figures,
    ) -> Result<(), sqlx::Error> {
        let mut partitions = vec![Partition::of(Parted::Samples, from)];
        if partitions.first() != Some(&Partition::of(Parted::Samples, to)) {
            partitions.push(Partition::of(Parted::Samples, to));
        }
        for partition in partitions {
            let name = partition.table();
            let Some(table) = self.table(&name).await? else { continue };
            let percent = table.percent();
            let weight =
                if table.rows >= ENOUGH_ROWS { float(table.bytes) / float(table.rows) } else { USUAL_SAMPLE };
            // The name and the number are ours.
            let read = format!(
                "select s.series_id
                      , count(*)
                 from {name} s tablesample system ({percent})
                 where s.ts >= $1 and s.ts < $2
                 group by s.series_id"
            );
            let rows: Vec<(i32, i64)> = sqlx::query_as(AssertSqlSafe(read))
                .persistent(false)
                .bind(to_column(from))
                .bind(to_column(to))
                .fetch_all(&self.upkeep)
                .await?;
            for (series, rows) in rows {
                let samples = float(rows) * 100.0 / percent;
                let entry = figures.entry(series).or_default();
                entry.0 += samples;
                entry.1 += samples * weight;
            }
        }
        Ok(())
    }

    async fn hourly_figures(&self, from: Timestamp, figures: &mut Figures) -> Result<(), sqlx::Error> {
        let weight = match self.table("hourly").await? {
            Some(table) if table.rows >= ENOUGH_ROWS => float(table.bytes) / float(table.rows),
            _ => USUAL_HOURLY,
        };
        let series: i64 = sqlx::query_scalar(SERIES).fetch_one(&self.upkeep).await?;
        let percent = percent(MOST_SERIES, series);
        let rows: Vec<(i32, i64)> = sqlx::query_as(HOURLY)
            .bind(percent)
            .bind(to_column(from))
            .bind(to_column(from.plus(DAY)))
            .fetch_all(&self.upkeep)
            .await?;
        for (series, rows) in rows {
            figures.entry(series).or_default().2 += float(rows) * weight * 100.0 / percent;
        }
        Ok(())
    }
}

/// How many hundredths of `there` are at most `most`.
fn percent(most: i64, there: i64) -> f64 {
    if there <= most { 100.0 } else { float(most) * 100.0 / float(there) }
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "an estimate")]
fn float(number: i64) -> f64 {
    number as f64
}
