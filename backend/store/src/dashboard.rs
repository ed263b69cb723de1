//! Dashboards: one for a PLC. Every write makes a new version out of the present one, in one place, under the
//! dashboard's row lock; what a dashboard shows is its newest version.

use crate::audit::Actor;
use crate::connect::Store;
use crate::error::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{TenantScope, Timestamp};

mod audit;
mod change;
mod content;
mod list;
mod row;
mod sql;

pub use change::{Change, Draft, Refusal, WidgetFault};
pub use content::{Content, Widget, WidgetEdit};
pub use list::{DashboardKey, DashboardSummary, VersionEntry};

use audit::tell;
use change::Note;
use row::{DashboardRow, PlcRow};
#[cfg(test)]
pub(crate) use sql::STATEMENTS;

/// How many versions of a dashboard are kept, the present one included: weeks of a busy editor, and at the largest
/// (256 KiB each) 25 MiB before compression.
pub const KEPT_VERSIONS: i32 = 100;
/// The most bytes the widgets of a dashboard have as JSON: ten times what a full one of plain widgets has. Every version
/// is a whole copy, and every viewer reads it.
pub const MAX_DASHBOARD_BYTES: usize = 256 * 1024;

/// A dashboard in one of its versions.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub id: Uuid,
    pub version: i32,
    pub plc: PlcRef,
    pub content: Content,
    pub created_at: Timestamp,
    /// When this version was made.
    pub updated_at: Timestamp,
    /// Who made it: e-mail, or the name of a key.
    pub updated_by: String,
    /// What made it, such as `add_widget`.
    pub change: String,
    /// The key of the widget, or the version, that was meant.
    pub subject: Option<String>,
}

/// The PLC a dashboard shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlcRef {
    pub id: Uuid,
    pub tenant_id: Uuid,
    /// The tenant's code.
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    /// The PLC's name in its messages.
    pub plc_id: String,
    /// What people call it.
    pub name: Option<String>,
}

/// What became of a write.
#[derive(Debug)]
pub enum Outcome {
    /// The dashboard as it now is; a deleted one as it was.
    Done(Box<Dashboard>),
    /// Somebody else was faster; here is the dashboard as it stands. Nothing was changed.
    Stale(Box<Dashboard>),
    /// There is no such dashboard, or for a new one no such PLC.
    NotFound,
    /// The PLC has a dashboard already.
    Exists,
    Refused(Refusal),
}

impl Store {
    /// One dashboard of a scope.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dashboard(&self, scope: &TenantScope, id: Uuid) -> Result<Option<Dashboard>, StoreError> {
        let found = async { get(&mut *self.api.acquire().await?, scope, id).await };
        found.await.map_err(StoreError::on("read a dashboard"))
    }

    /// The dashboard of a PLC, by the PLC's id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dashboard_of_plc(
        &self,
        scope: &TenantScope,
        plc: Uuid,
    ) -> Result<Option<Dashboard>, StoreError> {
        let found = async {
            let row: Option<DashboardRow> =
                sqlx::query_as(sql::OF_PLC).bind(scope.codes()).bind(plc).fetch_optional(&self.api).await?;
            row.map(Dashboard::try_from).transpose()
        };
        found.await.map_err(StoreError::on("read the dashboard of a PLC"))
    }

    /// A dashboard as it was in a version that is still kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dashboard_version(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
    ) -> Result<Option<Dashboard>, StoreError> {
        let found = async { get_version(&mut *self.api.acquire().await?, scope, id, version).await };
        found.await.map_err(StoreError::on("read a version of a dashboard"))
    }

    /// Gives a PLC of the scope its dashboard.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_dashboard(
        &self,
        scope: &TenantScope,
        plc: Uuid,
        first: Change,
        actor: &Actor,
    ) -> Result<Outcome, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            let found: Option<PlcRow> =
                sqlx::query_as(sql::PLC).bind(scope.codes()).bind(plc).fetch_optional(&mut *tx).await?;
            let Some(plc) = found.map(PlcRef::from) else { return Ok(Outcome::NotFound) };
            let (note, content) = match first.apply(&Content::default()) {
                Ok(made) => made,
                Err(refusal) => return Ok(Outcome::Refused(refusal)),
            };
            let created: Option<Uuid> =
                sqlx::query_scalar(sql::CREATE).bind(plc.id).fetch_optional(&mut *tx).await?;
            let Some(id) = created else { return Ok(Outcome::Exists) };
            if let Err(refusal) = add_version(&mut tx, id, 1, &content, &note, actor).await? {
                return Ok(Outcome::Refused(refusal));
            }
            let Some(after) = get(&mut tx, scope, id).await? else { return Ok(Outcome::NotFound) };
            tell(&mut tx, actor, note.change, None, Some(&after)).await?;
            tx.commit().await?;
            Ok(Outcome::Done(Box::new(after)))
        };
        created.await.map_err(StoreError::on("create a dashboard"))
    }

    /// Makes a new version of a dashboard, if it still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_dashboard(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        change: Change,
        actor: &Actor,
    ) -> Result<Outcome, StoreError> {
        let changed = async {
            let mut tx = self.api.begin().await?;
            let before = match lock(&mut tx, scope, id, version).await? {
                Ok(before) => before,
                Err(outcome) => return Ok(outcome),
            };
            let (note, content) = match change.apply(&before.content) {
                Ok(made) => made,
                Err(refusal) => return Ok(Outcome::Refused(refusal)),
            };
            let outcome = advance(&mut tx, scope, &before, &note, &content, actor).await?;
            tx.commit().await?;
            Ok(outcome)
        };
        changed.await.map_err(StoreError::on("change a dashboard"))
    }

    /// Makes a new version that is like a former one, if the dashboard still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore_dashboard(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        former: i32,
        actor: &Actor,
    ) -> Result<Outcome, StoreError> {
        let restored = async {
            let mut tx = self.api.begin().await?;
            let before = match lock(&mut tx, scope, id, version).await? {
                Ok(before) => before,
                Err(outcome) => return Ok(outcome),
            };
            let Some(past) = get_version(&mut tx, scope, id, former).await? else {
                return Ok(Outcome::Refused(Refusal::NoSuchVersion));
            };
            let note = Note { change: "restore", subject: Some(former.to_string()) };
            let outcome = advance(&mut tx, scope, &before, &note, &past.content, actor).await?;
            tx.commit().await?;
            Ok(outcome)
        };
        restored.await.map_err(StoreError::on("restore a dashboard"))
    }

    /// Removes a dashboard with all its versions, if it still has `version`. The audit log keeps the last one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_dashboard(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        actor: &Actor,
    ) -> Result<Outcome, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let before = match lock(&mut tx, scope, id, version).await? {
                Ok(before) => before,
                Err(outcome) => return Ok(outcome),
            };
            sqlx::query(sql::DELETE).bind(id).execute(&mut *tx).await?;
            tell(&mut tx, actor, "delete", Some(&before), None).await?;
            tx.commit().await?;
            Ok(Outcome::Done(Box::new(before)))
        };
        deleted.await.map_err(StoreError::on("delete a dashboard"))
    }

    /// Which of these metrics a PLC has never sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unknown_metrics(&self, plc: Uuid, metrics: &[&str]) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(sql::UNKNOWN_METRICS)
            .bind(plc)
            .bind(metrics)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("look for the metrics of a PLC"))
    }
}

