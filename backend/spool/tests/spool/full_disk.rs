//! A really full disk: nothing acknowledged is lost, and the spool comes back by itself.

use crate::helpers::{child, child_dir, drain, entries, numbers, say};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use vigia_spool::{Spool, SpoolError};

/// One entry a page, so that a disk is full soon.
const ENTRY_BYTES: usize = 3_900;

/// Mounts a small file system on `$0` where nobody else sees it, and becomes the child.
const MOUNT_THEN_RUN: &str = r#"mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@""#;

#[test]
fn a_full_disk_loses_nothing_and_is_recovered_from() {
    let dir = tempfile::tempdir().unwrap();
    let namespaces: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let usable = |namespace: &&&[&str]| {
        let mut probe = Command::new("unshare");
        probe.args(**namespace).args(["sh", "-c", MOUNT_THEN_RUN]).arg(dir.path()).arg("true");
        probe.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let Some(namespace) = namespaces.iter().find(usable) else {
        say("skipped: this machine lets us mount no file system of our own, so there is no disk to fill");
        return;
    };
    for test in ["full_disk::filled_by_the_spool", "full_disk::filled_by_another"] {
        let run = child(test, dir.path());
        let mut command = Command::new("unshare");
        command.args(*namespace).args(["sh", "-c", MOUNT_THEN_RUN]).arg(dir.path());
        command.arg(run.get_program()).args(run.get_args());
        command.envs(run.get_envs().filter_map(|(key, value)| Some((key, value?))));
        assert!(command.status().unwrap().success(), "{test}");
    }
}

#[test]
#[ignore = "a child of a_full_disk_loses_nothing_and_is_recovered_from"]
fn filled_by_the_spool() {
    let Some(dir) = child_dir() else { return };
    let spool = Spool::open(&dir, 1 << 30).unwrap();
    for _ in 0..2 {
        let kept = append_until_refused(&spool);
        assert!(kept > 1_500, "{kept}");
        assert!(is_full(&spool.append(&entries(kept..kept + 100, ENTRY_BYTES)).unwrap_err()));
        // What was refused may be there; what was not is.
        let there = numbers(&spool);
        assert!(there.starts_with(&(0..kept).collect::<Vec<_>>()), "{} of {kept}", there.len());
        drain(&spool);
        assert_eq!(numbers(&spool), []);
    }
    spool.append(&entries(0..3, ENTRY_BYTES)).unwrap();
    assert_eq!(numbers(&spool), [0, 1, 2]);
}

#[test]
#[ignore = "a child of a_full_disk_loses_nothing_and_is_recovered_from"]
fn filled_by_another() {
    let Some(dir) = child_dir() else { return };
    let spool = Spool::open(&dir, 1 << 30).unwrap();
    spool.append(&entries(0..500, ENTRY_BYTES)).unwrap();
    let hog = dir.join("hog");
    fill(&hog);
    let mut next = 500;
    // Free pages of the file may take some.
    let refused = loop {
        match spool.append(&entries(next..next + 100, ENTRY_BYTES)) {
            Ok(()) => next += 100,
            Err(error) => break error,
        }
    };
    assert!(is_full(&refused), "{refused:?}");
    assert_eq!(numbers(&spool), (0..next).collect::<Vec<_>>());
    // The reserve makes room for removing, and for nothing else.
    for removed in [100, 200] {
        let front = spool.front(None, 100, usize::MAX).unwrap();
        spool.remove_through(front.last().unwrap().0).unwrap();
        assert_eq!(numbers(&spool), (removed..next).collect::<Vec<_>>());
        assert!(is_full(&spool.append(&entries(next..next + 1, 1)).unwrap_err()));
    }
    drop(spool);
    let spool = Spool::open(&dir, 1 << 30).unwrap();
    assert_eq!(numbers(&spool), (200..next).collect::<Vec<_>>());
    fs::remove_file(hog).unwrap();
    spool.append(&entries(next..next + 100, ENTRY_BYTES)).unwrap();
    assert_eq!(numbers(&spool), (200..next + 100).collect::<Vec<_>>());
}

/// Appends from number 0 until the disk is full; how many were acknowledged.
fn append_until_refused(spool: &Spool) -> i64 {
    let mut next = 0;
    loop {
        match spool.append(&entries(next..next + 100, ENTRY_BYTES)) {
            Ok(()) => next += 100,
            Err(error) => {
                assert!(is_full(&error), "{error:?}");
                return next;
            }
        }
    }
}

fn is_full(error: &SpoolError) -> bool {
    matches!(error, SpoolError::Disk { source, .. } if source.kind() == io::ErrorKind::StorageFull)
}

/// Takes the disk's last byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for block in [1 << 20, 4096, 1] {
        while file.write_all(&vec![0; block]).is_ok() {}
    }
}
