//! Looking at both backends while it happens: who ingests, what waits on disk, how much memory they take.

use crate::backend::{Backend, Health, Spool};
use crate::system::System;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vigia_testkit::Process;

const LOOK: Duration = Duration::from_millis(200);
/// The most memory a backend may take.
pub(crate) const MOST_MEMORY_BYTES: u64 = 250_000_000;

/// What was seen so far.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Which backend was last seen to ingest.
    pub(crate) ingesting: usize,
    last_ingested: Instant,
    pub(crate) longest_without: Duration,
    pub(crate) takeovers: u32,
    pub(crate) backends: [OfOne; 2],
    /// Ended although nobody killed them.
    pub(crate) ended_by_themselves: Vec<String>,
}

/// What was seen of one backend.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OfOne {
    pub(crate) peak_memory_bytes: u64,
    pub(crate) deepest_entries: u64,
    pub(crate) deepest_bytes: u64,
    /// Messages that left the spool, and how long that took.
    pub(crate) drained: u64,
    pub(crate) draining: Duration,
    /// How long the spool took no more.
    pub(crate) refusing: Duration,
    pub(crate) most_in_flight: u64,
    last: Option<(Instant, u64)>,
}

/// The watcher's notes.
#[derive(Debug)]
pub(crate) struct Watch(Mutex<Seen>);

impl Watch {
    /// Begins when the first backend ingests.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Seen {
            ingesting: 0,
            last_ingested: Instant::now(),
            longest_without: Duration::ZERO,
            takeovers: 0,
            backends: [OfOne::default(); 2],
            ended_by_themselves: Vec::new(),
        }))
    }

    pub(crate) fn seen(&self) -> Seen {
        self.notes().clone()
    }

    fn notes(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks until dropped.
    pub(crate) async fn watch(self: Arc<Self>, system: Arc<System>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let [one, two] = &system.backends;
            let answers = tokio::join!(one.health(&system.http), two.health(&system.http));
            let mut active = [false; 2];
            {
                let mut seen = self.notes();
                for (place, answer) in [answers.0, answers.1].into_iter().enumerate() {
                    let Some(of_one) = seen.backends.get_mut(place) else { continue };
                    let pid = system.backends.get(place).and_then(Backend::pid);
                    of_one.peak_memory_bytes = of_one.peak_memory_bytes.max(pid.map_or(0, peak_memory_bytes));
                    of_one.look_at(answer.as_ref().map(|health| &health.spool));
                    let in_flight = answer.as_ref().map_or(0, Health::most_in_flight);
                    of_one.most_in_flight = of_one.most_in_flight.max(in_flight);
                    if let Some(active) = active.get_mut(place) {
                        *active = answer.is_some_and(|health| health.role == "active");
                    }
                }
                seen.ingesting_now(active);
            }
            self.start_those_that_ended(&system).await;
        }
    }

    /// Takes note of a backend that ended by itself, and starts it again, as a service manager would.
    async fn start_those_that_ended(&self, system: &System) {
        for backend in &system.backends {
            let Ok(mut process) = backend.process.try_lock() else { continue };
            let Some(status) = process.as_mut().and_then(Process::exit_status) else { continue };
            let what = format!("{} ended by itself ({status})", backend.name);
            system.say(&what);
            self.notes().ended_by_themselves.push(what);
            backend.gone();
            tokio::time::sleep(Duration::from_secs(1)).await;
            match backend.start(&system.scratch) {
                Ok(started) => *process = Some(started),
                Err(fault) => system.say(&format!("{} cannot be started: {fault:#}", backend.name)),
            }
        }
    }
}

impl Seen {
    fn ingesting_now(&mut self, active: [bool; 2]) {
        self.longest_without = self.longest_without.max(self.last_ingested.elapsed());
        // Two at once for a moment: the one that took over counts when the other has stood down.
        let place = active.iter().position(|active| *active);
        if let Some(place) = place {
            self.last_ingested = Instant::now();
            if active.get(self.ingesting) != Some(&true) {
                self.ingesting = place;
                self.takeovers += 1;
            }
        }
    }
}

impl OfOne {
    fn look_at(&mut self, spool: Option<&Spool>) {
        let now = Instant::now();
        if let (Some(spool), Some((then, before))) = (spool, self.last) {
            if spool.entries < before {
                self.drained += before - spool.entries;
                self.draining += now - then;
            }
            if ["full", "failed"].contains(&spool.state.as_str()) {
                self.refusing += now - then;
            }
        }
        if let Some(spool) = spool {
            self.deepest_entries = self.deepest_entries.max(spool.entries);
            self.deepest_bytes = self.deepest_bytes.max(spool.bytes);
        }
        self.last = spool.map(|spool| (now, spool.entries));
    }
}

/// The most memory a process has had; zero if it is gone.
fn peak_memory_bytes(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}
