//! The whole stack: the real program, a real Postgres, a real mTLS broker, and gateways that publish to it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::future_not_send,
    reason = "a test fails by panicking, and runs on one thread"
)]

mod app;
mod publisher;
mod websocket;
mod web;
mod collector;

mod happy_path;
mod modes;
mod values;
mod rejections;
mod replays;
mod order;
mod packed;
mod rules;
mod moves;
mod restarts;
mod spool;
mod standby;
mod clients;
mod iot_core;
mod rotation;
mod fleet;
mod retention;
mod backups;
mod certificates;
mod process;
mod nginx;
mod on_premise;
mod doctor;
mod stopping;
mod logs;
mod traces;
mod monitoring;
mod tour;
