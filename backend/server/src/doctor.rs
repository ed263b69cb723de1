//! `vigia doctor`: looks at everything an installation hangs on, and says of each fault what it is, why it matters and what
//! mends it. It stops at no fault: what does not depend on it is looked at all the same.

mod finding;
mod report;
mod environment;
mod files;
mod policy;
mod broker;
mod database;
mod storage;
mod backup;
mod web;
mod clock;
mod backend;

use crate::config::Draft;
use broker::Identity;
use finding::{Finding, Group};
use report::Report;
use std::future::Future;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use vigia_contract::http::UtcTime;
use vigia_model::{Clock, Timestamp};

/// How long one group may take; they run at once.
const GROUP_WITHIN: Duration = Duration::from_secs(17);
/// The date header of the web address has whole seconds.
const SECOND_MS: i64 = 1_000;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
    /// Look only at these, comma-separated.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Group>,
    /// Show the policies that AWS IoT Core should have for these settings, too.
    #[arg(long)]
    policy: bool,
    /// Try the backend's own client id instead of `<id>-doctor`, if no backend runs anywhere.
    #[arg(long)]
    as_backend: bool,
}

/// Whose policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Holder {
    /// The backend: connects, subscribes, receives.
    Subscriber,
    /// A gateway: connects as its thing, publishes to its own topic.
    Gateway,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PolicyArguments {
    #[arg(value_enum)]
    holder: Holder,
    /// The account's twelve digits; a placeholder otherwise.
    #[arg(long)]
    account: Option<String>,
    /// The region; otherwise the one in `AWS_IOT_ENDPOINT`.
    #[arg(long)]
    region: Option<String>,
    /// `aws`, `aws-cn` or `aws-us-gov`; otherwise by the region.
    #[arg(long)]
    partition: Option<String>,
}

