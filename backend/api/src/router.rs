//! The API's table of contents.

use crate::{
    Api, account, api_key, assets, audit, gateway, guard, health, layers, login, metrics, plc, rejection,
    rule, site, telemetry, tenant, user, ws,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// The largest body read, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Everything that is served.
pub fn router(api: Api) -> Router {
    let door = || from_fn_with_state(api.clone(), login::required);
    let resources = Router::new()
        .merge(behind_the_door().router.route_layer(door()))
        .merge(in_front_of_it().router)
        .fallback(assets::no_such_route);
    let live = Router::new().route("/ws", get(ws::open)).route_layer(door());

    let routes = Router::new()
        .route("/health", get(health::get_health))
        .route("/health/ready", get(health::get_ready))
        .route("/metrics", get(metrics::get_metrics))
        .merge(live)
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

/// The way in.
pub(crate) fn in_front_of_it() -> Routes {
    Routes::default().post("/auth/login", account::log_in).post("/auth/password-links", account::redeem_link)
}

/// Whoever is not known gets no further; the handlers then ask what he may.
pub(crate) fn behind_the_door() -> Routes {
    Routes::default()
        .get("/auth/me", account::get_me)
        .post("/auth/logout", account::log_out)
        .post("/auth/password", account::change_password)
        .get("/auth/sessions", account::list_sessions)
        .delete("/auth/sessions", account::end_all_sessions)
        .delete("/auth/sessions/{session}", account::end_session)
        .get("/sites", site::list_sites)
        .get("/plcs", plc::list_plcs)
        .get("/plcs/{site}", plc::list_plcs_of_site)
        .get("/plcs/{site}/{plc}", plc::get_plc)
        .get("/plcs/{site}/{plc}/state", plc::get_plc_state)
        .get("/gateways", gateway::list_gateways)
        .get("/gateways/{site}/{gateway}", gateway::get_gateway)
        .get("/telemetry/latest", telemetry::list_latest)
        .get("/telemetry/{site}/{plc}", telemetry::list_telemetry)
        .get("/persist-rules", rule::list_rules)
        .post("/persist-rules", rule::create_rule)
        .get("/persist-rules/explain", rule::explain_rules)
        .get("/persist-rules/{rule}", rule::get_rule)
        .put("/persist-rules/{rule}", rule::update_rule)
        .delete("/persist-rules/{rule}", rule::delete_rule)
        .get("/admin/access", account::get_access)
        .get("/admin/rejections", rejection::list_rejections)
        .get("/admin/tenants", tenant::list_tenants)
        .post("/admin/tenants", tenant::create_tenant)
        .put("/admin/tenants/{tenant}", tenant::update_tenant)
        .get("/admin/users", user::list_users)
        .post("/admin/users", user::create_user)
        .get("/admin/users/{user}", user::get_user)
        .put("/admin/users/{user}", user::update_user)
        .delete("/admin/users/{user}", user::delete_user)
        .post("/admin/users/{user}/password-link", user::create_password_link)
        .get("/admin/api-keys", api_key::list_api_keys)
        .post("/admin/api-keys", api_key::create_api_key)
        .delete("/admin/api-keys/{key}", api_key::revoke_api_key)
        .get("/admin/audit-log", audit::list_audit_log)
}

/// Routes under `/api`, and a list of them, by which a test makes sure that none is forgotten.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<Api>,
    #[cfg(test)]
    pub(crate) listed: Vec<(Method, &'static str)>,
}

impl Routes {
    fn get<H: Handler<T, Api>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::GET, path, get(handler))
    }

    fn post<H: Handler<T, Api>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::POST, path, post(handler))
    }

    fn put<H: Handler<T, Api>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::PUT, path, put(handler))
    }

    fn delete<H: Handler<T, Api>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.on(Method::DELETE, path, delete(handler))
    }

    #[cfg_attr(
        not(test),
        expect(unused_variables, clippy::needless_pass_by_value, reason = "the list is a test's")
    )]
    fn on(mut self, method: Method, path: &'static str, handler: MethodRouter<Api>) -> Self {
        #[cfg(test)]
        self.listed.push((method, path));
        self.router = self.router.route(path, handler);
        self
    }
}
