//! Entries with a number in them, reading a whole spool, and this test binary as a child process.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use vigia_model::Timestamp;
use vigia_spool::{Entry, Sequence, Spool};

const CHILD_DIR: &str = "VIGIA_SPOOL_CHILD_DIR";

/// Entries `numbers`, with payloads of `bytes`; the number is the time, so it can be read back.
pub(crate) fn entries(numbers: std::ops::Range<i64>, bytes: usize) -> Vec<Entry> {
    let entry = |number: i64| Entry {
        received_at: Timestamp::from_millis(number),
        topic: format!("plant/{number}/telemetry").into(),
        payload: vec![u8::try_from(number % 251).unwrap(); bytes].into(),
    };
    numbers.map(entry).collect()
}

/// Everything in the spool, read in small steps and checked to be what [`entries`] made.
pub(crate) fn numbers(spool: &Spool) -> Vec<i64> {
    let mut numbers = Vec::new();
    let mut after: Option<Sequence> = None;
    loop {
        let chunk = spool.front(after, 700, 1 << 20).unwrap();
        let Some((last, _)) = chunk.last() else { break };
        assert!(after < Some(*last));
        after = Some(*last);
        for (_, entry) in chunk {
            let number = entry.received_at.as_millis();
            assert_eq!(entries(number..number + 1, entry.payload.len()), [entry]);
            numbers.push(number);
        }
    }
    assert_eq!(spool.depth().entries, u64::try_from(numbers.len()).unwrap());
    assert_eq!(spool.depth().oldest.map(Timestamp::as_millis), numbers.first().copied());
    numbers
}

/// Takes everything out, in chunks.
pub(crate) fn drain(spool: &Spool) {
    while let Some((last, _)) = spool.front(None, 5_000, 16 << 20).unwrap().last() {
        spool.remove_through(*last).unwrap();
    }
}

/// The command line that runs the ignored test `name` of this binary on `dir`, for [`child_dir`] to find.
pub(crate) fn child(name: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored", "--nocapture"]).env(CHILD_DIR, dir);
    command
}

/// The folder a parent gave us; none if this is not a child.
pub(crate) fn child_dir() -> Option<PathBuf> {
    std::env::var_os(CHILD_DIR).map(PathBuf::from)
}

/// Prints a line in one piece, past the test runner's capture.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}
