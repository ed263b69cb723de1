//! The two programs of ours that the demo runs: the backend and the simulated factory.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vigia_testkit::{Account, Broker, Identity, Process, Scratch};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::home::Home;

/// Who logs in to the demo, which listens on this machine alone.
pub(crate) const EMAIL: &str = "admin@example.com";
pub(crate) const PASSWORD: &str = "mate amargo a las 5";
/// A demo that runs for weeks keeps the last hours of what was sent, twice this at most.
const LEDGER_MAX_BYTES: u64 = 64 << 20;

/// The backend, as a service manager would start it.
pub(crate) fn vigia(
    args: &Args,
    home: &Home,
    scratch: &Scratch,
    broker: &Broker,
    database_url: &str,
) -> Result<Process> {
    let Identity { ca, cert, key } = broker.pki().client("backend")?;
    let mut command = Command::new(existing("the backend", &args.bin_dir.join("vigia"))?);
    command
        .env("HOST", "127.0.0.1")
        .env("PORT", args.port.to_string())
        .env("PUBLIC_URL", url(args.port))
        .env("STATIC_DIR", absolute(&args.static_dir)?)
        .env("LOG_FORMAT", "json")
        .env("DATABASE_URL", database_url)
        .env("AWS_IOT_ENDPOINT", "localhost")
        .env("AWS_IOT_PORT", broker.port().to_string())
        .env("AWS_IOT_CLIENT_ID", "backend-demo")
        .env("AWS_IOT_CERT_FILE", cert)
        .env("AWS_IOT_KEY_FILE", key)
        .env("AWS_IOT_CA_FILE", ca)
        .env("PERSIST_DEFAULT_MODE", "both")
        .env("ADMIN_EMAILS", EMAIL)
        .env("SPOOL_DIR", home.path("spool"))
        .current_dir(home.path(""));
    account(&command)?;
    command.arg("serve");
    Ok(scratch.spawn("vigia", "TERM", Account::Own, &command, &home.log("vigia.log"))?)
}

/// Makes the account people log in with.
pub(crate) fn account(vigia: &Command) -> Result<()> {
    let mut command = Command::new(vigia.get_program());
    command.args(["create-admin", "--email", EMAIL, "--password-stdin"]);
    command.envs(vigia.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let failed = |source| Failure::file("run", Path::new(vigia.get_program()))(source);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(PASSWORD.as_bytes()).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    if status.success() { Ok(()) } else { Err(failed(std::io::Error::other("no account was made"))) }
}

/// The factory: gateways that publish over mTLS.
pub(crate) fn simulator(args: &Args, home: &Home, scratch: &Scratch, broker: &Broker) -> Result<Process> {
    let Identity { ca, cert, key } = broker.pki().client("publisher")?;
    let mut command = Command::new(existing("the simulator", &args.bin_dir.join("simulator"))?);
    command.arg("run");
    command.arg("--scenario").arg(existing("the scenario", &args.scenario)?);
    command.args(["--host", "localhost", "--port", &broker.port().to_string()]);
    command.arg("--ca").arg(ca).arg("--cert").arg(cert).arg("--key").arg(key);
    command.arg("--ledger").arg(home.log("ledger.jsonl")).args(["--seed", "1"]);
    command.args(["--ledger-max-bytes", &LEDGER_MAX_BYTES.to_string()]);
    command.current_dir(home.path(""));
    Ok(scratch.spawn("simulator", "TERM", Account::Own, &command, &home.log("simulator.log"))?)
}

/// Where a person opens the demo.
pub(crate) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(Failure::file("find", path))
}

fn existing(what: &'static str, path: &Path) -> Result<PathBuf> {
    let path = absolute(path)?;
    if path.exists() { Ok(path) } else { Err(Failure::Missing { what, path }) }
}
