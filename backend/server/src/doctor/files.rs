//! The files with secrets: there, readable by us and by nobody else, fitting together, and in their time.

use super::day;
use super::finding::{Finding, Group};
use crate::config::Draft;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use vigia_ingest::tls::TlsFileError;
use vigia_ingest::tls::examine::{Examination, examine};
use vigia_live::board::{Certificate, CertificateKind};
use vigia_model::Timestamp;

const GROUP: Group = Group::Files;
/// Rights of anybody: to read, write or run.
const OTHERS: u32 = 0o007;
/// What the group may not do with a secret: write or run. Reading it is how a program that is not its owner gets at it.
const GROUP_TOO_MUCH: u32 = 0o030;

/// The certificate files, and whether a connection can be tried with them.
pub(crate) struct Files {
    pub(crate) findings: Vec<Finding>,
    pub(crate) examination: Examination,
}

pub(crate) fn check(draft: &Draft, now: Timestamp) -> Files {
    let tls = &draft.ingest.tls;
    let examination = examine(tls, now);
    let role = |path: &Path| match path {
        path if path == tls.key => "key",
        path if path == tls.ca => "ca",
        _ => "certificate",
    };
    let mut findings: Vec<Finding> =
        examination.faults.iter().map(|fault| faulty(fault, role(path_of(fault)))).collect();
    if let Some(certificate) = &examination.certificate {
        let left = certificate.days_left(now);
        if (0..=CertificateKind::Client.soon_days()).contains(&left) {
            findings.push(
                Finding::warning(
                    GROUP,
                    "certificate-expires-soon",
                    format!(
                        "{} expires on {}, in {left} days",
                        tls.certificate.display(),
                        day(certificate.not_after)
                    ),
                )
                .why(
                    "From that day on the broker lets nobody in with it, and telemetry waits \
                    at the broker until it forgets it.",
                )
                .mend(new_pair(&shown(&tls.certificate), &shown(&tls.key), &group_of(&tls.key)))
                .compose(new_pair(&secret(&tls.certificate), &secret(&tls.key), "10001")),
            );
        } else if examination.faults.is_empty() {
            let text = format!(
                "{}: {}, until {}",
                tls.certificate.display(),
                certificate.subject,
                day(certificate.not_after)
            );
            findings.push(Finding::ok(GROUP, "certificate", text));
        }
    }
    let authorities = examination
        .authorities
        .iter()
        .filter(|it| (0..=CertificateKind::Ca.soon_days()).contains(&it.days_left(now)));
    for authority in authorities {
        findings.push(authority_ends(authority, &tls.ca, now));
    }
    if examination.faults.is_empty() {
        findings.push(Finding::ok(GROUP, "key", format!("{} fits the certificate", tls.key.display())));
    }
    let secrets: Vec<PathBuf> = std::iter::once(tls.key.clone())
        .chain(draft.secret_files.iter().map(|(_, path)| path.clone()))
        .collect();
    for path in &secrets {
        findings.extend(std::fs::metadata(path).ok().map(|file| mode(path, &file)));
    }
    findings.extend(writable_folder(&tls.key));
    findings.extend(in_git(&secrets));
    Files { findings, examination }
}

