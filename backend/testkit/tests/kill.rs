//! Nothing outlives its owner: a process with servers is killed with `SIGKILL`, and with it all it started.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use vigia_testkit::{Broker, Postgres};

/// Longer than the watchdog's own patience with a server.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn kill_9_leaves_no_process_and_no_folder() {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "owner_of_servers", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let traces: Vec<String> = lines
        .map_while(Result::ok)
        .filter_map(|line| Some(line.split_once("trace ")?.1.to_owned()))
        .take(4)
        .collect();
    assert_eq!(traces.len(), 4, "the helper did not start: {traces:?}");
    for trace in &traces {
        assert!(exists(trace), "{trace} was never there");
    }
    owner.kill().unwrap();
    owner.wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while traces.iter().any(|trace| exists(trace)) {
        assert!(Instant::now() < deadline, "left behind: {traces:?}");
        sleep(Duration::from_millis(20));
    }
}

/// Whether the path exists and is not the trace of a dead process that nobody has reaped yet.
fn exists(path: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new(path).join("stat")).unwrap_or_default();
    Path::new(path).exists() && !stat.contains(") Z ")
}

#[test]
#[ignore = "started, and killed, by the test above"]
fn owner_of_servers() {
    let mut postgres = Postgres::start().unwrap();
    let mut broker = Broker::start().unwrap();
    let mut out = std::io::stdout();
    for server in [postgres.process().unwrap().id(), broker.process().unwrap().id()] {
        writeln!(out, "trace /proc/{server}").unwrap();
    }
    for folder in [postgres.data_dir(), broker.pki().dir()] {
        writeln!(out, "trace {}", folder.parent().unwrap().display()).unwrap();
    }
    out.flush().unwrap();
    sleep(Duration::from_mins(1));
}
