//! What the spool holds, and how it counts.

use bytes::Bytes;
use std::sync::Arc;
use vigia_model::Timestamp;

/// What an entry costs on disk besides its topic and payload, in bytes: measured with messages of 60 to 350 bytes,
/// where it is 34 to 68, the rest of a page that the next entry does not fit in included.
pub const ENTRY_OVERHEAD_BYTES: u64 = 72;

/// Up to this size entries share a page of 4 KiB well. Above it the store needs up to the next power of two.
const SHARED_PAGE_BYTES: u64 = 1024;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub received_at: Timestamp,
    pub topic: Arc<str>,
    pub payload: Bytes,
}

impl Entry {
    /// What the entry counts against the spool's limit, which is about what it takes on disk: topic, payload and
    /// [`ENTRY_OVERHEAD_BYTES`], and when that is above 1024, the next power of two.
    pub fn cost_bytes(&self) -> u64 {
        cost_bytes(&self.topic, &self.payload)
    }
}

/// An entry's place in the queue: later entries have greater ones. It holds as long as its
/// [`Spool`](crate::Spool) is open; another opening may number anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sequence(pub(crate) u64);

/// How much is in the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    pub entries: u64,
    /// What the entries count against the limit.
    pub bytes: u64,
    /// When the front entry was received; none if the spool is empty.
    pub oldest: Option<Timestamp>,
}

pub(crate) fn cost_bytes(topic: &str, payload: &[u8]) -> u64 {
    let content = u64::try_from(topic.len().saturating_add(payload.len())).unwrap_or(u64::MAX);
    let stored = content.saturating_add(ENTRY_OVERHEAD_BYTES);
    if stored <= SHARED_PAGE_BYTES { stored } else { stored.checked_next_power_of_two().unwrap_or(u64::MAX) }
}
