//! The comparison: one pass over the stored samples, with the expected ones beside them.

use super::Audit;
use super::expectation::{Content, Expectation, Expected, count};
use super::hour::{Adder, Hour, hour_of};
use super::stored::{self, HourRow, SampleRow, SeriesRow};
use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

/// Compares a database, in which mode `both` was in force, with what was published.
///
/// Everything published must have arrived: wait for that first. What tenants say that the ledger does not know is not
/// looked at. The quarantine keeps 1 000 of a gateway, reason and hour; beyond that it is not comparable.
///
/// # Errors
/// When the database cannot be read.
pub async fn audit(expectation: &Expectation, database_url: &str) -> Result<Audit> {
    let began = Instant::now();
    let mut database = PgConnection::connect(database_url).await?;
    let mut comparison = Comparison::new(expectation);
    comparison.names(&mut database).await?;
    comparison.samples(&mut database).await?;
    comparison.hours(&mut database).await?;
    comparison.states(&mut database).await?;
    comparison.rejections(&mut database).await?;
    database.close().await?;
    let mut audit = comparison.audit;
    audit.took_seconds = began.elapsed().as_secs_f64();
    Ok(audit)
}

struct Comparison<'a> {
    expectation: &'a Expectation,
    /// Series of the ledger's tenants by id.
    names: HashMap<i32, String>,
    hours: HashMap<(i32, i64), Hour>,
    newest: HashMap<i32, &'a Expected>,
    audit: Audit,
}

/// A series under way.
struct Series<'a> {
    id: i32,
    expected: std::iter::Peekable<std::slice::Iter<'a, Expected>>,
    /// The time of the last stored sample.
    last_ms: Option<i64>,
    hour: Option<(i64, Adder)>,
}

impl<'a> Comparison<'a> {
    fn new(expectation: &'a Expectation) -> Self {
        let audit = Audit {
            published: expectation.samples(),
            unconfirmed: expectation.unconfirmed(),
            ..Audit::default()
        };
        Self { expectation, names: HashMap::new(), hours: HashMap::new(), newest: HashMap::new(), audit }
    }

