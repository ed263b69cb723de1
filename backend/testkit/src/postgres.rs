//! A private PostgreSQL cluster: never the system's, gone when its owner is gone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::account::Account;
use crate::error::{Error, Result};
use crate::port::Port;
use crate::process::{Process, send, tail};
use crate::scratch::Scratch;
use crate::tools::PostgresTools;

mod cluster;
mod wire;

/// Recovery after a kill on a busy machine may take a while.
const START_PATIENCE: Duration = Duration::from_mins(1);
const STOP_PATIENCE: Duration = Duration::from_secs(20);
/// The superuser of every cluster made here.
const USER: &str = "vigia";
/// The two ways to let a client in over TCP, in the words of `initdb`.
const TRUST: &str = "trust";
const PASSWORD: &str = "scram-sha-256";

/// How a cluster differs from the quick, throw-away one.
#[derive(Debug, Default)]
pub struct PostgresOptions {
    /// Keep what was committed through a crash (`fsync` on), as in production.
    pub durable: bool,
    /// Keep the data in this folder between starts; `None` is a temporary folder.
    pub dir: Option<PathBuf>,
    /// Ask for this password over TCP; `None` trusts everyone on this machine. A kept folder stays as it was
    /// made, trusting or not; the password may be a new one at every start.
    pub password: Option<String>,
    /// Listen on this port; `None` is any free one.
    pub port: Option<u16>,
    /// Append the server's log to this file; `None` is one in the temporary folder.
    pub log: Option<PathBuf>,
}

/// A running (or just stopped) private cluster on 127.0.0.1.
#[derive(Debug)]
pub struct Postgres {
    // Fields drop in this order: first the server ends, then its folder goes, then its port is free.
    server: Option<Process>,
    scratch: Scratch,
    port: Port,
    tools: PostgresTools,
    data: PathBuf,
    log: PathBuf,
    durable: bool,
    password: Option<String>,
}

impl Postgres {
    /// Starts a temporary cluster with quick settings that survive the kill of the server, not of the machine.
    pub fn start() -> Result<Self> {
        Self::start_with(PostgresOptions::default())
    }

    /// Starts a cluster to order.
    pub fn start_with(options: PostgresOptions) -> Result<Self> {
        let account = Account::for_servers();
        let scratch = Scratch::new("postgres", account)?;
        let host_auth = if options.password.is_some() { PASSWORD } else { TRUST };
        let (tools, data) = match &options.dir {
            Some(dir) => cluster::open_or_create(dir, host_auth, scratch.path())?,
            None => cluster::temporary(host_auth, scratch.path())?,
        };
        let port = match options.port {
            Some(number) => Port::claim(number).ok_or(Error::PortTaken { number })?,
            None => Port::free()?,
        };
        let log = options.log.unwrap_or_else(|| scratch.path().join("postgres.log"));
        let mut postgres = Self {
            server: None,
            scratch,
            port,
            tools,
            data,
            log,
            durable: options.durable,
            password: options.password,
        };
        postgres.start_again()?;
        if let Some(password) = &postgres.password {
            let literal = password.replace('\'', "''");
            postgres.query("postgres", &format!("alter role {USER} password '{literal}'"))?;
        }
        Ok(postgres)
    }

    /// Starts the stopped or killed cluster again, on the same port; nothing if it runs.
    pub fn start_again(&mut self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let account = Account::for_servers();
        let mut server = self.scratch.spawn("postgres", "INT", account, &self.command(), &self.log)?;
        let socket = self.socket();
        server.wait_ready(START_PATIENCE, || wire::query(&socket, USER, "postgres", "select 1").is_ok())?;
        self.server = Some(server);
        Ok(())
    }

