//! Lists: dashboards without their widgets, and the versions of one.

use super::row::PlcRow;
use super::{PlcRef, sql};
use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DashboardSummary {
    pub id: Uuid,
    pub version: i32,
    pub plc: PlcRef,
    pub name: String,
    pub icon_url: Option<String>,
    /// How many there are.
    pub widgets: i32,
    pub updated_at: Timestamp,
    pub updated_by: String,
}

/// Where a page of dashboards begins: after the one of this PLC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DashboardKey {
    pub tenant: String,
    pub site: String,
    pub plc_id: String,
}

/// A version in the list of a dashboard's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionEntry {
    pub version: i32,
    pub name: String,
    /// How many there were.
    pub widgets: i32,
    /// What made it, such as `add_widget`.
    pub change: String,
    /// The key of the widget, or the version, that was meant.
    pub subject: Option<String>,
    pub actor: String,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: Uuid,
    version: i32,
    #[sqlx(flatten)]
    plc: PlcRow,
    name: String,
    icon_url: Option<String>,
    widget_count: i32,
    actor: String,
    at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    version: i32,
    name: String,
    widget_count: i32,
    change: String,
    subject: Option<String>,
    actor: String,
    at: DateTime<Utc>,
}

impl From<SummaryRow> for DashboardSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            plc: row.plc.into(),
            name: row.name,
            icon_url: row.icon_url,
            widgets: row.widget_count,
            updated_at: from_column(row.at),
            updated_by: row.actor,
        }
    }
}

impl From<VersionRow> for VersionEntry {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            name: row.name,
            widgets: row.widget_count,
            change: row.change,
            subject: row.subject,
            actor: row.actor,
            at: from_column(row.at),
        }
    }
}

impl Store {
    /// Dashboards of a scope in order of tenant, plant and PLC, narrowed to a tenant or plant; at most `limit` after
    /// `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dashboards(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        site: Option<&str>,
        after: Option<&DashboardKey>,
        limit: u32,
    ) -> Result<Vec<DashboardSummary>, StoreError> {
        let rows: Vec<SummaryRow> = sqlx::query_as(sql::LIST)
            .bind(scope.codes())
            .bind(tenant)
            .bind(site)
            .bind(after.map(|key| &key.tenant))
            .bind(after.map(|key| &key.site))
            .bind(after.map(|key| &key.plc_id))
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the dashboards"))?;
        Ok(rows.into_iter().map(DashboardSummary::from).collect())
    }

    /// The versions of a dashboard of the scope, newest first, at most `limit` older than `before`. None at all are
    /// those of a dashboard that is not there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dashboard_versions(
        &self,
        scope: &TenantScope,
        id: Uuid,
        before: Option<i32>,
        limit: u32,
    ) -> Result<Vec<VersionEntry>, StoreError> {
        let rows: Vec<VersionRow> = sqlx::query_as(sql::VERSIONS)
            .bind(scope.codes())
            .bind(id)
            .bind(before)
            .bind(i64::from(limit))
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the versions of a dashboard"))?;
        Ok(rows.into_iter().map(VersionEntry::from).collect())
    }
}
