//! A real Nginx with a good site in front of the program, and a bad one for each thing that goes wrong with proxies.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use vigia_testkit::{Account, NginxTools, Port, Process, Scratch};

const DAY: Duration = Duration::from_hours(24);

/// What is put into a server, and which certificate it shows.
struct Site {
    name: &'static str,
    certificate: &'static str,
    rules: String,
}

pub(super) struct Nginx {
    // Dropped in this order.
    _process: Process,
    scratch: Scratch,
    ports: BTreeMap<&'static str, Port>,
}

impl Nginx {
    /// In front of whoever listens on `backend`.
    pub(super) fn start(backend: u16) -> Self {
        let scratch = Scratch::new("nginx", Account::Own).unwrap();
        certificates(scratch.path());
        let sites = sites(backend);
        let ports: BTreeMap<&str, Port> =
            sites.iter().map(|site| (site.name, Port::free().unwrap())).collect();
        let config = scratch.path().join("nginx.conf");
        std::fs::write(&config, self::config(scratch.path(), &sites, &ports)).unwrap();
        let mut command = Command::new(NginxTools::find().unwrap().bin().join("nginx"));
        command.arg("-p").arg(scratch.path()).arg("-c").arg(&config);
        let log = scratch.path().join("nginx.log");
        let mut process = scratch.spawn("nginx", "TERM", Account::Own, &command, &log).unwrap();
        let good = ports["good"].number();
        process
            .wait_ready(Duration::from_secs(20), || TcpStream::connect(("127.0.0.1", good)).is_ok())
            .unwrap();
        Self { _process: process, scratch, ports }
    }

    pub(super) fn url(&self, site: &str) -> String {
        format!("https://localhost:{}", self.port(site))
    }

    pub(super) fn port(&self, site: &str) -> u16 {
        self.ports[site].number()
    }

    /// What signed the good certificates.
    pub(super) fn authority(&self) -> PathBuf {
        self.scratch.path().join("ca.pem")
    }
}

fn sites(backend: u16) -> Vec<Site> {
    let upgrade = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";
    let to = |port: u16, extra: &str| {
        format!(
            "proxy_pass http://127.0.0.1:{port}; proxy_http_version 1.1; proxy_set_header \
                Host $http_host; {extra}"
        )
    };
    let all = to(backend, "");
    let feed = format!("location = /ws {{ {} }}", to(backend, upgrade));
    let hidden = "location = /metrics { return 404; }";
    let hsts = "add_header Strict-Transport-Security max-age=63072000 always;";
    let good = format!("{hsts} {hidden} {feed} location / {{ {all} }}");
    let site = |name, certificate, rules: &str| Site { name, certificate, rules: rules.to_owned() };
    vec![
        site("good", "good", &good),
        site("self-signed", "self-signed", &good),
        site("expired", "expired", &good),
        site("soon", "soon", &good),
        site("other-name", "other-name", &good),
        site("foreign", "foreign", &good),
        site("no-upgrade", "good", &format!("{hsts} {hidden} location / {{ {all} }}")),
        site("metrics", "good", &format!("{hsts} {feed} location / {{ {all} }}")),
        site(
            "any-page",
            "good",
            &format!("{hsts} location = /metrics {{ return 200 page; }} {feed} location / {{ {all} }}"),
        ),
        site("no-hsts", "good", &format!("{hidden} {feed} location / {{ {all} }}")),
        site("down", "good", &format!("{hsts} {hidden} location / {{ {} }}", to(1, ""))),
        site("pages-only", "good", &format!("{hsts} location / {{ return 404; }}")),
    ]
}

fn config(folder: &Path, sites: &[Site], ports: &BTreeMap<&'static str, Port>) -> String {
    let dir = folder.display();
    let mut text = format!(
        "daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log stderr;\n\
         events {{ worker_connections 128; }}\n\
         http {{ access_log off; client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;\n\
         fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;\n"
    );
    for Site { name, certificate, rules } in sites {
        let port = ports[name].number();
        writeln!(
            text,
            "server {{ listen 127.0.0.1:{port} ssl; server_name localhost;\n\
             ssl_certificate {dir}/{certificate}.pem; ssl_certificate_key {dir}/{certificate}.key;\n{rules}\n}}"
        )
        .unwrap();
    }
    text + "}\n"
}

fn certificates(folder: &Path) {
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let (authority, ca) = authority("Test web CA");
    write("ca.pem", ca);
    let (foreign, _) = self::authority("Somebody else's web CA");
    let sign = |file: &str,
                name: &str,
                edit: &dyn Fn(&mut CertificateParams),
                issuer: Option<&Issuer<'_, KeyPair>>| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = (SystemTime::now() + DAY * 80).into();
        edit(&mut params);
        let certificate = match issuer {
            Some(issuer) => params.signed_by(&key, issuer).unwrap(),
            None => params.self_signed(&key).unwrap(),
        };
        write(&format!("{file}.pem"), certificate.pem());
        write(&format!("{file}.key"), key.serialize_pem());
    };
    sign("good", "localhost", &|_| (), Some(&authority));
    sign("self-signed", "localhost", &|_| (), None);
    sign("expired", "localhost", &|it| it.not_after = date_time_ymd(2024, 1, 1), Some(&authority));
    sign("soon", "localhost", &|it| it.not_after = (SystemTime::now() + DAY * 5).into(), Some(&authority));
    sign("other-name", "telemetry.example.com", &|_| (), Some(&authority));
    sign("foreign", "localhost", &|_| (), Some(&foreign));
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).unwrap().pem();
    (Issuer::new(params, key), pem)
}
