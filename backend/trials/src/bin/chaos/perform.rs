//! Making events happen. Each holds what it breaks until it is whole again, so that nobody else breaks or mends it.

use crate::backend::Backend;
use crate::event::Event;
use crate::forgotten;
use crate::idle::Idle;
use crate::load::Load;
use crate::system::System;
use crate::watch::Watch;
use anyhow::{Context, Result, bail};
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use tokio::time::sleep;
use vigia_model::{Clock, Timestamp};
use vigia_testkit::SessionLoss;

/// How long the broker may take to save.
const SAVING: Duration = Duration::from_secs(20);
/// How long the publisher may take to hear what the broker said before it was killed.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Sessions are lost only if what they hold is younger than this.
const YOUNG: Duration = Duration::from_secs(6);
/// How long to wait for such a moment.
const PATIENCE: Duration = Duration::from_secs(25);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Who breaks things, and what that takes.
#[derive(Debug)]
pub(crate) struct Breaker {
    pub(crate) system: Arc<System>,
    pub(crate) load: Arc<Load>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) idle: Arc<Idle>,
    pub(crate) kills: AtomicU32,
}

impl Breaker {
    /// Lets it happen, and mends it.
    pub(crate) async fn perform(&self, event: Event) -> Result<()> {
        let System { iot, .. } = &*self.system;
        match event {
            Event::KillIngesting { away } => self.kill_backend(self.backend(true), away).await?,
            Event::KillStandby { away } => self.kill_backend(self.backend(false), away).await?,
            Event::Freeze { lasting } => self.freeze(lasting).await?,
            Event::KillPostgres { away } => self.kill_postgres(async { sleep(away).await }).await?,
            Event::FillDisk { lasting, left_kib } => {
                self.kill_postgres(async {
                    match self.system.disk.fill(left_kib) {
                        Ok(()) => sleep(lasting).await,
                        Err(fault) => self.system.say(&format!("the disk cannot be filled: {fault:#}")),
                    }
                    self.system.disk.free();
                })
                .await?;
            }
            Event::RestartPostgres => {
                let mut postgres = self.system.postgres.lock().await;
                block_in_place(|| postgres.stop().and_then(|()| postgres.start_again()))?;
            }
            Event::StallDatabase { lasting } => {
                self.system.backends.iter().for_each(|backend| backend.link.stall(true));
                sleep(lasting).await;
                self.system.backends.iter().for_each(|backend| backend.link.stall(false));
            }
            Event::CutDatabase { lasting } => {
                self.system.backends.iter().for_each(|backend| backend.link.refuse(true));
                sleep(lasting).await;
                self.system.backends.iter().for_each(|backend| backend.link.refuse(false));
            }
            Event::CutDatabaseOfOne { ingesting, lasting } => {
                let backend = self.backend(ingesting);
                backend.link.refuse(true);
                sleep(lasting).await;
                backend.link.refuse(false);
            }
            Event::RestartBroker { away } => {
                let mut broker = self.system.broker.lock().await;
                block_in_place(|| broker.stop())?;
                sleep(away).await;
                block_in_place(|| broker.start_again())?;
            }
            Event::KillBroker { away } => self.kill_broker(away).await?,
            Event::CutClients { mean, seed, lasting } => {
                iot.cut_randomly(mean, seed);
                sleep(lasting).await;
                iot.stop_cutting();
            }
            Event::StallClients { lasting } => {
                iot.stall(true);
                sleep(lasting).await;
                iot.stall(false);
            }
            Event::DelayClients { delay, lasting } => {
                iot.delay(delay);
                sleep(lasting).await;
                iot.delay(Duration::ZERO);
            }
            Event::LoseSessions { sessions, away } => self.lose_sessions(sessions, away).await?,
        }
        Ok(())
    }

    /// The backend that ingests, or the other one; if that is away, the one that runs.
    fn backend(&self, ingesting: bool) -> &Backend {
        let [one, two] = &self.system.backends;
        let first_is_meant = (self.watch.seen().ingesting == 0) == ingesting;
        let (meant, other) = if first_is_meant { (one, two) } else { (two, one) };
        if meant.pid().is_none() && other.pid().is_some() { other } else { meant }
    }

