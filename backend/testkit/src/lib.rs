//! A private Postgres, a real mTLS broker and a PKI, for tests and for the demo; and proxies that fail on demand.
//!
//! Nothing here touches the system's own servers, and nothing outlives the process that started it:
//! every server lives in a [`Scratch`] folder whose watchdog stops the server and removes the folder,
//! even after `kill -9`.
//!
//! ```no_run
//! # fn main() -> Result<(), vigia_testkit::Error> {
//! let postgres = vigia_testkit::Postgres::start()?;
//! postgres.create_database("telemetry")?;
//! let broker = vigia_testkit::Broker::start()?;
//! let backend = broker.pki().client("backend")?;
//! println!("{} and localhost:{} with {}", postgres.url("telemetry"), broker.port(), backend.cert.display());
//! # Ok(())
//! # }
//! ```
//!
//! A [`FaultProxy`] stands in front of anything on TCP and cuts, refuses, stalls and delays. An [`IotCore`] stands in
//! front of the [`Broker`] and gives it the limits and the habits of AWS IoT Core.

mod error;
mod account;
mod port;
mod tools;
mod scratch;
mod process;
mod pki;
mod postgres;
mod broker;
mod own_runtime;
mod outbox;
mod fault_proxy;
mod iot_core;

pub use account::Account;
pub use broker::{Broker, BrokerOptions};
pub use error::{Error, Result};
pub use fault_proxy::FaultProxy;
pub use iot_core::{ClientStats, IotCore, RandomCuts, RateLimit, Rules, SessionLoss, ThrownAway, Twice};
pub use pki::{Identity, Pki};
pub use port::{Port, free_port};
pub use postgres::{Postgres, PostgresOptions, session_token};
pub use process::{Process, tail};
pub use scratch::Scratch;
pub use tools::{MosquittoTools, NginxTools, PostgresTools};
