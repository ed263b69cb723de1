//! Who calls, and what that lets them see and do. Every route asks.

use crate::Api;
use crate::error::ApiError;
use crate::login::{Identity, Token, Who, whoever};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::net::IpAddr;
use std::sync::Arc;
use uuid::Uuid;
use vigia_model::{Identifier, Role, TenantScope};
use vigia_store::audit::Actor;
use vigia_store::site::SiteRef;

/// The caller of a route: somebody who is known.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Arc<Identity>,
    pub(crate) address: IpAddr,
    pub(crate) token: Token,
    /// The tenants whose data it may see.
    pub(crate) scope: TenantScope,
}

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, ApiError> {
        // Only what stands behind the door has one.
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::LoginRequired)
    }
}

/// A caller who is an internal admin.
#[derive(Debug, Clone)]
pub(crate) struct Admin(pub(crate) Caller);

impl FromRequestParts<Api> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, api).await?;
        if caller.identity.admin { Ok(Self(caller)) } else { Err(ApiError::Forbidden) }
    }
}

/// Whoever manages the things of tenants, a machine with such a key too: an internal admin those of all tenants, a tenant
/// admin those of his own. The scope holds those.
#[derive(Debug, Clone)]
pub(crate) struct TenantAdmin(pub(crate) Caller);

impl FromRequestParts<Api> for TenantAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, api).await?;
        match caller.identity.scope(Role::TenantAdmin) {
            TenantScope::Only(tenants) if tenants.is_empty() => Err(ApiError::Forbidden),
            scope => Ok(Self(Caller { scope, ..caller })),
        }
    }
}

/// One of those who is a person: only they manage users, keys and tenants themselves. A key manages nobody: it would
/// outlive the person who made it.
#[derive(Debug, Clone)]
pub(crate) struct Manager(pub(crate) Caller);

impl FromRequestParts<Api> for Manager {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let _person = Person::from_request_parts(parts, api).await?;
        let TenantAdmin(caller) = TenantAdmin::from_request_parts(parts, api).await?;
        Ok(Self(caller))
    }
}

/// A caller who acts on alarms somewhere: an operator or more, person or key.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    pub(crate) caller: Caller,
    /// The tenants in which it may; others it perhaps only sees.
    pub(crate) operates: TenantScope,
}

impl FromRequestParts<Api> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, api).await?;
        match caller.identity.scope(Role::Operator) {
            TenantScope::Only(tenants) if tenants.is_empty() => Err(ApiError::Forbidden),
            operates => Ok(Self { caller, operates }),
        }
    }
}

/// Whether it is an internal admin who asks a route that answers strangers too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeesAll(pub(crate) bool);

impl FromRequestParts<Api> for SeesAll {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        Ok(Self(whoever(api, parts).await.is_some_and(|identity| identity.admin)))
    }
}

/// A caller who is a person in a session, not a machine with a key.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) caller: Caller,
    pub(crate) user: Uuid,
    pub(crate) session: Uuid,
    pub(crate) email: String,
}

impl FromRequestParts<Api> for Person {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, api).await?;
        match caller.identity.who.clone() {
            Who::User { user, session, email, .. } => Ok(Self { caller, user, session, email }),
            Who::Key { .. } => Err(ApiError::Forbidden),
        }
    }
}

impl Caller {
    pub(crate) fn new(identity: Arc<Identity>, address: IpAddr, token: Token) -> Self {
        let scope = identity.scope(Role::Viewer);
        Self { identity, address, token, scope }
    }

    /// How the audit log calls it.
    pub(crate) fn actor(&self) -> Actor {
        let (name, kind) = self.identity.actor();
        Actor { name: name.to_owned(), kind, address: Some(self.address.to_string()) }
    }

    /// The plant meant by a code.
    pub(crate) async fn site(
        &self,
        api: &Api,
        site: &str,
        tenant: Option<&str>,
    ) -> Result<SiteRef, ApiError> {
        if Identifier::check(site).is_err() {
            return Err(ApiError::NotFound("plant"));
        }
        let mut found =
            api.store.find_sites(&self.scope, identifier("tenant", tenant)?, site).await?.into_iter();
        match (found.next(), found.next()) {
            (None, _) => Err(ApiError::NotFound("plant")),
            (Some(site), None) => Ok(site),
            (Some(_), Some(_)) => Err(ApiError::AmbiguousSite(site.to_owned())),
        }
    }

    /// The PLC meant by a plant's code and a name, in one look.
    pub(crate) async fn plc(
        &self,
        api: &Api,
        site: &str,
        plc: &str,
        tenant: Option<&str>,
    ) -> Result<Uuid, ApiError> {
        if Identifier::check(site).is_err() {
            return Err(ApiError::NotFound("plant"));
        }
        let tenant = identifier("tenant", tenant)?;
        // A name that no PLC can have finds none.
        let plc = if Identifier::check(plc).is_ok() { plc } else { "" };
        let mut found = api.store.find_plcs(&self.scope, tenant, site, plc).await?.into_iter();
        match (found.next(), found.next()) {
            (None, _) => Err(ApiError::NotFound("plant")),
            (Some(plc), None) => plc.ok_or(ApiError::NotFound("PLC")),
            (Some(_), Some(_)) => Err(ApiError::AmbiguousSite(site.to_owned())),
        }
    }
}

/// Checks a query parameter that names something.
pub(crate) fn identifier<'a>(field: &str, text: Option<&'a str>) -> Result<Option<&'a str>, ApiError> {
    if let Some(text) = text {
        Identifier::check(text).map_err(|why| ApiError::InvalidQuery(format!("{field}: {why}")))?;
    }
    Ok(text)
}
