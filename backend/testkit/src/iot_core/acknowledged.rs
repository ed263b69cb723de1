//! Which messages clients have acknowledged: by their topic and payload, for whoever asked for it to be remembered.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use super::stats::locked;

/// Eight bytes a message: a few hours at a thousand a second fit in any memory. `None` until somebody asks.
#[derive(Debug, Default)]
pub(super) struct Acknowledged(Mutex<Option<HashSet<u64>>>);

impl Acknowledged {
    /// From now on what is acknowledged is remembered.
    pub(super) fn remember(&self) {
        locked(&self.0).get_or_insert_default();
    }

    pub(super) fn add(&self, topic: &[u8], payload: &[u8]) {
        if let Some(messages) = &mut *locked(&self.0) {
            messages.insert(fingerprint(topic, payload));
        }
    }

    pub(super) fn contains(&self, topic: &[u8], payload: &[u8]) -> bool {
        locked(&self.0).as_ref().is_some_and(|messages| messages.contains(&fingerprint(topic, payload)))
    }
}

/// Of ten million messages two are taken for the same with a chance of one in some hundred thousand.
fn fingerprint(topic: &[u8], payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (topic, payload).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_acknowledged_since_somebody_asked_is_remembered_and_nothing_else() {
        let acknowledged = Acknowledged::default();
        acknowledged.add(b"topic", b"before");
        acknowledged.remember();
        acknowledged.add(b"topic", b"payload");
        acknowledged.remember();
        assert!(acknowledged.contains(b"topic", b"payload"), "asking again forgets nothing");
        for (topic, payload) in [
            ("topic", "before"),
            ("topic", "other"),
            ("other", "payload"),
            ("topicp", "ayload"),
            ("", "topicpayload"),
        ] {
            assert!(!acknowledged.contains(topic.as_bytes(), payload.as_bytes()), "{topic} {payload}");
        }
    }
}
