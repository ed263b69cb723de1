//! The whole router on a real Postgres, one private database a test.

use crate::{Api, ApiParts, ApiSettings, Doors, TrustedProxies, WsLimits, router};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value as Json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use vigia_live::{GatewayPath, Live, PlcPath};
use vigia_model::{Clock, DataType, Email, Identifier, Quality, Sample, Timestamp, Value};
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::{Postgres, session_token};

mod lists;
mod telemetry;
mod rules;
mod rejections;
mod replays;
mod errors;
mod assets;
mod feed;
mod authorization;
mod login;
mod users;
mod dashboards;
mod alarms;
mod alarm_feed;
mod places;
mod openapi;
mod system;

/// 2025-01-08T18:00:00Z
const NOW: i64 = 1_736_359_200_000;

/// Who asks, unless a test says otherwise: an internal admin.
const ADMIN: &str = "admin@example.com";
/// Among `ADMIN_EMAILS`, without an account.
const SECOND_ADMIN: &str = "admin2@example.com";

static POSTGRES: OnceLock<Postgres> = OnceLock::new();

/// The API on a database of its own, at a time that stands still.
struct TestApp {
    api: Api,
    router: Router,
    clock: Clock,
    database: String,
}

/// An answer, read to its end.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Reply {
    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that it is a well-formed problem of this status and code.
    #[track_caller]
    fn assert_problem(&self, status: u16, code: &str) -> Json {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:vigia:problem:{code}"));
        assert!(
            !problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty()
        );
        problem
    }
}

impl TestApp {
    async fn start() -> Self {
        // Nobody ingests here.
        let replay_wait = Duration::from_millis(50);
        Self::start_with(ApiSettings { replay_wait, ..ApiSettings::default() }).await
    }

    async fn start_with(mut settings: ApiSettings) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        settings.admins.insert(Email::new(ADMIN).unwrap());
        settings.admins.insert(Email::new(SECOND_ADMIN).unwrap());
        let postgres = POSTGRES.get_or_init(|| Postgres::start().unwrap());
        let database = format!("api_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        postgres.create_database(&database).unwrap();
        let app = Self::on(postgres, database, settings).await;
        app.api.store.migrate().await.unwrap();
        postgres.log_in(&app.database, ADMIN).unwrap();
        app
    }

