//! HTTP bodies and queries: JSON, camelCase, times ISO 8601 UTC with milliseconds.
//!
//! Responses serialize, requests deserialize; neither does both, so that a change of one is not silently a change
//! of the other.

pub mod words;
mod examples;
pub mod ignored;
pub mod whole;
pub mod time;
pub mod value;
pub mod query;
pub mod page;
pub mod order;
pub mod problem;
pub mod health;
pub mod site;
pub mod plc;
pub mod gateway;
pub mod telemetry;
pub mod rule;
pub mod rejection;
pub mod account;
pub mod system;
pub mod dashboard;
pub mod alarm;
pub mod place;

pub use ignored::Ignored;
pub use order::Order;
pub use page::Page;
pub use problem::{FieldProblem, Problem};
pub use time::UtcTime;
pub use value::JsonValue;
