//! Plants, as admins manage them: added before anything of them was seen, named, and removed when nothing stands there.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::directory;
use crate::edit::{CreateOutcome, EditOutcome, RemoveOutcome};
use crate::error::StoreError;
use crate::site::{GET, Site};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{Identifier, TenantScope};

/// The tenant of a code, and how many plants it has.
const ROOM: &str = "
    select t.id
         , (select count(*) from plants p where p.tenant_id = t.id)
    from tenants t
    where ($1::text[] is null or t.code = any($1))
      and t.code = $2";
const CREATE: &str = "
    insert into plants (tenant_id, code, province, name, time_zone)
    values ($1, $2, $3, $4, $5)
    on conflict (tenant_id, code) do nothing
    returning id";
/// Nothing is added to the plant meanwhile: whoever does must lock this row too.
const LOCK: &str = "
    select p.tenant_id
    from plants p
    join tenants t on t.id = p.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and p.id = $2
    for update of p";
const UPDATE: &str = "
    update plants
    set name = $2
      , time_zone = coalesce($3, time_zone)
      , version = version + 1
    where id = $1";
const IS_NEEDED: &str = "
    select exists (select from gateways where plant_id = $1) or exists (select from plcs where plant_id = $1)";
const DELETE: &str = "delete from plants where id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 6] = [ROOM, CREATE, LOCK, UPDATE, IS_NEEDED, DELETE];

/// A plant to be added; already checked.
#[derive(Debug, Clone, Copy)]
pub struct NewPlant<'a> {
    /// The tenant's code.
    pub tenant: &'a str,
    /// The plant level of the topic.
    pub code: &'a Identifier,
    pub province: &'a Identifier,
    pub name: Option<&'a str>,
    /// IANA name.
    pub time_zone: &'a str,
}

impl Store {
    /// One plant with what stands in it, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plant(&self, scope: &TenantScope, id: Uuid) -> Result<Option<Site>, StoreError> {
        sqlx::query_as(GET)
            .bind(scope.codes())
            .bind(id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read a plant"))
    }

    /// Adds a plant, unless the tenant has `most` already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_plant(
        &self,
        scope: &TenantScope,
        plant: &NewPlant<'_>,
        most: i64,
        actor: &Actor,
    ) -> Result<CreateOutcome<Site>, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            directory::lock(&mut tx).await?;
            let room: Option<(Uuid, i64)> =
                sqlx::query_as(ROOM).bind(scope.codes()).bind(plant.tenant).fetch_optional(&mut *tx).await?;
            let Some((tenant, plants)) = room else { return Ok(CreateOutcome::NoPlace) };
            let id: Option<Uuid> = sqlx::query_scalar(CREATE)
                .bind(tenant)
                .bind(plant.code.as_str())
                .bind(plant.province.as_str())
                .bind(plant.name)
                .bind(plant.time_zone)
                .fetch_optional(&mut *tx)
                .await?;
            let Some(id) = id else { return Ok(CreateOutcome::Exists) };
            if plants >= most {
                return Ok(CreateOutcome::TooMany);
            }
            let site = get(&mut tx, scope, id).await?;
            tell(&mut tx, actor, "plant.create", tenant, None, Some(&site)).await?;
            tx.commit().await?;
            Ok(CreateOutcome::Created(site))
        };
        created.await.map_err(StoreError::on("create a plant"))
    }

    /// Gives a plant another name for people and, where one is named, another time zone, if it still has `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_plant(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        name: Option<&str>,
        time_zone: Option<&str>,
        actor: &Actor,
    ) -> Result<EditOutcome<Site>, StoreError> {
        let updated = async {
            let mut tx = self.api.begin().await?;
            let Some((tenant, before)) = lock(&mut tx, scope, id).await? else {
                return Ok(EditOutcome::NotFound);
            };
            if before.version != version {
                return Ok(EditOutcome::Stale(before));
            }
            sqlx::query(UPDATE).bind(id).bind(name).bind(time_zone).execute(&mut *tx).await?;
            let after = get(&mut tx, scope, id).await?;
            tell(&mut tx, actor, "plant.update", tenant, Some(&before), Some(&after)).await?;
            tx.commit().await?;
            Ok(EditOutcome::Edited(after))
        };
        updated.await.map_err(StoreError::on("update a plant"))
    }

    /// Removes a plant in which nothing stands; with a `version`, only if it still has that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_plant(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: Option<i32>,
        actor: &Actor,
    ) -> Result<RemoveOutcome<Site>, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let Some((tenant, before)) = lock(&mut tx, scope, id).await? else {
                return Ok(RemoveOutcome::NotFound);
            };
            if version.is_some_and(|version| version != before.version) {
                return Ok(RemoveOutcome::Stale(before));
            }
            if sqlx::query_scalar(IS_NEEDED).bind(id).fetch_one(&mut *tx).await? {
                return Ok(RemoveOutcome::Needed);
            }
            sqlx::query(DELETE).bind(id).execute(&mut *tx).await?;
            tell(&mut tx, actor, "plant.delete", tenant, Some(&before), None).await?;
            tx.commit().await?;
            Ok(RemoveOutcome::Removed)
        };
        deleted.await.map_err(StoreError::on("delete a plant"))
    }
}

async fn get(tx: &mut PgConnection, scope: &TenantScope, id: Uuid) -> Result<Site, sqlx::Error> {
    sqlx::query_as(GET).bind(scope.codes()).bind(id).fetch_one(tx).await
}

/// A plant of the scope with its tenant's id, kept from change until the transaction ends.
async fn lock(
    tx: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
) -> Result<Option<(Uuid, Site)>, sqlx::Error> {
    let tenant: Option<Uuid> =
        sqlx::query_scalar(LOCK).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
    match tenant {
        Some(tenant) => Ok(Some((tenant, get(tx, scope, id).await?))),
        None => Ok(None),
    }
}

async fn tell(
    tx: &mut PgConnection,
    actor: &Actor,
    action: &str,
    tenant: Uuid,
    before: Option<&Site>,
    after: Option<&Site>,
) -> Result<(), sqlx::Error> {
    let subject = after.or(before).map(|site| site.id.to_string()).unwrap_or_default();
    let shown = |site: &Site| {
        json!({
            "version": site.version, "tenant": site.tenant, "site": site.site, "province": site.province,
            "name": site.name, "timeZone": site.time_zone,
        })
    };
    let subject_name = after.or(before).map(|site| audit::named(site.name.as_deref(), &site.site));
    let deed = Deed {
        action,
        subject_kind: "plant",
        subject: &subject,
        subject_name,
        tenant: Some(tenant),
        before: before.map(shown),
        after: after.map(shown),
    };
    audit::note(tx, actor, deed).await
}
