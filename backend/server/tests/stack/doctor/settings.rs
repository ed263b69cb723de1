//! Faults in variables and files.

use super::bed::Bed;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn variables_that_are_wrong_or_nearly_right_are_named() {
    let bed = Bed::start().await;
    let seen = bed.breaks(&[("MAX_TENANTS", "many"), ("AUTO_PROVISION", "maybe")], "variable-wrong");
    let wrong: Vec<&str> = seen
        .findings()
        .iter()
        .filter(|it| it["id"] == "variable-wrong")
        .filter_map(|it| it["what"].as_str()?.split(' ').next())
        .collect();
    assert_eq!(wrong.len(), 2, "{}", seen.text);
    assert!(wrong.contains(&"MAX_TENANTS") && wrong.contains(&"AUTO_PROVISION"));
    // The start says the same, a line each.
    let (code, text) = bed.said(&["check-config"], &[("MAX_TENANTS", "many"), ("AUTO_PROVISION", "maybe")]);
    assert_eq!((code, text.lines().count()), (1, 2), "{text}");

    let seen = bed.warns(&[("RAW_RETENTION_DAY", "30")], "variable-misspelt");
    assert!(seen.find("variable-misspelt")["mend"].as_str().unwrap().contains("RAW_RETENTION_DAYS"));
    bed.warns(&[("ADMIN_EMAILS", "")], "no-admin");
    let unlimited = |more: &[(&str, &str)]| {
        let seen = bed.warns(&[&[("STORAGE_MAX_BYTES", "")], more].concat(), "storage-without-limit");
        seen.find("storage-without-limit")["mend"].as_str().unwrap().to_owned()
    };
    // How much depends on the disk this runs on, and on the backups beside it.
    let mend = unlimited(&[("BACKUP_KEEP_FULL", "3")]);
    assert!(mend.contains("docs/storage.md") && mend.contains("backups"), "{mend}");
    assert_eq!(mend.contains("full ones kept: "), mend.contains("its disk of"), "{mend}");
    assert!(!unlimited(&[("BACKUP", "off")]).contains("full ones kept"));
    bed.warns(&[("SPOOL_MAX_BYTES", "1099511627776")], "spool-little-room");
    bed.breaks(&[("SPOOL_DIR", "/dev/shm/vigia-spool")], "spool-not-on-disk");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_missing_mixed_up_or_open_are_named() {
    let bed = Bed::start().await;
    let pki = bed.app.broker.pki();
    let at = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let seen = bed.breaks(&[("AWS_IOT_CERT_FILE", "/nowhere/certificate.pem.crt")], "certificate-missing");
    assert_eq!(seen.level("broker-connect"), "skipped");
    bed.breaks(&[("AWS_IOT_KEY_FILE", &at(&pki.ca()))], "key-not-pem");
    let mismatched = pki.mismatched_client("backend").unwrap();
    bed.breaks(&[("AWS_IOT_KEY_FILE", &at(&mismatched.key))], "key-mismatch");
    let both = |identity: &vigia_testkit::Identity| {
        [("AWS_IOT_CERT_FILE", at(&identity.cert)), ("AWS_IOT_KEY_FILE", at(&identity.key))]
    };
    let edit = |pairs: &[(&'static str, String)], id: &str, breaks: bool| {
        let edit: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if breaks { bed.breaks(&edit, id) } else { bed.warns(&edit, id) }
    };
    edit(&both(&pki.expired_client("backend").unwrap()), "certificate-expired", true);
    let short = pki.short_lived_client("backend", Duration::from_hours(24 * 12 + 1)).unwrap();
    let seen = edit(&both(&short), "certificate-expires-soon", false);
    assert!(
        seen.find("certificate-expires-soon")["what"].as_str().unwrap().contains("in 12 days"),
        "{}",
        seen.text
    );

    // The same key, where everybody may read it, and then in a repository.
    let folder = bed.folder().join("secrets");
    std::fs::create_dir(&folder).unwrap();
    let key = folder.join("private.pem.key");
    std::fs::copy(pki.client("backend").unwrap().key, &key).unwrap();
    let mode = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    let key = at(&key);
    mode(0o644);
    let seen = bed.breaks(&[("AWS_IOT_KEY_FILE", &key)], "secret-open-to-all");
    assert!(seen.find("secret-open-to-all")["mend"].as_str().unwrap().starts_with("chmod o= "));
    mode(0o660);
    bed.warns(&[("AWS_IOT_KEY_FILE", &key)], "secret-writable-by-group");
    mode(0o640);
    bed.doctor(&["--only", "files"], &[("AWS_IOT_KEY_FILE", &key)]);
    for arguments in [&["init", "-q"][..], &["add", "-f", "private.pem.key"]] {
        assert!(Command::new("git").arg("-C").arg(&folder).args(arguments).status().unwrap().success());
    }
    bed.breaks(&[("AWS_IOT_KEY_FILE", &key)], "secret-in-git");
}
