//! The API's table of contents.

use crate::{
    Api, assets, gateway, guard, health, layers, metrics, plc, rejection, rule, site, telemetry, ws,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body read, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Everything that is served.
pub fn router(api: Api) -> Router {
    let resources = Router::new()
        .route("/sites", get(site::list_sites))
        .route("/plcs", get(plc::list_plcs))
        .route("/plcs/{site}", get(plc::list_plcs_of_site))
        .route("/plcs/{site}/{plc}", get(plc::get_plc))
        .route("/plcs/{site}/{plc}/state", get(plc::get_plc_state))
        .route("/gateways", get(gateway::list_gateways))
        .route("/gateways/{site}/{gateway}", get(gateway::get_gateway))
        .route("/telemetry/latest", get(telemetry::list_latest))
        .route("/telemetry/{site}/{plc}", get(telemetry::list_telemetry))
        .route("/persist-rules", get(rule::list_rules).post(rule::create_rule))
        .route("/persist-rules/{id}", get(rule::get_rule).put(rule::update_rule).delete(rule::delete_rule))
        .route("/admin/rejections", get(rejection::list_rejections))
        .fallback(assets::no_such_route);

    let routes = Router::new()
        .route("/health", get(health::get_health))
        .route("/health/ready", get(health::get_ready))
        .route("/metrics", get(metrics::get_metrics))
        .route("/ws", get(ws::open))
        .nest("/api", resources);

    assets::serve(routes, &api.settings)
        // The first layer is the innermost.
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(api.clone(), guard::guard))
        .layer(from_fn_with_state(api.clone(), layers::deadline))
        .layer(CatchPanicLayer::custom(layers::on_panic))
        .layer(from_fn(layers::problems))
        .layer(from_fn(layers::headers))
        .layer(CompressionLayer::new())
        .with_state(api)
}
