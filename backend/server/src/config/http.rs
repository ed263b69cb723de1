//! Where the API listens, what it serves, and to whom.

use super::environment::Environment;
use crate::http_client::Place;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use vigia_api::{TrustedProxies, WsLimits};
use vigia_model::Email;

/// Where the API listens and what it serves.
#[derive(Debug)]
pub(crate) struct HttpSettings {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    /// How people reach it, when a proxy stands in front.
    pub(crate) public_url: Option<String>,
    /// Other origins whose pages may talk to it.
    pub(crate) cors_origins: Vec<String>,
    /// The built frontend.
    pub(crate) static_dir: Option<PathBuf>,
    pub(crate) ws_heartbeat: Duration,
    pub(crate) ws_limits: WsLimits,
    /// Internal admins, over all tenants.
    pub(crate) admins: BTreeSet<Email>,
    /// Whose word on a client's address is taken.
    pub(crate) trusted_proxies: TrustedProxies,
}

impl HttpSettings {
    /// How people reach it, without a slash at the end.
    pub(crate) fn address(&self) -> String {
        let own = || format!("http://{}", SocketAddr::new(self.host, self.port));
        self.public_url.as_deref().map_or_else(own, |url| url.trim_end_matches('/').to_owned())
    }

    /// Where the proxy stands that people reach it through.
    pub(crate) fn place(&self) -> Option<Place> {
        self.public_url.as_deref().and_then(Place::of)
    }
}

pub(super) fn http(env: &Environment) -> HttpSettings {
    let public_url = env.get("PUBLIC_URL").filter(|url| {
        let is_url = url.text.starts_with("http://") || url.text.starts_with("https://");
        if !is_url {
            env.note(url.wrong("is not an http or https URL", "https://telemetry.example.com"));
        }
        is_url
    });
    let static_dir = env.get("STATIC_DIR").map(|dir| (PathBuf::from(dir.text), dir));
    if let Some((path, dir)) = &static_dir
        && !path.join("index.html").is_file()
    {
        env.note(dir.wrong("holds no index.html", "frontend/dist"));
    }
    HttpSettings {
        host: host(env),
        port: port(env),
        public_url: public_url.map(|url| url.text.to_owned()),
        cors_origins: origins(env),
        static_dir: static_dir.map(|(path, _)| path),
        ws_heartbeat: Duration::from_millis(env.number("WS_HEARTBEAT_INTERVAL", 30_000, 1_000..=600_000)),
        ws_limits: WsLimits {
            in_all: env.number("WS_MAX_CONNECTIONS", 2_000, 1..=1_000_000),
            per_user: env.number("WS_MAX_PER_USER", 50, 1..=1_000_000),
            per_address: env.number("WS_MAX_PER_ADDRESS", 500, 1..=1_000_000),
        },
        admins: admins(env),
        trusted_proxies: TrustedProxies::read(&env.list("TRUSTED_PROXIES")).unwrap_or_else(|problem| {
            let problem = format!("holds something else: {problem}");
            env.fault("TRUSTED_PROXIES", &problem, "127.0.0.1");
            TrustedProxies::default()
        }),
    }
}

pub(super) fn host(env: &Environment) -> IpAddr {
    let host = env.or("HOST", "127.0.0.1");
    host.text.parse().unwrap_or_else(|_not_an_address| {
        env.note(host.wrong("is not an IP address", "127.0.0.1"));
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    })
}

pub(super) fn port(env: &Environment) -> u16 {
    env.number("PORT", 3_002, 1..=u16::MAX)
}

fn admins(env: &Environment) -> BTreeSet<Email> {
    let read = |text: &String| {
        let email = Email::new(text).ok();
        if email.is_none() {
            let problem = format!("holds {text:?}, which is no e-mail address");
            env.fault("ADMIN_EMAILS", &problem, "ana@example.com,luis@example.com");
        }
        email
    };
    env.list("ADMIN_EMAILS").iter().filter_map(read).collect()
}

fn origins(env: &Environment) -> Vec<String> {
    let origins = env.list("CORS_ORIGIN");
    let is_origin = |text: &String| {
        text.split_once("://").is_some_and(|(scheme, host)| {
            ["http", "https"].contains(&scheme) && !host.is_empty() && !host.contains('/')
        })
    };
    if !origins.iter().all(is_origin) {
        let problem = "holds something that is no origin";
        env.fault("CORS_ORIGIN", problem, "https://scada.example.com");
    }
    origins
}
