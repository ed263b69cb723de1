//! The test bed: one durable Postgres for all runs, a fresh broker and a fresh database for each.

use crate::program::Program;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use vigia_testkit::{
    Account, Broker, BrokerOptions, Identity, Port, Postgres, PostgresOptions, Process, Scratch,
};

/// Who looks at Vigía in a trial; with the token of `session_token`.
pub const ADMIN: &str = "admin@example.com";
/// How many broker connections Vigía and the subscribers beside it have.
pub const CONNECTIONS: usize = 8;
/// Where files go that must not share a disk with the database's log: in memory, if the machine has it.
const MEMORY: &str = "/dev/shm";

/// Servers and programs; all gone when this value or its process is.
#[derive(Debug)]
pub struct TestBed {
    // Dropped in this order: servers first.
    postgres: Postgres,
    scratch: Scratch,
    programs: PathBuf,
    databases: u32,
}

impl TestBed {
    /// Starts Postgres with `fsync` and `full_page_writes` on. The programs under trial lie in `programs`.
    ///
    /// # Errors
    /// When Postgres is missing or does not start.
    pub fn start(programs: &Path) -> Result<Self> {
        let scratch = Scratch::new("trials", Account::Own)?;
        let postgres = Postgres::start_with(PostgresOptions { durable: true, ..PostgresOptions::default() })?;
        Ok(Self { postgres, scratch, programs: programs.to_owned(), databases: 0 })
    }

    /// A broker with empty queues; all of them trust the same certificates.
    ///
    /// # Errors
    /// When Mosquitto is missing or does not start.
    pub fn broker(&self) -> Result<Broker> {
        let pki = Some(self.scratch.path().join("pki"));
        Ok(Broker::start_with(BrokerOptions { pki, ..BrokerOptions::default() })?)
    }

    /// The name of a new, empty database. What the last run left for a checkpoint is written first, so that this
    /// run does not pay for it.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub fn database(&mut self) -> Result<String> {
        self.databases += 1;
        let name = format!("trial_{}", self.databases);
        self.postgres.create_database(&name)?;
        self.settle()?;
        Ok(name)
    }

    /// Removes a database and writes out what is left of it.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub fn drop_database(&self, name: &str) -> Result<()> {
        self.postgres.query("postgres", &format!("drop database \"{name}\" with (force)"))?;
        self.settle()
    }

    /// Lets Postgres write out what it owes to the disk.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub fn settle(&self) -> Result<()> {
        self.postgres.query("postgres", "checkpoint").map(drop).context("cannot let Postgres settle")
    }

    /// The database server.
    pub fn postgres(&mut self) -> &mut Postgres {
        &mut self.postgres
    }

    /// A new file of this name for a ledger: in memory, so that writing it takes nothing from the database's disk.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn ledger(&self, name: &str) -> Result<PathBuf> {
        let place = Path::new(MEMORY);
        let folder = if place.is_dir() { place } else { self.scratch.path() };
        let file = folder.join(format!("vigia-trials-{}-{name}.jsonl", std::process::id()));
        std::fs::remove_file(&file).ok();
        self.scratch.remove_also(&file)?;
        Ok(file)
    }

    /// The folder of the spool beside a database.
    pub fn spool(&self, database: &str) -> PathBuf {
        self.scratch.path().join(format!("spool-{database}"))
    }

    /// Starts Vigía: mode `both`, eight connections, everything else as it comes.
    ///
    /// # Errors
    /// When it does not start or is not ready in time.
    pub async fn vigia(&self, broker: &Broker, database: &str) -> Result<Program> {
        self.vigia_with(broker, database, &[]).await
    }

    /// The same with further settings.
    ///
    /// # Errors
    /// When it does not start or is not ready in time.
    pub async fn vigia_with(
        &self,
        broker: &Broker,
        database: &str,
        settings: &[(&str, &str)],
    ) -> Result<Program> {
        let port = Port::free()?;
        let mut command = Command::new(self.programs.join("vigia"));
        command
            .env("PORT", port.number().to_string())
            .env("DATABASE_URL", self.postgres.socket_url(database))
            .env("PERSIST_DEFAULT_MODE", "both")
            .env("ADMIN_EMAILS", ADMIN)
            .env("AWS_IOT_ENDPOINT", "localhost")
            .env("AWS_IOT_PORT", broker.port().to_string())
            .env("AWS_IOT_CLIENT_ID", "backend")
            .env("AWS_IOT_CONNECTIONS", CONNECTIONS.to_string())
            .env("SPOOL_DIR", self.spool(database))
            .envs(settings.iter().copied());
        let Identity { ca, cert, key } = broker.pki().client("backend")?;
        command.env("AWS_IOT_CA_FILE", ca).env("AWS_IOT_CERT_FILE", cert).env("AWS_IOT_KEY_FILE", key);
        let program = self.run("vigia", port, &command).await?;
        self.postgres.log_in(database, ADMIN)?;
        Ok(program)
    }

    /// Starts a subscriber of another make: this program's own `subscribe` command.
    ///
    /// # Errors
    /// When it does not start or is not ready in time.
    pub async fn subscriber(&self, kind: &str, broker: &Broker, database: Option<&str>) -> Result<Program> {
        let port = Port::free()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["subscribe", kind, "--port", &port.number().to_string()]);
        command.args(["--broker-port", &broker.port().to_string()]);
        command.args(["--connections", &CONNECTIONS.to_string()]);
        let Identity { ca, cert, key } = broker.pki().client("backend")?;
        command.arg("--ca").arg(ca).arg("--cert").arg(cert).arg("--key").arg(key);
        if let Some(database) = database {
            command.args(["--database-url", &self.postgres.socket_url(database)]);
        }
        self.run(kind, port, &command).await
    }

    /// Starts the simulator with a paced fleet; it ends by itself when it has played so long and all is confirmed.
    ///
    /// # Errors
    /// When it does not start.
    pub fn fleet(
        &self,
        broker: &Broker,
        scenario: &Path,
        samples_per_second: u32,
        lasting: Duration,
        ledger: &Path,
    ) -> Result<Process> {
        let mut command = Command::new(self.programs.join("simulator"));
        command.args(["run", "--quiet", "--window", "1000", "--port", &broker.port().to_string()]);
        command.args(["--rate", &samples_per_second.to_string(), "--connections", &CONNECTIONS.to_string()]);
        command.args(["--duration", &lasting.as_secs_f64().to_string()]);
        command.arg("--scenario").arg(scenario).arg("--ledger").arg(ledger);
        let Identity { ca, cert, key } = broker.pki().client("publisher")?;
        command.arg("--ca").arg(ca).arg("--cert").arg(cert).arg("--key").arg(key);
        let log = self.scratch.path().join("fleet.log");
        Ok(self.scratch.spawn("fleet", "TERM", Account::Own, &command, &log)?)
    }

    async fn run(&self, name: &str, port: Port, command: &Command) -> Result<Program> {
        let log = self.scratch.path().join(format!("{name}.log"));
        let process = self.scratch.spawn(name, "TERM", Account::Own, command, &log)?;
        let mut program = Program::new(process, port)?;
        program.until_ready().await?;
        Ok(program)
    }
}