    async fn names(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, SeriesRow>(stored::SERIES).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if self.expectation.tenants.contains(row.tenant.as_str()) {
                self.names.insert(row.id, row.name);
            }
        }
        Ok(())
    }

    async fn samples(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut seen = HashSet::new();
        let mut current: Option<Series<'a>> = None;
        let mut rows = sqlx::query_as::<_, SampleRow>(stored::SAMPLES).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if !self.names.contains_key(&row.series_id) {
                continue;
            }
            if current.as_ref().is_none_or(|series| series.id != row.series_id) {
                self.finish(current.take());
                seen.insert(row.series_id);
                current = Some(self.series(row.series_id));
            }
            if let Some(series) = &mut current {
                self.stored(series, &row);
            }
        }
        self.finish(current);
        // Series with a name and no sample at all.
        let empty: Vec<i32> = self.names.keys().filter(|id| !seen.contains(*id)).copied().collect();
        for id in empty {
            let series = self.series(id);
            self.finish(Some(series));
        }
        let known: HashSet<&str> = self.names.values().map(String::as_str).collect();
        for (name, samples) in &self.expectation.series {
            let lost = samples.iter().filter(|sample| sample.confirmed).count();
            if !known.contains(&**name) && lost > 0 {
                self.audit.lost += count(lost);
                self.audit.example(|| format!("{name}: unknown, with {lost} samples"));
            }
        }
        Ok(())
    }

    fn series(&self, id: i32) -> Series<'a> {
        let expected = self.names.get(&id).and_then(|name| self.expectation.series.get(name.as_str()));
        let expected = expected.map(Vec::as_slice).unwrap_or_default().iter().peekable();
        Series { id, expected, last_ms: None, hour: None }
    }

    /// Takes one stored sample in.
    fn stored(&mut self, series: &mut Series<'a>, row: &SampleRow) {
        let ts_ms = row.ts_ms();
        self.audit.stored += 1;
        if series.last_ms.replace(ts_ms) == Some(ts_ms) {
            self.audit.double += 1;
            self.tell(series.id, ts_ms, "stored twice");
            return;
        }
        while let Some(missing) = series.expected.next_if(|expected| expected.ts_ms < ts_ms) {
            self.missing(series, missing);
        }
        match series.expected.next_if(|expected| expected.ts_ms == ts_ms) {
            None => {
                self.audit.foreign += 1;
                self.tell(series.id, ts_ms, "stored, never published");
            }
            Some(expected) => {
                self.count(series, expected);
                let content = row.content();
                if !content.as_ref().is_some_and(|content| content.is(&expected.content)) {
                    self.audit.different += 1;
                    let said = Said(content.as_ref());
                    self.tell(
                        series.id,
                        ts_ms,
                        &format!("{said}, published {}", Said(Some(&expected.content))),
                    );
                }
            }
        }
    }

    fn missing(&mut self, series: &mut Series<'a>, missing: &'a Expected) {
        if !missing.confirmed {
            return;
        }
        self.audit.lost += 1;
        self.tell(series.id, missing.ts_ms, "confirmed, not stored");
        self.count(series, missing);
    }

    /// A sample that is part of its hour and may be the newest.
    fn count(&mut self, series: &mut Series<'a>, sample: &'a Expected) {
        let hour = hour_of(sample.ts_ms);
        if series.hour.as_ref().is_none_or(|(current, _)| *current != hour) {
            self.close_hour(series);
            series.hour = Some((hour, Adder::default()));
        }
        if let Some((_, adder)) = &mut series.hour {
            adder.add(sample.ts_ms, &sample.content);
        }
        self.newest.insert(series.id, sample);
    }

    fn close_hour(&mut self, series: &mut Series<'a>) {
        if let Some((hour, adder)) = series.hour.take()
            && let Some(figures) = adder.done()
        {
            self.hours.insert((series.id, hour), figures);
        }
    }

    fn finish(&mut self, series: Option<Series<'a>>) {
        let Some(mut series) = series else { return };
        while let Some(missing) = series.expected.next() {
            self.missing(&mut series, missing);
        }
        self.close_hour(&mut series);
    }

    async fn hours(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, HourRow>(stored::HOURLY).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if !self.names.contains_key(&row.series_id) {
                continue;
            }
            let (expected, found) = (self.hours.remove(&(row.series_id, row.hour_ms())), row.hour());
            if !expected.is_some_and(|expected| expected.is(&found)) {
                self.audit.hourly_wrong += 1;
                self.audit.counted_twice += expected.map_or(0, |expected| found.surplus(&expected));
                self.tell(row.series_id, row.hour_ms(), &format!("hour {found:?}, expected {expected:?}"));
            }
        }
        let missing: Vec<(i32, i64)> = self.hours.keys().copied().collect();
        for (series, hour) in missing {
            self.audit.hourly_wrong += 1;
            self.tell(series, hour, "no hourly row");
        }
        Ok(())
    }

    async fn states(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, SampleRow>(stored::LAST).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if !self.names.contains_key(&row.series_id) {
                continue;
            }
            let newest = self.newest.remove(&row.series_id);
            let is_newest = newest.is_some_and(|newest| {
                newest.ts_ms == row.ts_ms()
                    && row.content().is_some_and(|content| content.is(&newest.content))
            });
            if !is_newest {
                self.audit.state_wrong += 1;
                let expected = newest.map(|newest| newest.ts_ms);
                self.tell(row.series_id, row.ts_ms(), &format!("is the last state and not {expected:?}"));
            }
        }
        let missing: Vec<(i32, i64)> = self.newest.iter().map(|(id, newest)| (*id, newest.ts_ms)).collect();
        for (series, ts_ms) in missing {
            self.audit.state_wrong += 1;
            self.tell(series, ts_ms, "no last state");
        }
        Ok(())
    }

    async fn rejections(&mut self, database: &mut PgConnection) -> Result<()> {
        let tenants: Vec<&str> = self.expectation.tenants.iter().map(|tenant| &**tenant).collect();
        let found: Vec<(String, i64)> =
            sqlx::query_as(stored::REJECTIONS).bind(tenants).fetch_all(database).await?;
        let mut found: BTreeMap<String, u64> = found
            .into_iter()
            .map(|(reason, total)| (reason, u64::try_from(total).unwrap_or_default()))
            .collect();
        for (reason, (confirmed, all)) in &self.expectation.rejections {
            let stored = found.remove(*reason).unwrap_or_default();
            let wrong = confirmed.saturating_sub(stored) + stored.saturating_sub(*all);
            if wrong > 0 {
                self.audit.rejections_wrong += wrong;
                self.audit
                    .example(|| format!("{reason}: {stored} rejections, expected {confirmed} to {all}"));
            }
        }
        for (reason, stored) in found {
            self.audit.rejections_wrong += stored;
            self.audit.example(|| format!("{reason}: {stored} rejections, expected none"));
        }
        Ok(())
    }

    fn tell(&mut self, series: i32, ts_ms: i64, what: &str) {
        let name = self.names.get(&series).map_or("?", String::as_str);
        self.audit.example(|| format!("{name} at {ts_ms}: {what}"));
    }
}

/// A content as a person reads it.
struct Said<'a>(Option<&'a Content>);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            None => write!(f, "unreadable"),
            Some(content) => {
                write!(f, "{:?} {:?} {:?}", content.data_type, content.quality, content.value)
            }
        }
    }
}
