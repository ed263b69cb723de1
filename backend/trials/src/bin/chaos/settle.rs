//! The end of the trouble: everything is mended, and everything on its way arrives.

use crate::load::Load;
use crate::system::{CLIENTS, System};
use anyhow::Result;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, block_in_place};
use vigia_testkit::SessionLoss;

/// How long that may take.
const PATIENCE: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(500);
/// Nothing may move for so long: a message could be between two places where we look.
const STILL: Duration = Duration::from_secs(4);
const TELL_EVERY: Duration = Duration::from_secs(10);
/// What the publisher is given when it is stopped.
const LAST: Duration = Duration::from_secs(10);

/// Mends everything and waits until all that was published has arrived; says what is stuck if it does not.
pub(crate) async fn mend_and_wait(
    system: &System,
    load: &Load,
    publishing: &mut JoinSet<Result<()>>,
) -> Result<Vec<String>> {
    mend(system).await?;
    system.say("everything is mended");
    until_still(system, load, publishing).await
}

async fn mend(system: &System) -> Result<()> {
    system.disk.free();
    system.iot.stop_cutting();
    system.iot.stall(false);
    system.iot.delay(Duration::ZERO);
    system.iot.lose_sessions(SessionLoss::Never);
    for backend in &system.backends {
        backend.link.refuse(false);
        backend.link.stall(false);
        let mut process = backend.process.lock().await;
        if process.is_none() {
            *process = Some(backend.start(&system.scratch)?);
        }
    }
    let mut postgres = system.postgres.lock().await;
    block_in_place(|| postgres.start_again())?;
    let mut broker = system.broker.lock().await;
    block_in_place(|| broker.start_again())?;
    system.gate.lock().await.refuse(false);
    Ok(())
}

async fn until_still(
    system: &System,
    load: &Load,
    publishing: &mut JoinSet<Result<()>>,
) -> Result<Vec<String>> {
    let (began, mut still_since, mut told) = (Instant::now(), None, Instant::now());
    let mut processed = [None; 2];
    loop {
        while let Some(ended) = publishing.try_join_next() {
            ended??;
        }
        let mut moving = Vec::new();
        if !publishing.is_empty() {
            moving.push(format!("the publisher: {}", load.progress()));
        }
        moving.extend(backends(system, &mut processed).await);
        moving.extend(sessions(system));
        if moving.is_empty() {
            let since = still_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= STILL {
                system.say(&format!("all has arrived, after {:.1} s", began.elapsed().as_secs_f64()));
                return Ok(moving);
            }
        } else {
            still_since = None;
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                system.say(&format!("waiting for {}", moving.join("; ")));
            }
        }
        if began.elapsed() >= PATIENCE {
            load.stop.cancel();
            tokio::time::timeout(LAST, publishing.join_next()).await.ok();
            return Ok(moving);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What the backends are still at.
async fn backends(system: &System, processed: &mut [Option<u64>; 2]) -> Vec<String> {
    let mut moving = Vec::new();
    let mut active = 0;
    for (backend, processed) in system.backends.iter().zip(processed) {
        let name = backend.name;
        let Some(health) = backend.health(&system.http).await else {
            moving.push(format!("{name} does not answer"));
            continue;
        };
        if health.spool.entries > 0 {
            moving.push(format!("{} messages in the spool of {name}", health.spool.entries));
        }
        match health.role.as_str() {
            "active" if health.status == "ok" => active += 1,
            "standby" => {}
            role => moving.push(format!(
                "{name} is {role} and {}, its connections {}",
                health.status, health.mqtt.state
            )),
        }
        let now = backend.processed(&system.http).await;
        if std::mem::replace(processed, now) != now {
            moving.push(format!("{name} still takes messages"));
        }
    }
    if active != 1 {
        moving.push(format!("{active} backends ingest"));
    }
    moving
}

/// What waits in the broker.
fn sessions(system: &System) -> Vec<String> {
    let mut waiting = Vec::new();
    let connected = system.iot.connected();
    if usize::try_from(CLIENTS) != Ok(connected) {
        waiting.push(format!("{connected} of {CLIENTS} connections"));
    }
    let all = system.iot.all_stats();
    let open = all.values().map(|stats| stats.unacked + stats.held).sum::<usize>();
    if open > 0 {
        waiting.push(format!("{open} messages not acknowledged"));
    }
    waiting
}
