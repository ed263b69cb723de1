//! Where everything meets: one function that builds the process top to bottom.

use crate::accounts;
use crate::backups;
use crate::config::{Config, HttpSettings, QuarantineExpiry};
use crate::http_client::Place;
use crate::lifecycle::{Ending, Lifecycle};
use crate::metrics;
use crate::traces;
use crate::version;
use crate::web_certificate;
use anyhow::Context;
use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vigia_api::{Adopt, Api, ApiParts, ApiSettings, Doors};
use vigia_ingest::{Ingest, StartedIngest};
use vigia_live::Live;
use vigia_live::board::{CertificateKind, ErrorBoard};
use vigia_model::{Clock, Mode};
use vigia_store::rejection::QuarantineBounds;
use vigia_store::session::SessionLife;
use vigia_store::{DatabaseSettings, Store, StoreError};

/// How often a database that is not there yet is tried at start.
const DATABASE_RETRY: Duration = Duration::from_secs(1);
/// How long closing the database connections may take.
const CLOSE: Duration = Duration::from_secs(2);
/// How often silent gateways are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// How often an idle process asks whether the database is there.
const PING: Duration = Duration::from_secs(2);
/// How often connections for history are used. One that rests for ten minutes, or has lived for thirty, is closed, and opening
/// another takes longer than most questions.
const KEEP_WARM: Duration = Duration::from_mins(1);
/// How often histograms are condensed; without it they grow until somebody scrapes.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);
/// How often the quarantine is brought back within its limits.
const EXPIRE: Duration = Duration::from_mins(1);
/// How often it is looked how the backups are.
const BACKUPS: Duration = Duration::from_mins(1);
/// How often it is counted what never arrived.
const COUNT: Duration = Duration::from_secs(30);

