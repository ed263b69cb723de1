//! `kill -9` at any moment loses nothing that was acknowledged.

use crate::helpers::{child, child_dir, entries, numbers, say};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use vigia_spool::Spool;

const MAX_BYTES: u64 = 256 << 20;

#[test]
fn what_was_acknowledged_is_there_after_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    // The last number that is not there any more, and the last that must be.
    let (mut removed, mut acknowledged) = (-1, -1);
    for _ in 0..10 {
        let mut running = child("killed::appender", dir.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(running.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut removing = removed;
        let mut note = |line: String| match line.split_once(' ') {
            Some(("acknowledged", number)) => acknowledged = number.parse().unwrap(),
            Some(("removing", number)) => removing = number.parse().unwrap(),
            Some(("removed", number)) => removed = number.parse().unwrap(),
            _ => {}
        };
        for line in lines.by_ref() {
            let acknowledged = line.starts_with("acknowledged");
            note(line);
            if acknowledged {
                break;
            }
        }
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
        thread::sleep(Duration::from_micros(u64::from(nanos / 1_000 % 150_000)));
        running.kill().unwrap();
        running.wait().unwrap();
        lines.for_each(&mut note);

        let there = numbers(&Spool::open(dir.path(), MAX_BYTES).unwrap());
        let (first, last) = (*there.first().unwrap(), *there.last().unwrap());
        assert_eq!(there, (first..=last).collect::<Vec<_>>());
        assert!(removed < first && first <= removing.max(removed) + 1, "{removed} {removing} {first}");
        assert!(last >= acknowledged, "{last} {acknowledged}");
        removed = first - 1;
    }
    assert!(removed > 0 && acknowledged > removed, "{removed} {acknowledged}");
}

#[test]
#[ignore = "the child of what_was_acknowledged_is_there_after_kill_9"]
fn appender() {
    let Some(dir) = child_dir() else { return };
    let spool = Spool::open(&dir, MAX_BYTES).unwrap();
    let mut next = numbers(&spool).last().map_or(0, |last| last + 1);
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                // At least one entry stays, so that the parent knows where to go on.
                let mut chunk = spool.front(None, 40, usize::MAX).unwrap();
                chunk.pop();
                if let Some((last, entry)) = chunk.last() {
                    say(&format!("removing {}", entry.received_at.as_millis()));
                    spool.remove_through(*last).unwrap();
                    say(&format!("removed {}", entry.received_at.as_millis()));
                }
            }
        });
        for length in (1..90).cycle() {
            spool.append(&entries(next..next + length, 350)).unwrap();
            next += length;
            say(&format!("acknowledged {}", next - 1));
        }
    });
}
