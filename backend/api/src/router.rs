//! The API's table of contents.

use crate::error::kind;
use crate::openapi::{self, says};
use crate::{
    Api, account, alarm, api_key, assets, audit, dashboard, gateway, guard, health, layers, login, metrics,
    named, plant, plc, rejection, rule, site, system, telemetry, tenant, user, ws,
};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;

mod routes;

pub(crate) use routes::Routes;

/// The largest body read, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Everything that is served.
pub fn router(api: Api) -> Router {
    let door = || from_fn_with_state(api.clone(), login::required);
    let room = || from_fn_with_state(api.clone(), layers::room);
    let resources = Router::new()
        .merge(behind_the_door().router.route_layer(door()))
        .merge(in_front_of_it().router.route_layer(room()))
        .merge(described().route_layer(room()))
        .fallback(assets::no_such_route);

    let routes = Router::new()
        .merge(outside().router)
        .merge(live_feed().router.route_layer(door()).route_layer(from_fn(layers::upgrade_seen)))
        .nest("/api", resources);

    let cross_origin = option_layer(layers::cross_origin(&api.settings));
    assets::serve(routes, &api.settings)
        // The first layer is the innermost.
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(api.clone(), guard::guard))
        .layer(from_fn_with_state(api.clone(), layers::deadline))
        .layer(CatchPanicLayer::custom(layers::on_panic))
        .layer(from_fn(layers::problems))
        .layer(cross_origin)
        .layer(from_fn(layers::headers))
        .layer(from_fn_with_state(api.clone(), named::named))
        .layer(layers::compression())
        .with_state(api)
}

/// The API's description, which is as long as the program is the same: asked for again, it is not sent again.
fn described() -> Router<Api> {
    Router::new()
        .route("/openapi.json", get(openapi::get_openapi))
        .route("/docs", get(openapi::get_docs))
        .route_layer(from_fn(layers::not_modified))
}

/// What is not under `/api`: how the process is doing.
pub(crate) fn outside() -> Routes {
    Routes::group("Health")
        .get(
            "/health",
            health::get_health,
            says("How process, broker connections, database and spool are doing"),
        )
        .get("/health/ready", health::get_ready, says("Whether it can do its work now").or(kind::NOT_READY))
        .get("/metrics", metrics::get_metrics, says("Figures for Prometheus, or a few of them as JSON"))
}

/// The live feed.
pub(crate) fn live_feed() -> Routes {
    Routes::group("Live feed").get(
        "/ws",
        ws::open_feed,
        says("Opens the live feed over WebSocket")
            .or(kind::WEBSOCKET_REQUIRED)
            .or(kind::TOO_MANY_CONNECTIONS)
            .or(kind::ORIGIN_NOT_ALLOWED),
    )
}

/// The way in.
pub(crate) fn in_front_of_it() -> Routes {
    Routes::group("Account")
        .post(
            "/auth/login",
            account::log_in,
            says("Lets somebody in, by a cookie and by a token")
                .or(kind::INVALID_CREDENTIALS)
                .or(kind::TOO_MANY_ATTEMPTS),
        )
        .post(
            "/auth/password-links",
            account::redeem_link,
            says("Chooses a password by a link, which works once")
                .or(kind::LINK_EXPIRED)
                .or(kind::TOO_MANY_ATTEMPTS),
        )
}