/// Ingests and serves until stopped.
///
/// # Errors
/// When something the process needs is missing or wrong; the chain of causes reads as one line.
pub(crate) async fn serve(config: Config, errors: Arc<ErrorBoard>) -> anyhow::Result<ExitCode> {
    let clock = Clock::System;
    let lifecycle = Lifecycle::new();
    let metrics = metrics::start()?;
    metrics::limit(config.http.ws_limits.in_all);
    let (default_mode, retention) = (config.ingest.default_mode, config.ingest.retention);
    let max_gateways_per_tenant = config.ingest.provisioning.max_gateways_per_tenant;
    let spool_dir = config.ingest.spool.dir.clone();
    let site = config.http.public_url.as_deref().and_then(Place::of).filter(|site| site.is_https);
    let ingest = Ingest::prepare(config.ingest, &clock)?;

    let store = connect(&config.database).await?;
    migrate_when_there(&store).await?;
    let live = Live::with_errors(clock.clone(), config.offline_after, errors);
    live.board().set_certificates(&[CertificateKind::Client, CertificateKind::Ca], ingest.certificates());

    let address = SocketAddr::new(config.http.host, config.http.port);
    let adopt: Option<Adopt> = if config.traces.is_some() { Some(traces::adopt) } else { None };
    let settings = Arc::new(ApiSettings {
        max_gateways_per_tenant,
        retention,
        adopt,
        ..api_settings(config.http, default_mode)
    });
    let listener = vigia_api::listen(address).with_context(|| format!("cannot listen on {address}"))?;
    accounts::first_links(&store, &settings, &clock).await;
    let (render_live, render_clock, render_handle) = (live.clone(), clock.clone(), metrics.clone());
    let api = Api::from(ApiParts {
        store: store.clone(),
        live: live.clone(),
        clock: clock.clone(),
        render_metrics: Arc::new(move || {
            metrics::render(&render_handle, &render_live, &render_clock, &spool_dir)
        }),
        settings: Arc::clone(&settings),
        doors: Doors::new(settings.max_requests),
        shutdown: lifecycle.close.clone(),
        tasks: lifecycle.answering.clone(),
    });
    guarded(&lifecycle.answering, &lifecycle.stop, vigia_api::serve(listener, api));

    let ingesting = ingest.run(StartedIngest {
        store: store.clone(),
        live: live.clone(),
        clock: clock.clone(),
        tasks: lifecycle.tasks.clone(),
        stop: lifecycle.stop.clone(),
        give_up: lifecycle.give_up.clone(),
    });
    spawn(&lifecycle, async move {
        if let Err(error) = ingesting.await {
            tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "cannot ingest");
        }
    });
    spawn(&lifecycle, vigia_api::follow_alarms(store.clone(), live.clone(), lifecycle.stop.clone()));
    spawn(&lifecycle, until_replaced(store.clone(), lifecycle.stop.clone()));
    let sweeping = live.clone();
    every(&lifecycle, SWEEP, move || {
        sweeping.sweep();
        std::future::ready(())
    });
    let (pinged, pinging) = (live.clone(), store.clone());
    every(&lifecycle, PING, move || ping(pinging.clone(), pinged.clone()));
    let warming = store.clone();
    every(&lifecycle, KEEP_WARM, move || keep_warm(warming.clone()));
    every(&lifecycle, METRICS_UPKEEP, move || {
        metrics.run_upkeep();
        std::future::ready(())
    });
    let (expiring, expiry, expiry_clock) = (store.clone(), config.quarantine, clock.clone());
    every(&lifecycle, EXPIRE, move || expire(expiring.clone(), expiry, expiry_clock.clone()));
    let (sessions, lasting, session_clock) = (store.clone(), settings.session_life, clock.clone());
    every(&lifecycle, EXPIRE, move || expire_sessions(sessions.clone(), lasting, session_clock.clone()));
    let (counting, counted) = (store.clone(), live.clone());
    every(&lifecycle, COUNT, move || count_missing(counting.clone(), counted.clone()));

    let (looking, looked) = (store.clone(), live.clone());
    every(&lifecycle, BACKUPS, move || backups::look(looking.clone(), looked.clone()));
    if let Some(site) = site {
        spawn(&lifecycle, web_certificate::watch(site, live.clone(), lifecycle.stop.clone()));
    }

    tracing::info!(%address, version = version::VERSION, commit = version::COMMIT, "listening");
    let ending = lifecycle.until_stopped(|| live.board().stop()).await?;
    if tokio::time::timeout(CLOSE, store.close()).await.is_err() {
        tracing::warn!("the database did not let go of its connections in time");
    }
    tracing::info!("stopped");
    Ok(if ending == Ending::Asked { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Brings the schema up to date.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub(crate) async fn migrate(config: &Config) -> anyhow::Result<()> {
    let store = Store::connect(&config.database).await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}

/// Checks the certificate files; the environment itself was checked when it was read.
///
/// # Errors
/// When one of the files cannot be used.
pub(crate) fn check(config: Config) -> anyhow::Result<()> {
    Ingest::prepare(config.ingest, &Clock::System)?;
    tracing::info!("the environment and the files it names are good");
    Ok(())
}

fn api_settings(http: HttpSettings, default_mode: Mode) -> ApiSettings {
    let address = http.address();
    let public_url = http.public_url.map(|url| url.trim_end_matches('/').to_owned());
    let public_host = public_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or(rest);
        authority.rsplit_once(':').map_or(authority, |(host, _port)| host).to_owned()
    });
    ApiSettings {
        secure_cookies: address.starts_with("https://"),
        public_url: address,
        admins: http.admins,
        trusted_proxies: http.trusted_proxies,
        version: version::VERSION.to_owned(),
        commit: version::COMMIT.to_owned(),
        static_dir: http.static_dir,
        allowed_hosts: public_host.into_iter().collect(),
        allowed_origins: public_url.into_iter().chain(http.cors_origins).collect(),
        ws_heartbeat: http.ws_heartbeat,
        ws_limits: http.ws_limits,
        default_mode,
        ..ApiSettings::default()
    }
}

