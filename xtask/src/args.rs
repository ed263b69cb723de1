//! The command line.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::failure::{Failure, Result};

pub(crate) const HELP: &str = "\
Usage: cargo xtask <command>

Commands:
  demo [--port 8080]   build and start everything, simulate a factory, print the address to open
  test                 run every test: Rust, frontend units, browser, the whole stack in a browser, the API
       --rust          only the Rust tests
       --frontend      only the frontend's, against a backend that is played
       --stack         only the browser against the whole stack
       --api           only requests made up from the API's description, against the whole stack
       -- <filter>     passed to the test runner, for example: cargo xtask test --rust -- broker
  bench                measure Vigía beside baselines on this machine (some 20 minutes); a table, and target/bench.json
       --quick         fewer and shorter runs: some four minutes
       --only NAME     only this figure: throughput, samples, rows, latency, memory, feed, rest, outage or poison;
                       may be given again
       --history       nothing but a store of a hundred million samples: what one weighs, packing, questions about history;
                       some eight minutes, 4 GiB of memory and 10 GB of disk
       --samples N     about how many samples that store has [default: 100000000]
       --runs N        how often each pair is measured
       --seconds S     how long each window is
       --json FILE     where the report with every run goes
  chaos                run Vigía under load, break everything around it at random, compare every sample in the end
       --minutes N     how long [default: 2]
       --seed S        the same seed breaks the same things at the same times [default: 1]
       --rate R        samples a second [default: 1000]
       --programs DIR  build nothing, and try the program in this folder
  deploy-test          bring an installation up from docker-compose.production.yml, use it, kill and mend it, renew its
                       certificates, back it up and restore it, upgrade it and go back, set one up without AWS, and take
                       it down; needs root, 15 GB of disk and some half an hour, of which the first build takes most
       --only STAGES   only these and what they stand on, comma-separated: telemetry, watch, padlock, hardening, heal,
                       rotate, doctor, backup, restore, stop, alert, upgrade, on-premise
       --keep          leave it running
       --keep-images   leave the images for the next time
       --no-build      try the images that an earlier run kept
  fuzz                 feed the parsers of the API with what strangers might send, guided by coverage
       --seconds S     how long [default: 300]
  lint-deploy          check the files of a deployment: Nginx, Dockerfiles, Compose, Prometheus, shell scripts
  backup-drill         back a database up while it is written, break the backups, restore it by the commands of
                       docs/operations/restore.md (some eight minutes)
       --short         without S3, retention and what takes long: some ninety seconds
  screens              take the pictures in docs/images/screens, of a stack of its own (some four minutes)
  gen                  write what is made from code: docs/openapi.json and the frontend's types of the API
  frontend             only install the frontend's packages and build it, if it has changed
  setup                only install what the commands above need

Each command first checks what the machine lacks. On Debian and Ubuntu it is installed: by apt-get as root or
with password-less sudo, else unpacked into .vigia/. Elsewhere the command to run is printed.";

const DEFAULT_PORT: u16 = 8080;
const FUZZ_FOR: Duration = Duration::from_mins(5);
/// What `bench` can measure.
const FIGURES: [&str; 9] =
    ["throughput", "samples", "rows", "latency", "memory", "feed", "rest", "outage", "poison"];

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Setup,
    Frontend,
    Gen,
    Screens,
    Demo {
        port: u16,
    },
    Test(Selection),
    /// Arguments for the program that measures.
    Bench(Vec<String>),
    Chaos(Chaos),
    DeployTest(DeployTest),
    Fuzz(Duration),
    BackupDrill {
        short: bool,
    },
    LintDeploy,
}

/// How to try an installation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct DeployTest {
    /// Arguments for the program that does it.
    pub(crate) args: Vec<String>,
}

/// How to break things.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chaos {
    /// Where the program under trial is, if it is not to be built.
    pub(crate) programs: Option<PathBuf>,
    /// Arguments for the program that breaks things.
    pub(crate) args: Vec<String>,
}

/// A part of the tests, in the order they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Rust,
    Frontend,
    Stack,
    Api,
}

impl Part {
    const ALL: [Self; 4] = [Self::Rust, Self::Frontend, Self::Stack, Self::Api];

    fn named(arg: &str) -> Option<Self> {
        match arg {
            "--rust" => Some(Self::Rust),
            "--frontend" => Some(Self::Frontend),
            "--stack" => Some(Self::Stack),
            "--api" => Some(Self::Api),
            _ => None,
        }
    }
}

/// Which tests to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    /// At least one.
    pub(crate) parts: BTreeSet<Part>,
    /// Arguments for the runner of the first of them.
    pub(crate) filter: Vec<String>,
}