/// Whoever is not known gets no further; the handlers then ask what he may.
pub(crate) fn behind_the_door() -> Routes {
    Routes::group("Account")
        .get("/auth/me", account::get_me, says("Who is logged in"))
        .post("/auth/logout", account::log_out, says("Ends the session that asks"))
        .post(
            "/auth/password",
            account::change_password,
            says("Changes the own password; every other session ends")
                .or(kind::INVALID_CREDENTIALS)
                .or(kind::TOO_MANY_ATTEMPTS),
        )
        .get("/auth/sessions", account::list_sessions, says("The own sessions, the one used last first"))
        .delete("/auth/sessions", account::end_all_sessions, says("Signs out everywhere, here too"))
        .delete("/auth/sessions/{sessionId}", account::end_session, says("Ends one of the own sessions"))
        .get("/admin/access", account::get_access, says("Whether the caller is an internal admin"))
        .next("Plants and live state")
        .get("/sites", site::list_sites, says("The plants, with their counts"))
        .get("/plcs", plc::list_plcs, says("The PLCs of all plants"))
        .get("/plcs/{site}", plc::list_plcs_of_site, says("The PLCs of a plant"))
        .get("/plcs/{site}/{plc}", plc::get_plc, says("One PLC"))
        .get("/plcs/{site}/{plc}/state", plc::get_plc_state, says("The last value of each of its metrics"))
        .get("/gateways", gateway::list_gateways, says("The gateways, and whether they live"))
        .get("/gateways/{site}/{gateway}", gateway::get_gateway, says("One gateway"))
        .next("History")
        .get("/telemetry/latest", telemetry::list_latest, says("The newest events of the history"))
        .get(
            "/telemetry/{site}/{plc}",
            telemetry::list_telemetry,
            says("Samples or hourly statistics of a PLC, or a chart of them"),
        )
        .get(
            "/telemetry/{site}/{plc}/export",
            telemetry::export_telemetry,
            says("Every sample of a span of time, as CSV"),
        )
        .next("Alarms")
        .get("/alarms", alarm::list_alarms, says("The alarms, the newest or the most severe first"))
        .get(
            "/alarms/summary",
            alarm::get_alarm_summary,
            says("How many nobody has acknowledged yet, and the newest of them"),
        )
        .get("/alarms/{alarmId}", alarm::get_alarm, says("One alarm"))
        .get("/alarms/{site}/{plc}", alarm::list_alarms_of_plc, says("The alarms of a PLC"))
        .post(
            "/alarms/acknowledge",
            alarm::acknowledge_alarms,
            says("Takes note of many alarms, each with a result of its own"),
        )
        .post("/alarms/{alarmId}/acknowledge", alarm::acknowledge_alarm, says("Takes note of an alarm"))
        .next("Persistence rules")
        .get("/persist-rules", rule::list_rules, says("The rules in order of priority"))
        .post("/persist-rules", rule::create_rule, says("Adds a rule; it is in force within a second"))
        .get(
            "/persist-rules/explain",
            rule::explained::explain_rules,
            says("Which rule decides for a series, and what the others lack")
                .or(kind::NOT_FOUND)
                .or(kind::AMBIGUOUS_SITE),
        )
        .post(
            "/persist-rules/dry-run",
            rule::dry_run::try_rule,
            says("What a draft would keep, add and save, by what came in the last day")
                .or(kind::NOT_READY)
                .or(kind::NOT_FOUND),
        )
        .get("/persist-rules/{ruleId}", rule::get_rule, says("One rule"))
        .put("/persist-rules/{ruleId}", rule::update_rule, says("Replaces a rule").or(kind::VERSION_REQUIRED))
        .delete("/persist-rules/{ruleId}", rule::delete_rule, says("Removes a rule"))
        .next("Quarantine")
        .get(
            "/admin/rejections",
            rejection::list_rejections,
            says("What could not be taken, the newest first"),
        )
        .delete(
            "/admin/rejections",
            rejection::delete_rejections,
            says("Removes the oldest entries that match a filter"),
        )
        .get(
            "/admin/rejections/counts",
            rejection::get_rejection_counts,
            says("How much was rejected, what was only counted included"),
        )
        .get(
            "/admin/rejections/export",
            rejection::export_rejections,
            says("Every entry that matches, as JSON Lines"),
        )
        .post(
            "/admin/rejections/replay",
            rejection::replay_rejections,
            says("Asks for many entries to be taken once more"),
        )
        .get(
            "/admin/rejections/{rejectionId}",
            rejection::get_rejection,
            says("One entry, with what helps to understand it"),
        )
        .delete("/admin/rejections/{rejectionId}", rejection::delete_rejection, says("Removes an entry"))
        .post(
            "/admin/rejections/{rejectionId}/replay",
            rejection::replay_rejection,
            says(
                "Asks for an entry's message to be taken once more, and waits a moment for what comes of it",
            ),
        )
        .next("Places")
        .get("/admin/plants", plant::list_plants, says("The plants, as admins manage them"))
        .post(
            "/admin/plants",
            plant::create_plant,
            says("Adds a plant before it is heard of").or(kind::ALREADY_EXISTS).or(kind::LIMIT_REACHED),
        )
        .get("/admin/plants/{plantId}", plant::get_plant, says("One plant"))
        .put(
            "/admin/plants/{plantId}",
            plant::update_plant,
            says("Changes name and time zone of a plant").or(kind::VERSION_REQUIRED),
        )
        .delete(
            "/admin/plants/{plantId}",
            plant::delete_plant,
            says("Removes a plant in which nothing stands").or(kind::NOT_EMPTY),
        )
        .get(
            "/admin/gateways",
            gateway::manage::list_managed_gateways,
            says("The gateways, as admins manage them"),
        )
        .post(
            "/admin/gateways",
            gateway::manage::create_gateway,
            says("Admits a gateway before it speaks").or(kind::ALREADY_EXISTS).or(kind::LIMIT_REACHED),
        )
        .get("/admin/gateways/{id}", gateway::manage::get_managed_gateway, says("One gateway, by its id"))
        .put(
            "/admin/gateways/{id}",
            gateway::manage::update_gateway,
            says("Names a gateway, and moves it to another plant").or(kind::VERSION_REQUIRED),
        )
        .delete(
            "/admin/gateways/{id}",
            gateway::manage::delete_gateway,
            says("Removes a gateway that was never heard").or(kind::NOT_EMPTY),
        )
        .put(
            "/admin/plcs/{id}",
            plc::rename_plc,
            says("Gives a PLC another name for people").or(kind::VERSION_REQUIRED),
        )
        .next("Tenants, users, keys")
        .get("/admin/tenants", tenant::list_tenants, says("The customers"))
        .post("/admin/tenants", tenant::create_tenant, says("Adds a customer").or(kind::ALREADY_EXISTS))
        .get("/admin/tenants/{tenantId}", tenant::get_tenant, says("One customer"))
        .put(
            "/admin/tenants/{tenantId}",
            tenant::update_tenant,
            says("Gives a customer another name for people").or(kind::VERSION_REQUIRED),
        )
        .get("/admin/users", user::list_users, says("People and their roles"))
        .post(
            "/admin/users",
            user::create_user,
            says("Adds a person, with a link to choose a password").or(kind::ALREADY_EXISTS),
        )
        .get("/admin/users/{userId}", user::get_user, says("One person"))
        .put(
            "/admin/users/{userId}",
            user::update_user,
            says("Changes a person and his roles").or(kind::VERSION_REQUIRED).or(kind::ALREADY_EXISTS),
        )
        .delete("/admin/users/{userId}", user::delete_user, says("Removes a person"))
        .post(
            "/admin/users/{userId}/password-link",
            user::create_password_link,
            says("Makes a link by which a person chooses another password"),
        )
        .get("/admin/api-keys", api_key::list_api_keys, says("Keys for machines"))
        .post("/admin/api-keys", api_key::create_api_key, says("Makes a key; it is shown this once"))
        .delete("/admin/api-keys/{keyId}", api_key::revoke_api_key, says("Ends a key, at once"))
        .next("Dashboards")
        .get(
            "/dashboards/{site}/{plc}",
            dashboard::show_dashboard,
            says("The dashboard of a PLC, as viewers see it"),
        )
        .get("/admin/dashboards", dashboard::list_dashboards, says("The dashboards, without their widgets"))
        .get(
            "/admin/plcs/{id}/dashboard",
            dashboard::get_dashboard_of_plc,
            says("The dashboard of a PLC, by the PLC's id"),
        )
        .post(
            "/admin/plcs/{id}/dashboard",
            dashboard::create_dashboard,
            says("Gives a PLC its dashboard").or(kind::ALREADY_EXISTS),
        )
        .post(
            "/admin/plcs/{id}/dashboard/import",
            dashboard::transfer::import_dashboard,
            says("Gives a PLC the dashboard of a document, or with a version named replaces the one it has")
                .or(kind::ALREADY_EXISTS),
        )
        .get("/admin/dashboards/{dashboardId}", dashboard::get_dashboard, says("One dashboard"))
        .put(
            "/admin/dashboards/{dashboardId}",
            dashboard::update_dashboard,
            says("Replaces name, icon and, when given, all widgets").or(kind::VERSION_REQUIRED),
        )
        .delete(
            "/admin/dashboards/{dashboardId}",
            dashboard::delete_dashboard,
            says("Removes a dashboard with its versions").or(kind::VERSION_REQUIRED),
        )
        .post(
            "/admin/dashboards/{dashboardId}/widgets",
            dashboard::widget::add_widget,
            says("Adds a widget after the others").or(kind::VERSION_REQUIRED),
        )
        .post(
            "/admin/dashboards/{dashboardId}/widgets/reorder",
            dashboard::widget::reorder_widgets,
            says("Puts the widgets in another order").or(kind::VERSION_REQUIRED),
        )
        .put(
            "/admin/dashboards/{dashboardId}/widgets/{widgetId}",
            dashboard::widget::update_widget,
            says("Replaces a widget").or(kind::VERSION_REQUIRED),
        )
        .delete(
            "/admin/dashboards/{dashboardId}/widgets/{widgetId}",
            dashboard::widget::remove_widget,
            says("Removes a widget").or(kind::VERSION_REQUIRED),
        )
        .get(
            "/admin/dashboards/{dashboardId}/versions",
            dashboard::version::list_versions,
            says("The states a dashboard had, the present one first"),
        )
        .get(
            "/admin/dashboards/{dashboardId}/versions/{version}",
            dashboard::version::get_version,
            says("A dashboard as it was"),
        )
        .post(
            "/admin/dashboards/{dashboardId}/versions/{version}/restore",
            dashboard::version::restore_version,
            says("Makes a former version the present one again").or(kind::VERSION_REQUIRED),
        )
        .get(
            "/admin/dashboards/{dashboardId}/export",
            dashboard::transfer::export_dashboard,
            says("A dashboard as a document without ids"),
        )
        .post(
            "/admin/dashboards/{dashboardId}/duplicate",
            dashboard::transfer::duplicate_dashboard,
            says("Gives another PLC a copy of a dashboard").or(kind::ALREADY_EXISTS),
        )
        .next("Operation")
        .get("/admin/system", system::get_system, says("How everything is doing, on one page"))
        .get("/admin/audit-log", audit::list_audit_log, says("Who did what, the newest first"))
}
