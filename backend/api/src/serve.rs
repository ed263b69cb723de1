//! Listening: the router on a socket, until the process stops.

use crate::{Api, router};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves `api` on `listener` until `api.shutdown` is cancelled and the requests under way are answered. Each
/// WebSocket ends by itself; wait for `api.tasks`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, api: Api) -> std::io::Result<()> {
    let shutdown = api.shutdown.clone();
    let service = router(api).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned()).await
}