impl Command {
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self> {
        let mut args = args.peekable();
        let command = args.next();
        if args.peek().is_some_and(|arg| arg == "--help" || arg == "-h") {
            return Ok(Self::Help);
        }
        let parsed = match command.as_deref() {
            None | Some("help" | "--help" | "-h") => Self::Help,
            Some("setup") => Self::Setup,
            Some("frontend") => Self::Frontend,
            Some("lint-deploy") => Self::LintDeploy,
            Some("gen") => Self::Gen,
            Some("screens") => Self::Screens,
            Some("bench") => Self::Bench(bench(&mut args)?),
            Some("chaos") => Self::Chaos(chaos(&mut args)?),
            Some("deploy-test") => Self::DeployTest(deploy_test(&mut args)?),
            Some("fuzz") => Self::Fuzz(seconds(&mut args)?),
            Some("backup-drill") => {
                Self::BackupDrill { short: args.next_if(|arg| arg == "--short").is_some() }
            }
            Some("demo") => Self::Demo { port: port(&mut args)? },
            Some("test") => Self::Test(selection(&mut args)?),
            Some(other) => return Err(unknown(other)),
        };
        match args.next() {
            None => Ok(parsed),
            Some(extra) => Err(unknown(&extra)),
        }
    }
}

fn port(args: &mut impl Iterator<Item = String>) -> Result<u16> {
    match args.next().as_deref() {
        None => Ok(DEFAULT_PORT),
        Some("--port") => {
            let value = args.next().unwrap_or_default();
            let number = value.parse().ok().filter(|&number| number > 0);
            number.ok_or_else(|| {
                Failure::usage(format!("--port takes a number from 1 to 65535, not '{value}'"))
            })
        }
        Some(other) => Err(unknown(other)),
    }
}

fn selection(args: &mut impl Iterator<Item = String>) -> Result<Selection> {
    let (mut parts, mut filter) = (BTreeSet::new(), Vec::new());
    while let Some(arg) = args.next() {
        match Part::named(&arg) {
            Some(part) => {
                parts.insert(part);
            }
            None if arg == "--" => filter.extend(args.by_ref()),
            None => return Err(unknown(&arg)),
        }
    }
    if parts.is_empty() {
        parts.extend(Part::ALL);
    }
    Ok(Selection { parts, filter })
}

/// Checked here, so that a slip shows before minutes of building.
fn bench(args: &mut impl Iterator<Item = String>) -> Result<Vec<String>> {
    let mut passed = Vec::new();
    while let Some(arg) = args.next() {
        let check: fn(&str) -> bool = match arg.as_str() {
            "--quick" | "--history" => {
                passed.push(arg);
                continue;
            }
            "--only" => |name| FIGURES.contains(&name),
            "--runs" | "--seconds" | "--samples" => {
                |number| number.parse::<u32>().is_ok_and(|number| number > 0)
            }
            "--json" => |file| !file.is_empty(),
            other => return Err(unknown(other)),
        };
        let value = args.next().unwrap_or_default();
        if !check(&value) {
            let wanted = match arg.as_str() {
                "--only" => format!("one of {}", FIGURES.join(", ")),
                "--json" => "a file".to_owned(),
                _ => "a number above 0".to_owned(),
            };
            return Err(Failure::usage(format!("{arg} takes {wanted}, not '{value}'")));
        }
        passed.extend([arg, value]);
    }
    Ok(passed)
}

/// Checked here for the same reason.
fn chaos(args: &mut impl Iterator<Item = String>) -> Result<Chaos> {
    let mut chaos = Chaos::default();
    while let Some(arg) = args.next() {
        if !["--minutes", "--seed", "--rate", "--programs"].contains(&arg.as_str()) {
            return Err(unknown(&arg));
        }
        let value = args.next().unwrap_or_default();
        if arg == "--programs" {
            if value.is_empty() {
                return Err(Failure::usage("--programs takes a folder"));
            }
            chaos.programs = Some(value.into());
            continue;
        }
        let least = u64::from(arg != "--seed");
        if value.parse::<u64>().is_ok_and(|number| number >= least) {
            chaos.args.extend([arg, value]);
        } else {
            return Err(Failure::usage(format!("{arg} takes a number from {least} on, not '{value}'")));
        }
    }
    Ok(chaos)
}

/// The program knows its stages.
fn deploy_test(args: &mut impl Iterator<Item = String>) -> Result<DeployTest> {
    let mut passed = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--keep" | "--keep-images" | "--no-build" => passed.push(arg),
            "--only" => {
                let stages = args.next().filter(|stages| !stages.is_empty());
                let stages = stages.ok_or_else(|| Failure::usage("--only takes stages, comma-separated"))?;
                passed.extend([arg, stages]);
            }
            other => return Err(unknown(other)),
        }
    }
    Ok(DeployTest { args: passed })
}

