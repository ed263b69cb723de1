//! Keys for machines, each for one tenant and role.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::session::{TokenHash, role};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;
use vigia_model::{Role, TenantScope, Timestamp};

macro_rules! select_keys {
    ($rest:literal) => {
        concat!(
            "
    select k.id
         , k.hint
         , k.name
         , k.tenant_id
         , t.code as tenant
         , k.role
         , k.created_by
         , k.created_at
         , k.expires_at
         , k.last_used_at
         , k.last_address
    from api_keys k
    join tenants t on t.id = k.tenant_id",
            $rest
        )
    };
}

const LIST: &str = select_keys!(
    "
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and ($3::timestamptz is null or (k.created_at, k.id) < ($3, $4::uuid))
      and ($6::text is null or lower(k.name) like '%' || $6 || '%' or lower(k.hint) like '%' || $6 || '%')
    order by k.created_at desc, k.id desc
    limit $5"
);
const BY_TOKEN: &str = select_keys!(
    "
    where k.token_hash = $1 and (k.expires_at is null or k.expires_at > $2)"
);
const CREATE: &str = "
    with created as (
        insert into api_keys (token_hash, hint, name, tenant_id, role, created_by, expires_at)
        select $2, $3, $4, t.id, $6, $7, $8
        from tenants t
        where ($1::text[] is null or t.code = any($1)) and t.code = $5
        returning *
    )
    select k.*, t.code as tenant
    from created k
    join tenants t on t.id = k.tenant_id";
const REVOKE: &str = "
    delete from api_keys k
    using tenants t
    where t.id = k.tenant_id and ($1::text[] is null or t.code = any($1)) and k.id = $2
    returning k.token_hash, k.name, k.tenant_id, k.role";
const TOUCH: &str = "
    update api_keys
    set last_used_at = $2
      , last_address = $3
    where id = $1 and (last_used_at is null or last_used_at < $2)";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 5] = [LIST, BY_TOKEN, CREATE, REVOKE, TOUCH];

/// A key; what it opens was shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: Uuid,
    /// Its first characters.
    pub hint: String,
    pub name: String,
    /// The tenant's code.
    pub tenant: String,
    pub role: Role,
    pub created_by: String,
    pub created_at: Timestamp,
    /// `None`: it does not end by itself.
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub last_address: Option<String>,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey<'a> {
    pub token_hash: TokenHash,
    pub hint: &'a str,
    pub name: &'a str,
    pub tenant: &'a str,
    pub role: Role,
    pub expires_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ApiKeyRow {
    id: Uuid,
    hint: String,
    name: String,
    tenant_id: Uuid,
    tenant: String,
    role: String,
    created_by: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    last_address: Option<String>,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            hint: row.hint,
            name: row.name,
            tenant: row.tenant,
            role: role(&row.role),
            created_by: row.created_by,
            created_at: from_column(row.created_at),
            expires_at: row.expires_at.map(from_column),
            last_used_at: row.last_used_at.map(from_column),
            last_address: row.last_address,
        }
    }
}

impl Store {
    /// Keys of a scope, the newest first, at most `limit` after the one made then; narrowed to a tenant, or to names or first
    /// characters that contain a text.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_keys(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        containing: Option<&str>,
        after: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let rows: Vec<ApiKeyRow> = sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(tenant)
            .bind(after.map(|(created, _)| to_column(created)))
            .bind(after.map(|(_, id)| id))
            .bind(i64::from(limit))
            .bind(containing)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the API keys"))?;
        Ok(rows.into_iter().map(ApiKey::from).collect())
    }

    /// What a key stands for; none when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn api_key(&self, token: &TokenHash, now: Timestamp) -> Result<Option<ApiKey>, StoreError> {
        let row: Option<ApiKeyRow> = sqlx::query_as(BY_TOKEN)
            .bind(token.as_slice())
            .bind(to_column(now))
            .fetch_optional(&self.door)
            .await
            .map_err(StoreError::on("read an API key"))?;
        Ok(row.map(ApiKey::from))
    }

    /// Makes a key; `None` when the scope has no such tenant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_api_key(
        &self,
        scope: &TenantScope,
        new: &NewApiKey<'_>,
        actor: &Actor,
    ) -> Result<Option<ApiKey>, StoreError> {
        let created = async {
            let mut tx = self.api.begin().await?;
            let row: Option<ApiKeyRow> = sqlx::query_as(CREATE)
                .bind(scope.codes())
                .bind(new.token_hash.as_slice())
                .bind(new.hint)
                .bind(new.name)
                .bind(new.tenant)
                .bind(new.role.as_str())
                .bind(&actor.name)
                .bind(new.expires_at.map(to_column))
                .fetch_optional(&mut *tx)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let (subject, tenant) = (row.id.to_string(), row.tenant_id);
            let key = ApiKey::from(row);
            let deed = Deed {
                action: "api_key.create",
                subject_kind: "api_key",
                subject: &subject,
                subject_name: Some(key.name.clone()),
                tenant: Some(tenant),
                after: Some(json!({ "name": key.name, "role": key.role.as_str(), "hint": key.hint })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(Some(key))
        };
        created.await.map_err(StoreError::on("make an API key"))
    }

    /// Ends a key; the hash of its token, or none when the scope has no such key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_api_key(
        &self,
        scope: &TenantScope,
        id: Uuid,
        actor: &Actor,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let revoked = async {
            let mut tx = self.api.begin().await?;
            let gone: Option<(Vec<u8>, String, Uuid, String)> =
                sqlx::query_as(REVOKE).bind(scope.codes()).bind(id).fetch_optional(&mut *tx).await?;
            let Some((token, name, tenant, role)) = gone else { return Ok(None) };
            let subject = id.to_string();
            let deed = Deed {
                action: "api_key.revoke",
                subject_kind: "api_key",
                subject: &subject,
                subject_name: Some(name.clone()),
                tenant: Some(tenant),
                before: Some(json!({ "name": name, "role": role })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(Some(token))
        };
        revoked.await.map_err(StoreError::on("revoke an API key"))
    }

    /// Notes that a key was used, and from where.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_api_key(&self, id: Uuid, now: Timestamp, address: &str) -> Result<(), StoreError> {
        let touched =
            sqlx::query(TOUCH).bind(id).bind(to_column(now)).bind(address).execute(&self.door).await;
        touched.map(drop).map_err(StoreError::on("note the use of an API key"))
    }
}
