//! The files of a cluster: made by `initdb`, copied from a template, or kept from the last start.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::{Error, Result};
use crate::port::random;
use crate::tools::PostgresTools;

use super::{TRUST, USER};

/// Part of the template's name: raise it when the options of `initdb` change.
const TEMPLATE_EDITION: u32 = 1;

/// A new cluster in the scratch folder. One that trusts everybody is a copy of a template, which is ten times
/// quicker than `initdb`.
pub(super) fn temporary(host_auth: &str, scratch: &Path) -> Result<(PostgresTools, PathBuf)> {
    let tools = PostgresTools::find()?;
    let data = scratch.join("data");
    if host_auth == TRUST {
        copy(&template(&tools, scratch)?, &data)?;
    } else {
        initdb(&tools, &data, host_auth, scratch)?;
    }
    Ok((tools, data))
}

/// The cluster kept in `dir`, run by the major version that made it; a new one if there is none.
pub(super) fn open_or_create(
    dir: &Path,
    host_auth: &str,
    scratch: &Path,
) -> Result<(PostgresTools, PathBuf)> {
    let Ok(made_by) = fs::read_to_string(dir.join("PG_VERSION")) else {
        let tools = PostgresTools::find()?;
        // Under another name until it is whole: a start cut short must not look like a cluster.
        let part = dir.with_extension("part");
        remove(&part)?;
        initdb(&tools, &part, host_auth, scratch)?;
        fs::rename(&part, dir).map_err(Error::file("make", dir))?;
        return Ok((tools, dir.to_owned()));
    };
    let found = PostgresTools::all();
    let version = |tools: &PostgresTools| tools.major().to_string();
    match found.iter().find(|tools| version(tools) == made_by.trim()) {
        Some(tools) => {
            forget_last_run(dir);
            Ok((tools.clone(), dir.to_owned()))
        }
        None => Err(Error::OtherVersion {
            dir: dir.to_owned(),
            made_by: made_by.trim().to_owned(),
            found: found.iter().map(version).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Removes the pid file of a server that is gone, and waits for one that is still going. Its owner holds the
/// folder's lock, so no other server can be meant to run here.
fn forget_last_run(dir: &Path) {
    let file = dir.join("postmaster.pid");
    let content = fs::read_to_string(&file).unwrap_or_default();
    let Some(pid) = content.lines().next().and_then(|line| line.trim().parse().ok()) else { return };
    if fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres") {
        wait_gone(&[pid]);
    } else {
        fs::remove_file(file).ok();
    }
}

/// The template for this version and account, in the system's temporary folder. Built aside and renamed, so
/// that processes which start together neither wait for nor disturb each other.
fn template(tools: &PostgresTools, scratch: &Path) -> Result<PathBuf> {
    let account = Account::for_servers();
    let uid = account.uid().unwrap_or(0);
    let name = format!("vigia-template-{TEMPLATE_EDITION}-postgres-{}-uid-{uid}", tools.version());
    let path = account.temp_dir().join(name);
    // Made by someone else under our name, it is not to be trusted.
    let ours = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir() && meta.uid() == uid);
    if !ours(&path) {
        let part = scratch.join(format!("template-{:x}", random()));
        initdb(tools, &part, TRUST, scratch)?;
        if fs::rename(&part, &path).is_err() && !ours(&path) {
            return Ok(part);
        }
    }
    Ok(path)
}

fn initdb(tools: &PostgresTools, dir: &Path, host_auth: &str, scratch: &Path) -> Result<()> {
    let account = Account::for_servers();
    fs::create_dir_all(dir).map_err(Error::file("make", dir))?;
    account.own(dir)?;
    let mut command = Command::new(tools.program("initdb"));
    command.args(["-U", USER, "-E", "UTF8", "--no-locale"]);
    // Whoever can enter the scratch folder, where the socket is, needs no password.
    command.arg("--auth-local=trust").arg(format!("--auth-host={host_auth}"));
    if dir.starts_with(scratch) {
        command.arg("--no-sync");
    }
    run(command.arg("-D").arg(dir))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    run(Command::new("cp").args(["-R", "-p", "--reflink=auto"]).arg(from).arg(to))
}

/// Runs a program as the servers' account.
fn run(command: &mut Command) -> Result<()> {
    Account::for_servers().apply(command);
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.current_dir("/").output();
    let output = output.map_err(|source| Error::Run { program: program.clone(), source })?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let output_text = String::from_utf8_lossy(&text).trim().to_owned();
    Err(Error::Failed { program, status: output.status, output: output_text })
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", dir)(error)),
        _ => Ok(()),
    }
}

/// The backends of a server.
pub(super) fn children_of(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

/// Waits until none of these processes is left, so that the next start finds no shared memory in use.
pub(super) fn wait_gone(pids: &[u32]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    // A zombie holds nothing any more; how soon it is reaped is up to whoever adopted it.
    let gone = |pid: &u32| {
        fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
    };
    while !pids.iter().all(gone) && Instant::now() < deadline {
        sleep(Duration::from_millis(5));
    }
}

/// Removes the System V segment noted in line 7 ("key id") of a dead server's pid file.
pub(super) fn remove_shared_memory(data: &Path) {
    let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    if let Some(id) = pid_file.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)) {
        Command::new("ipcrm").args(["-m", id]).output().ok();
    }
}
