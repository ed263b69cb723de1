//! `GET /ws`: the live feed.

use crate::Api;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::extract::Query;
use crate::guard::check_origin;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use vigia_contract::ws::{ConnectQuery, MAX_MESSAGE_BYTES};

mod alarms;
mod filter;
mod frame;
mod pace;
mod places;
mod session;

pub(crate) use alarms::AlarmReaders;
pub(crate) use pace::Pace;
pub(crate) use places::{Full, Places};
use session::Session;

/// Per connection; tungstenite's own 128 KiB would cost 1 000 clients 128 MB.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Frames are gathered up to this size before they are written. A frame is made only when the one before is on its way,
/// so a connection buffers at most this and one frame.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;

/// Opens a feed of what the filter in the query wants.
pub(crate) async fn open_feed(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ConnectQuery>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    // A browser sends a WebSocket's cookies and skips CORS, whichever page opens it.
    check_origin(&api.settings, &uri, &headers)?;
    let upgrade = upgrade.map_err(|_| ApiError::WebSocketRequired)?;
    let filter = filter::read(&query.into()).map_err(ApiError::InvalidQuery)?;
    let place = api.doors.places.take(&api, &caller)?;
    let tracked = api.tasks.token();
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES);
    Ok(upgrade.on_upgrade(async move |socket| {
        Session::new(api, caller, socket, vec![filter]).run().await;
        drop((place, tracked));
    }))
}
