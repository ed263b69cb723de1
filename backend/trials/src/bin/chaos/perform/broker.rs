//! The broker goes and comes back, or comes back without some sessions: what it may have forgotten is sent again.

use super::Breaker;
use crate::forgotten::forgotten;
use anyhow::{Context, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::MutexGuard;
use tokio::task::{block_in_place, spawn_blocking};
use tokio::time::{sleep, timeout};
use vigia_model::{Clock, Timestamp};
use vigia_testkit::{Broker, FaultProxy, SessionLoss};

/// How long the publisher may take to hear what the broker said before it was killed.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long it may take until somebody subscribes: both backends and the database may be away.
const SUBSCRIBING: Duration = Duration::from_mins(2);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Breaker {
    /// The broker stops in order and comes back.
    pub(super) async fn restart_broker(&self, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let from = self.idle.all_empty_since();
        let mut broker = self.system.broker.lock().await;
        block_in_place(|| broker.stop())?;
        self.come_back(broker, gate, from, away).await
    }

    /// The broker saves, is killed and comes back. What it took between the two it has forgotten.
    pub(super) async fn kill_broker(&self, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let from = self.idle.all_empty_since();
        let mut broker = self.system.broker.lock().await;
        block_in_place(|| broker.save())?;
        broker.kill();
        self.killed("the broker");
        self.come_back(broker, gate, from, away).await
    }

    /// The broker comes back with what it remembers. That this is enough is not asked of it: what waited in it is sent
    /// again, as gateways do.
    async fn come_back(
        &self,
        mut broker: MutexGuard<'_, Broker>,
        gate: MutexGuard<'_, FaultProxy>,
        from: Timestamp,
        away: Duration,
    ) -> Result<()> {
        gate.refuse(true);
        sleep(away).await;
        block_in_place(|| broker.start_again())?;
        self.until_subscribed_since(Clock::System.now()).await?;
        drop(broker);
        self.send_again("the broker", from, gate).await
    }

    /// Both backends are killed, messages gather in their sessions, and some of these are gone when one comes back.
    pub(super) async fn lose_sessions(&self, sessions: u32, away: Duration) -> Result<()> {
        let gate = self.system.gate.lock().await;
        let from = self.idle.all_empty_since();
        let [one, two] = &self.system.backends;
        let (mut of_one, mut of_two) = (one.process.lock().await, two.process.lock().await);
        for (backend, process) in [(one, &mut of_one), (two, &mut of_two)] {
            self.killed_backend(backend, process);
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

    /// Opens the gate, and sends again what was confirmed since `from` and until then, and not acknowledged.
    async fn send_again(&self, who: &str, from: Timestamp, gate: MutexGuard<'_, FaultProxy>) -> Result<()> {
        // Closed for so long at least, the publisher has heard all that the broker had said.
        sleep(LAST_WORDS).await;
        let to = self.load.flush()?;
        gate.refuse(false);
        drop(gate);
        let system = Arc::clone(&self.system);
        let messages = spawn_blocking(move || {
            let acknowledged = |topic: &[u8], payload: &[u8]| system.iot.was_acknowledged(topic, payload);
            forgotten(&system.ledger(), from, to, acknowledged)
        });
        let messages = messages.await??;
        self.system.say(&format!(
            "{who} may have forgotten {} messages that nobody acknowledged: sent again",
            messages.len()
        ));
        self.load.again(&format!("again-{}", to.as_millis()), messages).await
    }
}
