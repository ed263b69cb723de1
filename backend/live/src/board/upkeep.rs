//! What the process that ingests does with history beside, on the status board: packing it, and letting it go.

use std::sync::Arc;
use std::time::Duration;
use vigia_model::{Retention, Timestamp};

/// A time of which samples are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedTime {
    pub from: Timestamp,
    pub to: Timestamp,
    /// When that began, or ended.
    pub at: Timestamp,
    pub samples: u64,
}

/// How packing goes in this process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackingStatus {
    /// How long an hour has to be over.
    pub after: Duration,
    /// When nothing was left to be packed last.
    pub caught_up_at: Option<Timestamp>,
    /// What is being packed, with the samples it has so far.
    pub under_way: Option<PackedTime>,
    /// What was packed last.
    pub last: Option<PackedTime>,
    /// The last failure, also after it has passed.
    pub last_error: Option<Arc<str>>,
}

/// What was let go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetGo {
    pub at: Timestamp,
    /// A partition that was dropped or emptied, or the table of which rows were deleted.
    pub table: String,
    /// What a partition took.
    pub bytes: Option<i64>,
    /// How many rows were deleted.
    pub rows: Option<u64>,
}

/// How history is kept within its days and its room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetentionStatus {
    /// What holds where no rule says otherwise.
    pub days: Retention,
    pub max_bytes: Option<i64>,
    /// When it was last looked what has become too old.
    pub cleared_at: Option<Timestamp>,
    /// When that is looked at again; the room is looked at every minute.
    pub next_at: Option<Timestamp>,
    /// Nothing goes by its age before: rules or days were changed.
    pub held_until: Option<Timestamp>,
    /// Something that is to go is still there.
    pub is_left: bool,
    pub last: Option<LetGo>,
    /// The last failure, also after it has passed.
    pub last_error: Option<Arc<str>>,
}
