//! First in, first out, bounded, still there after a reopen.

use crate::helpers::{drain, entries, numbers};
use bytes::Bytes;
use std::thread;
use vigia_model::Timestamp;
use vigia_spool::{Depth, ENTRY_OVERHEAD_BYTES, Entry, Spool, SpoolError};

#[test]
fn what_is_appended_comes_out_in_order_and_survives_a_reopen() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 1 << 20).unwrap();
    assert_eq!(spool.depth(), Depth::default());
    spool.append(&[]).unwrap();
    spool.append(&entries(0..3, 10)).unwrap();
    spool.append(&entries(3..1_000, 10)).unwrap();
    assert_eq!(numbers(&spool), (0..1_000).collect::<Vec<_>>());
    let front = spool.front(None, 400, usize::MAX).unwrap();
    spool.remove_through(front.last().unwrap().0).unwrap();
    let depth = spool.depth();
    drop(spool);
    let spool = Spool::open(dir.path(), 1 << 20).unwrap();
    assert_eq!(spool.depth(), depth);
    assert_eq!(numbers(&spool), (400..1_000).collect::<Vec<_>>());
    drain(&spool);
    assert_eq!(spool.depth(), Depth::default());
}

#[test]
fn any_topic_and_payload_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 16 << 20).unwrap();
    let entry = |ms, topic: &str, payload: Vec<u8>| Entry {
        received_at: Timestamp::from_millis(ms),
        topic: topic.into(),
        payload: Bytes::from(payload),
    };
    let odd = [
        entry(i64::MIN, "", vec![]),
        entry(-1, "naïve/🦀/\0", vec![0xff, 0, 0xfe]),
        entry(i64::MAX, &"t".repeat(65_535), (0..=255).collect()),
        entry(0, "large", vec![7; 3 << 20]),
    ];
    spool.append(&odd).unwrap();
    drop(spool);
    let spool = Spool::open(dir.path(), 16 << 20).unwrap();
    let back: Vec<_> =
        spool.front(None, 10, usize::MAX).unwrap().into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(back, odd);
}

#[test]
fn the_front_keeps_to_its_limits_but_is_never_empty_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 1 << 20).unwrap();
    spool.append(&entries(0..10, 100)).unwrap();
    let lengths = [(4, usize::MAX, 4), (100, usize::MAX, 10), (100, 0, 1), (0, 0, 1), (100, 400, 3)];
    for (max_entries, max_bytes, length) in lengths {
        assert_eq!(spool.front(None, max_entries, max_bytes).unwrap().len(), length);
    }
    let (last, _) = spool.front(None, 100, usize::MAX).unwrap().pop().unwrap();
    assert_eq!(spool.front(Some(last), 100, usize::MAX).unwrap(), []);
}

#[test]
fn a_full_spool_takes_nothing_of_an_append_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let all = entries(0..10, 100);
    let limit: u64 = all.iter().map(Entry::cost_bytes).sum();
    let spool = Spool::open(dir.path(), limit).unwrap();
    assert_eq!(spool.max_bytes(), limit);
    spool.append(&all).unwrap();
    assert_eq!(spool.depth().bytes, limit);
    let one = entries(10..11, 0);
    let refused = spool.append(&one).unwrap_err();
    assert!(matches!(refused, SpoolError::Full { used_bytes, .. } if used_bytes == limit), "{refused}");
    spool.remove_through(spool.front(None, 1, 0).unwrap()[0].0).unwrap();
    let refused = spool.append(&entries(10..13, 100)).unwrap_err();
    assert!(matches!(refused, SpoolError::Full { .. }), "{refused}");
    spool.append(&one).unwrap();
    assert_eq!(numbers(&spool), (1..11).collect::<Vec<_>>());
}

#[test]
fn the_cost_is_the_overhead_more_and_for_large_ones_the_next_power_of_two() {
    let cost =
        |bytes| Entry { received_at: Timestamp::default(), topic: "".into(), payload: vec![0; bytes].into() };
    assert_eq!(cost(0).cost_bytes(), ENTRY_OVERHEAD_BYTES);
    assert_eq!(cost(350).cost_bytes(), 350 + ENTRY_OVERHEAD_BYTES);
    assert_eq!(cost(1_000).cost_bytes(), 2_048);
    assert_eq!(cost(20_000).cost_bytes(), 32_768);
}

#[test]
fn one_appends_while_another_reads_and_removes() {
    const ALL: i64 = 5_000;
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 64 << 20).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            for first in (0..ALL).step_by(50) {
                spool.append(&entries(first..first + 50, 100)).unwrap();
            }
        });
        let mut expected = 0;
        while expected < ALL {
            let chunk = spool.front(None, 170, usize::MAX).unwrap();
            for (_, entry) in &chunk {
                assert_eq!(entry.received_at.as_millis(), expected);
                expected += 1;
            }
            if let Some((last, _)) = chunk.last() {
                spool.remove_through(*last).unwrap();
            }
        }
    });
    assert_eq!(spool.depth(), Depth::default());
}
