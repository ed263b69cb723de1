//! Where everything meets: one function that builds the process top to bottom.

use crate::accounts;
use crate::config::{Config, HttpSettings};
use crate::database::{connect, migrate_when_there};
use crate::http_client::Place;
use crate::lifecycle::{Ending, Lifecycle};
use crate::metrics;
use crate::traces;
use crate::upkeep::{self, Upkeep};
use crate::version;
use crate::web_certificate;
use anyhow::Context;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_api::{Adopt, Api, ApiParts, ApiSettings, Doors};
use vigia_ingest::{Ingest, StartedIngest};
use vigia_live::Live;
use vigia_live::board::{CertificateKind, ErrorBoard};
use vigia_model::{Clock, Mode};
use vigia_store::Store;

/// How long closing the database connections may take.
const CLOSE: Duration = Duration::from_secs(2);

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
    let site = config.http.place().filter(|site| site.is_https);
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
    lifecycle.spawn_answering(vigia_api::serve(listener, api));

    let ingesting = ingest.run(StartedIngest {
        store: store.clone(),
        live: live.clone(),
        clock: clock.clone(),
        tasks: lifecycle.tasks.clone(),
        stop: lifecycle.stop.clone(),
        give_up: lifecycle.give_up.clone(),
    });
    lifecycle.spawn(async move {
        if let Err(error) = ingesting.await {
            tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "cannot ingest");
        }
    });
    lifecycle.spawn(vigia_api::follow_alarms(store.clone(), live.clone(), lifecycle.stop.clone()));
    lifecycle.spawn(until_replaced(store.clone(), lifecycle.stop.clone()));
    upkeep::start(
        &lifecycle,
        &Upkeep {
            store: store.clone(),
            live: live.clone(),
            clock: clock.clone(),
            metrics,
            backup: config.backup,
            quarantine: config.quarantine,
            session_life: settings.session_life,
        },
    );
    if let Some(site) = site {
        lifecycle.spawn(web_certificate::watch(site, live.clone(), lifecycle.stop.clone()));
    }

    tracing::info!(%address, version = version::VERSION, commit = version::COMMIT, "listening");
    let ending = lifecycle.until_stopped(|| live.board().stop()).await?;
    if tokio::time::timeout(CLOSE, store.close()).await.is_err() {
        tracing::warn!("the database did not let go of its connections in time");
    }
    tracing::info!("stopped");
    Ok(if ending == Ending::Asked { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
    let place = http.place();
    let own_origin = place.as_ref().map(Place::origin);
    ApiSettings {
        secure_cookies: address.starts_with("https://"),
        public_url: address,
        admins: http.admins,
        trusted_proxies: http.trusted_proxies,
        version: version::VERSION.to_owned(),
        commit: version::COMMIT.to_owned(),
        static_dir: http.static_dir,
        allowed_hosts: place.into_iter().map(|place| place.host).collect(),
        allowed_origins: own_origin.into_iter().chain(http.cors_origins).collect(),
        ws_heartbeat: http.ws_heartbeat,
        ws_limits: http.ws_limits,
        default_mode,
        ..ApiSettings::default()
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

#[cfg(test)]
mod tests;
