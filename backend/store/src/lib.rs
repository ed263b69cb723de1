//! The only SQL of Vigía. One file per aggregate; each function is one statement or one transaction, and what
//! it returns is a model type or a plain row struct of this crate.

mod error;
mod care;
mod history;
mod connect;
mod migrate;
mod convert;
mod watch;
mod listen;
pub mod batch;
pub mod directory;
pub mod partition;
pub mod packing;
pub mod retention;
pub mod rule;
pub mod state;
pub mod mqtt_client;
pub mod lease;
pub mod site;
pub mod plc;
pub mod gateway;
pub mod telemetry;
pub mod rejection;
pub mod replay;
pub mod alarm;
pub mod audit;
pub mod session;
pub mod user;
pub mod api_key;
pub mod tenant;
pub mod storage;
pub mod dashboard;
pub mod plant;
pub mod edit;
pub mod order;

pub use connect::{DatabaseSettings, Store};
pub use error::{Operation, StoreError};
pub use watch::Watch;

#[cfg(test)]
mod tests;