fn seconds(args: &mut impl Iterator<Item = String>) -> Result<Duration> {
    match args.next().as_deref() {
        None => Ok(FUZZ_FOR),
        Some("--seconds") => {
            let value = args.next().unwrap_or_default();
            let seconds = value.parse().ok().filter(|&seconds| seconds > 0);
            seconds
                .map(Duration::from_secs)
                .ok_or_else(|| Failure::usage(format!("--seconds takes a number from 1 on, not '{value}'")))
        }
        Some(other) => Err(unknown(other)),
    }
}

fn unknown(arg: &str) -> Failure {
    Failure::usage(format!("I do not know '{arg}'.\n\n{HELP}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Command> {
        Command::parse(line.split_whitespace().map(str::to_owned)).ok()
    }

    fn tests(parts: &[Part], filter: &[&str]) -> Command {
        let filter = filter.iter().map(|&word| word.to_owned()).collect();
        Command::Test(Selection { parts: parts.iter().copied().collect(), filter })
    }

    fn bench(args: &[&str]) -> Command {
        Command::Bench(args.iter().map(|&word| word.to_owned()).collect())
    }

    fn chaos(programs: Option<&str>, args: &[&str]) -> Command {
        let args = args.iter().map(|&word| word.to_owned()).collect();
        Command::Chaos(Chaos { programs: programs.map(PathBuf::from), args })
    }

    fn deploy(args: &[&str]) -> Command {
        Command::DeployTest(DeployTest { args: args.iter().map(|&word| word.to_owned()).collect() })
    }

    #[test]
    fn commands_are_understood() {
        for (line, expected) in [
            ("", Some(Command::Help)),
            ("demo --help", Some(Command::Help)),
            ("demo", Some(Command::Demo { port: 8080 })),
            ("demo --port 9000", Some(Command::Demo { port: 9000 })),
            ("demo --port nine", None),
            ("demo --port", None),
            ("demo --port 0", None),
            ("test", Some(tests(&Part::ALL, &[]))),
            ("test --rust", Some(tests(&[Part::Rust], &[]))),
            ("test --frontend", Some(tests(&[Part::Frontend], &[]))),
            ("test --rust -- broker -x", Some(tests(&[Part::Rust], &["broker", "-x"]))),
            ("test --stack --rust", Some(tests(&[Part::Rust, Part::Stack], &[]))),
            ("test --api -- -n 200", Some(tests(&[Part::Api], &["-n", "200"]))),
            ("test --all", None),
            ("bench", Some(bench(&[]))),
            ("bench --help", Some(Command::Help)),
            ("bench --quick --json out.json", Some(bench(&["--quick", "--json", "out.json"]))),
            ("bench --only rows --only latency", Some(bench(&["--only", "rows", "--only", "latency"]))),
            ("bench --only feed --only rest", Some(bench(&["--only", "feed", "--only", "rest"]))),
            ("bench --runs 3 --seconds 5", Some(bench(&["--runs", "3", "--seconds", "5"]))),
            ("bench --history --samples 9000000", Some(bench(&["--history", "--samples", "9000000"]))),
            ("bench --samples many", None),
            ("bench --only dance", None),
            ("bench --runs 0", None),
            ("bench --seconds", None),
            ("bench fast", None),
            ("chaos", Some(chaos(None, &[]))),
            ("chaos --help", Some(Command::Help)),
            ("chaos --minutes 30 --seed 0", Some(chaos(None, &["--minutes", "30", "--seed", "0"]))),
            ("chaos --programs dist --rate 5000", Some(chaos(Some("dist"), &["--rate", "5000"]))),
            ("chaos --minutes 0", None),
            ("chaos --minutes", None),
            ("chaos --seed lucky", None),
            ("chaos --programs", None),
            ("chaos monkey", None),
            ("deploy-test", Some(deploy(&[]))),
            ("deploy-test --keep --only heal,stop", Some(deploy(&["--keep", "--only", "heal,stop"]))),
            ("deploy-test --only", None),
            ("deploy-test --lint", None),
            ("fuzz", Some(Command::Fuzz(Duration::from_mins(5)))),
            ("fuzz --seconds 20", Some(Command::Fuzz(Duration::from_secs(20)))),
            ("fuzz --seconds 0", None),
            ("backup-drill", Some(Command::BackupDrill { short: false })),
            ("backup-drill --short", Some(Command::BackupDrill { short: true })),
            ("backup-drill --long", None),
            ("gen", Some(Command::Gen)),
            ("frontend", Some(Command::Frontend)),
            ("lint-deploy", Some(Command::LintDeploy)),
            ("lint-deploy all", None),
            ("setup now", None),
            ("dance", None),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
