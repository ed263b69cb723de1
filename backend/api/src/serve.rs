//! Listening: the router on a socket, until the process stops.
//!
//! Each connection has its place and its deadlines: a client that opens many, or sends its headers letter by letter,
//! keeps nobody else out.

use crate::login::Shares;
use crate::{Api, router};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use watched::Watched;

mod watched;

/// Connections at a time, besides those that became live feeds, which have limits of their own.
const MAX_CONNECTIONS: usize = 4_096;
/// Of one address, unless it is a trusted proxy's: a factory's people share one, and nobody has them all.
const MAX_OF_ONE_ADDRESS: u32 = 1_024;
/// How long a client may take for the headers of a request, be silent between two, and take nothing of an answer. Longer than a proxy keeps an idle
/// connection (Nginx: 60 s), so that the proxy closes it and never finds it closed.
const HEADERS_WITHIN: Duration = Duration::from_secs(75);
/// How long requests under way may take when the process stops.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long to wait when the system has no more files to open.
const ACCEPT_AGAIN: Duration = Duration::from_millis(500);

/// What the kernel keeps for a client that does not read: values in there are old before they arrive, and a thousand
/// such clients are to cost megabytes, not gigabytes.
const SEND_BUFFER_BYTES: u32 = 64 * 1024;
/// Connections not yet accepted: all screens of a plant come back at once.
const BACKLOG: u32 = 1_024;

/// A listener at an address, for [`serve`].
///
/// # Errors
/// When the address is taken or not this machine's.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Every connection it accepts inherits this.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves `api` on `listener` until `api.shutdown` is cancelled and the requests under way are answered. Each
/// WebSocket ends by itself; wait for `api.tasks`.
pub async fn serve(listener: TcpListener, api: Api) {
    serve_for(listener, api, HEADERS_WITHIN, MAX_OF_ONE_ADDRESS).await;
}

/// The same with another patience for those who are silent, and another share of an address.
pub(crate) async fn serve_for(listener: TcpListener, api: Api, patience: Duration, most_of_one: u32) {
    let (shares, settings) = (Shares::new(most_of_one), api.settings.clone());
    let (shutdown, tasks, cut) = (api.shutdown.clone(), api.tasks.clone(), CancellationToken::new());
    let router = router(api);
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(patience);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let address = peer.ip().to_canonical();
        // Everybody comes through a proxy.
        let is_everybodys = settings.trusted_proxies.trusts(address);
        let share = if is_everybodys { None } else { shares.take(address) };
        if share.is_none() && !is_everybodys {
            continue;
        }
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let io = TokioIo::new(Watched::new(stream, patience));
        let connection = http.serve_connection_with_upgrades(io, service).into_owned();
        let (connection, cut) = (graceful.watch(connection), cut.clone());
        tasks.spawn(async move {
            if let Some(Err(error)) = cut.run_until_cancelled(connection).await {
                tracing::debug!(error = %error, "a connection ended early");
            }
            drop((place, share));
        });
    }
    drop(listener);
    // Somebody in the middle of asking may take longer than anybody wants to wait.
    drop(tokio::time::timeout(LAST_ANSWERS, graceful.shutdown()).await);
    cut.cancel();
}

/// The next connection, when there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // A frame of the live feed is not to wait for the next one.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(error = %error, "a connection ended early");
            }
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(error = %error, "cannot take a connection now");
            tokio::time::sleep(ACCEPT_AGAIN).await;
            None
        }
    }
}
