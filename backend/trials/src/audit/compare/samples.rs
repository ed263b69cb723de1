//! Every stored sample beside the expected one of its series and time.

use super::{Comparison, HourOf};
use crate::audit::expectation::{Content, Expected, Series, count};
use crate::audit::hour::{Adder, hour_of};
use crate::audit::stored::{self, KeptRow};
use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use std::collections::HashSet;
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
    hour: Option<(i64, Adder)>,
}

impl UnderWay<'_> {
    fn mode(&self) -> Mode {
        self.series.map_or(Mode::Both, |series| series.mode)
    }

    fn hour_of(&self, ts_ms: i64) -> HourOf {
        (self.id, hour_of(ts_ms))
    }
}

impl<'a> Comparison<'a> {
    pub(super) async fn samples(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut seen = HashSet::new();
        let mut current: Option<UnderWay<'a>> = None;
        let mut rows = sqlx::query_as::<_, KeptRow>(stored::SAMPLES).fetch(database);
        while let Some(row) = rows.try_next().await? {
            let id = row.sample.series_id;
            if !self.names.contains_key(&id) {
                continue;
            }
            if current.as_ref().is_none_or(|series| series.id != id) {
                self.finish(current.take());
                seen.insert(id);
                current = Some(self.series(id));
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
        for (name, series) in &self.expectation.series {
            let lost = series.samples.iter().filter(|sample| sample.confirmed).count();
            if !known.contains(&**name) && lost > 0 {
                self.audit.lost += count(lost);
                self.audit.example(|| format!("{name}: unknown, with {lost} samples"));
            }
        }
        Ok(())
    }

    fn series(&self, id: i32) -> UnderWay<'a> {
        let series = self.names.get(&id).and_then(|name| self.expectation.series.get(name.as_str()));
        let samples = series.map(|series| series.samples.as_slice()).unwrap_or_default();
        UnderWay { id, series, expected: samples.iter().peekable(), last_ms: None, hour: None }
    }

    /// Takes one stored sample in.
    fn stored(&mut self, series: &mut UnderWay<'a>, row: &KeptRow) {
        let ts_ms = row.sample.ts_ms();
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
        if !row.is_kept_by(series.mode()) {
            self.audit.mode_wrong += 1;
            self.tell(series.id, ts_ms, &format!("is not kept as {}", series.mode().as_str()));
        }
        let content = row.sample.content();
        let is = |known: &Content| content.as_ref().is_some_and(|content| content.is(known));
        let contradiction = series.series.and_then(|series| series.contradiction(ts_ms));
        if let Some(contradiction) = contradiction.filter(|contradiction| is(contradiction)) {
            let name = self.names.get(&series.id).cloned().unwrap_or_default();
            self.audit.overtaken.insert((name, ts_ms));
            self.count(series, ts_ms, contradiction);
            return;
        }
        self.count(series, ts_ms, &expected.content);
        if !is(&expected.content) {
            self.audit.different += 1;
            let (said, published) = (Said(content.as_ref()), Said(Some(&expected.content)));
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
        self.count(series, missing.ts_ms, &missing.content);
    }

    /// A sample that is part of its hour and may be the newest.
    fn count(&mut self, series: &mut UnderWay<'a>, ts_ms: i64, content: &'a Content) {
        self.newest.insert(series.id, (ts_ms, content));
        if !series.mode().in_hourly() {
            return;
        }
        let hour = hour_of(ts_ms);
        if series.hour.as_ref().is_none_or(|(current, _)| *current != hour) {
            self.close_hour(series);
            series.hour = Some((hour, Adder::default()));
        }
        if let Some((_, adder)) = &mut series.hour {
            adder.add(ts_ms, content);
        }
    }

    fn close_hour(&mut self, series: &mut UnderWay<'a>) {
        if let Some((hour, adder)) = series.hour.take()
            && let Some(figures) = adder.done()
        {
            self.hours.insert((series.id, hour), figures);
        }
    }

    fn finish(&mut self, series: Option<UnderWay<'a>>) {
        let Some(mut series) = series else { return };
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
