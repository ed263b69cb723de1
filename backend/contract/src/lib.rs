//! The wire: everything that crosses a boundary of Vigía, and nothing else. No crate of ours is known here, so
//! that tables and payloads can change for their own reasons.

pub mod topic;
pub mod mqtt;
pub mod publish;
pub mod http;
pub mod ws;