/// Waits for a database that is still starting; wrong settings fail at once.
pub(crate) async fn connect(settings: &DatabaseSettings) -> Result<Store, StoreError> {
    loop {
        match Store::connect(settings).await {
            Err(error) if error.is_transient() => {
                tracing::warn!(cause = %error.database_message(), "waiting for the database");
                tokio::time::sleep(DATABASE_RETRY).await;
            }
            answer => return answer,
        }
    }
}

/// Brings the schema up to date; a database that went away again is waited for.
pub(crate) async fn migrate_when_there(store: &Store) -> Result<(), StoreError> {
    loop {
        match store.migrate().await {
            Err(error) if error.is_transient() => {
                tracing::warn!(cause = %error.database_message(), "waiting for the database to migrate it");
                tokio::time::sleep(DATABASE_RETRY).await;
            }
            answer => return answer,
        }
    }
}

/// Keeps the board's word on the database true while no message tells.
async fn ping(store: Store, live: Live) {
    match store.ping().await {
        // It answers, but takes no commits: whoever drains the spool will say when it does.
        Ok(()) if live.board().spool().is_held_up() => {}
        Ok(()) => live.board().database_up(),
        Err(error) => live.board().database_down(&error.database_message()),
    }
}

async fn count_missing(store: Store, live: Live) {
    match store.missing_messages().await {
        Ok(messages) => live.board().set_missing(messages),
        Err(error) => {
            tracing::debug!(cause = %error.database_message(), "cannot count what never arrived now");
        }
    }
}

async fn expire(store: Store, expiry: QuarantineExpiry, clock: Clock) {
    let bounds = QuarantineBounds {
        oldest: clock.now().minus(expiry.age),
        max_messages: expiry.messages,
        max_bytes: expiry.bytes,
    };
    match store.expire_quarantine(bounds).await {
        Ok(0) => {}
        Ok(messages) => {
            metrics::expired(messages);
            tracing::info!(messages, "dropped the oldest quarantined messages");
        }
        Err(error) => tracing::warn!(cause = %error.database_message(), "cannot expire the quarantine now"),
    }
    match store.trim_boots().await {
        Ok(0) => {}
        Ok(boots) => tracing::info!(boots, "forgot old sequence numbers of gateways"),
        Err(error) => tracing::warn!(cause = %error.database_message(), "cannot trim sequence numbers now"),
    }
}

async fn keep_warm(store: Store) {
    if let Err(error) = store.keep_archive_warm().await {
        tracing::debug!(cause = %error.database_message(), "cannot keep connections for history open now");
    }
}

async fn expire_sessions(store: Store, life: SessionLife, clock: Clock) {
    if let Err(error) = store.expire_sessions(clock.now(), life).await {
        tracing::debug!(cause = %error.database_message(), "cannot remove sessions that have ended now");
    }
}

/// Ends when the database was replaced by one with another past: whoever watches over the process starts it again, and
/// it learns everything anew. What is not stored waits in the spool or comes again.
async fn until_replaced(store: Store, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = store.replaced() => tracing::error!(
            "the database has another past than at the start (a failover or a restore); stopping, to learn its names anew"
        ),
    }
}

/// Runs a task whose end, for whatever reason, stops the process.
fn spawn(lifecycle: &Lifecycle, task: impl Future<Output = ()> + Send + 'static) {
    guarded(&lifecycle.tasks, &lifecycle.stop, task);
}

fn guarded(tasks: &TaskTracker, stop: &CancellationToken, task: impl Future<Output = ()> + Send + 'static) {
    let guard = stop.clone().drop_guard();
    tasks.spawn(async move {
        let _guard = guard;
        task.await;
    });
}

/// Does something again and again until the process stops.
fn every<F, Fut>(lifecycle: &Lifecycle, period: Duration, mut action: F)
where
    F: FnMut() -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let stop = lifecycle.stop.clone();
    spawn(lifecycle, async move {
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = async {
                    ticks.tick().await;
                    action().await;
                } => {}
            }
        }
    });
}