    async fn kill_backend(&self, backend: &Backend, away: Duration) -> Result<()> {
        let mut process = backend.process.lock().await;
        process.take();
        self.killed(backend.name);
        backend.gone();
        sleep(away).await;
        *process = Some(backend.start(&self.system.scratch)?);
        Ok(())
    }

    async fn freeze(&self, lasting: Duration) -> Result<()> {
        let mut process = self.backend(true).process.lock().await;
        if let Some(process) = &mut *process {
            process.signal("STOP")?;
            sleep(lasting).await;
            process.signal("CONT")?;
        }
        Ok(())
    }

    async fn kill_postgres(&self, meanwhile: impl Future<Output = ()>) -> Result<()> {
        let mut postgres = self.system.postgres.lock().await;
        block_in_place(|| postgres.kill())?;
        self.killed("postgres");
        meanwhile.await;
        block_in_place(|| postgres.start_again())?;
        Ok(())
    }

    /// The broker saves, is killed and comes back as it was when it saved. What it had confirmed before it was asked
    /// to is in what it saved: it does one thing after another. What it confirmed since is forgotten.
    async fn kill_broker(&self, away: Duration) -> Result<()> {
        let from;
        let killed;
        {
            let mut broker = self.system.broker.lock().await;
            let store = || std::fs::metadata(&self.system.broker_store).map(|meta| meta.ino()).ok();
            let before = store();
            from = self.load.flush()?;
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
            killed = Instant::now();
            self.killed("the broker");
            sleep(away).await;
            block_in_place(|| broker.start_again())?;
        }
        sleep(LAST_WORDS.saturating_sub(killed.elapsed())).await;
        self.send_again("the broker", from).await
    }

    /// Both backends are killed, messages gather in their sessions, and some of these are gone when one comes back.
    ///
    /// What is in a session then was put into it after it was last seen empty, and so was confirmed after that. A
    /// moment when all were seen empty not long ago is waited for. When all sessions are lost, what comes until the
    /// new subscription goes nowhere, though it is confirmed: so what was confirmed until all are subscribed is sent.
    async fn lose_sessions(&self, sessions: u32, away: Duration) -> Result<()> {
        let Some(from) = self.young_sessions().await else {
            self.system.say("no sessions are lost: what waits in them is too old");
            return Ok(());
        };
        let first = self.backend(true);
        let [one, two] = &self.system.backends;
        {
            let (mut process_one, mut process_two) = (one.process.lock().await, two.process.lock().await);
            process_one.take();
            process_two.take();
            for backend in [one, two] {
                self.killed(backend.name);
                backend.gone();
            }
            sleep(away).await;
            self.system.iot.lose_sessions(SessionLoss::Next(sessions));
            let (of_first, of_second, second) = if first.name == one.name {
                (&mut process_one, &mut process_two, two)
            } else {
                (&mut process_two, &mut process_one, one)
            };
            **of_first = Some(first.start(&self.system.scratch)?);
            self.until_subscribed(first).await?;
            self.system.iot.lose_sessions(SessionLoss::Never);
            **of_second = Some(second.start(&self.system.scratch)?);
        }
        sleep(LAST_WORDS).await;
        self.send_again("lost sessions", from).await
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

    async fn until_subscribed(&self, backend: &Backend) -> Result<()> {
        let began = Instant::now();
        loop {
            let health = backend.health(&self.system.http).await;
            if health.is_some_and(|health| health.mqtt.state == "connected") {
                return Ok(());
            }
            if began.elapsed() > 2 * PATIENCE {
                bail!("{} did not subscribe again after it had lost its sessions", backend.name);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Sends again what was confirmed since `from` and until now.
    async fn send_again(&self, who: &str, from: Timestamp) -> Result<()> {
        let to = self.load.flush()?;
        let ledger = self.system.ledger();
        let messages =
            tokio::task::spawn_blocking(move || forgotten::confirmed_within(&ledger, from, to)).await??;
        let span = to.millis_since(from);
        self.system.say(&format!("{who} forgot {} messages of {span} ms: sent again", messages.len()));
        self.load.again(&format!("again-{}", to.as_millis()), messages).await
    }

    fn killed(&self, who: &str) {
        self.kills.fetch_add(1, Ordering::Relaxed);
        self.system.say(&format!("killed: {who}"));
    }
}
