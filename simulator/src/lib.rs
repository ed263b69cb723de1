//! A fleet of gateways that never was: it publishes real-looking telemetry over mTLS, for the demo, for load and
//! for tests, and keeps a ledger of every message so that what was stored can be compared with what was sent.
//!
//! Read in the order a message is made: chance (`random`), one value (`signal`), what the fleet consists of
//! (`scenario`), bytes (`message`, `payload`, `invalid`), the stream of messages (`fleet`, or `table` for recorded
//! data), what is remembered of it (`ledger`), and the way to the broker (`publish`). All but the last two are pure.

pub mod error;
pub mod random;
pub mod signal;
pub mod scenario;
pub mod message;
pub mod payload;
pub mod invalid;
pub mod fleet;
pub mod table;
pub mod ledger;
pub mod resend;
pub mod stats;
pub mod publish;

pub use error::{Error, Result};
pub use fleet::{Fleet, FleetOptions, Rate};
pub use ledger::{Ledger, LedgerWriter};
pub use message::Message;
pub use publish::{Options, Tls, publish};
pub use scenario::Scenario;
pub use stats::Stats;
