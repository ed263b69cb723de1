//! Whose data somebody may see: asked by every query and every subscription before anything else.

use crate::identifier::Identifier;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The tenants somebody may see. Filters can only narrow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantScope {
    /// Every tenant: internal admins.
    All,
    /// These, by code. An empty set sees nothing.
    Only(Arc<BTreeSet<Identifier>>),
}

impl TenantScope {
    /// Whether a tenant, by its code, is among them.
    pub fn allows(&self, tenant: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(tenants) => tenants.contains(tenant),
        }
    }

    /// The codes that are allowed, or `None` for all: the parameter of
    /// `($n::text[] is null or t.code = any($n))`.
    pub fn codes(&self) -> Option<Vec<&str>> {
        match self {
            Self::All => None,
            Self::Only(tenants) => Some(tenants.iter().map(Identifier::as_str).collect()),
        }
    }
}
