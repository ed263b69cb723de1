//! The spool as its caller sees it: a queue, on disks that fill up, files that rot and processes that are killed.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod helpers;
mod queue;
mod folder;
mod damage;
mod space;
mod full_disk;
mod killed;
