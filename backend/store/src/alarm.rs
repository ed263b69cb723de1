//! Alarms: listed, counted, acknowledged, and told of when they change.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::{Operation, StoreError};
use chrono::{DateTime, Utc};
use uuid::Uuid;
use vigia_model::{Alarm, Severity, TenantScope, Timestamp};

mod acknowledge;
mod news;

pub use acknowledge::{AcknowledgeOutcome, Acknowledgement};
pub use news::{AlarmFilter, AlarmNews, AlarmWatch, ChangedPage, ChangedSince};

macro_rules! select_alarms {
    ($rest:literal) => {
        concat!(
            "
    select a.id
         , a.version
         , t.code as tenant
         , p.code as site
         , c.plc_id as plc
         , c.name as plc_name
         , a.metric_id as metric
         , a.ts
         , a.type as kind
         , a.message
         , a.severity
         , a.acknowledged
         , a.acknowledged_at
         , a.acknowledged_by
         , a.comment
         , a.changed_at
         , a.created_at",
            $rest
        )
    };
}
use select_alarms;

/// Of each tenant and severity the newest are looked up in an index, and these few are then merged: so a page costs the
/// same however many alarms others have. `rank` is 0 for all where time alone decides the order.
const LIST: &str = select_alarms!(
    "
    from tenants t
    cross join unnest($3::text[], $4::int[], $5::timestamptz[]) s(severity, rank, before)
    cross join lateral (
        select a.*
        from alarms a
        where a.tenant_id = t.id
          and a.severity = s.severity
          and (a.ts, a.id) < (coalesce(s.before, 'infinity'), $6::uuid)
          and ($7::uuid is null or a.plant_id = $7)
          and ($8::uuid is null or a.plc_id = $8)
          and ($9::text is null or exists (select from plcs c where c.id = a.plc_id and c.plc_id = $9))
          and ($10::boolean is null or a.acknowledged = $10)
          and ($11::text is null or a.type = $11)
          and ($12::timestamptz is null or a.ts >= $12)
          and ($13::timestamptz is null or a.ts < $13)
          and ($15::timestamptz is null or a.changed_at >= $15)
        order by a.ts desc, a.id desc
        limit $14
    ) a
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
    order by s.rank, a.ts desc, a.id desc
    limit $14"
);
const GET: &str = select_alarms!(
    "
    from alarms a
    join plcs c on c.id = a.plc_id
    join plants p on p.id = a.plant_id
    join tenants t on t.id = a.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and a.id = $2"
);
const COUNT: &str = "
    select a.severity
         , count(*)
    from tenants t
    join alarms a on a.tenant_id = t.id and not a.acknowledged
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and ($3::uuid is null or a.plant_id = $3)
      and ($4::uuid is null or a.plc_id = $4)
    group by a.severity";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [&[LIST, GET, COUNT][..], &acknowledge::STATEMENTS, &news::STATEMENTS].concat()
}

/// Which alarms are meant by the places they belong to.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlarmPlace<'a> {
    pub tenant: Option<&'a str>,
    pub plant: Option<Uuid>,
    pub plc: Option<Uuid>,
    /// A PLC by its name, of whatever plant.
    pub plc_name: Option<&'a str>,
}

/// How alarms are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlarmOrder {
    #[default]
    NewestFirst,
    /// What matters most first, and of that the newest.
    BySeverity,
}

/// Where a page begins: after this alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlarmKey {
    pub severity: Severity,
    pub ts: Timestamp,
    pub id: Uuid,
}

/// Which alarms.
#[derive(Debug, Clone, Copy)]
pub struct AlarmQuery<'a> {
    pub place: AlarmPlace<'a>,
    pub severities: &'a [Severity],
    pub acknowledged: Option<bool>,
    pub kind: Option<&'a str>,
    /// Arisen at or after.
    pub from: Option<Timestamp>,
    /// Arisen before.
    pub to: Option<Timestamp>,
    /// New or changed at or after.
    pub changed_since: Option<Timestamp>,
    pub order: AlarmOrder,
    pub after: Option<AlarmKey>,
    pub limit: u32,
}

impl Default for AlarmQuery<'_> {
    /// All of them.
    fn default() -> Self {
        Self {
            place: AlarmPlace::default(),
            severities: &Severity::ALL,
            acknowledged: None,
            kind: None,
            from: None,
            to: None,
            changed_since: None,
            order: AlarmOrder::default(),
            after: None,
            limit: u32::MAX,
        }
    }
}

