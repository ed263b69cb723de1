//! The alarms there are when somebody begins to watch.

use crate::Api;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use vigia_live::Filter;
use vigia_model::{Alarm, TenantScope};
use vigia_store::StoreError;
use vigia_store::alarm::AlarmFilter;

/// The most a client is told of on connecting: more than anybody reads on a screen. The rest is in the list.
const MOST: u32 = 100;
/// How long to wait before a database that is away is asked again.
const RETRY: Duration = Duration::from_secs(5);

/// Feeds whose alarms are read at the same time: the rest of the connections are for those who ask something else.
const AT_ONCE: usize = 2;

/// Whose alarms may be read now.
#[derive(Debug, Clone)]
pub(crate) struct AlarmReaders(Arc<Semaphore>);

impl Default for AlarmReaders {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Alarms that are still being read.
pub(super) type AlarmsBefore = Pin<Box<dyn Future<Output = Vec<Alarm>> + Send>>;

/// The newest alarms nobody acknowledged yet. A database that is away is waited for: the rest of the feed goes on.
pub(super) fn alarms_before(api: Api, scope: TenantScope, filters: Vec<Filter>) -> AlarmsBefore {
    Box::pin(async move {
        loop {
            match read(&api, scope.clone(), filters.clone()).await {
                Ok(alarms) => return alarms,
                Err(error) if error.is_transient() && !error.took_too_long() => {
                    tracing::debug!(cause = %error.database_message(), "cannot read the alarms for a feed now");
                    sleep(RETRY).await;
                }
                Err(error) => {
                    tracing::error!(error = %error, cause = %error.database_message(), "cannot read the alarms for a feed");
                    return Vec::new();
                }
            }
        }
    })
}

/// Reads them when it is this feed's turn. Once begun it runs to its end, though the client wants something else by then:
/// what is given up goes on in the database, and a client that changes its mind often would fill it with that.
async fn read(api: &Api, scope: TenantScope, filters: Vec<Filter>) -> Result<Vec<Alarm>, StoreError> {
    if !filters.iter().any(|filter| filter.kinds.alarms) {
        return Ok(Vec::new());
    }
    let turn = Arc::clone(&api.doors.alarm_readers.0).acquire_owned().await;
    let (store, shutdown) = (api.store.clone(), api.shutdown.clone());
    let reading = api.tasks.spawn(async move {
        let _turn = turn;
        let wanted: Vec<AlarmFilter<'_>> =
            filters.iter().filter(|filter| filter.kinds.alarms).map(wanted).collect();
        tokio::select! {
            () = shutdown.cancelled() => Err(StoreError::Silent),
            alarms = store.unacknowledged_alarms(&scope, &wanted, MOST) => alarms,
        }
    });
    reading.await.unwrap_or(Err(StoreError::Silent))
}

/// Waits for them, if there are any to wait for.
pub(super) async fn arrival(before: &mut Option<AlarmsBefore>) -> Vec<Alarm> {
    match before {
        Some(before) => before.await,
        None => pending().await,
    }
}

fn wanted(filter: &Filter) -> AlarmFilter<'_> {
    AlarmFilter {
        tenant: filter.tenant.as_ref(),
        site: filter.site.as_ref(),
        plc: filter.plc.as_ref(),
        metric: filter.metric.as_ref(),
    }
}
