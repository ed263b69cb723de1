//! What a folder of certificates promises to whoever opens it again.

use super::*;
use crate::{Account, Scratch};

fn scratch() -> Scratch {
    Scratch::new("pki", Account::Own).unwrap()
}

#[test]
fn keys_are_closed_to_others() {
    let scratch = scratch();
    let client = Pki::open_or_create(scratch.path()).unwrap().client("backend").unwrap();
    for file in [client.key, client.cert, scratch.path().join("ca.key")] {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn a_valid_folder_is_used_again() {
    let scratch = scratch();
    let first = Pki::open_or_create(scratch.path()).unwrap().client("backend").unwrap();
    let before = fs::read(&first.cert).unwrap();
    let again = Pki::open_or_create(scratch.path()).unwrap().client("backend").unwrap();
    assert_eq!(before, fs::read(&again.cert).unwrap());
}

#[test]
fn a_new_authority_issues_new_certificates() {
    let scratch = scratch();
    let first = Pki::open_or_create(scratch.path()).unwrap().client("backend").unwrap();
    let before = fs::read(&first.cert).unwrap();
    fs::remove_file(scratch.path().join("ca.key")).unwrap();
    let again = Pki::open_or_create(scratch.path()).unwrap().client("backend").unwrap();
    assert_ne!(before, fs::read(&again.cert).unwrap());
}

#[test]
fn an_expired_certificate_is_expired() {
    let scratch = scratch();
    let pki = Pki::open_or_create(scratch.path()).unwrap();
    assert!(still_valid(&pki.client("gw").unwrap().cert));
    assert!(!still_valid(&pki.expired_client("gw").unwrap().cert));
}

#[test]
fn the_mismatched_key_is_another_one() {
    let scratch = scratch();
    let pki = Pki::open_or_create(scratch.path()).unwrap();
    let (good, bad) = (pki.client("gw").unwrap(), pki.mismatched_client("gw").unwrap());
    assert_eq!(good.cert, bad.cert);
    assert_ne!(fs::read(good.key).unwrap(), fs::read(bad.key).unwrap());
}
