//! One run: a load, a program that takes it, and what was seen over a steady window.
//!
//! A message counts when the subscriber is done with it: for Vigía, when it is committed and its ack is on the way;
//! for a subscriber that only acknowledges, when the ack is written. The window opens [`WARM_UP`] after the first
//! message and closes before the publisher ends, so that it holds neither names being registered nor a queue being
//! drained.

use crate::beside::Beside;
use crate::cpu;
use crate::load::{Flow, Load};
use crate::number::{float, per_second};
use crate::program::Program;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::path::Path;
use std::time::{Duration, Instant};
use vigia_testkit::{Broker, Postgres};

/// From the first message to the window.
pub const WARM_UP: Duration = Duration::from_secs(2);
/// How often figures are looked at: the publisher learns so often how far the other side is.
const LOOK: Duration = Duration::from_millis(25);
/// How long the first message and the last one may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Processor seconds per second of each process.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct CpuShare {
    /// The publisher, and with it the trial's own looking.
    pub publisher: f64,
    pub broker: f64,
    pub postgres: f64,
    pub subscriber: f64,
    /// What all other processes of the machine took: with more than a tenth of a core the figures say little.
    pub others: f64,
}

/// What was seen in the window.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    pub messages_per_second: f64,
    /// Processor time of the subscriber for one message, in microseconds.
    pub cpu_us_per_message: f64,
    pub cpu: CpuShare,
    pub window_seconds: f64,
    /// Published in the whole run, before and after the window too.
    pub published: u64,
    /// The longest backlog seen.
    pub longest_backlog: u64,
    pub subscriber_bytes: u64,
}

/// The servers beside the program.
#[derive(Debug)]
pub struct Servers<'a> {
    pub broker: &'a mut Broker,
    pub postgres: &'a mut Postgres,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Instant,
    messages: u64,
    publisher: Duration,
    broker: Duration,
    postgres: Duration,
    subscriber: Duration,
    machine: Duration,
}

/// Publishes for the warm-up and `seconds`, and waits until the program is done with everything that was published.
/// What somebody publishes beside is not counted.
///
/// # Errors
/// When a part fails, or messages do not arrive.
pub async fn run(
    load: &Load,
    ledger: &Path,
    program: &Program,
    servers: Servers<'_>,
    seconds: Duration,
    mut beside: Option<&mut Beside>,
) -> Result<Seen> {
    let flow = Flow::default();
    let pids = Pids {
        broker: servers.broker.process().map_or(0, |process| process.id()),
        postgres: servers.postgres.process().map_or(0, |process| process.id()),
        subscriber: program.id(),
    };
    let publishing = load.publish(servers.broker, ledger, &flow);
    let watching = watch(program, beside.as_deref(), &flow, &pids, seconds);
    let ((), (from, to, longest_backlog)) = tokio::try_join!(publishing, watching)?;
    let published = flow.taken();
    let others = match &mut beside {
        Some(beside) => beside.end().await?,
        None => 0,
    };
    until(program, published + others).await?;
    let (messages, time) = (to.messages - from.messages, to.at - from.at);
    let share = |pick: fn(&Mark) -> Duration| {
        pick(&to).saturating_sub(pick(&from)).as_secs_f64() / time.as_secs_f64()
    };
    let mut cpu = CpuShare {
        publisher: share(|mark| mark.publisher),
        broker: share(|mark| mark.broker),
        postgres: share(|mark| mark.postgres),
        subscriber: share(|mark| mark.subscriber),
        others: share(|mark| mark.machine),
    };
    cpu.others -= cpu.publisher + cpu.broker + cpu.postgres + cpu.subscriber;
    Ok(Seen {
        messages_per_second: per_second(messages, time),
        cpu_us_per_message: to.subscriber.saturating_sub(from.subscriber).as_secs_f64() * 1e6
            / float(messages.max(1)),
        cpu,
        window_seconds: time.as_secs_f64(),
        published,
        longest_backlog,
        subscriber_bytes: cpu::resident_bytes(pids.subscriber),
    })
}

#[derive(Debug)]
struct Pids {
    broker: u32,
    postgres: u32,
    subscriber: u32,
}

impl Pids {
    fn mark(&self, messages: u64) -> Mark {
        Mark {
            at: Instant::now(),
            messages,
            publisher: cpu::of_self(),
            broker: cpu::of(self.broker),
            postgres: cpu::of(self.postgres),
            subscriber: cpu::of(self.subscriber),
            machine: cpu::of_machine(),
        }
    }
}

/// Follows the figures and ends the flow with the window.
async fn watch(
    program: &Program,
    beside: Option<&Beside>,
    flow: &Flow,
    pids: &Pids,
    seconds: Duration,
) -> Result<(Mark, Mark, u64)> {
    let began = Instant::now();
    let mut first: Option<Instant> = None;
    let mut from: Option<Mark> = None;
    let mut longest = 0;
    loop {
        tokio::time::sleep(LOOK).await;
        let others = beside.map_or(0, Beside::confirmed);
        let messages = program.messages().await.inspect_err(|_| flow.end())?.saturating_sub(others);
        flow.set_done(messages);
        longest = longest.max(flow.taken().saturating_sub(messages));
        let now = Instant::now();
        match (first, from) {
            (None, _) if messages > 0 => first = Some(now),
            (None, _) if began.elapsed() > PATIENCE => {
                flow.end();
                bail!("no message arrived within {} s", PATIENCE.as_secs());
            }
            (Some(first), None) if now >= first + WARM_UP => from = Some(pids.mark(messages)),
            (_, Some(from)) if now >= from.at + seconds => {
                let to = pids.mark(messages);
                flow.end();
                // The publisher may be held back by what was not done yet: it must not wait for us.
                return Ok((from, to, longest));
            }
            _ => {}
        }
    }
}

/// Waits until the program is done with so many messages.
async fn until(program: &Program, published: u64) -> Result<()> {
    let wait = async {
        while program.messages().await? < published {
            tokio::time::sleep(LOOK).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, wait).await.with_context(|| {
        format!("not all of {published} messages were taken within {} s", PATIENCE.as_secs())
    })?
}
