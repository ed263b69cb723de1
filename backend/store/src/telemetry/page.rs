//! A page of samples: those of `samples` and those of `packed`, merged.

use super::packed::{self, PackedRow, PackedSeries, Samples};
use super::{HistoryKey, HistoryQuery, HistorySample, SampleRow, earliest, narrowed, sql};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::order::TimeOrder;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;
use vigia_model::{Sample, SeriesId, Timestamp};
use vigia_pack::{Malformed, Reading};

/// Where a page ends is looked for in so short a time first, then in ever longer ones.
const FIRST_LOOK: Duration = Duration::from_hours(2);
const LONGER: u32 = 4;

/// When so many samples have been seen, newest first: `$1` series, `$2` and `$3` the span, `$4` how many.
const ENOUGH_NEWEST: &str = "
    select max(w.start)
    from (
        select p.start
             , sum(p.count) over (order by p.start desc) as seen
        from packed p
        where p.series_id = any($1)
          and p.start >= $2
          and p.start < $3
          and p.start + make_interval(hours => p.hours) <= $3
    ) w
    where w.seen >= $4";
/// The same, oldest first.
const ENOUGH_OLDEST: &str = "
    select min(w.until)
    from (
        select p.until
             , sum(p.count) over (order by p.until) as seen
        from (
            select x.start + make_interval(hours => x.hours) as until
                 , x.count
            from packed x
            where x.series_id = any($1)
              and x.start >= $2
              and x.start < $3
        ) p
    ) w
    where w.seen >= $4";
const UNITS: &str = "
    select id
         , unit
    from units
    where id = any($1)";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [ENOUGH_NEWEST, ENOUGH_OLDEST, UNITS];

impl Store {
    /// Samples of a PLC.
    ///
    /// # Errors
    /// When the database fails, or holds packed samples that are damaged.
    pub async fn samples(&self, query: &HistoryQuery<'_>) -> Result<Vec<HistorySample>, StoreError> {
        let operation = "read the samples of a PLC";
        let page = async {
            // Samples that are packed meanwhile are seen once.
            let mut tx = self.archive.begin_with(sql::SNAPSHOT).await?;
            let hot = hot(&mut tx, query).await?;
            let span = unread(query, &hot);
            let series = packed::series(&mut tx, query, &span).await?;
            let page = Wanted { order: query.order, after: query.after, limit: query.limit };
            let found = page.packed(&mut tx, &series).await?;
            let packed = named(&mut tx, &series, found).await?;
            tx.commit().await?;
            Ok((hot, packed))
        };
        let (hot, packed) = page.await.map_err(StoreError::on(operation))?;
        let hot = hot.into_iter().map(|row| {
            let (series, metric) = (SeriesId(row.series_id), row.metric_id);
            Ok(HistorySample { series, metric, sample: row.value.into_sample(operation)? })
        });
        let mut samples: Vec<HistorySample> = hot.collect::<Result<_, StoreError>>()?;
        if !packed.is_empty() {
            samples.extend(packed);
            samples.sort_unstable_by(|one, other| query.order.compare(one.key(), other.key()));
            samples.truncate(query.page_size());
        }
        Ok(samples)
    }
}

async fn hot(tx: &mut PgConnection, query: &HistoryQuery<'_>) -> Result<Vec<SampleRow>, sqlx::Error> {
    let statement = match query.order {
        TimeOrder::NewestFirst => sql::SAMPLES_NEWEST_FIRST,
        TimeOrder::OldestFirst => sql::SAMPLES_OLDEST_FIRST,
    };
    bind_history!(sqlx::query_as(statement), query, earliest(query)).fetch_all(tx).await
}

/// Where packed samples belong to the page: not beyond its last row, if it is full without any.
fn unread(query: &HistoryQuery<'_>, hot: &[SampleRow]) -> Range<Timestamp> {
    let span = narrowed(query, earliest(query));
    let Some(last) = hot.last().filter(|_| hot.len() >= query.page_size()) else { return span };
    let last = from_column(last.value.ts);
    match query.order {
        TimeOrder::NewestFirst => last.max(span.start)..span.end,
        TimeOrder::OldestFirst => span.start..last.after().min(span.end),
    }
}

/// What a page is to hold, whichever series it is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) order: TimeOrder,
    pub(super) after: Option<HistoryKey>,
    pub(super) limit: u32,
}

impl Wanted {
    /// The packed samples that may belong to the page, the best first.
    pub(super) async fn packed(
        self,
        tx: &mut PgConnection,
        series: &[PackedSeries],
    ) -> Result<Vec<(HistoryKey, Reading)>, sqlx::Error> {
        let starts = series.iter().map(|series| series.span.start).min();
        let ends = series.iter().map(|series| series.span.end).max();
        let Some((start, end)) = starts.zip(ends).filter(|(start, end)| start < end) else {
            return Ok(Vec::new());
        };
        let ids: Vec<i32> = series.iter().map(|series| series.id.0).collect();
        let span = self.enough(tx, &ids, start..end).await?;
        let best = Best { wanted: self, span: span.clone(), found: Vec::new() };
        Ok(packed::fold(tx, &ids, &span, Samples::OfAll, best, Best::look_into).await?.into_found())
    }

