//! One run, from the start of the servers to the last line.

use crate::args::Cli;
use crate::event::Event;
use crate::faults::faults;
use crate::idle::Idle;
use crate::load::Load;
use crate::perform::Breaker;
use crate::plan::plan;
use crate::rules;
use crate::settle;
use crate::system::{CLIENTS, DATABASE, System};
use crate::tally::{Outcome, Tally};
use crate::verdict::Verdict;
use crate::watch::{OfOne, Seen, Watch};
use anyhow::{Context, Result, bail};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, block_in_place};
use vigia_trials::bed::ADMIN;
use vigia_trials::number::per_second;

/// How long the first backend may take to be ready.
const START: Duration = Duration::from_mins(1);

pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    let programs = cli.programs();
    let system = Arc::new(block_in_place(|| System::start(&programs, cli.seed))?);
    if !system.disk.is_mounted() {
        system.say("cannot mount a file system for the spools (that takes root): small spools instead");
    }
    let load = Arc::new(Load::new(&system)?);
    rules::create(system.database_url()).await?;
    system.postgres.lock().await.log_in(DATABASE, ADMIN)?;
    start_backends(&system).await?;
    let mut watching = JoinSet::new();
    let (watch, idle) = (Arc::new(Watch::new()), Arc::new(Idle::default()));
    watching.spawn(Arc::clone(&watch).watch(Arc::clone(&system)));
    watching.spawn(Arc::clone(&idle).watch(Arc::clone(&system)));
    let breaker = Arc::new(Breaker {
        system: Arc::clone(&system),
        load: Arc::clone(&load),
        watch: Arc::clone(&watch),
        idle,
        kills: AtomicU32::new(0),
    });

    let mut publishing = JoinSet::new();
    let publisher = Arc::clone(&load);
    let Cli { rate, seed, .. } = cli;
    let lasting = cli.lasting();
    publishing.spawn(async move { publisher.fleet(rate, seed, lasting).await });
    let broken = break_things(&breaker, &cli).await;
    let Some(tally) = keep_if_failed(&system, broken) else { return Ok(ExitCode::FAILURE) };
    let still = settle::mend_and_wait(&system, &load, &mut publishing).await;
    let Some(stuck) = keep_if_failed(&system, still) else { return Ok(ExitCode::FAILURE) };
    let watched = watch.seen();
    watching.shutdown().await;
    let verdict = Verdict::reach(&system, watched.ingesting).await;
    let Some(verdict) = keep_if_failed(&system, verdict) else { return Ok(ExitCode::FAILURE) };
    let kills = breaker.kills.load(Ordering::Relaxed);
    let faults = faults(&stuck, &watched, &load, &system, &tally, lasting, verdict.audit.packed);
    tell(&tally, &watched, &load, &verdict, &faults);
    let last_line = verdict.last_line(kills, seed, &faults);
    if !last_line.is_well() {
        system.keep_files();
    }
    println!("{last_line}");
    Ok(if last_line.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The first one ingests before the second one starts.
async fn start_backends(system: &System) -> Result<()> {
    for (place, backend) in system.backends.iter().enumerate() {
        *backend.process.lock().await = Some(backend.start(&system.scratch)?);
        let wanted = if place == 0 { ("active", "connected") } else { ("standby", "down") };
        let began = Instant::now();
        loop {
            let health = backend.health(&system.http).await;
            if health.is_some_and(|health| (health.role.as_str(), health.mqtt.state.as_str()) == wanted) {
                break;
            }
            if began.elapsed() > START {
                bail!(
                    "{} was not {} in time; the end of its log:\n{}",
                    backend.name,
                    wanted.0,
                    vigia_testkit::tail(&backend.log, 20)
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

/// Carries the plan out; what became of it.
async fn break_things(breaker: &Arc<Breaker>, cli: &Cli) -> Result<Tally> {
    let (began, mut tally) = (tokio::time::Instant::now(), Tally::default());
    let mut under_way = JoinSet::<Result<(&str, Outcome)>>::new();
    let system = &breaker.system;
    let Cli { seed, rate, minutes, .. } = cli;
    let plan = plan(*seed, cli.lasting(), CLIENTS);
    let kills: u32 = plan.iter().map(|step| step.event.kills()).sum();
    system.say(&format!(
        "seed {seed}: {rate} samples a second for {minutes} minutes, {} events, {kills} kills",
        plan.len()
    ));
    for step in plan {
        tokio::time::sleep_until(began + step.at).await;
        while let Some(ended) = under_way.try_join_next() {
            let (kind, outcome) = ended??;
            tally.add(kind, outcome);
        }
        system.say(&format!("planned for {:.1} s: {}", step.at.as_secs_f64(), step.event));
        let breaker = Arc::clone(breaker);
        under_way.spawn(async move { carry_out(&breaker, step.event).await });
    }
    tokio::time::sleep_until(began + cli.lasting()).await;
    while let Some(ended) = under_way.join_next().await {
        let (kind, outcome) = ended??;
        tally.add(kind, outcome);
    }
    Ok(tally)
}

async fn carry_out(breaker: &Breaker, event: Event) -> Result<(&'static str, Outcome)> {
    let began = Instant::now();
    let performed = Box::pin(breaker.perform(event)).await;
    let outcome = performed.with_context(|| format!("{} went wrong", event.name()))?;
    breaker.system.say(&format!("over after {:.1} s: {}", began.elapsed().as_secs_f64(), event.name()));
    Ok((event.name(), outcome))
}

/// Keeps everything when something cannot go on.
fn keep_if_failed<T>(system: &System, result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(fault) => {
            eprintln!("chaos: {fault:#}");
            system.keep_files();
            None
        }
    }
}

/// Everything but the last line.
fn tell(tally: &Tally, seen: &Seen, load: &Load, verdict: &Verdict, faults: &[String]) {
    println!("events: {tally}");
    let (published, again) = load.published();
    println!("messages: {published} published, {again} sent again because a broker may have forgotten them");
    println!(
        "takeovers: {}; longest time without a backend that ingests: {:.1} s",
        seen.takeovers,
        seen.longest_without.as_secs_f64()
    );
    for (name, of_one) in ["one", "two"].iter().zip(seen.backends) {
        let OfOne { peak_memory_bytes, deepest_entries, deepest_bytes, drained, draining, refusing, .. } =
            of_one;
        println!(
            "{name}: {} MB of memory at most; spool at most {deepest_entries} messages, {deepest_bytes} bytes, \
             full or broken for {:.1} s; {drained} drained at {:.0} messages/s",
            peak_memory_bytes / 1_000_000,
            refusing.as_secs_f64(),
            per_second(drained, draining)
        );
    }
    verdict.tell();
    for fault in faults {
        println!("FAILED: {fault}");
    }
}
