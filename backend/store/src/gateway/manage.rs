//! Gateways, as admins manage them: admitted before they speak, named, moved to another plant, and removed when they
//! never spoke.

use super::{BY_ID, Gateway, GatewayRow};
use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::directory::{self, GATEWAYS_CHANNEL};
use crate::edit::{CreateOutcome, EditOutcome, RemoveOutcome};
use crate::error::StoreError;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{Identifier, TenantScope};

/// The plant stays as long as this transaction lasts.
const FIND_PLANT: &str = "
    select p.id
         , p.tenant_id
    from plants p
    join tenants t on t.id = p.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and t.code = $2
      and p.code = $3
    for key share of p";
const COUNT: &str = "select count(*) from gateways where tenant_id = $1";
const CREATE: &str = "
    insert into gateways (tenant_id, plant_id, gateway_id, name)
    values ($1, $2, $3, $4)
    on conflict (gateway_id) do nothing
    returning id";
/// That its topic was refused a moment ago counts no more.
const ANNOUNCE: &str = "select pg_notify($1, $2)";
const LOCK: &str = "
    select g.tenant_id
    from gateways g
    join tenants t on t.id = g.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and g.id = $2
    for update of g";
const UPDATE: &str = "
    update gateways
    set name = $2
      , tenant_id = $3
      , plant_id = $4
      , version = version + 1
    where id = $1";
/// What it said of itself stays with the tenant under which it said it; that it was heard remains known.
const FORGET_WORDS: &str = "
    update gateway_state
    set clock_skew_ms = null
      , heartbeat_ts = null
      , state = null
      , version = null
      , uptime_sec = null
      , internet = null
      , mqtt = null
      , plc_link = null
      , buffer_mode = null
      , queued_messages = null
    where gateway_id = $1";
const FORGET_BOOTS: &str = "delete from gateway_boots where gateway_id = $1";
/// Whatever a gateway sends is taken note of here, in the transaction that stores it.
const WAS_HEARD: &str = "select exists (select from gateway_state where gateway_id = $1)";
const DELETE: &str = "delete from gateways where id = $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 10] =
    [FIND_PLANT, COUNT, CREATE, ANNOUNCE, LOCK, UPDATE, FORGET_WORDS, FORGET_BOOTS, WAS_HEARD, DELETE];

/// A gateway to be admitted; already checked.
#[derive(Debug, Clone, Copy)]
pub struct NewGateway<'a> {
    /// The tenant's code.
    pub tenant: &'a str,
    /// The plant's code.
    pub site: &'a str,
    /// The thing name.
    pub gateway: &'a Identifier,
    pub name: Option<&'a str>,
}

/// What a gateway is to be called, and where it is to stand.
#[derive(Debug, Clone, Copy)]
pub struct GatewayEdit<'a> {
    pub name: Option<&'a str>,
    /// The tenant's code; `None`: it stays.
    pub tenant: Option<&'a str>,
    /// The plant's code; `None`: it stays.
    pub site: Option<&'a str>,
    /// Whether it may be given to another tenant.
    pub any_tenant: bool,
}

/// What became of an edit of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayOutcome {
    Of(Box<EditOutcome<Gateway>>),
    /// There is no plant of this code in the tenant.
    NoPlant,
    /// Only who sees every tenant gives a gateway to another one.
    OtherTenant,
}

