//! What is known right now, in memory: the last value of every metric, the health of every gateway, who watches
//! them, and the state of the pipeline itself.
//!
//! Ingest writes, the API reads; they meet nowhere else but here and in the store. The feed **conflates**: an
//! entry knows its watchers, a watcher knows which entries changed since it last looked, and only a look copies
//! values out. So a slow client holds a short list of names, never a queue of values, and costs nobody anything.
//!
//! Alarms are the exception: nothing of them is kept here. What is new of one is handed to whoever wants it and waits
//! there, each alarm once and no more than so many.
//!
//! Locks are taken in the order roster → entry → watcher, each for a few instructions, never across an await.

mod path;
mod filter;
mod watcher;
mod plc;
mod gateway;
mod alarm;
mod feed;
mod live;
mod traffic;
pub mod board;

pub use board::StatusBoard;
pub use feed::{Event, Missed, Subscription};
pub use filter::{Filter, Kinds};
pub use gateway::{GatewayView, LiveGateway};
pub use live::Live;
pub use path::{GatewayPath, PlcPath};
pub use plc::{Labels, LivePlc, MetricChange, MetricIndex, PlcChange, PlcSnapshot};
pub use traffic::{Counter, Day, Spoken, Traffic};

/// A lock poisoned by a panic elsewhere still guards values that are whole: each write is a few plain moves.
fn whole<T>(result: Result<T, std::sync::PoisonError<T>>) -> T {
    result.unwrap_or_else(std::sync::PoisonError::into_inner)
}