/// Holds a dashboard of the scope until the transaction ends, if it has this version; otherwise what is to be answered.
/// Read only when it is held: a row that was waited for is another one than the statement that waited first saw.
async fn lock(
    tx: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
    version: i32,
) -> Result<Result<Dashboard, Outcome>, sqlx::Error> {
    let locked: Option<Uuid> =
        sqlx::query_scalar(sql::LOCK).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
    if locked.is_none() {
        return Ok(Err(Outcome::NotFound));
    }
    Ok(match get(tx, scope, id).await? {
        Some(present) if present.version == version => Ok(present),
        Some(present) => Err(Outcome::Stale(Box::new(present))),
        None => Err(Outcome::NotFound),
    })
}

/// Makes `content` the version after `before`, which is held.
async fn advance(
    tx: &mut PgConnection,
    scope: &TenantScope,
    before: &Dashboard,
    note: &Note,
    content: &Content,
    actor: &Actor,
) -> Result<Outcome, sqlx::Error> {
    let (id, next) = (before.id, before.version + 1);
    if let Err(refusal) = add_version(tx, id, next, content, note, actor).await? {
        return Ok(Outcome::Refused(refusal));
    }
    sqlx::query(sql::RAISE_VERSION).bind(id).bind(next).execute(&mut *tx).await?;
    sqlx::query(sql::FORGET).bind(id).bind(next - KEPT_VERSIONS).execute(&mut *tx).await?;
    let Some(after) = get(tx, scope, id).await? else { return Ok(Outcome::NotFound) };
    tell(tx, actor, note.change, Some(before), Some(&after)).await?;
    Ok(Outcome::Done(Box::new(after)))
}

/// A dashboard of the scope in its present version.
async fn get(
    connection: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
) -> Result<Option<Dashboard>, sqlx::Error> {
    let row: Option<DashboardRow> =
        sqlx::query_as(sql::GET).bind(scope.codes()).bind(id).fetch_optional(connection).await?;
    row.map(Dashboard::try_from).transpose()
}

/// A dashboard of the scope as it was in a version that is still kept.
async fn get_version(
    connection: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
    version: i32,
) -> Result<Option<Dashboard>, sqlx::Error> {
    let row: Option<DashboardRow> = sqlx::query_as(sql::GET_VERSION)
        .bind(scope.codes())
        .bind(id)
        .bind(version)
        .fetch_optional(connection)
        .await?;
    row.map(Dashboard::try_from).transpose()
}

/// Writes a version, unless it is too large.
async fn add_version(
    tx: &mut PgConnection,
    id: Uuid,
    version: i32,
    content: &Content,
    note: &Note,
    actor: &Actor,
) -> Result<Result<(), Refusal>, sqlx::Error> {
    let widgets = row::to_column(&content.widgets)?;
    if widgets.len() > MAX_DASHBOARD_BYTES {
        return Ok(Err(Refusal::TooLarge(widgets.len())));
    }
    sqlx::query(sql::ADD_VERSION)
        .bind(id)
        .bind(version)
        .bind(&content.name)
        .bind(content.icon_url.as_ref().map(vigia_model::IconUrl::as_str))
        .bind(widgets)
        .bind(note.change)
        .bind(&note.subject)
        .bind(&actor.name)
        .execute(tx)
        .await?;
    Ok(Ok(()))
}
