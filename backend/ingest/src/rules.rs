//! The persistence rules in memory: read before anything is decided, and again whenever they change.

use crate::decide::{Defaults, Rules};
use arc_swap::ArcSwap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_model::RuleSet;
use vigia_store::{Store, StoreError};

/// How often the rules are read though nobody said that they changed.
const READ_ANYWAY: Duration = Duration::from_secs(5);
/// How long reading them may take.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How long to wait before listening again after the connection was lost.
const RETRY: Duration = Duration::from_millis(300);

/// Reads the rules for the first time.
pub(crate) async fn load(store: &Store, defaults: Defaults) -> Result<Arc<ArcSwap<Rules>>, StoreError> {
    let set = RuleSet::new(store.rules().await?, defaults.mode);
    Ok(Arc::new(ArcSwap::from_pointee(Rules { generation: 1, set, retention: defaults.retention })))
}

/// Keeps `rules` up to date until stopped.
pub(crate) async fn follow(
    store: Store,
    defaults: Defaults,
    rules: Arc<ArcSwap<Rules>>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            ended = listen(&store, defaults, &rules) => {
                if let Err(error) = ended {
                    tracing::warn!(error = %error, "lost the notifications of changed persistence rules; trying again");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn listen(store: &Store, defaults: Defaults, rules: &ArcSwap<Rules>) -> Result<(), StoreError> {
    let mut watch = store.watch_rules().await?;
    loop {
        // Read after listening began, and after each notification: nothing falls between.
        read(store, defaults, rules).await?;
        let mut changed = pin!(watch.changed());
        loop {
            tokio::select! {
                changed = &mut changed => break changed?,
                // A connection that died without a word says nothing of changes either.
                () = tokio::time::sleep(READ_ANYWAY) => read(store, defaults, rules).await?,
            }
        }
    }
}

async fn read(store: &Store, defaults: Defaults, rules: &ArcSwap<Rules>) -> Result<(), StoreError> {
    // A connection that went silent must not keep the rules of an hour ago in force.
    let read = tokio::time::timeout(READ_WITHIN, store.rules()).await.unwrap_or(Err(StoreError::Silent))?;
    let set = RuleSet::new(read, defaults.mode);
    let known = rules.load();
    if known.set != set {
        let generation = known.generation + 1;
        rules.store(Arc::new(Rules { generation, set, retention: defaults.retention }));
        tracing::debug!(generation, "the persistence rules changed");
    }
    Ok(())
}