fn authority_ends(authority: &Certificate, file: &Path, now: Timestamp) -> Finding {
    let file = file.display();
    let left = authority.days_left(now);
    let what =
        format!("{} in {file} expires on {}, in {left} days", authority.subject, day(authority.not_after));
    Finding::warning(GROUP, "ca-expires-soon", what)
        .why("From that day on it vouches for no broker, and unless another one in the file does, there is no connection.")
        .mend(format!(
            "put the broker's next authority into {file}, behind this one: \
                docs/operations/certificate-renewal.md, \"A new root (CA)\""
        ))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Where it lies on the host.
fn secret(path: &Path) -> String {
    format!("secrets/{}", name(path))
}

/// The group by which the program reads it now.
fn group_of(key: &Path) -> String {
    format!("\"$(stat -c %g {})\"", key.display())
}

fn path_of(fault: &TlsFileError) -> &Path {
    match fault {
        TlsFileError::Unreadable { path, .. }
        | TlsFileError::NotPem { path, .. }
        | TlsFileError::BadCertificate { path, .. }
        | TlsFileError::Expired { path, .. }
        | TlsFileError::NotYetValid { path, .. }
        | TlsFileError::BadKey { path, .. } => path,
        TlsFileError::KeyMismatch { key, .. } => key,
    }
}

fn faulty(fault: &TlsFileError, role: &str) -> Finding {
    let path = path_of(fault).display().to_string();
    let pick = |certificate: &'static str, key: &'static str, ca: &'static str| match role {
        "key" => key,
        "ca" => ca,
        _ => certificate,
    };
    let variable = pick("AWS_IOT_CERT_FILE", "AWS_IOT_KEY_FILE", "AWS_IOT_CA_FILE");
    let get = fetched(role, &path);
    let no_connection = "Without it there is no connection to the broker.";
    match fault {
        TlsFileError::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            let id = pick("certificate-unreadable", "key-unreadable", "ca-unreadable");
            Finding::failure(GROUP, id, format!("{path} may not be read by this user"))
                .why(no_connection)
                .mend(format!("sudo chown root:\"$(id -gn)\" {path} && sudo chmod 0640 {path}"))
                .compose(format!(
                    "sudo chown root:10001 secrets/{0} && sudo chmod 0640 secrets/{0}",
                    name(path_of(fault))
                ))
        }
        TlsFileError::Unreadable { source, .. } => {
            let id = pick("certificate-missing", "key-missing", "ca-missing");
            Finding::failure(GROUP, id, format!("{path} cannot be read: {source}"))
                .why(no_connection)
                .mend(format!("{get}\nor set {variable} to where it lies"))
        }
        TlsFileError::NotPem { expected, .. } => {
            let id = pick("certificate-not-pem", "key-not-pem", "ca-not-pem");
            Finding::failure(GROUP, id, format!("{path} holds no \"-----BEGIN {expected}-----\""))
                .why(
                    "It is another kind of file, or an empty one; perhaps a web page that was \
                    saved in its place.",
                )
                .mend(format!("head -1 {path}; then {get}"))
        }
        TlsFileError::BadCertificate { detail, .. } => {
            let id = pick("certificate-damaged", "key-damaged", "ca-damaged");
            Finding::failure(GROUP, id, format!("{path} holds no usable certificate: {detail}"))
                .why(no_connection)
                .mend(format!("openssl x509 -in {path} -noout -text; then {get}"))
        }
        TlsFileError::Expired { on, .. } => {
            let id = pick("certificate-expired", "key-expired", "ca-expired");
            Finding::failure(GROUP, id, format!("{path} expired on {on}"))
                .why("The broker lets nobody in with it.")
                .mend(if role == "ca" {
                    get
                } else {
                    format!(
                        "a new certificate and key in the place of {path} and its key: \
                        docs/operations/certificate-renewal.md"
                    )
                })
        }
        TlsFileError::NotYetValid { from, .. } => {
            let id = pick("certificate-not-yet-valid", "key-not-yet-valid", "ca-not-yet-valid");
            Finding::failure(GROUP, id, format!("{path} is not valid before {from}"))
                .why("Either it was made for later, or this machine's clock is behind.")
                .mend("timedatectl; sudo timedatectl set-ntp true")
        }
        TlsFileError::KeyMismatch { certificate, .. } => {
            let certificate = certificate.display();
            Finding::failure(GROUP, "key-mismatch", format!("{path} is not the key of {certificate}"))
                .why(
                    "Each certificate has one key, made with it; nobody else proves who he is \
                    with it. One of the two was replaced without the other.",
                )
                .mend(format!(
                    "these two must print the same:\nopenssl x509 -in {certificate} \
                        -noout -pubkey | sha256sum\nopenssl pkey -in {path} -pubout | \
                        sha256sum"
                ))
        }
        TlsFileError::BadKey { detail, .. } => Finding::failure(
            GROUP,
            "key-damaged",
            format!("{path} holds a key that cannot be used: {detail}"),
        )
        .why(no_connection)
        .mend(format!("openssl pkey -in {path} -noout -check; then {get}")),
    }
}

