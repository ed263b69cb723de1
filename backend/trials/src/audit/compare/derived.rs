//! What follows from the samples: hourly rows and last states. And what was refused.

use super::{Comparison, HourOf};
use crate::audit::expectation::{Content, count};
use crate::audit::hour::{Hour, explain};
use crate::audit::stored::{self, HourRow, SampleRow};
use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use vigia_model::RejectReason;

impl Comparison<'_> {
    pub(super) async fn hours(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, HourRow>(stored::HOURLY).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if self.names.contains_key(&row.series_id) {
                let of = (row.series_id, row.hour_ms());
                let expected = self.hours.remove(&of);
                self.hour(of, Some(row.hour()), expected);
            }
        }
        for (of, expected) in std::mem::take(&mut self.hours) {
            self.hour(of, None, Some(expected));
        }
        Ok(())
    }

    /// Compares the row of an hour with what should be in it.
    fn hour(&mut self, of: HourOf, found: Option<Hour>, expected: Option<Hour>) {
        if let (Some(found), Some(expected)) = (&found, &expected)
            && found.is(expected)
        {
            return;
        }
        if let Some(others) =
            found.zip(self.unsure.get(&of)).and_then(|(found, samples)| explain(&found, samples))
        {
            let name = self.names.get(&of.0).cloned().unwrap_or_default();
            self.audit.overtaken.extend(others.into_iter().map(|ts_ms| (name.clone(), ts_ms)));
            return;
        }
        self.audit.hourly_wrong += 1;
        let known = self.known.get(&of).copied().unwrap_or_default();
        let (stored, published) = (found.unwrap_or_default(), expected.unwrap_or_default());
        self.audit.counted_twice += stored.surplus(&published).saturating_sub(known.too_many);
        self.audit.uncounted += published.surplus(&stored).saturating_sub(known.lost);
        self.tell(of.0, of.1, &format!("hour {found:?}, expected {expected:?}"));
    }

    pub(super) async fn states(&mut self, database: &mut PgConnection) -> Result<()> {
        let mut rows = sqlx::query_as::<_, SampleRow>(stored::LAST).fetch(database);
        while let Some(row) = rows.try_next().await? {
            if !self.names.contains_key(&row.series_id) {
                continue;
            }
            let newest = self.newest.remove(&row.series_id);
            let content = row.content();
            let is = |known: &Content| content.as_ref().is_some_and(|content| content.is(known));
            let is_newest = newest.is_some_and(|newest| {
                newest.ts_ms == row.ts_ms() && (is(newest.content) || newest.or.is_some_and(is))
            });
            if !is_newest {
                self.audit.state_wrong += 1;
                let expected = newest.map(|newest| newest.ts_ms);
                self.tell(row.series_id, row.ts_ms(), &format!("is the last state and not {expected:?}"));
            }
        }
        for (series, newest) in std::mem::take(&mut self.newest) {
            self.audit.state_wrong += 1;
            self.tell(series, newest.ts_ms, "no last state");
        }
        Ok(())
    }

    pub(super) async fn rejections(&mut self, database: &mut PgConnection) -> Result<()> {
        let tenants: Vec<&str> = self.expectation.tenants.iter().map(|tenant| &**tenant).collect();
        let found: Vec<(String, i64)> =
            sqlx::query_as(stored::REJECTIONS).bind(tenants).fetch_all(database).await?;
        let mut found: BTreeMap<String, u64> = found
            .into_iter()
            .map(|(reason, total)| (reason, u64::try_from(total).unwrap_or_default()))
            .collect();
        for (reason, (confirmed, all)) in &self.expectation.rejections {
            let unsure = if *reason == RejectReason::ConflictingDuplicate.as_str() {
                self.audit.unsure.len()
            } else {
                0
            };
            let confirmed = &confirmed.saturating_sub(count(unsure));
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
}
