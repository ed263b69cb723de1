//! Restore: fills the live memory with the last state the database knows, at the start of a term and whenever another
//! process has stored something that never came by here.

use crate::batch::Workbench;
use vigia_live::{GatewayPath, PlcPath};
use vigia_store::{Store, StoreError};

/// Series read at once: some 10 MB.
const AT_ONCE: u32 = 50_000;

/// Takes over what is newer than what is known. Live state never goes back by it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn restore(store: &Store, bench: &Workbench) -> Result<(), StoreError> {
    let live = &bench.live;
    // Nobody moves one between the reading and the showing.
    let learning = bench.learning.lock().await;
    for gateway in store.known_gateways().await? {
        let path = GatewayPath {
            tenant: gateway.tenant,
            province: gateway.province,
            site: gateway.plant,
            gateway: gateway.gateway,
        };
        live.restore_gateway(&path, gateway.health);
    }
    drop(learning);
    let mut after = None;
    loop {
        let page = store.last_values(after, AT_ONCE).await?;
        for last in page.values {
            let plc = live.plc(&PlcPath { tenant: last.tenant, site: last.plant, plc: last.plc });
            let metric = plc.metric(&last.metric);
            live.apply(&plc, &[(metric, last.sample)]);
        }
        after = page.through;
        if after.is_none() {
            return Ok(());
        }
    }
}