impl Store {
    /// One gateway by its id, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateway_by_id(&self, scope: &TenantScope, id: Uuid) -> Result<Option<Gateway>, StoreError> {
        let row: Option<GatewayRow> = sqlx::query_as(BY_ID)
            .bind(scope.codes())
            .bind(id)
            .fetch_optional(&self.api)
            .await
            .map_err(StoreError::on("read a gateway"))?;
        Ok(row.map(Gateway::from))
    }

    /// Admits a gateway to a plant, unless the tenant has `most` already. It is taken from its next message on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_gateway(
        &self,
        scope: &TenantScope,
        gateway: &NewGateway<'_>,
        most: i64,
        actor: &Actor,
    ) -> Result<CreateOutcome<Gateway>, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            directory::lock(&mut tx).await?;
            let plant = find_plant(&mut tx, scope, gateway.tenant, gateway.site).await?;
            let Some((plant, tenant)) = plant else { return Ok(CreateOutcome::NoPlace) };
            let count: i64 = sqlx::query_scalar(COUNT).bind(tenant).fetch_one(&mut *tx).await?;
            let id: Option<Uuid> = sqlx::query_scalar(CREATE)
                .bind(tenant)
                .bind(plant)
                .bind(gateway.gateway.as_str())
                .bind(gateway.name)
                .fetch_optional(&mut *tx)
                .await?;
            let Some(id) = id else { return Ok(CreateOutcome::Exists) };
            if count >= most {
                return Ok(CreateOutcome::TooMany);
            }
            let created = get(&mut tx, id).await?;
            tell(&mut tx, actor, "gateway.create", tenant, None, Some(&created)).await?;
            sqlx::query(ANNOUNCE)
                .bind(GATEWAYS_CHANNEL)
                .bind(gateway.gateway.as_str())
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            Ok(CreateOutcome::Created(created))
        };
        created.await.map_err(StoreError::on("create a gateway"))
    }

    /// Names a gateway and moves it, if it still has `version`. From where it stood nothing of it is taken any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_gateway(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: i32,
        edit: &GatewayEdit<'_>,
        actor: &Actor,
    ) -> Result<GatewayOutcome, StoreError> {
        let updated = async {
            let mut tx = self.api.begin().await?;
            let locked = lock(&mut tx, scope, id).await?;
            let Some((tenant, before)) = locked else {
                return Ok(GatewayOutcome::Of(Box::new(EditOutcome::NotFound)));
            };
            let to_tenant = edit.tenant.unwrap_or(&before.tenant);
            if to_tenant != before.tenant && !edit.any_tenant {
                return Ok(GatewayOutcome::OtherTenant);
            }
            if before.version != version {
                return Ok(GatewayOutcome::Of(Box::new(EditOutcome::Stale(before))));
            }
            let to_site = edit.site.unwrap_or(&before.site);
            let Some((plant, new_tenant)) = find_plant(&mut tx, scope, to_tenant, to_site).await? else {
                return Ok(GatewayOutcome::NoPlant);
            };
            sqlx::query(UPDATE)
                .bind(id)
                .bind(edit.name)
                .bind(new_tenant)
                .bind(plant)
                .execute(&mut *tx)
                .await?;
            if new_tenant != tenant {
                sqlx::query(FORGET_WORDS).bind(id).execute(&mut *tx).await?;
                sqlx::query(FORGET_BOOTS).bind(id).execute(&mut *tx).await?;
            }
            let after = get(&mut tx, id).await?;
            if new_tenant == tenant {
                let action = if after.site == before.site { "gateway.update" } else { "gateway.move" };
                tell(&mut tx, actor, action, tenant, Some(&before), Some(&after)).await?;
            } else {
                // Neither tenant reads where it went, or came from.
                tell(&mut tx, actor, "gateway.move", tenant, Some(&before), None).await?;
                tell(&mut tx, actor, "gateway.move", new_tenant, None, Some(&after)).await?;
            }
            tx.commit().await?;
            Ok(GatewayOutcome::Of(Box::new(EditOutcome::Edited(after))))
        };
        updated.await.map_err(StoreError::on("update a gateway"))
    }

    /// Removes a gateway that was never heard; with a `version`, only if it still has that one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_gateway(
        &self,
        scope: &TenantScope,
        id: Uuid,
        version: Option<i32>,
        actor: &Actor,
    ) -> Result<RemoveOutcome<Gateway>, StoreError> {
        let deleted = async {
            let mut tx = self.api.begin().await?;
            let Some((tenant, before)) = lock(&mut tx, scope, id).await? else {
                return Ok(RemoveOutcome::NotFound);
            };
            if version.is_some_and(|version| version != before.version) {
                return Ok(RemoveOutcome::Stale(before));
            }
            if sqlx::query_scalar(WAS_HEARD).bind(id).fetch_one(&mut *tx).await? {
                return Ok(RemoveOutcome::Needed);
            }
            sqlx::query(DELETE).bind(id).execute(&mut *tx).await?;
            tell(&mut tx, actor, "gateway.delete", tenant, Some(&before), None).await?;
            tx.commit().await?;
            Ok(RemoveOutcome::Removed)
        };
        deleted.await.map_err(StoreError::on("delete a gateway"))
    }
}

async fn find_plant(
    tx: &mut PgConnection,
    scope: &TenantScope,
    tenant: &str,
    site: &str,
) -> Result<Option<(Uuid, Uuid)>, sqlx::Error> {
    sqlx::query_as(FIND_PLANT).bind(scope.codes()).bind(tenant).bind(site).fetch_optional(tx).await
}

/// A gateway that the scope was asked for already.
async fn get(tx: &mut PgConnection, id: Uuid) -> Result<Gateway, sqlx::Error> {
    let row: GatewayRow = sqlx::query_as(BY_ID).bind(None::<Vec<&str>>).bind(id).fetch_one(tx).await?;
    Ok(row.into())
}

/// A gateway of the scope with its tenant's id, kept from change until the transaction ends.
async fn lock(
    tx: &mut PgConnection,
    scope: &TenantScope,
    id: Uuid,
) -> Result<Option<(Uuid, Gateway)>, sqlx::Error> {
    let tenant: Option<Uuid> =
        sqlx::query_scalar(LOCK).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
    match tenant {
        Some(tenant) => Ok(Some((tenant, get(tx, id).await?))),
        None => Ok(None),
    }
}

async fn tell(
    tx: &mut PgConnection,
    actor: &Actor,
    action: &str,
    tenant: Uuid,
    before: Option<&Gateway>,
    after: Option<&Gateway>,
) -> Result<(), sqlx::Error> {
    let subject = after.or(before).map(|gateway| gateway.id.to_string()).unwrap_or_default();
    let shown = |gateway: &Gateway| {
        json!({
            "version": gateway.version, "tenant": gateway.tenant, "site": gateway.site,
            "gatewayId": gateway.gateway_id, "name": gateway.name,
        })
    };
    let subject_name =
        after.or(before).map(|gateway| audit::named(gateway.name.as_deref(), &gateway.gateway_id));
    let deed = Deed {
        action,
        subject_kind: "gateway",
        subject: &subject,
        subject_name,
        tenant: Some(tenant),
        before: before.map(shown),
        after: after.map(shown),
    };
    audit::note(tx, actor, deed).await
}
