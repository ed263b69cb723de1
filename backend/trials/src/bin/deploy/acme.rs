//! What stands in for Let's Encrypt: Pebble, the server of its makers for tests of ACME clients. Before it signs it looks by
//! itself for what the client put on the web, as the real one does.

use crate::command::{run, wait_for};
use crate::docker::{docker, hand_over};
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use vigia_testkit::{Pki, free_port};

/// Where it is found by those in its network.
pub(crate) const DIRECTORY: &str = "https://acme.test:14000/dir";
const HOST: &str = "acme.test";
const CONTAINER: &str = "vigia-deploy-test-acme";
const IMAGE: &str = "ghcr.io/letsencrypt/pebble:2.6.0";
/// nobody
const ACCOUNT: u32 = 65_534;
/// Where Nginx listens inside; outside it is port 80. Ninety days as those of Let's Encrypt are good for.
const CONFIG: &str = r#"{"pebble": {
  "listenAddress": "0.0.0.0:14000",
  "managementListenAddress": "0.0.0.0:15000",
  "certificate": "/config/server.pem",
  "privateKey": "/config/server.key",
  "httpPort": 8080,
  "tlsPort": 8443,
  "certificateValidityPeriod": 7776000
}}
"#;

/// Starts it in a network, where `name` has `address`; the file of the root under which it signs. Removed by `remove`.
pub(crate) async fn start(
    dir: &Path,
    pki: &Pki,
    network: &str,
    (name, address): (&str, &str),
) -> Result<PathBuf> {
    remove();
    let server = pki.server("acme", &[HOST, "localhost"])?;
    let config = dir.join("config");
    let files = [
        ("pebble.json", CONFIG.to_owned()),
        ("server.pem", fs::read_to_string(&server.cert)?),
        ("server.key", fs::read_to_string(&server.key)?),
    ];
    hand_over(&config, ACCOUNT, &files)?;
    let port = free_port()?;
    let mut start =
        docker(&["run", "--detach", "--name", CONTAINER, "--network", network, "--network-alias", HOST]);
    start.args(["--add-host", &format!("{name}:{address}"), "--publish", &format!("127.0.0.1:{port}:15000")]);
    // It looks at once, and each time.
    start.args(["--env", "PEBBLE_VA_NOSLEEP=1", "--env", "PEBBLE_AUTHZREUSE=0"]);
    start.args(["--user", &format!("{ACCOUNT}:{ACCOUNT}"), "--read-only", "--cap-drop", "ALL"]);
    start.args([
        "--volume",
        &format!("{}:/config:ro", config.display()),
        IMAGE,
        "-config",
        "/config/pebble.json",
    ]);
    run(&mut start)?;
    let root = dir.join("root.pem");
    let said = wait_for("the authority to answer", Duration::from_secs(30), || {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--max-time", "5", "--cacert"]).arg(&server.ca);
        run(curl.arg(format!("https://localhost:{port}/roots/0"))).map(Some)
    })
    .await?;
    fs::write(&root, said)?;
    Ok(root)
}

/// Removes it, if it is there.
pub(crate) fn remove() {
    run(&mut docker(&["rm", "--force", "--volumes", CONTAINER])).ok();
}

/// What certbot is to trust when it talks to it: override.yml hands it in.
pub(crate) fn write_trust(scratch: &Path, pki: &Pki) -> Result<()> {
    let path = scratch.join("trusted.pem");
    fs::copy(pki.ca(), &path).context("no authority")?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
    Ok(())
}
