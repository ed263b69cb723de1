//! Accounts: logging in, who somebody is, users, keys for machines and the audit log.

use crate::http::query::optional;
use crate::http::whole::optional_whole;
use crate::http::words::{self, IDENTIFIER, KEY_NAME, LINE};
use crate::http::{Ignored, Order, UtcTime, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What somebody types to log in.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::login_body())]
pub struct LoginBody {
    #[schemars(email)]
    pub email: String,
    pub password: String,
}

/// A login that succeeded.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::login())]
pub struct Login {
    /// To be sent as `Authorization: Bearer …` by programs; a browser has the same in its cookie.
    pub token: String,
    pub expires_at: UtcTime,
    pub user: Me,
}

/// Who is logged in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(example = examples::me())]
pub struct Me {
    /// `None` for a key.
    pub email: Option<String>,
    pub name: Option<String>,
    /// An internal admin, over all tenants.
    pub admin: bool,
    pub tenants: Vec<TenantRole>,
    /// When the session or key ends, if it does.
    pub expires_at: Option<UtcTime>,
}

/// A role in a tenant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TenantRole {
    pub tenant: String,
    #[schemars(with = "words::Role")]
    pub role: &'static str,
}

/// The same as somebody writes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantRoleBody {
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: String,
    #[schemars(with = "words::Role")]
    pub role: String,
}

/// `GET /api/admin/access`
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Access {
    pub email: Option<String>,
    pub admin: bool,
}

/// Another password, by one who knows the present one.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::password_body())]
pub struct PasswordBody {
    pub current_password: String,
    /// Not among the first anybody tries, and without the e-mail address.
    #[schemars(length(min = 12, max = 128))]
    pub new_password: String,
}

/// A password chosen through a link.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::linked_password_body())]
pub struct LinkedPasswordBody {
    pub token: String,
    /// Not among the first anybody tries, and without the e-mail address.
    #[schemars(length(min = 12, max = 128))]
    pub new_password: String,
}

/// A link by which a person chooses a password. Shown once.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordLink {
    pub url: String,
    pub expires_at: UtcTime,
}

/// A login that still holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: Uuid,
    /// The one that asks.
    pub current: bool,
    pub created_at: UtcTime,
    pub last_used_at: UtcTime,
    pub expires_at: UtcTime,
    pub address: String,
    pub user_agent: String,
}

/// A person with an account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: Uuid,
    pub version: i32,
    pub email: String,
    pub name: Option<String>,
    pub disabled: bool,
    /// An internal admin: among `ADMIN_EMAILS`, with a password that came by a link of one or of the command line.
    pub admin: bool,
    pub created_at: UtcTime,
    /// `null`: not since the caller's tenants know the person.
    pub last_login_at: Option<UtcTime>,
    /// Roles in the tenants the caller manages.
    pub tenants: Vec<TenantRole>,
}

/// A user just made, with the link to hand over.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedUser {
    #[serde(flatten)]
    pub user: User,
    /// Works once, and only while the account has no password.
    pub password_link: PasswordLink,
}

/// A user as somebody writes one. What a client got it may send back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::user_body())]
pub struct UserBody {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default)]
    pub admin: Ignored,
    #[serde(default)]
    pub created_at: Ignored,
    #[serde(default)]
    pub last_login_at: Ignored,
    /// The version the edit started from; needed to update, here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// In whatever case; kept in lower case.
    #[schemars(email, length(max = 254))]
    pub email: String,
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
    /// Cannot log in, nor choose a password. By internal admins: of a tenant admin it is refused in a new user, and changes
    /// nothing in another.
    #[serde(default)]
    pub disabled: bool,
    #[serde(default)]
    #[schemars(length(max = 1_000))]
    pub tenants: Vec<TenantRoleBody>,
}

