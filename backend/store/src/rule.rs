//! Persistence rules: read by the pipeline and the API, written by the API, announced to both when they change.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use crate::watch::Watch;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{Days, Mode, Pattern, Retention, Rule, RuleMatch};

mod series;

pub use series::SentSeries;

/// The channel a trigger notifies after every change of `persist_rules`.
const CHANNEL: &str = "vigia_persist_rules";

const LIST: &str = "
    select id, version, name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days, created_at
    from persist_rules
    order by priority desc, created_at desc, id";
const GET: &str = "
    select id, version, name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days, created_at
    from persist_rules
    where id = $1";
const CREATE: &str = "
    insert into persist_rules
        (name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    returning id, version, name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days, created_at";
const UPDATE: &str = "
    update persist_rules
    set name = $1
      , enabled = $2
      , priority = $3
      , tenant = $4
      , province = $5
      , plant = $6
      , gateway_id = $7
      , plc_id = $8
      , metric_id = $9
      , mode = $10
      , raw_retention_days = $11
      , hourly_retention_days = $12
      , version = version + 1
      , updated_at = now()
    where id = $13 and version = $14
    returning id, version, name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days, created_at";
const DELETE: &str = "
    delete from persist_rules
    where id = $1 and ($2::integer is null or version = $2)
    returning id, version, name, enabled, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days, hourly_retention_days, created_at";

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [&[LIST, GET, CREATE, UPDATE, DELETE][..], &series::STATEMENTS].concat()
}

/// The fields of a rule that a person writes; already checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRule {
    pub name: String,
    pub enabled: bool,
    pub priority: i32,
    pub matches: RuleMatch,
    pub mode: Mode,
    pub retention: Retention,
}

/// What became of an edit that named the version it started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOutcome {
    Updated(Rule),
    /// Somebody else was faster; here is the rule as it stands. Nothing was changed.
    Stale(Rule),
    NotFound,
}

/// What became of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteOutcome {
    Deleted,
    /// The version named is not the rule's any more. Nothing was deleted.
    Stale(Rule),
    NotFound,
}

#[derive(sqlx::FromRow)]
struct RuleRow {
    id: Uuid,
    version: i32,
    name: String,
    enabled: bool,
    priority: i32,
    tenant: String,
    province: String,
    plant: String,
    gateway_id: String,
    plc_id: String,
    metric_id: String,
    mode: String,
    raw_retention_days: Option<i32>,
    hourly_retention_days: Option<i32>,
    created_at: DateTime<Utc>,
}

impl TryFrom<RuleRow> for Rule {
    type Error = StoreError;

    fn try_from(row: RuleRow) -> Result<Self, StoreError> {
        let unknown = |what: String| StoreError::Inconsistent { operation: "read a persistence rule", what };
        let pattern =
            |text: String| Pattern::parse(&text).ok_or_else(|| unknown(format!("the pattern {text:?}")));
        let days = |days: Option<i32>| match days {
            None => Ok(None),
            Some(days) => Days::new(days).map(Some).ok_or_else(|| unknown(format!("{days} days"))),
        };
        Ok(Self {
            id: row.id,
            version: row.version,
            name: row.name,
            enabled: row.enabled,
            priority: row.priority,
            matches: RuleMatch {
                tenant: pattern(row.tenant)?,
                province: pattern(row.province)?,
                plant: pattern(row.plant)?,
                gateway: pattern(row.gateway_id)?,
                plc: pattern(row.plc_id)?,
                metric: pattern(row.metric_id)?,
            },
            mode: Mode::parse(&row.mode).ok_or_else(|| unknown(format!("the mode {:?}", row.mode)))?,
            retention: Retention {
                raw: days(row.raw_retention_days)?,
                hourly: days(row.hourly_retention_days)?,
            },
            created_at: from_column(row.created_at),
        })
    }
}

macro_rules! bind_rule {
    ($query:expr, $rule:expr) => {
        $query
            .bind(&$rule.name)
            .bind($rule.enabled)
            .bind($rule.priority)
            .bind($rule.matches.tenant.as_str())
            .bind($rule.matches.province.as_str())
            .bind($rule.matches.plant.as_str())
            .bind($rule.matches.gateway.as_str())
            .bind($rule.matches.plc.as_str())
            .bind($rule.matches.metric.as_str())
            .bind($rule.mode.as_str())
            .bind($rule.retention.raw.map(|days| i32::from(days.get())))
            .bind($rule.retention.hourly.map(|days| i32::from(days.get())))
    };
}