    /// Stops the cluster in order, cutting its connections ("fast shutdown").
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            server.stop(STOP_PATIENCE)?;
        }
        Ok(())
    }

    /// Kills the server and all its backends with `SIGKILL`, as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let backends = cluster::children_of(server.id());
        send("KILL", &[&[server.id()], backends.as_slice()].concat())?;
        server.kill();
        cluster::wait_gone(&backends);
        Ok(())
    }

    /// Whether the server runs.
    pub fn is_running(&mut self) -> bool {
        self.server.as_mut().is_some_and(|server| server.exit_status().is_none())
    }

    /// The connection string of a database of this cluster.
    pub fn url(&self, database: &str) -> String {
        let password = self.password.as_ref().map(|word| format!(":{word}")).unwrap_or_default();
        format!("postgres://{USER}{password}@127.0.0.1:{}/{database}", self.port())
    }

    /// The same through the socket in its folder, as programs on one machine connect.
    pub fn socket_url(&self, database: &str) -> String {
        let folder = self.scratch.path().to_string_lossy().replace('/', "%2F");
        format!("postgres://{USER}@{folder}:{}/{database}", self.port())
    }

    /// The port it listens on, the same after [`start_again`](Self::start_again).
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Makes an empty database; its name may be anything.
    pub fn create_database(&self, name: &str) -> Result<()> {
        self.query("postgres", &format!("create database \"{}\"", name.replace('"', "\"\""))).map(drop)
    }

    /// Makes the database if there is none of this name.
    pub fn ensure_database(&self, name: &str) -> Result<()> {
        let literal = name.replace('\'', "''");
        let sql = format!("select 1 from pg_database where datname = '{literal}'");
        if self.query("postgres", &sql)?.is_empty() { self.create_database(name) } else { Ok(()) }
    }

    /// Logs somebody in past the front door and returns the token: for tests that are about something else. Whoever is
    /// among the program's `ADMIN_EMAILS` is an internal admin.
    pub fn log_in(&self, database: &str, email: &str) -> Result<String> {
        let token = session_token(email);
        let (email, hash) = (email.replace('\'', "''"), format!("sha256('{token}'::bytea)"));
        self.query(
            database,
            &format!(
                "with known as (
                     insert into users (email, vouched) values ('{email}', true)
                     on conflict (email) do update set vouched = true
                     returning id
                 )
                 insert into sessions (token_hash, user_id, created_at, last_used_at, expires_at, address, user_agent)
                 select {hash}, id, now(), now() + interval '50 years', now() + interval '99 years', '', 'test' from known
                 on conflict (token_hash) do nothing"
            ),
        )?;
        Ok(token)
    }

    /// Runs SQL as superuser; the rows as `psql -At` would print them. For tests that look from outside.
    pub fn query(&self, database: &str, sql: &str) -> Result<Vec<String>> {
        wire::query(&self.socket(), USER, database, sql)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    /// The folder of the cluster's data.
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// The version of the server, such as `15.18`.
    pub fn version(&self) -> &str {
        self.tools.version()
    }

    /// The server, for whoever watches over it.
    pub fn process(&mut self) -> Option<&mut Process> {
        self.server.as_mut()
    }

    fn socket(&self) -> PathBuf {
        self.scratch.path().join(format!(".s.PGSQL.{}", self.port()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.tools.program("postgres"));
        command.arg("-D").arg(&self.data);
        let mut set = |name: &str, value: &str| {
            command.arg("-c").arg(format!("{name}={value}"));
        };
        set("listen_addresses", "127.0.0.1");
        set("port", &self.port().to_string());
        set("unix_socket_directories", &self.scratch.path().to_string_lossy());
        // Shared memory in files of the data folder: nothing is left in /dev/shm by a kill.
        set("dynamic_shared_memory_type", "mmap");
        set("max_connections", "100");
        set("max_wal_size", "1GB");
        set("timezone", "UTC");
        set("log_timezone", "UTC");
        // Without fsync a commit is still handed to the kernel, so it outlives the kill of the server.
        if !self.durable {
            set("fsync", "off");
            set("full_page_writes", "off");
        }
        command
    }
}

/// The token of the session that [`Postgres::log_in`] makes.
pub fn session_token(email: &str) -> String {
    format!("vgs_{:0<43}", email.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A killed server leaves a small System V segment; a temporary cluster's is removed with it.
        if !self.is_running() && self.data.starts_with(self.scratch.path()) {
            cluster::remove_shared_memory(&self.data);
        }
        let ended = self.stop();
        drop(ended);
    }
}

#[cfg(test)]
mod tests;