/// The query of the users' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// A part of the address.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub search: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// The query of the keys' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// A part of the name, or of the first characters of the key.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub search: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A key for a machine.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    pub id: Uuid,
    /// Its first characters.
    pub hint: String,
    pub name: String,
    pub tenant: String,
    #[schemars(with = "words::Role")]
    pub role: &'static str,
    pub created_by: String,
    pub created_at: UtcTime,
    /// `null`: it does not end by itself.
    pub expires_at: Option<UtcTime>,
    pub last_used_at: Option<UtcTime>,
    pub last_address: Option<String>,
}

/// A key just made. What it opens is shown this once.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatedApiKey {
    #[serde(flatten)]
    pub key: ApiKey,
    pub token: String,
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::api_key_body())]
pub struct ApiKeyBody {
    /// Signs what the key does, so it is no e-mail address.
    #[schemars(length(min = 1, max = 200), regex(pattern = KEY_NAME))]
    pub name: String,
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: String,
    #[schemars(with = "words::Role")]
    pub role: String,
    #[serde(default)]
    pub expires_at: Option<UtcTime>,
}

/// A row of the audit log.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    pub id: String,
    pub at: UtcTime,
    /// E-mail, or the name of a key.
    pub actor: String,
    #[schemars(with = "words::ActorKind")]
    pub actor_kind: String,
    pub address: Option<String>,
    /// `<resource>.<verb>`.
    pub action: String,
    pub subject_kind: String,
    /// The id of what was changed.
    pub subject: String,
    /// What people called it then: `site/plc`, an address, the name of a rule or a key. `null` where nothing has a name.
    pub subject_name: Option<String>,
    pub tenant: Option<String>,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
}

/// The query of the audit log.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    #[serde(default, deserialize_with = "optional")]
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: Option<String>,
    /// A part of who did it, in whatever case.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(min = 1, max = 254), regex(pattern = LINE))]
    pub actor: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub action: Option<String>,
    /// A part of the id or of the name of what was changed, in whatever case.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(min = 1, max = 254), regex(pattern = LINE))]
    pub subject: Option<String>,
    #[serde(default, deserialize_with = "optional")]
    pub from: Option<UtcTime>,
    #[serde(default, deserialize_with = "optional")]
    pub to: Option<UtcTime>,
    #[serde(default, deserialize_with = "optional")]
    pub order: Option<Order>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A customer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    pub id: Uuid,
    /// To be named in the next edit.
    pub version: i32,
    pub tenant: String,
    pub name: Option<String>,
    pub created_at: UtcTime,
    pub plants: i64,
    pub gateways: i64,
    pub series: i64,
}

/// The query of the customers' list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantsQuery {
    /// A part of the code or of the name.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub search: Option<String>,
    /// How many items a page has at most.
    #[serde(default, deserialize_with = "optional")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before.
    #[serde(default, deserialize_with = "optional")]
    pub cursor: Option<String>,
}

/// A customer to be added.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::tenant_body())]
pub struct TenantBody {
    /// The tenant level of the topics; never changed.
    #[schemars(regex(pattern = IDENTIFIER))]
    pub tenant: String,
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
}

/// A customer as somebody changes one. What a client got it may send back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(example = examples::tenant_edit())]
pub struct TenantEdit {
    #[serde(default)]
    pub id: Ignored,
    #[serde(default)]
    pub tenant: Ignored,
    #[serde(default)]
    pub created_at: Ignored,
    #[serde(default)]
    pub plants: Ignored,
    #[serde(default)]
    pub gateways: Ignored,
    #[serde(default)]
    pub series: Ignored,
    /// The version the edit started from; needed here or as `If-Match`.
    #[serde(default, deserialize_with = "optional_whole")]
    pub version: Option<i32>,
    /// For people.
    #[serde(default)]
    #[schemars(length(max = 200), regex(pattern = LINE))]
    pub name: Option<String>,
}

/// What holds a secret shows nothing of it.
macro_rules! hidden {
    ($($kind:ty),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($kind)).finish_non_exhaustive()
            }
        }
    )*};
}
hidden!(LoginBody, Login, PasswordBody, LinkedPasswordBody, PasswordLink, CreatedUser, CreatedApiKey);
