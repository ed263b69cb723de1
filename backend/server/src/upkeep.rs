//! What is done again and again beside ingesting and serving.

use crate::backups;
use crate::config::{BackupSettings, QuarantineExpiry};
use crate::lifecycle::Lifecycle;
use crate::metrics;
use metrics_exporter_prometheus::PrometheusHandle;
use std::future::ready;
use std::time::Duration;
use vigia_live::Live;
use vigia_model::Clock;
use vigia_store::Store;
use vigia_store::rejection::QuarantineBounds;
use vigia_store::session::SessionLife;

/// How often silent gateways are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// How often an idle process asks whether the database is there.
const PING: Duration = Duration::from_secs(2);
/// How often connections for history are used. One that rests for ten minutes, or has lived for thirty, is closed, and opening
/// another takes longer than most questions.
const KEEP_WARM: Duration = Duration::from_mins(1);
/// How often histograms are condensed; without it they grow until somebody scrapes.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);
/// How often the quarantine and the sessions are brought back within their limits.
const EXPIRE: Duration = Duration::from_mins(1);
/// How often it is looked how the backups are.
const BACKUPS: Duration = Duration::from_mins(1);
/// How often it is counted what never arrived.
const COUNT: Duration = Duration::from_secs(30);

/// What it is done with.
pub(crate) struct Upkeep {
    pub(crate) store: Store,
    pub(crate) live: Live,
    pub(crate) clock: Clock,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) backup: BackupSettings,
    pub(crate) quarantine: QuarantineExpiry,
    pub(crate) session_life: SessionLife,
}

/// Begins all of it; it ends when the process stops.
pub(crate) fn start(lifecycle: &Lifecycle, upkeep: &Upkeep) {
    let Upkeep { store, live, clock, metrics, backup, quarantine, session_life } = upkeep;
    let sweeping = live.clone();
    lifecycle.every(SWEEP, move || {
        sweeping.sweep();
        ready(())
    });
    let (pinging, pinged) = (store.clone(), live.clone());
    lifecycle.every(PING, move || ping(pinging.clone(), pinged.clone()));
    let warming = store.clone();
    lifecycle.every(KEEP_WARM, move || keep_warm(warming.clone()));
    let condensing = metrics.clone();
    lifecycle.every(METRICS_UPKEEP, move || {
        condensing.run_upkeep();
        ready(())
    });
    let (expiring, expiry, expiry_clock) = (store.clone(), *quarantine, clock.clone());
    lifecycle.every(EXPIRE, move || expire(expiring.clone(), expiry, expiry_clock.clone()));
    let (sessions, lasting, session_clock) = (store.clone(), *session_life, clock.clone());
    lifecycle.every(EXPIRE, move || expire_sessions(sessions.clone(), lasting, session_clock.clone()));
    let (counting, counted) = (store.clone(), live.clone());
    lifecycle.every(COUNT, move || count_missing(counting.clone(), counted.clone()));
    let (looking, looked, backup) = (store.clone(), live.clone(), *backup);
    lifecycle.every(BACKUPS, move || backups::look(looking.clone(), looked.clone(), backup));
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
