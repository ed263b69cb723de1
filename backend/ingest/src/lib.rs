//! The pipeline: from a broker connection to durable rows, and back with an acknowledgement.
//!
//! Modules stand in the order a message passes them. `decode`, `validate` and `decide` are plain functions; the
//! rest is three kinds of task: one per connection that polls and acknowledges, one that turns messages into
//! batches, one that commits them.

mod delivery;
pub mod tls;
pub mod connect;
pub mod decode;
pub mod validate;
pub mod decide;
mod directory;
mod batch;
mod commit;
mod acknowledge;
mod rules;
mod metrics;
mod run;

pub use crate::metrics::describe;
pub use run::{Ingest, IngestError, IngestSettings, StartedIngest};
