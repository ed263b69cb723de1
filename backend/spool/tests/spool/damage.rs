//! A damaged file is named, said what to do about, and left as it is.

use crate::helpers::entries;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use vigia_spool::{Spool, SpoolError};

/// A closed spool of some 600 KB, in single appends so that an older state cannot stand in for a newer one.
fn filled(dir: &Path) -> PathBuf {
    let spool = Spool::open(dir, 8 << 20).unwrap();
    for first in 0..20 {
        spool.append(&entries(first * 50..(first + 1) * 50, 500)).unwrap();
    }
    dir.join("spool.redb")
}

#[track_caller]
fn refused(dir: &Path, file: &Path) {
    let before = fs::read(file).unwrap();
    let error = Spool::open(dir, 8 << 20).unwrap_err();
    assert!(matches!(error, SpoolError::Damaged { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains(&*file.to_string_lossy()) && said.contains("move it away"), "{said}");
    assert_eq!(fs::read(file).unwrap().len(), before.len());
}

#[test]
fn a_file_that_never_was_a_spool() {
    for content in [vec![], b"hello".to_vec(), vec![0; 100_000], vec![0xa5; 100_000]] {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("spool.redb");
        fs::write(&file, content).unwrap();
        refused(dir.path(), &file);
    }
}

#[test]
fn a_file_cut_short() {
    for part in [2, 10, 1_000] {
        let dir = tempfile::tempdir().unwrap();
        let file = filled(dir.path());
        let length = fs::metadata(&file).unwrap().len();
        File::options().write(true).open(&file).unwrap().set_len(length / part).unwrap();
        refused(dir.path(), &file);
    }
}

#[test]
fn a_file_with_a_rotten_page() {
    let dir = tempfile::tempdir().unwrap();
    let file = filled(dir.path());
    let mut writer = File::options().write(true).open(&file).unwrap();
    writer.seek(SeekFrom::Start(200_000)).unwrap();
    writer.write_all(&vec![0x5a; 20_000]).unwrap();
    refused(dir.path(), &file);
}

#[test]
fn a_file_of_something_else_in_the_same_format() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("spool.redb");
    let other = redb::Database::create(&file).unwrap();
    let transaction = other.begin_write().unwrap();
    drop(transaction.open_table(redb::TableDefinition::<&str, &str>::new("entries")).unwrap());
    transaction.commit().unwrap();
    drop(other);
    refused(dir.path(), &file);
}
