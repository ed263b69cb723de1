//! What is new of alarms, from the database to whoever watches: every process listens by itself, whoever wrote them.

use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_model::Timestamp;
use vigia_store::alarm::{AlarmNews, AlarmWatch, ChangedSince};
use vigia_store::{Store, StoreError};

/// Alarms read at once: with their texts about a megabyte.
const AT_ONCE: u32 = 500;
/// How long reading them may take.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How long to wait before listening again after the connection was lost.
const RETRY: Duration = Duration::from_secs(1);

/// Tells the feed of every alarm that is added or changed, until stopped. What was missed while the connection was lost
/// is read when it is back.
pub async fn follow_alarms(store: Store, live: Live, stop: CancellationToken) {
    let mut heard_until = None;
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = follow(&store, &live, &mut heard_until) => {
                let cause = error.database_message();
                tracing::debug!(error = %error, cause, "lost the notifications of alarms; trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(RETRY) => {}
        }
    }
}

async fn follow(
    store: &Store,
    live: &Live,
    heard_until: &mut Option<Timestamp>,
) -> Result<Infallible, StoreError> {
    let mut watch = store.watch_alarms().await?;
    // Read after listening began: nothing falls between.
    let now = watch.now().await?;
    read_again(&watch, live, heard_until.unwrap_or(now)).await?;
    *heard_until = Some(now);
    loop {
        match watch.next().await? {
            AlarmNews::Heard(until) => *heard_until = Some(until),
            AlarmNews::Changed(ids) => {
                for ids in ids.chunks(usize::try_from(AT_ONCE).unwrap_or(usize::MAX)) {
                    live.tell_alarms(soon(watch.read(ids)).await?);
                }
            }
        }
    }
}

async fn read_again(watch: &AlarmWatch, live: &Live, since: Timestamp) -> Result<(), StoreError> {
    let mut place = Some(ChangedSince::from(since));
    while let Some(from) = place {
        let page = soon(watch.changed_since(from, AT_ONCE)).await?;
        live.tell_alarms(page.alarms);
        place = page.next;
    }
    Ok(())
}

/// A connection that went silent is given up.
async fn soon<T>(read: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(READ_WITHIN, read).await.unwrap_or(Err(StoreError::Silent))
}
