//! Running: stand by until this process holds the lease, ingest until it does not, and stop in the order of the flow.

use crate::batch::Workbench;
use crate::commit::{Committer, Suspects};
use crate::connect::BrokerSettings;
use crate::decide::Rules;
use crate::directory::Directory;
use crate::drain::Drainer;
use crate::lease::{self, Election, Elector, Standing};
use crate::moves;
use crate::pipeline::{Pipeline, spawn_guarded};
use crate::restore::restore;
use crate::rotation::{Credentials, Rotation, Watcher};
use crate::rules;
use crate::settings::{IngestSettings, StartedIngest};
use crate::spool::{self, SharedSpool};
use crate::tls::{Material, TlsFileError};
use crate::validate::TimeWindow;
use arc_swap::ArcSwap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use vigia_live::board::CertificateStatus;
use vigia_live::board::Role;
use vigia_model::Clock;
use vigia_spool::SpoolError;
use vigia_store::StoreError;
use vigia_store::partition::KnownPartitions;

/// How long reading the last state may take.
const BEGIN_WITHIN: Duration = Duration::from_mins(2);
/// How long to wait before a start that the database cut short is tried again.
const START_AGAIN: Duration = Duration::from_secs(1);

/// Why the pipeline did not start.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    TlsFile(#[from] TlsFileError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The pipeline, ready to start: its files were checked.
#[derive(Debug)]
pub struct Ingest {
    settings: IngestSettings,
    broker: BrokerSettings,
    rotation: Arc<Rotation>,
}

impl Ingest {
    /// Reads and checks the certificate files.
    ///
    /// # Errors
    /// When one of them cannot be used; the text is one line naming the file and the fault.
    pub fn prepare(settings: IngestSettings, clock: &Clock) -> Result<Self, TlsFileError> {
        let material = Material::read(&settings.tls)?;
        let first = Credentials::of(&material, settings.port, clock.now())?;
        let broker = BrokerSettings { host: settings.host.clone(), port: settings.port };
        Ok(Self { rotation: Arc::new(Rotation::new(first)), broker, settings })
    }

    /// Whom the certificates in use are of, and when they end.
    pub fn certificates(&self) -> Vec<CertificateStatus> {
        self.rotation.in_use().certificates().to_vec()
    }

    /// Stands by and ingests, in turns, until stopped.
    ///
    /// # Errors
    /// When the spool cannot be used, or the database refuses what is asked of it at the start.
    pub async fn run(self, with: StartedIngest) -> Result<(), IngestError> {
        let watcher = Watcher {
            rotation: Arc::clone(&self.rotation),
            files: self.settings.tls.clone(),
            broker: self.broker.clone(),
            live: with.live.clone(),
            clock: with.clock.clone(),
            stop: with.stop.clone(),
        };
        spawn_guarded(&with.tasks, &with.stop, "certificates", watcher.run());
        let Some(spool) = self.open_spool(&with).await? else { return Ok(()) };
        let instance = spool::instance(&self.settings.spool.dir);
        let bench = Workbench {
            directory: Arc::new(Mutex::new(Directory::default())),
            learning: Arc::default(),
            rules: self.first_rules(&with).await?,
            live: with.live.clone(),
            clock: with.clock.clone(),
            window: TimeWindow::new(self.settings.max_sample_age),
        };
        let follow = rules::follow(
            with.store.clone(),
            self.settings.defaults(),
            Arc::clone(&bench.rules),
            with.stop.clone(),
        );
        spawn_guarded(&with.tasks, &with.stop, "rules", follow);
        let follow = moves::follow(with.store.clone(), bench.clone(), with.stop.clone());
        spawn_guarded(&with.tasks, &with.stop, "moves", follow);
        let writing = Arc::new(tokio::sync::Mutex::new(()));
        let drainer = Drainer {
            spool: spool.clone(),
            // What waits on disk waits well: a stop is not held up by a database that is away.
            committer: self.committer(&with, &bench, with.stop.clone()),
            writing: Arc::clone(&writing),
            stop: with.stop.clone(),
        };
        spawn_guarded(&with.tasks, &with.stop, "drain", drainer.run());
        let (elector, election) = Elector::new(with.store.clone(), instance, lease_name(), with.stop.clone());
        spawn_guarded(&with.tasks, &with.stop, "lease", elector.run());

        let terms = Terms { ingest: &self, with: &with, bench, spool, writing, election };
        terms.run(instance).await
    }

    /// `None` when stopped before it could be opened.
    async fn open_spool(&self, with: &StartedIngest) -> Result<Option<SharedSpool>, SpoolError> {
        let standing_by = || {
            if with.live.board().role() != Role::Standby {
                tracing::info!("another process uses the spool's folder; standing by");
                with.live.board().set_role(Role::Standby);
            }
        };
        tokio::select! {
            () = with.stop.cancelled() => Ok(None),
            spool = SharedSpool::open(&self.settings.spool, &with.live, standing_by) => spool.map(Some),
        }
    }

    /// Nothing is decided before the rules were read once; a database that is away is waited for.
    async fn first_rules(&self, with: &StartedIngest) -> Result<Arc<ArcSwap<Rules>>, StoreError> {
        loop {
            match rules::load(&with.store, self.settings.defaults()).await {
                Err(error) if error.is_transient() && !with.stop.is_cancelled() => {
                    tracing::warn!(cause = %error.database_message(), "cannot read the rules now; trying again");
                    tokio::time::sleep(START_AGAIN).await;
                }
                answer => return answer,
            }
        }
    }

