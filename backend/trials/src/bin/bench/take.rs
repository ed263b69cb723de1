//! Taking one run: a fresh broker, a fresh database, one subscriber, and the ledger's word at the end.

use crate::args::{Figure, Measure};
use crate::machine::Machine;
use crate::poison::Poison;
use crate::report::{Plan, Report, Run};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use vigia_trials::audit::{Expectation, audit};
use vigia_trials::bed::{CONNECTIONS, TestBed};
use vigia_trials::load::Load;
use vigia_trials::number::float;
use vigia_trials::subscriber::Kind;
use vigia_trials::window::{self, Seen, Servers, WARM_UP};

/// Published and not yet done, at most: some twelve windows of 100 on each of eight connections.
const BACKLOG: u64 = 10_000;
/// The same of gathered messages, a hundred samples each: little more than all windows.
const BACKLOG_GATHERED: u64 = 1_000;
const SEED: u64 = 1;

/// Who takes the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subscriber {
    Vigia,
    Other(Kind),
}

impl Subscriber {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Vigia => "vigia",
            Self::Other(kind) => kind.as_str(),
        }
    }
}

/// The test bed and what came out of it so far.
pub(crate) struct Bench {
    pub(crate) bed: TestBed,
    pub(crate) measure: Measure,
    pub(crate) report: Report,
    began: Instant,
}

impl Bench {
    pub(crate) fn start(measure: &Measure) -> Result<Self> {
        let program = std::env::current_exe().context("cannot tell where the programs are")?;
        let mut bed = TestBed::start(program.parent().unwrap_or(Path::new(".")))?;
        let report = Report {
            machine: Machine::read(bed.postgres().version())?,
            plan: Plan {
                runs: measure.runs(),
                warm_up_seconds: WARM_UP.as_secs(),
                window_seconds: measure.window().as_secs(),
                paced_window_seconds: measure.paced_window().as_secs(),
                connections: CONNECTIONS,
            },
            ..Report::default()
        };
        Ok(Self { bed, measure: measure.clone(), report, began: Instant::now() })
    }

    /// Since it began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn wants(&self, figure: Figure) -> bool {
        let only = &self.measure.only;
        only.is_empty() || only.contains(&figure)
    }

    /// Progress, for whoever waits.
    pub(crate) fn say(&self, what: &str) {
        eprintln!("{:>5.0} s  {what}", self.began.elapsed().as_secs_f64());
    }

    /// Takes one run and notes it.
    pub(crate) async fn take(
        &mut self,
        subscriber: Subscriber,
        name: &'static str,
        load: &Load,
        number: u32,
    ) -> Result<Run> {
        self.take_beside(subscriber, name, load, number, None).await
    }

    /// The same with a gateway beside it that misbehaves.
    pub(crate) async fn take_beside(
        &mut self,
        subscriber: Subscriber,
        name: &'static str,
        load: &Load,
        number: u32,
        poison: Option<Poison>,
    ) -> Result<Run> {
        let database = self.bed.database()?;
        let mut broker = self.bed.broker()?;
        let ledger = self.bed.ledger("run")?;
        let program = match subscriber {
            Subscriber::Vigia => self.bed.vigia(&broker, &database).await?,
            Subscriber::Other(kind) => self.bed.subscriber(kind.as_str(), &broker, Some(&database)).await?,
        };
        let mut beside = poison.map(|poison| poison.start(&broker)).transpose()?;
        let window = self.measure.window();
        let servers = Servers { broker: &mut broker, postgres: self.bed.postgres() };
        let seen = window::run(load, &ledger, &program, servers, window, beside.as_mut()).await?;
        program.stop()?;
        drop(broker);
        let mut run = Run {
            subscriber: subscriber.as_str(),
            load: name,
            number,
            seen,
            audit: None,
            samples_per_message: None,
        };
        let mut word = String::new();
        if subscriber == Subscriber::Vigia {
            let expectation = Expectation::read(&ledger)?;
            let audit = audit(&expectation, &self.bed.postgres().url(&database)).await?;
            run.samples_per_message =
                Some(float(expectation.samples()) / float(expectation.messages().max(1)));
            let what = format!("{name}, run {number}");
            self.report.judge(&what, &audit);
            word = format!("; {audit}");
            run.audit = Some(audit);
        }
        self.bed.drop_database(&database)?;
        let Seen { messages_per_second: rate, cpu_us_per_message: each, .. } = run.seen;
        self.say(&format!(
            "{name}, run {number}, {}: {rate:.0} messages/s, {each:.1} µs each{word}",
            run.subscriber
        ));
        self.report.runs.push(run.clone());
        Ok(run)
    }
}

/// A load of this name.
pub(crate) fn load(name: &str, schema: u8) -> Load {
    let backlog = if schema == 1 { BACKLOG } else { BACKLOG_GATHERED };
    Load { scenario: scenario(name), schema, backlog, seed: SEED }
}

/// A scenario file of the checkout this program was built from.
pub(crate) fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../simulator/scenarios/{name}.toml"))
}
