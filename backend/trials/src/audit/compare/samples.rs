//! Every stored sample beside the expected one of its series and time.

use super::{Comparison, HourOf};
use crate::audit::expectation::{Content, Expected, Series, count};
use crate::audit::hour::{Counted, hour_of, sum_up};
use crate::audit::stored::{self, KeptRow, PackedRow, Says, Stored};
use anyhow::Result;
use futures_util::{Stream, TryStreamExt};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashSet};
use std::fmt;
use vigia_model::Mode;

/// A series under way.
struct UnderWay<'a> {
    id: i32,
    /// `None` where nothing was published.
    series: Option<&'a Series>,
    expected: std::iter::Peekable<std::slice::Iter<'a, Expected>>,
    /// The time of the last stored sample.
    last_ms: Option<i64>,
    hour: Option<(i64, Vec<Counted<'a>>)>,
}

impl UnderWay<'_> {
    fn mode(&self) -> Mode {
        self.series.map_or(Mode::Both, |series| series.mode)
    }

    fn hour_of(&self, ts_ms: i64) -> HourOf {
        (self.id, hour_of(ts_ms))
    }
}

/// Rows in order of their series, one looked at ahead.
struct Rows<S, T> {
    stream: S,
    ahead: Option<T>,
    series: fn(&T) -> i32,
}

impl<T, S: Stream<Item = sqlx::Result<T>> + Unpin> Rows<S, T> {
    /// The next row of this series. What comes before it is of nobody's interest.
    async fn next_of(&mut self, id: i32) -> sqlx::Result<Option<T>> {
        loop {
            if self.ahead.is_none() {
                self.ahead = self.stream.try_next().await?;
            }
            match self.ahead.as_ref().map(self.series) {
                Some(series) if series < id => self.ahead = None,
                Some(series) if series == id => return Ok(self.ahead.take()),
                _ => return Ok(None),
            }
        }
    }
}

impl<'a> Comparison<'a> {
    pub(super) async fn samples(
        &mut self,
        database: &mut PgConnection,
        beside: &mut PgConnection,
    ) -> Result<()> {
        let stream = sqlx::query_as::<_, KeptRow>(stored::SAMPLES).fetch(database);
        let mut rows = Rows { stream, ahead: None, series: |row: &KeptRow| row.sample.series_id };
        let stream = sqlx::query_as::<_, PackedRow>(stored::PACKED).fetch(beside);
        let mut packed = Rows { stream, ahead: None, series: |row: &PackedRow| row.series_id };
        let ids: BTreeSet<i32> = self.names.keys().copied().collect();
        for id in ids {
            let mut stored = Vec::new();
            while let Some(row) = rows.next_of(id).await? {
                stored.push(row.stored());
            }
            while let Some(row) = packed.next_of(id).await? {
                self.unpack(&row, &mut stored);
            }
            stored.sort_by_key(|sample| sample.ts_ms);
            let mut series = self.series(id);
            for sample in &stored {
                self.stored(&mut series, sample);
            }
            self.finish(series);
        }
        let known: HashSet<&str> = self.names.values().map(String::as_str).collect();
        for (name, series) in &self.expectation.series {
            let lost = series.samples.iter().filter(|sample| sample.confirmed).count();
            if !known.contains(&**name) && lost > 0 {
                self.audit.lost += count(lost);
                self.audit.example(|| format!("{name}: unknown, with {lost} samples"));
            }
        }
        Ok(())
    }

    fn unpack(&mut self, row: &PackedRow, into: &mut Vec<Stored>) {
        let samples = row.samples();
        if !samples.as_ref().is_some_and(|samples| row.is_of(samples)) {
            self.audit.packed_wrong += 1;
            self.tell(row.series_id, row.start_ms(), "a packed row is not what it says");
        }
        let samples = samples.unwrap_or_default();
        self.audit.packed += count(samples.len());
        into.extend(samples.into_iter().map(Stored::packed));
    }

