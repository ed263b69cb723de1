//! Making events happen. Each holds what it breaks until it is whole again, so that nobody else breaks or mends it.

mod broker;

use crate::backend::Backend;
use crate::event::Event;
use crate::idle::Idle;
use crate::load::Load;
use crate::system::System;
use crate::tally::Outcome;
use crate::watch::Watch;
use anyhow::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::block_in_place;
use tokio::time::sleep;
use vigia_testkit::Process;

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
    /// Lets it happen, and mends it; or says why it cannot.
    pub(crate) async fn perform(&self, event: Event) -> Result<Outcome> {
        let System { iot, .. } = &*self.system;
        match event {
            Event::KillIngesting { away } => return self.kill_backend(self.backend(true), away).await,
            Event::KillStandby { away } => return self.kill_backend(self.backend(false), away).await,
            Event::KillHanging { hanging, away } => {
                let backend = self.backend(true);
                // First of all: who holds it may be waiting for what the link carries.
                let mut process = backend.process.lock().await;
                backend.link.stall(true);
                sleep(hanging).await;
                let killed = self.killed_backend(backend, &mut process);
                // What it had sent before passes now.
                backend.link.stall(false);
                if !killed {
                    return Ok(Outcome::Skipped);
                }
                sleep(away).await;
                *process = Some(backend.start(&self.system.scratch)?);
            }
            Event::Freeze { lasting } => return self.freeze(lasting).await,
            Event::KillPostgres { away } => self.kill_postgres(async { sleep(away).await }).await?,
            Event::FillDisk { lasting, left_kib } => return self.fill_disk(lasting, left_kib).await,
            Event::RestartPostgres => {
                let mut postgres = self.system.postgres.lock().await;
                block_in_place(|| postgres.stop().and_then(|()| postgres.start_again()))?;
            }
            Event::StallDatabase { lasting } => {
                self.system.backends.iter().for_each(|backend| backend.link.stall(true));
                sleep(lasting).await;
                self.system.backends.iter().for_each(|backend| backend.link.stall(false));
            }
            Event::SilenceDatabase => self.system.backends.iter().for_each(|backend| backend.link.silence()),
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
            Event::RestartBroker { away } => self.restart_broker(away).await?,
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
        Ok(Outcome::Performed)
    }

    /// The backend that ingests, or the other one; if that is away, the one that runs.
    fn backend(&self, ingesting: bool) -> &Backend {
        let [one, two] = &self.system.backends;
        let first_is_meant = (self.watch.seen().ingesting == 0) == ingesting;
        let (meant, other) = if first_is_meant { (one, two) } else { (two, one) };
        if meant.pid().is_none() && other.pid().is_some() { other } else { meant }
    }

    async fn kill_backend(&self, backend: &Backend, away: Duration) -> Result<Outcome> {
        let mut process = backend.process.lock().await;
        if !self.killed_backend(backend, &mut process) {
            return Ok(Outcome::Skipped);
        }
        sleep(away).await;
        *process = Some(backend.start(&self.system.scratch)?);
        Ok(Outcome::Performed)
    }

    /// Kills a backend; false if there was none to kill.
    fn killed_backend(&self, backend: &Backend, process: &mut Option<Process>) -> bool {
        if process.take().is_none() {
            self.system.say(&format!("there is no {} to kill", backend.name));
            return false;
        }
        self.killed(backend.name);
        backend.gone();
        true
    }

    async fn freeze(&self, lasting: Duration) -> Result<Outcome> {
        let mut process = self.backend(true).process.lock().await;
        let Some(process) = &mut *process else { return Ok(Outcome::Skipped) };
        process.signal("STOP")?;
        sleep(lasting).await;
        process.signal("CONT")?;
        Ok(Outcome::Performed)
    }

    async fn fill_disk(&self, lasting: Duration, left_kib: u16) -> Result<Outcome> {
        let mut outcome = Outcome::Performed;
        self.kill_postgres(async {
            match self.system.disk.fill(left_kib) {
                Ok(()) => sleep(lasting).await,
                Err(fault) => {
                    self.system.say(&format!("the disk cannot be filled: {fault:#}"));
                    outcome = Outcome::Skipped;
                }
            }
            self.system.disk.free();
        })
        .await?;
        Ok(outcome)
    }

    async fn kill_postgres(&self, meanwhile: impl Future<Output = ()>) -> Result<()> {
        let mut postgres = self.system.postgres.lock().await;
        block_in_place(|| postgres.kill())?;
        self.killed("postgres");
        meanwhile.await;
        block_in_place(|| postgres.start_again())?;
        Ok(())
    }

    fn killed(&self, who: &str) {
        self.kills.fetch_add(1, Ordering::Relaxed);
        self.system.say(&format!("killed: {who}"));
    }
}
