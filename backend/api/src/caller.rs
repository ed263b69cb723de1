//! Who calls, and what that lets them see. Until there are accounts everybody sees every tenant; what changes then
//! stands here, and every route already asks.

use crate::Api;
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use vigia_model::{Identifier, TenantScope};
use vigia_store::site::SiteRef;

/// The caller of a route.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The tenants whose data it may see.
    pub(crate) scope: TenantScope,
}

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, _: &Api) -> Result<Self, ApiError> {
        Ok(Self { scope: TenantScope::All })
    }
}

impl Caller {
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
}

/// Checks a query parameter that names something.
pub(crate) fn identifier<'a>(field: &str, text: Option<&'a str>) -> Result<Option<&'a str>, ApiError> {
    if let Some(text) = text {
        Identifier::check(text).map_err(|why| ApiError::InvalidQuery(format!("{field}: {why}")))?;
    }
    Ok(text)
}
