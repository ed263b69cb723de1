//! REST and WebSocket over history (`store`) and live state (`live`).
//!
//! [`router()`] is the table of contents. One resource a file: request, handler, response. Every failure leaves as an
//! RFC 9457 problem ([`ApiError`]); every query is bounded by its [`caller`](caller::Caller)'s tenants.

mod error;
mod extract;
mod answer;
mod login;
mod caller;
mod version;
mod page;
mod convert;
mod name;
mod guard;
mod layers;
mod named;
mod settings;
mod site;
mod plc;
mod gateway;
mod alarm;
mod plant;
mod telemetry;
mod rule;
mod rejection;
mod account;
mod user;
mod api_key;
mod tenant;
mod audit;
mod system;
mod dashboard;
mod health;
mod metrics;
mod assets;
mod ws;
mod openapi;
mod router;
mod serve;

pub use alarm::follow_alarms;
pub use error::ApiError;
pub use login::{Token, TokenKind, TrustedProxies, WeakPassword, check_password, hash_password};
pub use named::Adopt;
pub use openapi::openapi_json;
pub use router::router;
pub use serve::{listen, serve};
pub use settings::{ApiSettings, WsLimits};
pub use telemetry::{CSV_HEADER, write_csv};

use login::{Attempts, Known, Passwords, Shares, Turns};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vigia_live::Live;
use vigia_model::Clock;
use vigia_store::Store;
use ws::{AlarmReaders, Pace, Places};

/// Renders the process's metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the handlers work with. Every layer of every request holds one, so a copy is one count and no more.
#[derive(Debug, Clone)]
pub struct Api(Arc<ApiParts>);

/// What an [`Api`] is made of: handles, all cheap to clone.
#[derive(Clone)]
pub struct ApiParts {
    pub store: Store,
    pub live: Live,
    pub clock: Clock,
    pub render_metrics: RenderMetrics,
    pub settings: Arc<ApiSettings>,
    /// What is remembered of callers.
    pub doors: Doors,
    /// Cancelled when the process shuts down: each WebSocket then says goodbye.
    pub shutdown: CancellationToken,
    /// Holds every open WebSocket. A graceful shutdown of the HTTP server does not wait for them; wait for this.
    pub tasks: TaskTracker,
}

/// What the way in remembers: tokens asked about lately, attempts to log in, who may hash a password now, whose requests
/// are under way, whose the open feeds are, how much they were told and who begins one.
#[derive(Debug, Clone)]
pub struct Doors {
    pub(crate) known: Known,
    pub(crate) attempts: Attempts,
    pub(crate) passwords: Passwords,
    pub(crate) turns: Turns,
    /// For requests under way, whoever's.
    pub(crate) room: Arc<Semaphore>,
    /// What of it one address may take for those nobody knows: half.
    pub(crate) strangers: Shares,
    pub(crate) places: Places,
    pub(crate) pace: Pace,
    pub(crate) alarm_readers: AlarmReaders,
    /// For exports of history under way: fewer than there are connections for reading it.
    pub(crate) exports: Arc<Semaphore>,
}

/// So many exports of history are under way at a time.
const EXPORTS: usize = 4;

impl Doors {
    /// With room for so many requests at a time.
    pub fn new(max_requests: usize) -> Self {
        Self {
            room: Arc::new(Semaphore::new(max_requests)),
            strangers: Shares::new(u32::try_from(max_requests.div_ceil(2)).unwrap_or(u32::MAX)),
            known: Known::default(),
            attempts: Attempts::new(),
            passwords: Passwords::new(),
            turns: Turns::default(),
            places: Places::default(),
            pace: Pace::default(),
            alarm_readers: AlarmReaders::default(),
            exports: Arc::new(Semaphore::new(EXPORTS)),
        }
    }
}

impl From<ApiParts> for Api {
    fn from(parts: ApiParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Api {
    type Target = ApiParts;

    fn deref(&self) -> &ApiParts {
        &self.0
    }
}

impl fmt::Debug for ApiParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiParts").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
