//! What the server decides for the API.

use crate::login::TrustedProxies;
use crate::named::Adopt;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;
use vigia_model::{Email, Mode, Retention};
use vigia_store::session::SessionLife;

/// Settings of the API; [`Default`] suits tests.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Of the program, as `/health` shows it.
    pub version: String,
    /// The commit it was made from, or `unknown`.
    pub commit: String,
    /// Where the built frontend lies; without one only the API is served.
    pub static_dir: Option<PathBuf>,
    /// Host names (without port) under which browsers may call, besides loopback ones. Anything else is refused, so
    /// that no foreign name resolving to this machine can be used to reach it.
    pub allowed_hosts: Vec<String>,
    /// Origins (`https://scada.example`) whose pages may write and subscribe, besides the API's own.
    pub allowed_origins: Vec<String>,
    /// How people reach this server, without a slash at the end: for the links it gives out.
    pub public_url: String,
    /// Whether browsers are told to send the session's cookie over https only.
    pub secure_cookies: bool,
    /// Internal admins, over all tenants.
    pub admins: BTreeSet<Email>,
    /// Whose word on a client's address is taken.
    pub trusted_proxies: TrustedProxies,
    pub session_life: SessionLife,
    /// How often a WebSocket is pinged; silent for two of them, it is closed.
    pub ws_heartbeat: Duration,
    pub ws_limits: WsLimits,
    /// The most gateways a tenant may have, and plants.
    pub max_gateways_per_tenant: i64,
    /// What holds for a series that no rule matches.
    pub default_mode: Mode,
    /// How long what is kept stays, where no rule says otherwise.
    pub retention: Retention,
    /// The most requests under way at a time; more are turned away.
    pub max_requests: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How long the answer to a replay waits for what comes of it.
    pub replay_wait: Duration,
    /// Makes requests part of the traces they name; `None` where no traces are made.
    pub adopt: Option<Adopt>,
}

/// How many live feeds may be open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WsLimits {
    pub in_all: u32,
    /// Of one user or key: tabs and wall screens.
    pub per_user: u32,
    /// From one client address: a factory's people share one.
    pub per_address: u32,
}

impl Default for WsLimits {
    fn default() -> Self {
        Self { in_all: 2_000, per_user: 50, per_address: 500 }
    }
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: "unknown".to_owned(),
            static_dir: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: "http://127.0.0.1:3002".to_owned(),
            secure_cookies: false,
            admins: BTreeSet::new(),
            trusted_proxies: TrustedProxies::default(),
            session_life: SessionLife {
                idle: Duration::from_hours(72),
                absolute: Duration::from_hours(30 * 24),
            },
            ws_heartbeat: Duration::from_secs(30),
            ws_limits: WsLimits::default(),
            max_gateways_per_tenant: 1_000,
            default_mode: Mode::None,
            retention: Retention::default(),
            max_requests: 512,
            request_timeout: Duration::from_secs(30),
            replay_wait: Duration::from_secs(2),
            adopt: None,
        }
    }
}
