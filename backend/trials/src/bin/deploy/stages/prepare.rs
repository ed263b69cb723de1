//! A checkout, its secrets and its settings, by the steps of the documentation.

use crate::acme;
use crate::args::Args;
use crate::aws::{Aws, BACKEND, ENDPOINT};
use crate::command::run;
use crate::project::Project;
use crate::second;
use crate::stage::{Bench, PROJECT};
use crate::web::NAME;
use anyhow::{Result, ensure};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use vigia_testkit::{Identity, free_port};

/// Networks that are none of an installation on the same machine.
const SUBNETS: [(&str, &str); 2] =
    [("VIGIA_APP_SUBNET", "10.213.87.0/24"), ("VIGIA_EDGE_SUBNET", "10.213.90.0/24")];

pub(crate) async fn prepare(args: &Args) -> Result<(Bench, String)> {
    let mut project = Project::checkout(&args.root, args.scratch.join("installation"), PROJECT)?;
    // What an earlier run may have left.
    acme::remove();
    second::take_down(&args.scratch);
    project.configure(&settings((1, 2)))?;
    project.down().ok();
    let aws = Aws::start(&args.scratch.join("aws")).await?;
    acme::write_trust(&args.scratch, &aws.pki)?;
    let ports = (free_port()?, free_port()?);
    project.configure(&settings(ports))?;
    put_certificates(&project.dir.join("secrets"), &aws.backend()?)?;
    let first = prepare_secrets(&project)?;
    ensure!(first.contains("ready"), "prepare.sh is not content: {first}");
    let before = listing(&project.dir.join("secrets"))?;
    let second = prepare_secrets(&project)?;
    ensure!(
        before == listing(&project.dir.join("secrets"))?,
        "prepare.sh changed something the second time: {second}"
    );
    ensure!(second.lines().count() == 1, "prepare.sh did something the second time: {second}");
    let left_out = project.leave_out(&args.without)?;
    let ledger = args.scratch.join("ledger.jsonl");
    fs::remove_file(&ledger).ok();
    let mut git = Command::new("git");
    let commit = run(git.arg("-C").arg(&args.root).args(["rev-parse", "HEAD"]))?;
    let services = project.services()?;
    let bench = Bench {
        args: args.clone(),
        project,
        aws,
        ports,
        token: None,
        ledger,
        seed: 0,
        commit,
        authority: None,
    };
    let without = if left_out.is_empty() {
        String::new()
    } else {
        format!("; no image here for {}", left_out.join(", "))
    };
    Ok((bench, format!("prepare.sh twice; {} services: {}{without}", services.len(), services.join(" "))))
}

/// What one fills in, and what keeps the test apart from an installation on the same machine.
pub(crate) fn settings((http, https): (u16, u16)) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("COMPOSE_PROFILES", "tls,monitoring,alerting".to_owned()),
        ("SERVER_NAME", NAME.to_owned()),
        ("PUBLIC_URL", format!("https://{NAME}:{https}")),
        ("ADMIN_EMAILS", "ana@example.com".to_owned()),
        ("AWS_IOT_ENDPOINT", ENDPOINT.to_owned()),
        ("AWS_IOT_CLIENT_ID", BACKEND.to_owned()),
        // All is compared, statistics too.
        ("PERSIST_DEFAULT_MODE", "both".to_owned()),
        ("HTTP_PORT", format!("127.0.0.1:{http}")),
        ("HTTPS_PORT", format!("127.0.0.1:{https}")),
        // Nobody is there before the stage `padlock`.
        ("ACME_SERVER", acme::DIRECTORY.to_owned()),
    ];
    settings.extend(SUBNETS.map(|(name, subnet)| (name, subnet.to_owned())));
    settings.extend(super::alert::settings());
    settings
}

/// As they come from AWS.
pub(crate) fn put_certificates(secrets: &Path, identity: &Identity) -> Result<()> {
    for (from, name) in [
        (&identity.ca, "AmazonRootCA1.pem"),
        (&identity.cert, "certificate.pem.crt"),
        (&identity.key, "private.pem.key"),
    ] {
        // Beside it and then in its place, so that nobody reads half of it.
        let part = secrets.join(format!(".{name}.part"));
        fs::copy(from, &part)?;
        fs::set_permissions(&part, fs::Permissions::from_mode(0o640))?;
        std::os::unix::fs::chown(&part, Some(0), Some(10_001))?;
        fs::rename(part, secrets.join(name))?;
    }
    Ok(())
}

pub(crate) fn prepare_secrets(project: &Project) -> Result<String> {
    project.shell("deploy/prepare.sh")
}

/// Names, owners, modes and contents.
fn listing(dir: &Path) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let meta = fs::metadata(&path)?;
        let mode = meta.permissions().mode() & 0o7777;
        ensure!(mode % 8 == 0 || path.ends_with("README.md"), "others may read {}", path.display());
        lines.push(format!(
            "{} {}:{} {mode:o} {:?}",
            path.display(),
            meta.uid(),
            meta.gid(),
            fs::read(&path)?
        ));
    }
    lines.sort();
    Ok(lines)
}
