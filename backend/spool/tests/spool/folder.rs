//! The folder: made if missing, ours alone, and named when it cannot be used.

use crate::helpers::{entries, numbers};
use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use vigia_spool::{Spool, SpoolError};

#[test]
fn a_missing_folder_is_made_and_closed_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("a/b");
    drop(Spool::open(&folder, 1 << 20).unwrap());
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_folder_has_one_spool_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), 1 << 20).unwrap();
    let second = Spool::open(dir.path(), 1 << 20).unwrap_err();
    assert!(matches!(second, SpoolError::InUse { .. }), "{second}");
    drop(spool);
    Spool::open(dir.path(), 1 << 20).unwrap();
}

#[test]
fn an_unusable_folder_is_named_with_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let cases =
        [(file.clone(), "make it"), (file.join("below"), "make it"), ("/proc/spool".into(), "make it")];
    for (path, operation) in cases {
        let error = Spool::open(&path, 1 << 20).unwrap_err();
        let said = format!("cannot use {} as the spool folder: cannot {operation}", path.display());
        assert_eq!(error.to_string(), said);
        assert!(error.source().is_some());
    }
}

#[test]
fn a_file_half_made_when_the_process_died_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("spool.redb.new"), "half").unwrap();
    let spool = Spool::open(dir.path(), 1 << 20).unwrap();
    spool.append(&entries(0..2, 1)).unwrap();
    assert_eq!(numbers(&spool), [0, 1]);
}
