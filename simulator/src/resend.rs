//! What a gateway's disk buffer does after a broker forgot: the messages of a ledger once more, byte for byte.

use crate::error::Result;
use crate::ledger::{Entry, IdRanges, Published, entries};
use crate::message::{Expected, Message};
use bytes::Bytes;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;
use vigia_model::Timestamp;

/// Which messages to send again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those never confirmed.
    Pending,
    /// Those published at or after a moment, and those never confirmed.
    Since(Timestamp),
    All,
}

/// The messages of a ledger, in the order they were published. The file is read twice and never held.
pub fn messages(path: &Path, which: Which) -> Result<impl Iterator<Item = Result<Message>> + Send + use<>> {
    let mut acked = IdRanges::default();
    if which != Which::All {
        for entry in entries(path)? {
            if let Entry::Acked { ids, .. } = entry? {
                for (first, last) in ids {
                    acked.add(first, last);
                }
            }
        }
    }
    let wanted = move |published: &Published| match which {
        Which::Pending => !acked.contains(published.id),
        Which::Since(moment) => published.at >= moment || !acked.contains(published.id),
        Which::All => true,
    };
    let mut topics: HashMap<String, (usize, Bytes)> = HashMap::new();
    Ok(entries(path)?.filter_map(move |entry| match entry {
        Ok(Entry::Published(published)) if wanted(&published) => {
            let place = topics.len();
            let (gateway, topic) = topics
                .entry(published.topic)
                .or_insert_with_key(|topic| (place, Bytes::copy_from_slice(topic.as_bytes())))
                .clone();
            Some(Ok(Message {
                due: Duration::ZERO,
                gateway,
                topic,
                payload: published.payload.into(),
                expected: Expected { rejected: published.rejected, duplicate: published.duplicate },
                id: Some(published.id),
            }))
        }
        Ok(_) => None,
        Err(fault) => Some(Err(fault)),
    }))
}
