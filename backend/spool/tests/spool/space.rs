//! An emptied spool gives its disk space back.

use crate::helpers::{drain, entries, numbers};
use std::fs;
use vigia_spool::Spool;

#[test]
fn the_file_is_small_again_after_200_mb_went_through() {
    let dir = tempfile::tempdir().unwrap();
    let file_bytes = || fs::metadata(dir.path().join("spool.redb")).unwrap().len();
    let spool = Spool::open(dir.path(), 512 << 20).unwrap();
    for first in (0..200).step_by(10) {
        spool.append(&entries(first..first + 10, 1_040_000)).unwrap();
    }
    assert!(file_bytes() > 200_000_000);
    drain(&spool);
    assert!(file_bytes() < 1_000_000, "{} bytes", file_bytes());

    spool.append(&entries(0..3, 10)).unwrap();
    drop(spool);
    assert_eq!(numbers(&Spool::open(dir.path(), 1 << 20).unwrap()), [0, 1, 2]);
}

#[test]
fn a_sequence_is_not_given_again_after_the_file_was_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 512 << 20).unwrap();
    spool.append(&entries(0..100, 65_000)).unwrap();
    let (last, _) = spool.front(None, 100, usize::MAX).unwrap().pop().unwrap();
    spool.remove_through(last).unwrap();
    spool.append(&entries(100..101, 10)).unwrap();
    let again = spool.front(Some(last), 10, usize::MAX).unwrap();
    assert_eq!(again.len(), 1);
    spool.remove_through(last).unwrap();
    assert_eq!(numbers(&spool), [100]);
}
