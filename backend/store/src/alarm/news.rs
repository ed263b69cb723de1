//! What is new of alarms: told by a trigger whoever wrote them, and read for everybody who watches.

use super::{AlarmRow, select_alarms};
use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use crate::listen::{Heard, Listener};
use crate::rejection::like_pattern;
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;
use vigia_model::{Alarm, Pattern, Severity, TenantScope, Timestamp};

/// The channel on which a trigger names every alarm that was added or changed.
const CHANNEL: &str = "vigia_alarms";
/// How long before its commit an alarm may have been written and still be found when what was missed is read again.
const OVERLAP: Duration = Duration::from_mins(1);

const CHANGED: &str = select_alarms!(
    "
    from alarms a
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    join tenants t on t.id = a.tenant_id
    where a.id = any($1)
    order by a.changed_at, a.id"
);
const CHANGED_SINCE: &str = select_alarms!(
    "
    from alarms a
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    join tenants t on t.id = a.tenant_id
    where (a.changed_at, a.id) > ($1, $2::uuid)
    order by a.changed_at, a.id
    limit $3"
);
const UNACKNOWLEDGED: &str = select_alarms!(
    r"
    from tenants t
    cross join unnest($2::text[]) s(severity)
    cross join lateral (
        select a.*
        from alarms a
        join plcs c on c.id = a.plc_id
        join plants p on p.id = a.plant_id
        where a.tenant_id = t.id
          and a.severity = s.severity
          and not a.acknowledged
          and exists (
              select
              from unnest($3::text[], $4::text[], $5::text[], $6::text[]) f(tenant, site, plc, metric)
              where (f.tenant is null or t.code like f.tenant escape '\')
                and (f.site is null or p.code like f.site escape '\')
                and (f.plc is null or c.plc_id like f.plc escape '\')
                and (f.metric is null or a.metric_id is null or a.metric_id like f.metric escape '\')
          )
        order by a.ts desc, a.id desc
        limit $7
    ) a
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    where ($1::text[] is null or t.code = any($1))
    order by a.ts desc, a.id desc
    limit $7"
);

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [CHANGED, CHANGED_SINCE, UNACKNOWLEDGED];

/// Which alarms a watcher wants; every field must match, `None` matches everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlarmFilter<'a> {
    pub tenant: Option<&'a Pattern>,
    pub site: Option<&'a Pattern>,
    pub plc: Option<&'a Pattern>,
    /// Asked of alarms that are about a metric only.
    pub metric: Option<&'a Pattern>,
}

/// What was heard of alarms.
#[derive(Debug)]
pub enum AlarmNews {
    /// These are new or changed.
    Changed(Vec<Uuid>),
    /// Everything until then, by the database's clock, was heard.
    Heard(Timestamp),
}

impl Store {
    /// The newest alarms nobody acknowledged yet that any of `filters` wants, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unacknowledged_alarms(
        &self,
        scope: &TenantScope,
        filters: &[AlarmFilter<'_>],
        limit: u32,
    ) -> Result<Vec<Alarm>, StoreError> {
        let operation = "list what nobody acknowledged yet";
        let column = |pick: fn(&AlarmFilter<'_>) -> Option<String>| -> Vec<Option<String>> {
            filters.iter().map(pick).collect()
        };
        let rows: Vec<AlarmRow> = sqlx::query_as(UNACKNOWLEDGED)
            .bind(scope.codes())
            .bind(Severity::ALL.map(Severity::as_str))
            .bind(column(|filter| filter.tenant.map(like)))
            .bind(column(|filter| filter.site.map(like)))
            .bind(column(|filter| filter.plc.map(like)))
            .bind(column(|filter| filter.metric.map(like)))
            .bind(i64::from(limit))
            .persistent(false)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        rows.into_iter().map(|row| row.into_alarm(operation)).collect()
    }

    /// Starts listening for alarms, whoever writes them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_alarms(&self) -> Result<AlarmWatch, StoreError> {
        let listener = Listener::open(self, CHANNEL).await.map_err(StoreError::on("listen for alarms"))?;
        Ok(AlarmWatch(listener))
    }
}

/// A subscription to what is new of alarms.
#[derive(Debug)]
pub struct AlarmWatch(Listener);

impl AlarmWatch {
    /// The database's time.
    ///
    /// # Errors
    /// When the connection does not answer: then it is time to begin anew.
    pub async fn now(&mut self) -> Result<Timestamp, StoreError> {
        self.0.now().await.map_err(StoreError::on("listen for alarms"))
    }

    /// Waits for news.
    ///
    /// # Errors
    /// When the connection is lost. What was said meanwhile is found by [`changed_since`](Self::changed_since).
    pub async fn next(&mut self) -> Result<AlarmNews, StoreError> {
        match self.0.next().await.map_err(StoreError::on("listen for alarms"))? {
            Heard::Alive(now) => Ok(AlarmNews::Heard(now)),
            Heard::Said(payloads) => {
                let ids = payloads.iter().flat_map(|payload| payload.split(','));
                // Whatever else somebody says on this channel is not for us.
                Ok(AlarmNews::Changed(ids.filter_map(|id| Uuid::parse_str(id).ok()).collect()))
            }
        }
    }

    /// These alarms as they stand now, in the order in which they changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self, ids: &[Uuid]) -> Result<Vec<Alarm>, StoreError> {
        let operation = "read changed alarms";
        let rows: Vec<AlarmRow> = sqlx::query_as(CHANGED)
            .bind(ids)
            .fetch_all(&self.0.pool)
            .await
            .map_err(StoreError::on(operation))?;
        rows.into_iter().map(|row| row.into_alarm(operation)).collect()
    }

    /// A page of what has changed since, and a little before: some were written before they were committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_since(&self, place: ChangedSince, limit: u32) -> Result<ChangedPage, StoreError> {
        let operation = "read alarms again";
        let rows: Vec<AlarmRow> = sqlx::query_as(CHANGED_SINCE)
            .bind(place.changed_at)
            .bind(place.id)
            .bind(i64::from(limit))
            .fetch_all(&self.0.pool)
            .await
            .map_err(StoreError::on(operation))?;
        let is_full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let last = rows.last().filter(|_| is_full);
        let next = last.map(|last| ChangedSince { changed_at: last.changed_at, id: last.id });
        let alarms = rows.into_iter().map(|row| row.into_alarm(operation));
        Ok(ChangedPage { alarms: alarms.collect::<Result<_, _>>()?, next })
    }
}

/// From where changes are read again.
#[derive(Debug, Clone, Copy)]
pub struct ChangedSince {
    changed_at: DateTime<Utc>,
    id: Uuid,
}

impl From<Timestamp> for ChangedSince {
    fn from(heard: Timestamp) -> Self {
        Self { changed_at: to_column(heard.minus(OVERLAP)), id: Uuid::nil() }
    }
}

/// Changed alarms, and where to read on.
#[derive(Debug)]
pub struct ChangedPage {
    pub alarms: Vec<Alarm>,
    pub next: Option<ChangedSince>,
}

fn like(pattern: &Pattern) -> String {
    like_pattern(pattern.as_str())
}