    async fn on(postgres: &Postgres, database: String, settings: ApiSettings) -> Self {
        let store = Store::connect(&DatabaseSettings::Url(postgres.url(&database).into())).await.unwrap();
        let clock = Clock::manual(Timestamp::from_millis(NOW));
        let api = Api::from(ApiParts {
            store,
            live: Live::new(clock.clone(), Duration::from_secs(90)),
            clock: clock.clone(),
            render_metrics: Arc::new(|| "vigia_up 1\n".to_owned()),
            doors: Doors::new(settings.max_requests),
            settings: Arc::new(settings),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        let router = router(api.clone());
        Self { api, router, clock, database }
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(request(Method::GET, path).body(Body::empty()).unwrap()).await
    }

    /// A `GET` that must succeed.
    #[track_caller]
    fn ok(&self, path: &str) -> impl Future<Output = Json> {
        let path = path.to_owned();
        async move {
            let reply = self.get(&path).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.text());
            reply.json()
        }
    }

    /// All pages of a list, one after the other.
    async fn pages(&self, path: &str) -> Vec<Vec<Json>> {
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.ok(&format!("{path}{cursor}")).await;
            pages.push(page["items"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return pages,
            }
            assert!(pages.len() < 100, "the cursor does not move");
        }
    }

    fn sql(&self, sql: &str) -> Vec<String> {
        POSTGRES.get().unwrap().query(&self.database, sql).unwrap()
    }

    /// Registers a PLC with all that stands above it.
    fn add_plc(&self, tenant: &str, site: &str, plc: &str) {
        self.add_plant(tenant, site);
        self.sql(&format!(
            "insert into plcs (tenant_id, plant_id, plc_id)
             select p.tenant_id, p.id, '{plc}' from plants p join tenants t on t.id = p.tenant_id
             where t.code = '{tenant}' and p.code = '{site}'"
        ));
    }

    fn add_plant(&self, tenant: &str, site: &str) {
        self.sql(&format!("insert into tenants (code) values ('{tenant}') on conflict do nothing"));
        self.sql(&format!(
            "insert into plants (tenant_id, code, province) select id, '{site}', 'ba' from tenants
             where code = '{tenant}' on conflict do nothing"
        ));
    }

    fn add_gateway(&self, tenant: &str, site: &str, gateway: &str) {
        self.add_plant(tenant, site);
        self.sql(&format!(
            "insert into gateways (tenant_id, plant_id, gateway_id)
             select p.tenant_id, p.id, '{gateway}' from plants p join tenants t on t.id = p.tenant_id
             where t.code = '{tenant}' and p.code = '{site}'"
        ));
    }

    /// Raises an alarm of a PLC as integrators do; its id.
    fn add_alarm(&self, plc: &str, severity: &str, message: &str) -> String {
        let id = self.sql(&format!(
            "insert into alarms (plc_id, type, message, severity)
             select id, 'test', '{message}', '{severity}' from plcs where plc_id = '{plc}' returning id"
        ));
        id[0].clone()
    }

    /// Registers a metric of a PLC; its series id.
    fn add_series(&self, tenant: &str, plc: &str, metric: &str) -> i32 {
        let id = self.sql(&format!(
            "insert into series (tenant_id, plant_id, plc_id, metric_id)
             select c.tenant_id, c.plant_id, c.id, '{metric}' from plcs c join tenants t on t.id = c.tenant_id
             where t.code = '{tenant}' and c.plc_id = '{plc}' returning id"
        ));
        id[0].parse().unwrap()
    }

    /// Stores samples (time in ms, value) of a series, as gateway 1 sent them.
    async fn add_samples(&self, series: i32, samples: &[(i64, f64)]) {
        let mut known = KnownPartitions::default();
        let months = known.missing(Parted::Samples, samples.iter().map(|(ts, _)| at(*ts)));
        self.api.store.ensure_partitions(&mut known, &months).await.unwrap();
        let rows: Vec<_> = samples
            .iter()
            .map(|(ts, value)| {
                format!(
                    "(to_timestamp({ts} / 1000.0), now(), {value}, null, {series}, 1, null, 'f', 'G', true, false, null)"
                )
            })
            .collect();
        for rows in rows.chunks(1_000) {
            self.sql(&format!("insert into samples values {}", rows.join(",")));
        }
    }

    /// Packs all samples before that time.
    async fn pack_up_to(&self, ms: i64) {
        let store = &self.api.store;
        store.advance_packing(at(ms)).await.unwrap();
        while let Some(due) = store.next_due(Vec::new()).await.unwrap() {
            let lots = store.lots(&due).await.unwrap();
            for lot in &lots.lots {
                store.pack(&due, lot).await.unwrap();
            }
            store.finish_due(&due, lots.leaves_some).await.unwrap();
        }
    }

    /// Sets a live value.
    fn apply(&self, path: &PlcPath, metric: &str, sample: Sample) {
        let plc = self.api.live.plc(path);
        let index = plc.metric(&name(metric));
        self.api.live.apply(&plc, &[(index, sample)]);
    }
}

fn request(method: Method, path: &str) -> axum::http::request::Builder {
    anonymous(method, path).header(header::AUTHORIZATION, format!("Bearer {}", session_token(ADMIN)))
}

fn anonymous(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:3002")
}

fn with_body(method: Method, path: &str, body: &str) -> Request<Body> {
    let request = request(method, path).header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body.to_owned())).unwrap()
}

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn plc_path(tenant: &str, site: &str, plc: &str) -> PlcPath {
    PlcPath { tenant: name(tenant), site: name(site), plc: name(plc) }
}

fn gateway_path(tenant: &str, site: &str, gateway: &str) -> GatewayPath {
    GatewayPath { tenant: name(tenant), province: name("ba"), site: name(site), gateway: name(gateway) }
}

fn sample(ts: i64, value: Value, unit: Option<&str>) -> Sample {
    let data_type = match value {
        Value::Float(_) => DataType::Float,
        Value::Int(_) => DataType::Int,
        Value::Bool(_) => DataType::Bool,
        Value::Text(_) => DataType::Text,
    };
    Sample { ts: at(ts), data_type, value: Some(value), quality: Quality::Good, unit: unit.map(Into::into) }
}

fn beat(ts: i64, state: &str) -> vigia_model::Heartbeat {
    vigia_model::Heartbeat {
        ts: at(ts),
        state: state.into(),
        version: Some("1.0.0".into()),
        uptime_sec: Some(93_212),
        internet: Some("ok".into()),
        mqtt: Some("ok".into()),
        plc_link: None,
        buffer_mode: Some("disk".into()),
        queued_messages: Some(0),
    }
}