    fn committer(&self, with: &StartedIngest, bench: &Workbench, give_up: CancellationToken) -> Committer {
        Committer {
            store: with.store.clone(),
            bench: bench.clone(),
            provisioning: self.settings.provisioning,
            limits: Some(self.settings.quarantine),
            partitions: KnownPartitions::default(),
            suspects: Suspects::default(),
            deadline: None,
            give_up,
        }
    }
}

/// The terms of ingesting of one process, one after another.
struct Terms<'a> {
    ingest: &'a Ingest,
    with: &'a StartedIngest,
    bench: Workbench,
    spool: SharedSpool,
    writing: Arc<tokio::sync::Mutex<()>>,
    election: Election,
}

impl Terms<'_> {
    async fn run(mut self, instance: Uuid) -> Result<(), IngestError> {
        let stop = &self.with.stop;
        while self.until(Standing::Active).await {
            let term = stop.child_token();
            let tasks = TaskTracker::new();
            let started = tokio::select! {
                () = stop.cancelled() => break,
                started = tokio::time::timeout(BEGIN_WITHIN, self.begin(&term, &tasks)) => {
                    started.unwrap_or(Err(StoreError::Silent))
                }
            };
            if let Err(error) = started {
                if !error.is_transient() {
                    return Err(error.into());
                }
                tracing::warn!(cause = %error.database_message(), "cannot begin to ingest now; trying again");
                term.cancel();
                tasks.close();
                tasks.wait().await;
                tokio::time::sleep(START_AGAIN).await;
                continue;
            }
            let lost = tokio::select! {
                lost = self.until_lost() => lost,
                // Some stage has ended by itself.
                () = term.cancelled() => false,
            };
            term.cancel();
            tasks.close();
            tasks.wait().await;
            if !lost {
                break;
            }
            // From here on another process knows the gateways better.
            self.forget().await;
        }
        lease::release(&self.with.store, instance).await;
        Ok(())
    }

    /// Waits for a standing; `false` when the process stops first.
    async fn until(&mut self, wanted: Standing) -> bool {
        let board = self.with.live.board();
        if wanted == Standing::Active && *self.election.standing.borrow() != wanted {
            board.rest_connections();
            board.set_role(Role::Standby);
        }
        let reached = self.election.standing.wait_for(|standing| *standing == wanted);
        tokio::select! {
            () = self.with.stop.cancelled() => false,
            reached = reached => reached.is_ok(),
        }
    }

    /// Waits until the lease is another's; `false` when the process stops first. Meanwhile takes over what others
    /// have stored.
    async fn until_lost(&mut self) -> bool {
        let mut drained = self.election.drained.clone();
        loop {
            tokio::select! {
                lost = self.until(Standing::Standby) => return lost,
                Ok(()) = drained.changed() => {
                    drained.mark_unchanged();
                    let restored = restore(&self.with.store, &self.bench);
                    match tokio::time::timeout(BEGIN_WITHIN, restored).await.unwrap_or(Err(StoreError::Silent)) {
                        Ok(()) => tracing::info!("read the last state again: another process has stored something"),
                        Err(error) => {
                            tracing::warn!(cause = %error.database_message(), "cannot read the last state again now");
                            drained.mark_changed();
                            tokio::time::sleep(START_AGAIN).await;
                        }
                    }
                }
            }
        }
    }

    /// Forgets what is known by name, when no batch of the spool is under way.
    async fn forget(&self) {
        let _writing = self.writing.lock().await;
        *self.bench.directory() = Directory::default();
    }

    /// Begins a term: what another process changed meanwhile is read anew, then the connections are made.
    async fn begin(&mut self, term: &CancellationToken, tasks: &TaskTracker) -> Result<(), StoreError> {
        self.forget().await;
        self.with.store.recount_series().await?;
        self.election.drained.mark_unchanged();
        restore(&self.with.store, &self.bench).await?;
        self.with.live.board().database_up();
        self.reread_certificates().await;
        let pipeline = Pipeline {
            settings: &self.ingest.settings,
            broker: &self.ingest.broker,
            rotation: &self.ingest.rotation,
            with: self.with,
            bench: &self.bench,
            committer: self.ingest.committer(self.with, &self.bench, self.with.give_up.clone()),
            spool: &self.spool,
            election: &self.election,
            tasks: tasks.clone(),
            stop: term.clone(),
        };
        pipeline.start().await?;
        self.with.live.board().set_role(Role::Active);
        Ok(())
    }

    /// Whoever stood by for long begins with the files as they are.
    async fn reread_certificates(&self) {
        let (rotation, files) = (Arc::clone(&self.ingest.rotation), self.ingest.settings.tls.clone());
        let (port, now) = (self.ingest.settings.port, self.with.clock.now());
        // Files that cannot be read now are the watcher's business.
        tokio::task::spawn_blocking(move || rotation.reread(&files, port, now)).await.ok();
    }
}

/// How the holder of the lease is called, for people.
fn lease_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}:{}", host.trim(), std::process::id())
}
