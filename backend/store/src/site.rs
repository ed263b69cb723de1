//! Plants, as the API lists them.

use crate::connect::Store;
use crate::error::StoreError;
use uuid::Uuid;
use vigia_model::TenantScope;

macro_rules! select_sites {
    ($rest:literal) => {
        concat!(
            "
    select p.id
         , p.version
         , t.code as tenant
         , p.code as site
         , p.province
         , p.name
         , p.time_zone
         , (select count(*) from plcs c where c.plant_id = p.id) as plcs
         , (select count(*) from gateways g where g.plant_id = p.id) as gateways
    from plants p
    join tenants t on t.id = p.tenant_id
    where ($1::text[] is null or t.code = any($1))",
            $rest
        )
    };
}

const LIST: &str = select_sites!(
    "
      and ($2::text is null or t.code = $2)
      and ($3::text is null or (t.code, p.code) > ($3, $4::text))
      and ($6::text is null or lower(p.code) like '%' || $6 || '%' or lower(p.name) like '%' || $6 || '%')
    order by t.code, p.code
    limit $5"
);
pub(crate) const GET: &str = select_sites!(" and p.id = $2");
const FIND: &str = "
    select p.id
         , t.code as tenant
         , p.code as site
         , p.province
    from plants p
    join tenants t on t.id = p.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and p.code = $3
    order by t.code
    limit 2";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 3] = [LIST, GET, FIND];

/// Which places are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaceFilter<'a> {
    /// The tenant's code.
    pub tenant: Option<&'a str>,
    /// A part of either name in lower case, as `like` takes it.
    pub search: Option<&'a str>,
}

/// A plant with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Site {
    pub id: Uuid,
    pub version: i32,
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    pub province: String,
    pub name: Option<String>,
    pub time_zone: String,
    pub plcs: i64,
    pub gateways: i64,
}

/// Which plant is meant by a code.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SiteRef {
    pub id: Uuid,
    pub tenant: String,
    pub site: String,
    pub province: String,
}

/// Where a page of plants begins: after this tenant and plant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteKey {
    pub tenant: String,
    pub site: String,
}

impl Store {
    /// Plants in order of tenant and code, at most `limit` after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sites(
        &self,
        scope: &TenantScope,
        filter: PlaceFilter<'_>,
        after: Option<&SiteKey>,
        limit: u32,
    ) -> Result<Vec<Site>, StoreError> {
        sqlx::query_as(LIST)
            .bind(scope.codes())
            .bind(filter.tenant)
            .bind(after.map(|key| &key.tenant))
            .bind(after.map(|key| &key.site))
            .bind(i64::from(limit))
            .bind(filter.search)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("list the plants"))
    }

    /// The plants a code may mean: none, one, or two when it is ambiguous.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sites(
        &self,
        scope: &TenantScope,
        tenant: Option<&str>,
        site: &str,
    ) -> Result<Vec<SiteRef>, StoreError> {
        sqlx::query_as(FIND)
            .bind(scope.codes())
            .bind(tenant)
            .bind(site)
            .fetch_all(&self.api)
            .await
            .map_err(StoreError::on("find a plant"))
    }
}