/// Looks at everything and says what it found. The exit code is 0 if nothing is broken, and 1 if something is.
///
/// # Errors
/// When nobody takes what is said.
pub(crate) async fn doctor(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let draft = Draft::from_environment();
    let (clock, begin) = (Clock::System, Instant::now());
    let at = clock.now();
    let mut findings = Box::pin(examined(&draft, &arguments, &clock)).await;
    findings.retain(|finding| arguments.wants(finding.group));
    findings.sort_by_key(|finding| finding.group);
    let report = Report { at, took_ms: begin.elapsed().as_millis(), findings };
    let said = if arguments.json { format!("{:#}", report.json()) } else { report.text(is_coloured()) };
    io::Write::write_all(&mut io::stdout(), format!("{said}\n").as_bytes())?;
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The policy for these settings, and nothing else, so that it can be piped on; a word on its length goes to standard error.
///
/// # Errors
/// When the settings it depends on are missing.
pub(crate) fn policy(arguments: &PolicyArguments) -> anyhow::Result<String> {
    let draft = Draft::from_environment();
    let mut account = policy::Account::of_endpoint(&draft.ingest.host);
    if let Some(region) = &arguments.region {
        account = policy::Account::of_endpoint(&format!("x.iot.{region}.amazonaws.com"));
    }
    account.number = arguments.account.clone().unwrap_or(account.number);
    account.partition = arguments.partition.clone().unwrap_or(account.partition);
    let policy = match arguments.holder {
        Holder::Gateway => policy::gateway(&account),
        Holder::Subscriber => {
            anyhow::ensure!(
                !draft.ingest.client_id.is_empty(),
                "AWS_IOT_CLIENT_ID is not set: the policy allows this one alone"
            );
            policy::subscriber(&draft.ingest, &account)
        }
    };
    let characters = policy::characters(&policy);
    if characters > policy::MOST_CHARACTERS {
        let word = format!(
            "warning: this policy has {characters} characters, and AWS IoT Core takes {}: {}\n",
            policy::MOST_CHARACTERS,
            policy::SHORTER
        );
        io::Write::write_all(&mut io::stderr(), word.as_bytes())?;
    }
    Ok(format!("{policy:#}"))
}

impl Arguments {
    fn wants(&self, group: Group) -> bool {
        self.only.is_empty() || self.only.contains(&group)
    }
}

async fn examined(draft: &Draft, arguments: &Arguments, clock: &Clock) -> Vec<Finding> {
    let now = clock.now();
    let wants = |groups: &[Group]| groups.iter().any(|group| arguments.wants(*group));
    let mut findings = environment::check(draft);
    let files = files::check(draft, now);
    findings.extend(files.findings);
    findings.extend(broker::settings(draft, arguments.policy));
    findings.extend(storage::spool(draft));

    // Whoever plays the backend must know first that nobody else does.
    let needs_others = arguments.as_backend && wants(&[Group::Broker]);
    let database = async {
        let groups = [Group::Database, Group::Storage, Group::Backup, Group::Clock];
        let mut told = database::Told::default();
        if wants(&groups) || needs_others {
            let late = in_time(database::check(draft, clock, &mut told), Group::Database, GROUP_WITHIN).await;
            told.cut_short(late);
        }
        told
    };
    // What a probe is refused says little beside a backend that is subscribed.
    let backend = async {
        if !wants(&[Group::Backend, Group::Broker]) {
            return backend::Told::default();
        }
        backend::check(draft).await
    };
    let web = async {
        let mut told = web::Told::default();
        if wants(&[Group::Web, Group::Clock]) {
            let late = in_time(web::check(draft, &mut told), Group::Web, GROUP_WITHIN).await;
            told.findings.extend(late);
        }
        told
    };
    let broker = async |identity: Identity, backend: &backend::Told| {
        let mut findings = Vec::new();
        if wants(&[Group::Broker]) {
            let checking = broker::check(
                draft,
                &files.examination,
                now,
                (identity, backend.is_subscribed),
                &mut findings,
            );
            let late = in_time(checking, Group::Broker, GROUP_WITHIN).await;
            findings.extend(late);
        }
        findings
    };

    let (database, backend, web, broker) = if arguments.as_backend {
        let (database, backend, web) = tokio::join!(database, backend, web);
        let identity = identity(&database, &backend);
        let broker = broker(identity, &backend).await;
        (database, backend, web, broker)
    } else {
        let with_broker = async {
            let backend = backend.await;
            let broker = broker(Identity::Probe, &backend).await;
            (backend, broker)
        };
        let (database, (backend, broker), web) = tokio::join!(database, Box::pin(with_broker), web);
        (database, backend, web, broker)
    };
    findings.extend(broker);
    findings.extend(clock::check(&[
        ("the database", database.skew_ms, 0),
        ("the web address", web.skew_ms, SECOND_MS),
    ]));
    findings.extend(database.findings);
    findings.extend(web.findings);
    findings.extend(backend.findings);
    findings
}

fn identity(database: &database::Told, backend: &backend::Told) -> Identity {
    match (backend.is_running, database.is_ingested) {
        (true, _) => Identity::Refused("a backend runs here, and would be thrown out"),
        (false, Some(true)) => {
            Identity::Refused("some process ingests into the database, and would be thrown out")
        }
        (false, None) => {
            Identity::Refused("whether a backend runs elsewhere cannot be told: the database cannot be asked")
        }
        (false, Some(false)) => Identity::Backend,
    }
}

/// Looks for as long as it may take; what was found until then is kept by whoever calls. The finding that it was cut
/// short, if it was.
async fn in_time(checking: impl Future<Output = ()>, group: Group, limit: Duration) -> Option<Finding> {
    let is_late = tokio::time::timeout(limit, Box::pin(checking)).await.is_err();
    is_late.then(|| {
        Finding::failure(
            group,
            "check-too-slow",
            format!("looking at this took longer than {} s", limit.as_secs()),
        )
        .why("Something answers, and very slowly. What comes after it was not looked at.")
        .mend("look at the load of this machine and of the network, and try again")
    })
}

/// An operation of the network, or a word that it took too long.
async fn within<T>(limit: Duration, doing: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(limit, doing).await.unwrap_or_else(|_elapsed| {
        let text = format!("no answer within {} s", limit.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, text))
    })
}

/// Colours are for people who look at a terminal and did not say otherwise.
fn is_coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The UTC day.
fn day(at: Timestamp) -> String {
    let time = serde_json::to_value(UtcTime::from_millis(at.as_millis())).unwrap_or_default();
    time.as_str().and_then(|time| time.split('T').next()).unwrap_or_default().to_owned()
}

/// How long ago, in the largest unit that says something.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.millis_since(at).max(0) / 1_000;
    match seconds {
        0..120 => format!("{seconds} s ago"),
        120..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

fn bytes(number: i64) -> String {
    crate::storage::bytes(crate::storage::float(number))
}

#[cfg(test)]
mod tests;
