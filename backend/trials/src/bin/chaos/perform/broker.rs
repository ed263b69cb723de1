//! The broker goes and comes back, or comes back without some sessions: what it forgot is sent again.

use super::Breaker;
use crate::forgotten;
use anyhow::{Context, Result, bail};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};
use tokio::sync::MutexGuard;
use tokio::task::block_in_place;
use tokio::time::{sleep, timeout};
use vigia_model::{Clock, Timestamp};
use vigia_testkit::{FaultProxy, SessionLoss};

/// How long the broker may take to save.
const SAVING: Duration = Duration::from_secs(20);
/// How long the publisher may take to hear what the broker said before it was killed.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long it may take until somebody subscribes: both backends may be away.
const SUBSCRIBING: Duration = Duration::from_mins(2);
/// Sessions are lost, and the broker restarted, only if what they hold is younger than this.
const YOUNG: Duration = Duration::from_secs(6);
/// How long to wait for such a moment.
const PATIENCE: Duration = Duration::from_secs(25);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Breaker {
    /// The broker stops in order and comes back. What waited in its sessions is sent again, as below.
    pub(super) async fn restart_broker(&self, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let Some(from) = self.young_sessions().await else {
            self.system.say("the broker is not restarted: what waits in it is too old");
            return Ok(());
        };
        let mut broker = self.system.broker.lock().await;
        block_in_place(|| broker.stop())?;
        gate.refuse(true);
        sleep(away).await;
        block_in_place(|| broker.start_again())?;
        self.until_subscribed_since(Clock::System.now()).await?;
        drop(broker);
        self.send_again("the broker", from, gate).await
    }

    /// The broker saves, is killed and comes back. Mosquitto 2.0.11 does not bring back all that waited in a session, saved
    /// or not: of thousands that waited while the backends took nothing, only those under way came again. So what was
    /// confirmed since all sessions were last seen empty is sent again, and for that a moment when this was not long ago
    /// is waited for.
    pub(super) async fn kill_broker(&self, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let Some(from) = self.young_sessions().await else {
            self.system.say("the broker is not killed: what waits in it is too old");
            return Ok(());
        };
        let mut broker = self.system.broker.lock().await;
        let store = || std::fs::metadata(&self.system.broker_store).map(|meta| meta.ino()).ok();
        let before = store();
        broker.process().context("the broker is gone")?.signal("USR1")?;
        let asked = Instant::now();
        // It writes a new file and gives it the name when it is whole.
        while store() == before {
            if asked.elapsed() > SAVING {
                bail!("the broker did not save within {} s", SAVING.as_secs());
            }
            sleep(Duration::from_millis(2)).await;
        }
        broker.kill();
        self.killed("the broker");
        gate.refuse(true);
        sleep(away).await;
        block_in_place(|| broker.start_again())?;
        self.until_subscribed_since(Clock::System.now()).await?;
        drop(broker);
        self.send_again("the broker", from, gate).await
    }

    /// Both backends are killed, messages gather in their sessions, and some of these are gone when one comes back.
    ///
    /// What is in a session then was put into it after it was last seen empty, and so was confirmed after that. A
    /// moment when all were seen empty not long ago is waited for.
    pub(super) async fn lose_sessions(&self, sessions: u32, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let Some(from) = self.young_sessions().await else {
            self.system.say("no sessions are lost: what waits in them is too old");
            return Ok(());
        };
        let [one, two] = &self.system.backends;
        let (mut of_one, mut of_two) = (one.process.lock().await, two.process.lock().await);
        for (backend, process) in [(one, &mut of_one), (two, &mut of_two)] {
            process.take();
            backend.gone();
            self.killed(backend.name);
        }
        sleep(away).await;
        gate.refuse(true);
        self.system.iot.lose_sessions(SessionLoss::Next(sessions));
        let began = Clock::System.now();
        // The one that ingested need not wait for the lease.
        let first_is_one = self.watch.seen().ingesting == 0;
        let (first, second) = if first_is_one { (one, two) } else { (two, one) };
        let (of_first, of_second) =
            if first_is_one { (&mut of_one, &mut of_two) } else { (&mut of_two, &mut of_one) };
        **of_first = Some(first.start(&self.system.scratch)?);
        let all_came = async {
            while first.health(&self.system.http).await.is_none_or(|health| health.mqtt.state != "connected")
            {
                sleep(LOOK_AGAIN).await;
            }
        };
        timeout(SUBSCRIBING, all_came).await.context("not all came back who lost their sessions")?;
        self.system.iot.lose_sessions(SessionLoss::Never);
        **of_second = Some(second.start(&self.system.scratch)?);
        drop((of_one, of_two));
        self.until_subscribed_since(began).await?;
        self.send_again("lost sessions", from, gate).await
    }

    /// Mosquitto 2.0.11 does not find its shared subscriptions again when it comes back: what is published until a
    /// client subscribes anew goes nowhere, though it is confirmed ("no matching subscribers"). A cloud would not
    /// do that. So nobody may publish meanwhile.
    async fn until_subscribed_since(&self, moment: Timestamp) -> Result<()> {
        let subscribed = async {
            loop {
                for backend in &self.system.backends {
                    let health = backend.health(&self.system.http).await;
                    if health.is_some_and(|health| health.has_subscribed_since(moment)) {
                        return;
                    }
                }
                sleep(LOOK_AGAIN).await;
            }
        };
        timeout(SUBSCRIBING, subscribed).await.context("nobody subscribed at the broker that was away")
    }

    /// Waits until all sessions were seen empty not long ago, and says when.
    async fn young_sessions(&self) -> Option<Timestamp> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let since = self.idle.all_empty_since();
            if since.is_some_and(|since| since.plus(YOUNG) > Clock::System.now()) {
                return since;
            }
            sleep(LOOK_AGAIN).await;
        }
        None
    }

    /// Opens the gate, and sends again what was confirmed since `from` and until then.
    async fn send_again(&self, who: &str, from: Timestamp, gate: MutexGuard<'_, FaultProxy>) -> Result<()> {
        // Closed for so long at least, the publisher has heard all that the broker had said.
        sleep(LAST_WORDS).await;
        let to = self.load.flush()?;
        gate.refuse(false);
        drop(gate);
        let ledger = self.system.ledger();
        let messages =
            tokio::task::spawn_blocking(move || forgotten::confirmed_within(&ledger, from, to)).await??;
        let span = to.millis_since(from);
        self.system.say(&format!("{who} forgot {} messages of {span} ms: sent again", messages.len()));
        self.load.again(&format!("again-{}", to.as_millis()), messages).await
    }
}
