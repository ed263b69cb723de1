//! A real MQTT broker that asks for client certificates: Mosquitto, in the place of the cloud's.
//!
//! The common name of a client's certificate decides what it may do: `backend`, `backend-demo`,
//! `backend-test` and `backend-0` … `backend-15` may read `factory/#` (shared subscriptions too), `publisher`
//! and `demo-client` may publish for any gateway, and any other name may publish only as the gateway of that name.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::error::{Error, Result};
use crate::pki::{Identity, Pki};
use crate::port::Port;
use crate::process::{Process, tail};
use crate::scratch::Scratch;
use crate::tools::MosquittoTools;

const CONFIG: &str = include_str!("broker/mosquitto.conf");
const ACL: &str = include_str!("broker/acl");
const START_PATIENCE: Duration = Duration::from_secs(20);
const STOP_PATIENCE: Duration = Duration::from_secs(10);
const SAVE_PATIENCE: Duration = Duration::from_secs(20);
const SAVE_POLL: Duration = Duration::from_millis(2);

/// How a broker differs from the temporary one.
#[derive(Debug, Default)]
pub struct BrokerOptions {
    /// Keep sessions and queued messages in this folder between starts; `None` is a temporary folder.
    pub dir: Option<PathBuf>,
    /// Keep the certificates in this folder; `None` is one beside the broker's files.
    pub pki: Option<PathBuf>,
    /// Listen on this port; `None` is any free one.
    pub port: Option<u16>,
    /// Save after every change, so that a kill loses no more than what it confirmed in the last moment (and
    /// no more than some 200 messages a second pass). Otherwise it saves every minute and when stopped in order.
    pub durable: bool,
    /// Append the log to this file; `None` is one in the temporary folder.
    pub log: Option<PathBuf>,
}

/// A running (or just stopped) broker on `localhost`.
#[derive(Debug)]
pub struct Broker {
    // Fields drop in this order: first the server ends, then its folder goes, then its port is free.
    server: Option<Process>,
    scratch: Scratch,
    port: Port,
    tools: MosquittoTools,
    pki: Pki,
    dir: PathBuf,
    log: PathBuf,
}

impl Broker {
    /// Starts a temporary broker with certificates of its own.
    pub fn start() -> Result<Self> {
        Self::start_with(BrokerOptions::default())
    }

    /// Starts a broker to order.
    pub fn start_with(options: BrokerOptions) -> Result<Self> {
        let account = Account::for_servers();
        let tools = MosquittoTools::find()?;
        let scratch = Scratch::new("broker", account)?;
        let pki = Pki::open_or_create(&options.pki.unwrap_or_else(|| scratch.path().join("pki")))?;
        let port = match options.port {
            Some(number) => Port::claim(number).ok_or(Error::PortTaken { number })?,
            None => Port::free()?,
        };
        let dir = options.dir.unwrap_or_else(|| scratch.path().join("mosquitto"));
        fs::create_dir_all(&dir).map_err(Error::file("make", &dir))?;
        account.own(&dir)?;
        let identity = pki.broker()?;
        let log = options.log.unwrap_or_else(|| scratch.path().join("broker.log"));
        let mut broker = Self { server: None, scratch, port, tools, pki, dir, log };
        broker.present(&identity)?;
        broker.install("acl", acl().as_bytes())?;
        let config = config(&broker.dir, broker.port(), options.durable);
        broker.install("mosquitto.conf", config.as_bytes())?;
        broker.start_again()?;
        Ok(broker)
    }

    /// From its next start on it shows this certificate.
    pub fn present(&self, identity: &Identity) -> Result<()> {
        let Identity { ca, cert, key } = identity;
        for (from, name) in [(ca, "ca.pem"), (cert, "broker.pem"), (key, "broker.key")] {
            self.install(name, &fs::read(from).map_err(Error::file("read", from))?)?;
        }
        Ok(())
    }

    fn install(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.dir.join(name);
        fs::write(&path, content).map_err(Error::file("write", &path))?;
        Account::for_servers().own(&path)
    }

    /// Starts the stopped or killed broker again, on the same port, with the sessions it saved; nothing if
    /// it runs.
    pub fn start_again(&mut self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let mut command = self.tools.command();
        command.arg("-c").arg(self.dir.join("mosquitto.conf"));
        let account = Account::for_servers();
        let mut server = self.scratch.spawn("mosquitto", "TERM", account, &command, &self.log)?;
        let address = (Ipv4Addr::LOCALHOST, self.port());
        server.wait_ready(START_PATIENCE, || TcpStream::connect(address).is_ok())?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops the broker in order: it saves its sessions and queues.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            server.stop(STOP_PATIENCE)?;
        }
        Ok(())
    }

    /// Kills the broker with `SIGKILL`: what it did not save is lost, also messages it confirmed.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Has the broker save its sessions and queues now, and waits until it has.
    pub fn save(&mut self) -> Result<()> {
        let Some(server) = self.server.as_mut() else { return Ok(()) };
        let store = self.dir.join("mosquitto.db");
        let file = || fs::metadata(&store).map(|meta| meta.ino()).ok();
        let before = file();
        server.signal("USR1")?;
        let deadline = Instant::now() + SAVE_PATIENCE;
        // It writes a new file and gives it the name when it is whole.
        while file() == before {
            if Instant::now() >= deadline {
                let log = tail(&self.log, 20);
                return Err(Error::NotReady {
                    server: "mosquitto".to_owned(),
                    seconds: SAVE_PATIENCE.as_secs(),
                    log,
                });
            }
            sleep(SAVE_POLL);
        }
        Ok(())
    }

    /// Whether the broker runs.
    pub fn is_running(&mut self) -> bool {
        self.server.as_mut().is_some_and(|server| server.exit_status().is_none())
    }

    /// The port it listens on, the same after [`start_again`](Self::start_again). The host is `localhost`.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The authority this broker trusts, which issues its clients' certificates.
    pub fn pki(&self) -> &Pki {
        &self.pki
    }

    /// What the broker has logged.
    pub fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    /// The server, for whoever watches over it.
    pub fn process(&mut self) -> Option<&mut Process> {
        self.server.as_mut()
    }
}

fn config(dir: &Path, port: u16, durable: bool) -> String {
    CONFIG
        .replace("{dir}", &dir.to_string_lossy())
        .replace("{port}", &port.to_string())
        .replace("{autosave_on_changes}", if durable { "true" } else { "false" })
        .replace("{autosave_interval}", if durable { "1" } else { "60" })
}

fn acl() -> String {
    let numbered = (0..16).map(|n| format!("backend-{n}"));
    let named = ["backend", "backend-demo", "backend-test"].map(str::to_owned);
    named.into_iter().chain(numbered).fold(ACL.to_owned(), |mut text, name| {
        writeln!(text, "user {name}\ntopic read factory/#").ok();
        text
    })
}