impl Store {
    /// All rules, enabled or not, by priority.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&self) -> Result<Vec<Rule>, StoreError> {
        let rows: Vec<RuleRow> = sqlx::query_as(LIST)
            .fetch_all(&self.control)
            .await
            .map_err(StoreError::on("list the persistence rules"))?;
        rows.into_iter().map(Rule::try_from).collect()
    }

    /// One rule, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule(&self, id: Uuid) -> Result<Option<Rule>, StoreError> {
        let row: Option<RuleRow> = sqlx::query_as(GET)
            .bind(id)
            .fetch_optional(&self.control)
            .await
            .map_err(StoreError::on("read a persistence rule"))?;
        row.map(Rule::try_from).transpose()
    }

    /// Adds a rule, with version 1.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_rule(&self, rule: &NewRule, actor: &Actor) -> Result<Rule, StoreError> {
        let operation = "create a persistence rule";
        let created = async {
            let mut tx = self.api.begin().await?;
            let row: RuleRow = bind_rule!(sqlx::query_as(CREATE), rule).fetch_one(&mut *tx).await?;
            tell(&mut tx, actor, "rule.create", None, Some(&row)).await?;
            tx.commit().await?;
            Ok(row)
        };
        Rule::try_from(created.await.map_err(StoreError::on(operation))?)
    }

    /// Replaces a rule if it still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_rule(
        &self,
        id: Uuid,
        version: i32,
        rule: &NewRule,
        actor: &Actor,
    ) -> Result<UpdateOutcome, StoreError> {
        let updated = async {
            let mut tx = self.api.begin().await?;
            let before: Option<RuleRow> = sqlx::query_as(GET).bind(id).fetch_optional(&mut *tx).await?;
            let row: Option<RuleRow> = bind_rule!(sqlx::query_as(UPDATE), rule)
                .bind(id)
                .bind(version)
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(row) = &row {
                tell(&mut tx, actor, "rule.update", before.as_ref(), Some(row)).await?;
                tx.commit().await?;
            }
            Ok(row)
        };
        match updated.await.map_err(StoreError::on("update a persistence rule"))? {
            Some(row) => Ok(UpdateOutcome::Updated(Rule::try_from(row)?)),
            None => Ok(self.rule(id).await?.map_or(UpdateOutcome::NotFound, UpdateOutcome::Stale)),
        }
    }

    /// Removes a rule; with a `version`, only if it still has that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_rule(
        &self,
        id: Uuid,
        version: Option<i32>,
        actor: &Actor,
    ) -> Result<DeleteOutcome, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let gone: Option<RuleRow> =
                sqlx::query_as(DELETE).bind(id).bind(version).fetch_optional(&mut *tx).await?;
            if let Some(row) = &gone {
                tell(&mut tx, actor, "rule.delete", Some(row), None).await?;
                tx.commit().await?;
            }
            Ok(gone.is_some())
        };
        if deleted.await.map_err(StoreError::on("delete a persistence rule"))? {
            return Ok(DeleteOutcome::Deleted);
        }
        Ok(self.rule(id).await?.map_or(DeleteOutcome::NotFound, DeleteOutcome::Stale))
    }

    /// Starts listening for changes of the rules, made by whomever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_rules(&self) -> Result<Watch, StoreError> {
        Watch::open(self, CHANNEL, "listen for changes of the persistence rules").await
    }
}

/// Rules are the internal admins' business, whatever tenant they match.
async fn tell(
    tx: &mut PgConnection,
    actor: &Actor,
    action: &str,
    before: Option<&RuleRow>,
    after: Option<&RuleRow>,
) -> Result<(), sqlx::Error> {
    let subject = after.or(before).map(|row| row.id.to_string()).unwrap_or_default();
    let deed = Deed {
        action,
        subject_kind: "rule",
        subject: &subject,
        subject_name: after.or(before).map(|row| row.name.clone()),
        tenant: None,
        before: before.map(shown),
        after: after.map(shown),
    };
    audit::note(tx, actor, deed).await
}

fn shown(row: &RuleRow) -> serde_json::Value {
    serde_json::json!({
        "version": row.version, "name": row.name, "enabled": row.enabled, "priority": row.priority,
        "tenant": row.tenant, "province": row.province, "plant": row.plant, "gatewayId": row.gateway_id,
        "plcId": row.plc_id, "metricId": row.metric_id, "mode": row.mode,
        "rawRetentionDays": row.raw_retention_days, "hourlyRetentionDays": row.hourly_retention_days,
    })
}
