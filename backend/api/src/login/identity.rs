//! Somebody who is known: what he may see, and what he may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;
use vigia_model::{Email, Identifier, Role, TenantScope, Timestamp};
use vigia_store::api_key::ApiKey;
use vigia_store::audit::ActorKind;
use vigia_store::session::LoggedIn;
use vigia_store::user::Membership;

/// A person in a session, or a machine with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    User { user: Uuid, session: Uuid, email: String, name: Option<String> },
    Key { key: Uuid, name: String },
}

/// Somebody who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) who: Who,
    /// An internal admin, over all tenants.
    pub(crate) admin: bool,
    /// By the tenant's code.
    pub(crate) roles: BTreeMap<Identifier, Role>,
    /// When this ends by itself.
    pub(crate) expires_at: Option<Timestamp>,
}

impl Identity {
    /// A user, who is an internal admin if his address is among `admins` and no tenant chose who has his password.
    pub(crate) fn of_session(session: LoggedIn, admins: &BTreeSet<Email>) -> Self {
        Self {
            admin: session.vouched && admins.iter().any(|admin| admin.as_str() == session.email),
            roles: session.memberships.iter().filter_map(role).collect(),
            expires_at: Some(session.expires_at),
            who: Who::User {
                user: session.user,
                session: session.session,
                email: session.email,
                name: session.name,
            },
        }
    }

    /// A machine; never an internal admin.
    pub(crate) fn of_key(key: ApiKey) -> Self {
        let tenant = Identifier::new(&key.tenant).ok();
        Self {
            admin: false,
            roles: tenant.map(|tenant| (tenant, key.role)).into_iter().collect(),
            expires_at: key.expires_at,
            who: Who::Key { key: key.id, name: key.name },
        }
    }

    /// The account, if it is a person's.
    pub(crate) fn user(&self) -> Option<Uuid> {
        match self.who {
            Who::User { user, .. } => Some(user),
            Who::Key { .. } => None,
        }
    }

    /// Whose it is: the account or the key.
    pub(crate) fn owner(&self) -> Uuid {
        match self.who {
            Who::User { user, .. } => user,
            Who::Key { key, .. } => key,
        }
    }

    /// The tenants in which it is at least this.
    pub(crate) fn scope(&self, least: Role) -> TenantScope {
        if self.admin {
            return TenantScope::All;
        }
        let tenants = self.roles.iter().filter(|(_, role)| **role >= least);
        TenantScope::Only(Arc::new(tenants.map(|(tenant, _)| tenant.clone()).collect()))
    }

    /// How the audit log calls it.
    pub(crate) fn actor(&self) -> (&str, ActorKind) {
        match &self.who {
            Who::User { email, .. } => (email, ActorKind::User),
            Who::Key { name, .. } => (name, ActorKind::ApiKey),
        }
    }
}

fn role(membership: &Membership) -> Option<(Identifier, Role)> {
    Some((Identifier::new(&membership.tenant).ok()?, membership.role))
}