impl AlarmQuery<'_> {
    /// The severities asked for, each with its rank and the time before which its alarms are still to come.
    fn ranks(&self) -> Vec<(Severity, i32, Option<Timestamp>)> {
        let mut severities = self.severities.to_vec();
        severities.sort_unstable();
        severities.dedup();
        let ranked = (0_i32..).zip(severities);
        match self.order {
            AlarmOrder::NewestFirst => {
                ranked.map(|(_, severity)| (severity, 0, self.after.map(|after| after.ts))).collect()
            }
            AlarmOrder::BySeverity => ranked
                .filter(|(_, severity)| self.after.is_none_or(|after| after.severity <= *severity))
                .map(|(rank, severity)| {
                    let begun = self.after.filter(|after| after.severity == severity);
                    (severity, rank, begun.map(|after| after.ts))
                })
                .collect(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct AlarmRow {
    id: Uuid,
    version: i32,
    tenant: String,
    site: String,
    plc: String,
    plc_name: Option<String>,
    metric: Option<String>,
    ts: DateTime<Utc>,
    kind: String,
    message: String,
    severity: String,
    acknowledged: bool,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
    comment: Option<String>,
    changed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl AlarmRow {
    fn into_alarm(self, operation: Operation) -> Result<Alarm, StoreError> {
        Ok(Alarm {
            id: self.id,
            version: self.version,
            tenant: self.tenant,
            site: self.site,
            plc: self.plc,
            plc_name: self.plc_name,
            metric: self.metric,
            ts: from_column(self.ts),
            kind: self.kind,
            message: self.message,
            severity: severity(&self.severity, operation)?,
            acknowledged: self.acknowledged,
            acknowledged_at: self.acknowledged_at.map(from_column),
            acknowledged_by: self.acknowledged_by,
            comment: self.comment,
            created_at: from_column(self.created_at),
            changed_at: from_column(self.changed_at),
        })
    }
}

fn severity(word: &str, operation: Operation) -> Result<Severity, StoreError> {
    let unknown = || StoreError::Inconsistent { operation, what: format!("the severity {word:?}") };
    Severity::parse(word).ok_or_else(unknown)
}

macro_rules! bind_list {
    ($statement:expr, $scope:expr, $query:expr, $ranks:expr) => {
        $statement
            .bind($scope.codes())
            .bind($query.place.tenant)
            .bind($ranks.iter().map(|(severity, ..)| severity.as_str()).collect::<Vec<_>>())
            .bind($ranks.iter().map(|(_, rank, _)| *rank).collect::<Vec<_>>())
            .bind($ranks.iter().map(|(.., before)| before.map(to_column)).collect::<Vec<_>>())
            .bind($query.after.map_or(Uuid::max(), |after| after.id))
            .bind($query.place.plant)
            .bind($query.place.plc)
            .bind($query.place.plc_name)
            .bind($query.acknowledged)
            .bind($query.kind)
            .bind($query.from.map(to_column))
            .bind($query.to.map(to_column))
            .bind(i64::from($query.limit))
            .bind($query.changed_since.map(to_column))
            // Planned for these very filters: which index is best depends on them.
            .persistent(false)
    };
}

impl Store {
    /// Alarms of a scope, at most `limit` after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alarms(
        &self,
        scope: &TenantScope,
        query: &AlarmQuery<'_>,
    ) -> Result<Vec<Alarm>, StoreError> {
        let operation = "list the alarms";
        let ranks = query.ranks();
        let rows: Vec<AlarmRow> = bind_list!(sqlx::query_as(LIST), scope, query, ranks)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        rows.into_iter().map(|row| row.into_alarm(operation)).collect()
    }

    /// One alarm, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alarm(&self, scope: &TenantScope, id: Uuid) -> Result<Option<Alarm>, StoreError> {
        let operation = "read an alarm";
        let row: Option<AlarmRow> = sqlx::query_as(GET)
            .bind(scope.codes())
            .bind(id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        row.map(|row| row.into_alarm(operation)).transpose()
    }

    /// How many alarms nobody acknowledged yet, by severity; severities without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unacknowledged_counts(
        &self,
        scope: &TenantScope,
        place: &AlarmPlace<'_>,
    ) -> Result<Vec<(Severity, i64)>, StoreError> {
        let operation = "count the alarms";
        let counts: Vec<(String, i64)> = sqlx::query_as(COUNT)
            .bind(scope.codes())
            .bind(place.tenant)
            .bind(place.plant)
            .bind(place.plc)
            .persistent(false)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on(operation))?;
        counts.into_iter().map(|(word, count)| Ok((severity(&word, operation)?, count))).collect()
    }
}

#[cfg(test)]
mod tests;
