//! The database away for a while under a steady load: what it costs in memory, and how fast the spool empties after.

use crate::report::{Row, Target};
use crate::take::{Bench, scenario};
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};
use vigia_trials::audit::{Expectation, audit};
use vigia_trials::cpu;
use vigia_trials::number::{float, per_second};
use vigia_trials::program::Program;

/// Samples a second that go on coming.
const RATE: u32 = 1_000;
/// Before the database goes.
const LEAD: Duration = Duration::from_secs(4);
/// After it is back: long enough to drain under the load.
const TAIL: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(250);
/// Messages go to the spool so long after the database went, at the latest.
const LATE: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_mins(10);
const MIB: u64 = 1_024 * 1_024;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let away = bench.measure.outage();
    bench.say(&format!("the database away for {} s at {RATE} events/s", away.as_secs()));
    let database = bench.bed.database()?;
    let broker = bench.bed.broker()?;
    let ledger = bench.bed.ledger("outage")?;
    let program = bench.bed.vigia(&broker, &database).await?;
    let lasting = LEAD + away + away / 4 + TAIL;
    let mut fleet = bench.bed.fleet(&broker, &scenario("load"), RATE, lasting, &ledger)?;
    tokio::time::sleep(LEAD).await;

    bench.bed.postgres().stop()?;
    let (begin, mut memory) = (Instant::now(), Vec::new());
    while begin.elapsed() < away {
        memory.push(cpu::resident_bytes(program.id()));
        tokio::time::sleep(LOOK).await;
    }
    let waiting = program.spooled().await?;
    bench.bed.postgres().start_again()?;
    let (draining, mut memory_draining) = (Instant::now(), Vec::new());
    let drained = until_empty(&program, &mut memory_draining).await?;
    let took = draining.elapsed();
    let ended = fleet.wait(away / 4 + TAIL + PATIENCE).context("the fleet does not end")?;
    if !ended.success() {
        return Err(fleet.died(ended).into());
    }
    until_done(&program).await?;
    program.stop()?;
    drop(broker);
    let expectation = Expectation::read(&ledger)?;
    let verdict = audit(&expectation, &bench.bed.postgres().url(&database)).await?;
    bench.say(&format!("{waiting} messages waited, gone after {:.1} s; {verdict}", took.as_secs_f64()));
    bench.report.judge("the outage", &verdict);
    // Some 300 bytes and one sample a message; heartbeats come on top.
    let expected = u64::from(RATE) * (away.as_secs().saturating_sub(LATE.as_secs())) * 9 / 10;
    if waiting < expected {
        bench
            .report
            .faults
            .push(format!("the outage: {waiting} messages waited, at least {expected} should"));
    }
    bench.bed.drop_database(&database)?;

    let rate = per_second(drained, took);
    let seconds = away.as_secs();
    let row = Row::new(format!("spool drained after {seconds} s without database"), "messages/s", rate);
    let arriving = f64::from(RATE);
    bench.report.rows.push(
        row.beside(arriving, "what goes on coming", rate / arriving).against(Target::RatioAtLeast(5.0)),
    );
    // The first quarter fills caches and buffers.
    let settled = memory.get(memory.len() / 4..).unwrap_or_default();
    let (first, last) = (settled.first().copied().unwrap_or(1), settled.iter().copied().max().unwrap_or(0));
    let mib = |bytes: u64| float(bytes) / float(MIB);
    let row = Row::new("memory meanwhile, most beside early on", "MiB", mib(last));
    bench.report.rows.push(
        row.beside(mib(first), "after a quarter of it", float(last) / float(first))
            .against(Target::RatioAtMost(1.25)),
    );
    // A batch of what waited and the next chunk of it: the same after a minute as after an hour.
    let most = memory_draining.into_iter().max().unwrap_or(0);
    bench.report.rows.push(Row::new("memory while draining, most", "MiB", mib(most)));
    Ok(())
}

/// Waits until the spool is empty; how many messages left it since it began to drain. Notes the memory meanwhile.
async fn until_empty(program: &Program, memory: &mut Vec<u64>) -> Result<u64> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        memory.push(cpu::resident_bytes(program.id()));
        if program.spooled().await? == 0 {
            return program.drained().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the spool does not empty")
}

/// Waits until nothing more is processed.
pub(crate) async fn until_done(program: &Program) -> Result<()> {
    let mut last = program.messages().await?;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = program.messages().await?;
        if now == last && program.spooled().await? == 0 {
            return Ok(());
        }
        last = now;
    }
}
