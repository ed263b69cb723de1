//! Moves: an admin gives a gateway another plant, or admits one, while messages of it come. What was learned of where
//! it stands is forgotten within a moment, in every process.

use crate::batch::Workbench;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_live::GatewayPath;
use vigia_live::board::Role;
use vigia_model::Identifier;
use vigia_store::directory::{PlaceNews, PlaceWatch};
use vigia_store::state::KnownGateway;
use vigia_store::{Store, StoreError};

/// How long reading where gateways stand may take.
const READ_WITHIN: Duration = Duration::from_secs(5);
/// How long to wait before listening again after the connection was lost.
const RETRY: Duration = Duration::from_secs(1);

/// Listens until stopped.
pub(crate) async fn follow(store: Store, bench: Workbench, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = listen(&store, &bench) => {
                let cause = error.database_message();
                tracing::debug!(error = %error, cause, "lost the notifications of moved gateways; trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn listen(store: &Store, bench: &Workbench) -> Result<Infallible, StoreError> {
    let mut watch = store.watch_places().await?;
    // Looked at after listening began: nothing falls between.
    look(&watch, bench, None).await?;
    loop {
        if let PlaceNews::Changed(gateways) = watch.next().await? {
            look(&watch, bench, Some(&gateways)).await?;
        }
    }
}

/// Looks where these gateways stand, or all, and forgets what says otherwise.
async fn look(watch: &PlaceWatch, bench: &Workbench, gateways: Option<&[String]>) -> Result<(), StoreError> {
    // Nobody learns an old place between the asking and the forgetting.
    let _learning = bench.learning.lock().await;
    let read = tokio::time::timeout(READ_WITHIN, watch.places(gateways)).await;
    let places = read.unwrap_or(Err(StoreError::Silent))?;
    let places: HashMap<Identifier, KnownGateway> =
        places.into_iter().map(|place| (place.gateway.clone(), place)).collect();
    let asked: Option<HashSet<&str>> = gateways.map(|names| names.iter().map(String::as_str).collect());
    let is_asked = |gateway: &Identifier| asked.as_ref().is_none_or(|asked| asked.contains(gateway.as_str()));
    let stands = |gateway: &Identifier, tenant: &Identifier, plant: &Identifier| {
        let place = places.get(gateway);
        !is_asked(gateway) || place.is_some_and(|place| place.tenant == *tenant && place.plant == *plant)
    };
    bench
        .directory()
        .keep_gateways(is_asked, |source| stands(&source.gateway, &source.tenant, &source.plant));
    let left = bench.live.keep_gateways(|path| stands(&path.gateway, &path.tenant, &path.site));
    let left: HashMap<Identifier, _> =
        left.into_iter().map(|view| (view.path.gateway.clone(), view)).collect();
    // A process that stands by shows nothing it was not asked to show before.
    let shows_all = gateways.is_some() && bench.live.board().role() == Role::Active;
    for (gateway, place) in places {
        let before = left.get(&gateway);
        if before.is_none() && !shows_all {
            continue;
        }
        let path = GatewayPath { tenant: place.tenant, province: place.province, site: place.plant, gateway };
        if let Some(before) = before {
            tracing::info!(gateway = %path.gateway, tenant = %path.tenant, plant = %path.site, "a gateway was moved");
            // What it said under another tenant stays there.
            if before.path.tenant == path.tenant {
                bench.live.restore_gateway(&path, before.health.clone());
            }
        }
        bench.live.restore_gateway(&path, place.health);
    }
    Ok(())
}