    fn series(&self, id: i32) -> UnderWay<'a> {
        let series = self.names.get(&id).and_then(|name| self.expectation.series.get(name.as_str()));
        let samples = series.map(|series| series.samples.as_slice()).unwrap_or_default();
        UnderWay { id, series, expected: samples.iter().peekable(), last_ms: None, hour: None }
    }

    /// Takes one stored sample in.
    fn stored(&mut self, series: &mut UnderWay<'a>, sample: &Stored) {
        let ts_ms = sample.ts_ms;
        self.audit.stored += 1;
        if series.last_ms.replace(ts_ms) == Some(ts_ms) {
            self.audit.double += 1;
            self.known.entry(series.hour_of(ts_ms)).or_default().too_many += 1;
            self.tell(series.id, ts_ms, "stored twice");
            return;
        }
        while let Some(missing) = series.expected.next_if(|expected| expected.ts_ms < ts_ms) {
            self.missing(series, missing);
        }
        let Some(expected) = series.expected.next_if(|expected| expected.ts_ms == ts_ms) else {
            self.audit.foreign += 1;
            self.known.entry(series.hour_of(ts_ms)).or_default().too_many += 1;
            self.tell(series.id, ts_ms, "stored, never published");
            return;
        };
        if !sample.is_kept_by(series.mode()) {
            self.audit.mode_wrong += 1;
            self.tell(series.id, ts_ms, &format!("is not kept as {}", series.mode().as_str()));
        }
        let first = &expected.content;
        let contradiction = series.series.and_then(|series| series.contradiction(ts_ms));
        let Says::Content(content) = &sample.says else {
            if contradiction.is_some() {
                let name = self.names.get(&series.id).cloned().unwrap_or_default();
                self.audit.unsure.insert((name, ts_ms));
            }
            self.count(series, Counted { ts_ms, content: first, or: contradiction });
            return;
        };
        let is = |known: &Content| content.as_ref().is_some_and(|content| content.is(known));
        if let Some(contradiction) = contradiction.filter(|contradiction| is(contradiction)) {
            let name = self.names.get(&series.id).cloned().unwrap_or_default();
            self.audit.overtaken.insert((name, ts_ms));
            self.count(series, Counted { ts_ms, content: contradiction, or: None });
            return;
        }
        self.count(series, Counted { ts_ms, content: first, or: None });
        if !is(first) {
            self.audit.different += 1;
            let (said, published) = (Said(content.as_ref()), Said(Some(first)));
            self.tell(series.id, ts_ms, &format!("{said}, published {published}"));
        }
    }

    /// A sample that is not stored; where nothing is to be kept that is right.
    fn missing(&mut self, series: &mut UnderWay<'a>, missing: &'a Expected) {
        if !missing.confirmed {
            return;
        }
        if series.mode().is_kept() {
            self.audit.lost += 1;
            self.known.entry(series.hour_of(missing.ts_ms)).or_default().lost += 1;
            self.tell(series.id, missing.ts_ms, "confirmed, not stored");
        }
        self.count(series, Counted { ts_ms: missing.ts_ms, content: &missing.content, or: None });
    }

    /// A sample that is part of its hour and may be the newest.
    fn count(&mut self, series: &mut UnderWay<'a>, counted: Counted<'a>) {
        self.newest.insert(series.id, counted);
        if !series.mode().in_hourly() {
            return;
        }
        let hour = hour_of(counted.ts_ms);
        if series.hour.as_ref().is_none_or(|(current, _)| *current != hour) {
            self.close_hour(series);
        }
        series.hour.get_or_insert_with(|| (hour, Vec::new())).1.push(counted);
    }

    fn close_hour(&mut self, series: &mut UnderWay<'a>) {
        let Some((hour, samples)) = series.hour.take() else { return };
        if let Some(figures) = sum_up(&samples) {
            self.hours.insert((series.id, hour), figures);
        }
        if samples.iter().any(|sample| sample.or.is_some()) {
            self.unsure.insert((series.id, hour), samples);
        }
    }

    fn finish(&mut self, mut series: UnderWay<'a>) {
        while let Some(missing) = series.expected.next() {
            self.missing(&mut series, missing);
        }
        self.close_hour(&mut series);
    }
}

/// A content as a person reads it.
struct Said<'a>(Option<&'a Content>);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => write!(f, "unreadable"),
            Some(content) => {
                write!(f, "{:?} {:?} {:?}", content.data_type, content.quality, content.value)
            }
        }
    }
}