/// How a file comes by its content.
fn fetched(role: &str, path: &str) -> String {
    match role {
        "key" => format!(
            "a key cannot be fetched again; {}",
            new_pair("$AWS_IOT_CERT_FILE", path, "\"$(id -gn)\"")
        ),
        "ca" => {
            format!("curl -fsSo {path} https://www.amazontrust.com/repository/AmazonRootCA1.pem")
        }
        _ => format!(
            "aws iot describe-certificate --certificate-id <id> --query \
            certificateDescription.certificatePem --output text > {path}"
        ),
    }
}

/// As docs/operations/certificate-renewal.md has it: the program's group may read the files from the first moment on, and the
/// key goes first. What `aws` writes belongs to whoever called it, and nobody else may read it.
fn new_pair(certificate: &str, key: &str, group: &str) -> String {
    format!(
        "make a new pair: aws iot create-keys-and-certificate --set-as-active --certificate-pem-outfile new.crt --private-key-outfile new.key\n\
         attach policy and thing to it (docs/operations/certificate-renewal.md), then\n\
         sudo install -o root -g {group} -m 0640 new.key {key}.new && sudo install -o root -g {group} -m 0640 new.crt {certificate}.new\n\
         sudo mv {key}.new {key} && sudo mv {certificate}.new {certificate}"
    )
}

fn mode(path: &Path, file: &Metadata) -> Finding {
    let mode = file.mode() & 0o7777;
    let shown = path.display();
    if mode & OTHERS != 0 {
        return Finding::failure(
            GROUP,
            "secret-open-to-all",
            format!("{shown} has mode {mode:04o}: every account of this machine may get at it"),
        )
        .why("Whoever has it can be this installation at the broker, or read and change the whole database.")
        .mend(format!("chmod o= {shown}"))
        .compose(format!("sudo chown root:10001 secrets/{0} && sudo chmod 0640 secrets/{0}", name(path)));
    }
    if mode & GROUP_TOO_MUCH != 0 {
        return Finding::warning(
            GROUP,
            "secret-writable-by-group",
            format!("{shown} has mode {mode:04o}: its group (gid {}) may change it", file.gid()),
        )
        .why("Reading is enough for the program; who may write may put another key in its place.")
        .mend(format!("chmod 0640 {shown}"));
    }
    let text = format!("{shown} has mode {mode:04o}, uid {}, gid {}", file.uid(), file.gid());
    Finding::ok(GROUP, "secret-mode", text)
}

/// A folder in which anybody may rename: he can put files of his own in the place of ours. Sticky ones (`/tmp`) do not let him.
fn writable_folder(key: &Path) -> Option<Finding> {
    let folder = key.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mode = std::fs::metadata(folder).ok()?.mode();
    (mode & 0o002 != 0 && mode & 0o1000 == 0).then(|| {
        Finding::failure(
            GROUP,
            "secrets-folder-open",
            format!("{} may be written by everybody", folder.display()),
        )
        .why(
            "Whoever may write in the folder may put a key of his own in the place of \
                ours, whatever the file's own mode.",
        )
        .mend(format!("chmod o-w {}", folder.display()))
    })
}

/// Secrets that a repository keeps: everybody who ever cloned it has them.
fn in_git(secrets: &[PathBuf]) -> Option<Finding> {
    let tracked: Vec<String> =
        secrets.iter().filter(|path| is_tracked(path)).map(|path| path.display().to_string()).collect();
    let files = tracked.join(" ");
    (!tracked.is_empty()).then(|| {
        Finding::failure(GROUP, "secret-in-git", format!("git keeps {files}"))
            .why("It is in every clone, and stays in the history after it was removed.")
            .mend(format!(
                "git rm --cached {files} && git commit -m \"chore: keep no secrets\"; then \
                make new ones: these are known"
            ))
    })
}

fn is_tracked(path: &Path) -> bool {
    let Some(path) = std::path::absolute(path).ok() else { return false };
    let (Some(folder), Some(file)) = (path.parent(), path.file_name()) else { return false };
    if !folder.ancestors().any(|above| above.join(".git").exists()) {
        return false;
    }
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["ls-files", "--error-unmatch", "--"]).arg(file);
    git.output().is_ok_and(|output| output.status.success())
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
