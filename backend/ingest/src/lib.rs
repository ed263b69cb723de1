//! The pipeline: from a broker connection to durable rows, and back with an acknowledgement.
//!
//! Modules stand in the order a message passes them. `decode`, `validate` and `decide` are plain functions; the
//! rest is seven kinds of task: one per connection that reads and acknowledges, one that turns messages into
//! batches, one that makes them safe in Postgres or in the spool, one that replays what is quarantined, one that packs
//! hours that are over, one that lets go what is too old, one that drains the spool. All but the last run only while this
//! process holds the lease.

mod delivery;
pub mod tls;
mod rotation;
pub mod connect;
pub mod decode;
pub mod validate;
pub mod decide;
mod directory;
mod batch;
mod commit;
mod spool;
mod heard;
mod keep;
mod drain;
mod replay;
mod pack;
mod retain;
mod acknowledge;
mod rules;
mod moves;
mod restore;
mod lease;
mod metrics;
mod settings;
mod pipeline;
mod run;
#[cfg(feature = "feed")]
pub mod feed;

pub use crate::metrics::describe;
pub use connect::probe;
pub use run::{Ingest, IngestError};
pub use settings::{IngestSettings, StartedIngest};
pub use spool::SpoolSettings;
