//! What a broker may have forgotten, by the ledger: messages it had confirmed within a span of time and that nobody has
//! acknowledged to it. Only these are sent again.
//!
//! A message the broker has not confirmed is still the publisher's, whose window sends it until it is. One that was
//! acknowledged is the backend's, and one confirmed before the span had left the broker: who loses these is at fault,
//! and it must show. So it is the time of confirmation that counts, not that of publishing: a message may wait for its
//! confirmation through a whole outage of the broker. That a message was confirmed again, after it was sent again,
//! stands in the ledger too: what two kills forgot in turn is sent twice.

use anyhow::{Context, Result};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Duration;
use vigia_model::Timestamp;
use vigia_simulator::Message;
use vigia_simulator::ledger::Entry;
use vigia_simulator::message::Expected;

/// The messages whose confirmation was written into the ledger from `from` to `to`, but for those that, by their topic
/// and payload, were acknowledged. When a confirmation was heard matters, so the ledger is to be flushed before.
pub(crate) fn forgotten(
    ledger: &Path,
    from: Timestamp,
    to: Timestamp,
    was_acknowledged: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<Vec<Message>> {
    let mut ids = BTreeSet::new();
    lines(ledger, |line| {
        if line.starts_with(br#"{"acked""#)
            && let Ok(Entry::Acked { at, ids: ranges }) = Entry::parse(line)
            && (from..=to).contains(&at)
        {
            ids.extend(ranges.into_iter().flat_map(|(first, last)| first..=last));
        }
    })?;
    let mut topics: BTreeMap<String, usize> = BTreeMap::new();
    let mut messages = Vec::with_capacity(ids.len());
    lines(ledger, |line| {
        if id(line).is_some_and(|id| ids.contains(&id))
            && let Ok(Entry::Published(published)) = Entry::parse(line)
            && !was_acknowledged(published.topic.as_bytes(), &published.payload)
        {
            let next = topics.len();
            let topic = Bytes::copy_from_slice(published.topic.as_bytes());
            messages.push(Message {
                due: Duration::ZERO,
                gateway: *topics.entry(published.topic).or_insert(next),
                topic,
                payload: published.payload.into(),
                expected: Expected { rejected: published.rejected, duplicate: published.duplicate },
                id: Some(published.id),
            });
        }
    })?;
    Ok(messages)
}

/// The id of a message's line, without reading the rest of it.
fn id(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(br#"{"id":"#)?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}

/// Shows every whole line.
fn lines(ledger: &Path, mut show: impl FnMut(&[u8])) -> Result<()> {
    let file = File::open(ledger).context("cannot read the ledger")?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line)? > 0 {
        if line.ends_with(b"}\n") {
            show(&line);
        }
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_confirmed_within_the_span_and_not_acknowledged_is_found_and_nothing_else() {
        let scratch = vigia_testkit::Scratch::new("forgotten", vigia_testkit::Account::Own).unwrap();
        let file = scratch.path().join("ledger.jsonl");
        let text = r#"{"id":1,"at":5,"topic":"a","payload":{"v":1}}
{"id":2,"at":5,"topic":"b","text":"{\"a","rejected":[{"reason":"not_json"}]}
{"id":12,"at":5,"topic":"a","payload":{"v":12}}
{"acked":[[1,1]],"at":9}
{"acked":[[2,2]],"at":10}
{"acked":[[12,12]],"at":21}
{"acked":[[12"#;
        std::fs::write(&file, text).unwrap();
        let found = |from, to, acknowledged: &[(&str, &str)]| {
            let (from, to) = (Timestamp::from_millis(from), Timestamp::from_millis(to));
            let was_acknowledged = |topic: &[u8], payload: &[u8]| {
                acknowledged.iter().any(|(t, p)| t.as_bytes() == topic && p.as_bytes() == payload)
            };
            let messages = forgotten(&file, from, to, was_acknowledged).unwrap();
            messages.into_iter().filter_map(|message| message.id).collect::<Vec<_>>()
        };
        assert_eq!(found(10, 20, &[]), [2]);
        assert_eq!(found(9, 21, &[]), [1, 2, 12]);
        assert_eq!(found(9, 21, &[("a", r#"{"v":1}"#), ("b", r#"{"v":12}"#), ("b", "{\"a")]), [12]);
        assert!(found(22, 30, &[]).is_empty());
    }
}