    /// The part of the span that holds a page, as far as whole rows can tell.
    async fn enough(
        self,
        tx: &mut PgConnection,
        series: &[i32],
        span: Range<Timestamp>,
    ) -> Result<Range<Timestamp>, sqlx::Error> {
        let mut look = FIRST_LOOK;
        loop {
            let (statement, window) = match self.order {
                TimeOrder::NewestFirst => (ENOUGH_NEWEST, span.end.minus(look).max(span.start)..span.end),
                TimeOrder::OldestFirst => (ENOUGH_OLDEST, span.start..span.start.plus(look).min(span.end)),
            };
            let sure = self.beyond_cursor(&window);
            let found: Option<DateTime<Utc>> = sqlx::query_scalar(statement)
                .bind(series)
                .bind(to_column(sure.start))
                .bind(to_column(sure.end))
                .bind(i64::from(self.limit))
                .fetch_one(&mut *tx)
                .await?;
            match (found.map(from_column), self.order) {
                (None, _) if window == span => return Ok(span),
                (None, _) => look = look.saturating_mul(LONGER),
                (Some(from), TimeOrder::NewestFirst) => return Ok(from.max(span.start)..span.end),
                (Some(to), TimeOrder::OldestFirst) => return Ok(span.start..to.min(span.end)),
            }
        }
    }

    /// Where no sample was on a page before: rows that reach to the cursor's own time may hold such.
    fn beyond_cursor(self, window: &Range<Timestamp>) -> Range<Timestamp> {
        match (self.after, self.order) {
            (None, _) => window.clone(),
            (Some(key), TimeOrder::NewestFirst) => window.start..window.end.min(key.ts),
            (Some(key), TimeOrder::OldestFirst) => window.start.max(key.ts.after())..window.end,
        }
    }

    fn size(self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }
}

async fn named(
    tx: &mut PgConnection,
    series: &[PackedSeries],
    found: Vec<(HistoryKey, Reading)>,
) -> Result<Vec<HistorySample>, sqlx::Error> {
    let units = units(tx, &found).await?;
    let metrics: HashMap<SeriesId, &str> =
        series.iter().map(|series| (series.id, series.metric.as_str())).collect();
    let sample = |(key, reading): (HistoryKey, Reading)| HistorySample {
        series: key.series,
        metric: metrics.get(&key.series).copied().unwrap_or_default().to_owned(),
        sample: sample(key.ts, reading, &units),
    };
    Ok(found.into_iter().map(sample).collect())
}

pub(super) fn sample(ts: Timestamp, reading: Reading, units: &HashMap<i32, Box<str>>) -> Sample {
    let Reading { data_type, value, quality, unit, .. } = reading;
    Sample { ts, data_type, value, quality, unit: unit.and_then(|unit| units.get(&unit).cloned()) }
}

/// The texts of the units in what was found.
pub(super) async fn units(
    tx: &mut PgConnection,
    found: &[(HistoryKey, Reading)],
) -> Result<HashMap<i32, Box<str>>, sqlx::Error> {
    let mut ids: Vec<i32> = found.iter().filter_map(|(_, reading)| reading.unit).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let units: Vec<(i32, String)> = sqlx::query_as(UNITS).bind(ids).fetch_all(tx).await?;
    Ok(units.into_iter().map(|(id, unit)| (id, unit.into())).collect())
}

/// The best samples for a page that were found so far.
struct Best {
    wanted: Wanted,
    /// Beyond it nothing can be better.
    span: Range<Timestamp>,
    found: Vec<(HistoryKey, Reading)>,
}

impl Best {
    fn look_into(&mut self, row: &PackedRow) -> Result<(), Malformed> {
        let Some(block) = row.block()? else { return Ok(()) };
        for kept in block.samples_within(&self.span)? {
            let key = HistoryKey { ts: kept.ts, series: row.series() };
            let is_beyond =
                self.wanted.after.is_none_or(|after| self.wanted.order.compare(after, key).is_lt());
            if let Some(reading) = kept.reading.filter(|_| is_beyond) {
                self.found.push((key, reading));
            }
        }
        if self.found.len() >= self.wanted.size().saturating_mul(2) {
            self.keep_best();
        }
        Ok(())
    }

    fn keep_best(&mut self) {
        self.found.sort_unstable_by(|(one, _), (other, _)| self.wanted.order.compare(*one, *other));
        self.found.truncate(self.wanted.size());
        if let Some((worst, _)) = self.found.last().filter(|_| self.found.len() == self.wanted.size()) {
            self.span = match self.wanted.order {
                TimeOrder::NewestFirst => worst.ts..self.span.end,
                TimeOrder::OldestFirst => self.span.start..worst.ts.after(),
            };
        }
    }

    fn into_found(mut self) -> Vec<(HistoryKey, Reading)> {
        self.keep_best();
        self.found
    }
}
