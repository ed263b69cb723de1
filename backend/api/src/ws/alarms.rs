//! The alarms there are when somebody begins to watch.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::sleep;
use vigia_live::Filter;
use vigia_model::{Alarm, TenantScope};
use vigia_store::Store;
use vigia_store::alarm::AlarmFilter;

/// The most a client is told of on connecting: more than anybody reads on a screen. The rest is in the list.
const MOST: u32 = 100;
/// How long to wait before a database that is away is asked again.
const RETRY: Duration = Duration::from_secs(5);

/// Alarms that are still being read.
pub(super) type AlarmsBefore = Pin<Box<dyn Future<Output = Vec<Alarm>> + Send>>;

/// The newest alarms nobody acknowledged yet. A database that is away is waited for: the rest of the feed goes on.
pub(super) fn alarms_before(store: Store, scope: TenantScope, filters: Vec<Filter>) -> AlarmsBefore {
    Box::pin(async move {
        let wanted: Vec<AlarmFilter<'_>> = filters.iter().map(wanted).collect();
        loop {
            match store.unacknowledged_alarms(&scope, &wanted, MOST).await {
                Ok(alarms) => return alarms,
                Err(error) if error.is_transient() => {
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
