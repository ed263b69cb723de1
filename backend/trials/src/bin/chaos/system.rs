//! Everything that runs: servers, the proxies between them and the two backends.

use crate::backend::Backend;
use crate::disk::Disk;
use crate::rules;
use anyhow::Result;
use chrono::DateTime;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use vigia_model::Clock;
use vigia_testkit::{
    Account, Broker, BrokerOptions, FaultProxy, Identity, IotCore, Port, Postgres, PostgresOptions, Rules,
    Scratch, Twice, session_token,
};
use vigia_trials::bed::ADMIN;

/// Broker connections of a backend: AWS IoT Core delivers 100 messages a second on each.
pub(crate) const CLIENTS: u32 = 12;
const CLIENT_ID: &str = "backend";
pub(crate) const DATABASE: &str = "vigia";
/// Of all messages, so many come again under another packet id, though nothing is wrong.
const TWICE_SHARE: f64 = 0.03;
const TWICE_AFTER: Duration = Duration::from_secs(2);
/// As soon as may be, so that packing never stops: hours are packed bit by bit before they are over.
const PACK_AFTER: Duration = Duration::from_mins(1);
const NAMES: [&str; 2] = ["one", "two"];

/// The system under trial; all gone when this value or its process is.
#[derive(Debug)]
pub(crate) struct System {
    // Dropped in this order: programs, proxies, servers, and the folder at last.
    pub(crate) backends: [Backend; 2],
    pub(crate) iot: IotCore,
    /// The way of the gateways to the broker. Closed while the broker knows of no subscription.
    pub(crate) gate: Mutex<FaultProxy>,
    pub(crate) broker: Mutex<Broker>,
    pub(crate) postgres: Mutex<Postgres>,
    pub(crate) disk: Disk,
    pub(crate) scratch: Scratch,
    pub(crate) http: reqwest::Client,
    began: Instant,
    database_url: String,
    /// Where Postgres and the broker have their folders.
    server_folders: [PathBuf; 2],
    /// Where the gateways connect to, and as whom.
    pub(crate) gate_port: u16,
    pub(crate) publisher: Identity,
}

impl System {
    /// Starts the servers and prepares both backends.
    pub(crate) fn start(programs: &Path, seed: u64) -> Result<Self> {
        let servers = Account::for_servers();
        let scratch = Scratch::new("chaos", servers)?;
        let folder = scratch.path().to_owned();
        let disk = Disk::new(&folder)?;
        let postgres = Postgres::start_with(PostgresOptions {
            durable: true,
            log: Some(folder.join("postgres.log")),
            ..PostgresOptions::default()
        })?;
        postgres.create_database(DATABASE)?;
        let broker = Broker::start_with(BrokerOptions {
            dir: Some(folder.join("mosquitto")),
            log: Some(folder.join("mosquitto.log")),
            ..BrokerOptions::default()
        })?;
        // No rate limit: what it throws away is lost to the gateway too, and would hide what the backend loses.
        let twice = Some(Twice { share: TWICE_SHARE, after: TWICE_AFTER, seed });
        let iot = IotCore::start_with(&broker, Rules { rate: None, twice, ..Rules::default() })?;
        iot.remember_acknowledged();
        let server_folders = [postgres.data_dir(), broker.pki().dir()]
            .map(|path| path.parent().map(Path::to_owned).unwrap_or_default());
        let gate = FaultProxy::start(format!("127.0.0.1:{}", broker.port()))?;
        let backend = |name| backend(name, programs, &folder, &disk, &postgres, &broker, &iot);
        let backends = [backend(NAMES[0])?, backend(NAMES[1])?];
        Ok(Self {
            backends,
            database_url: postgres.url(DATABASE),
            server_folders,
            publisher: broker.pki().client("publisher")?,
            iot,
            gate_port: gate.port(),
            gate: Mutex::new(gate),
            broker: Mutex::new(broker),
            postgres: Mutex::new(postgres),
            disk,
            scratch,
            http: http()?,
            began: Instant::now(),
        })
    }

    /// The names of all broker connections.
    pub(crate) fn client_ids() -> impl Iterator<Item = String> {
        (0..CLIENTS).map(|number| format!("{CLIENT_ID}-{number}"))
    }

    /// Straight to Postgres, past the proxies.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.scratch.path().join("ledger.jsonl")
    }

    /// Progress, for whoever waits, and what happened when, for whoever looks into a failure.
    pub(crate) fn say(&self, what: &str) {
        let now = DateTime::from_timestamp_millis(Clock::System.now().as_millis()).unwrap_or_default();
        let elapsed = self.began.elapsed().as_secs_f64();
        eprintln!("{elapsed:>7.1} s  {}  {what}", now.format("%H:%M:%S%.3f"));
    }

    /// Keeps all files, and says where they are.
    pub(crate) fn keep_files(&self) {
        self.disk.keep(self.scratch.path());
        for folder in self.server_folders.iter().map(PathBuf::as_path).chain([self.scratch.path()]) {
            std::fs::write(folder.join("keep"), "").ok();
            eprintln!("kept: {}", folder.display());
        }
    }
}

/// A client that is an internal admin, once the tables are there.
fn http() -> Result<reqwest::Client> {
    let bearer = format!("Bearer {}", session_token(ADMIN)).parse()?;
    let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
    Ok(reqwest::Client::builder().no_proxy().default_headers(headers).build()?)
}

fn backend(
    name: &'static str,
    programs: &Path,
    folder: &Path,
    disk: &Disk,
    postgres: &Postgres,
    broker: &Broker,
    iot: &IotCore,
) -> Result<Backend> {
    let port = Port::free()?;
    let link = FaultProxy::start(format!("127.0.0.1:{}", postgres.port()))?;
    let database_url =
        postgres.url(DATABASE).replace(&format!(":{}/", postgres.port()), &format!(":{}/", link.port()));
    let mut command = Command::new(programs.join("vigia"));
    let Identity { ca, cert, key } = broker.pki().client(CLIENT_ID)?;
    command
        .env("PORT", port.number().to_string())
        .env("DATABASE_URL", database_url)
        .env("PERSIST_DEFAULT_MODE", rules::DEFAULT.as_str())
        .env("ADMIN_EMAILS", ADMIN)
        .env("LOG_LEVEL", "info,vigia_ingest=debug")
        .env("SPOOL_DIR", disk.spool(name))
        .env("PACK_AFTER_SEC", PACK_AFTER.as_secs().to_string())
        .env("AWS_IOT_ENDPOINT", "localhost")
        .env("AWS_IOT_PORT", iot.port().to_string())
        .env("AWS_IOT_CLIENT_ID", CLIENT_ID)
        .env("AWS_IOT_CONNECTIONS", CLIENTS.to_string())
        .env("AWS_IOT_CA_FILE", ca)
        .env("AWS_IOT_CERT_FILE", cert)
        .env("AWS_IOT_KEY_FILE", key);
    if let Some(bytes) = disk.spool_max_bytes() {
        command.env("SPOOL_MAX_BYTES", bytes.to_string());
    }
    let log = folder.join(format!("{name}.log"));
    Ok(Backend { name, process: Mutex::new(None), link, port, command, log, pid: AtomicU32::new(0) })
}
