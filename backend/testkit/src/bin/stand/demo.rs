//! Starts database, broker, backend and factory, says when they are ready, and stops them as one.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;
use vigia_testkit::{
    Account, Broker, BrokerOptions, Identity, Postgres, PostgresOptions, Process, Scratch, free_port,
};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::home::{Home, password};
use crate::{STOP, http, port_owner, programs};

const DATABASE: &str = "iot_telemetry";
const POLL: Duration = Duration::from_millis(50);
const READY_PATIENCE: Duration = Duration::from_mins(1);
/// The backend commits what it has received before it ends.
const BACKEND_PATIENCE: Duration = Duration::from_secs(20);
const SIMULATOR_PATIENCE: Duration = Duration::from_secs(5);

/// Everything that runs. It stops in the order of the dataflow, which is the order of the fields.
struct Demo {
    simulator: Option<Process>,
    vigia: Option<Process>,
    broker: Broker,
    postgres: Postgres,
    scratch: Scratch,
    home: Home,
}

/// Runs the demo until a signal comes or a part of it ends.
pub(crate) fn run(mut args: Args) -> Result<()> {
    if args.port == 0 {
        args.port = free_port()?;
    }
    let home = Home::open(&args.dir)?;
    port_owner::expect_free(args.port)?;
    let started = Instant::now();
    let mut demo = Demo::start_servers(home)?;
    let ended = demo.run(&args, started);
    say!("stopping");
    demo.stop()?;
    ended
}

impl Demo {
    fn start_servers(home: Home) -> Result<Self> {
        let scratch = Scratch::holding("demo", Account::Own, home.lock()?)?;
        scratch.remove_also(&home.note())?;
        let data = home.data()?;
        say!("starting the database");
        let postgres = Postgres::start_with(PostgresOptions {
            durable: true,
            dir: Some(data.join("postgres")),
            password: Some(password()?),
            port: None,
            log: Some(home.log("postgres.log")),
        })?;
        postgres.ensure_database(DATABASE)?;
        say!("starting the broker");
        let broker = Broker::start_with(BrokerOptions {
            dir: Some(data.join("broker")),
            pki: Some(home.path("pki")),
            port: None,
            durable: false,
            log: Some(home.log("mosquitto.log")),
        })?;
        Ok(Self { simulator: None, vigia: None, broker, postgres, scratch, home })
    }

    /// Returns when a part ends by itself, or when we are asked to stop.
    fn run(&mut self, args: &Args, started: Instant) -> Result<()> {
        say!("starting the backend");
        let database = self.postgres.url(DATABASE);
        self.vigia = Some(programs::vigia(args, &self.home, &self.scratch, &self.broker, &database)?);
        self.wait_until("the backend's start", || http::is_ok(args.port, "/health/ready"))?;
        say!("starting the factory");
        self.simulator = Some(programs::simulator(args, &self.home, &self.scratch, &self.broker)?);
        self.wait_until("the first message", || messages_processed(args.port) > 0)?;
        self.announce(args, started)?;
        loop {
            self.expect_all_running()?;
            sleep(POLL);
        }
    }

    /// Tells programs by a file, and the person at the screen, that all is ready.
    fn announce(&self, args: &Args, started: Instant) -> Result<()> {
        let url = programs::url(args.port);
        let Identity { ca, cert, key } = self.broker.pki().client("demo-client")?;
        let note = self.home.announce(&json!({
            "url": url,
            "login": { "email": programs::EMAIL, "password": programs::PASSWORD },
            "databaseUrl": self.postgres.url(DATABASE),
            "mqtt": { "host": "localhost", "port": self.broker.port(), "ca": ca, "cert": cert, "key": key },
        }))?;
        say!("\nVigía is running (started in {:.1} s). Open  {url}\n", started.elapsed().as_secs_f32());
        say!("  log in with                  {}  and  {}", programs::EMAIL, programs::PASSWORD);
        say!("  database and MQTT addresses  {}", note.display());
        say!("  logs                         {}", self.home.path("logs").display());
        say!("\nCtrl-C stops it.");
        Ok(())
    }

    fn wait_until(&mut self, waiting_for: &'static str, mut happened: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + READY_PATIENCE;
        while !happened() {
            self.expect_all_running()?;
            if Instant::now() > deadline {
                let (seconds, logs) = (READY_PATIENCE.as_secs(), self.home.path("logs"));
                return Err(Failure::Late { waiting_for, seconds, logs });
            }
            sleep(POLL);
        }
        Ok(())
    }

    fn expect_all_running(&mut self) -> Result<()> {
        if STOP.load(Ordering::SeqCst) {
            return Err(Failure::Stopped);
        }
        let servers = [self.broker.process(), self.postgres.process()];
        let ours = [self.simulator.as_mut(), self.vigia.as_mut()];
        for process in servers.into_iter().chain(ours).flatten() {
            if let Some(status) = process.exit_status() {
                return Err(process.died(status).into());
            }
        }
        Ok(())
    }

    /// In the order of the dataflow, so that nothing on its way is lost.
    fn stop(&mut self) -> Result<()> {
        self.home.withdraw();
        if let Some(mut simulator) = self.simulator.take() {
            simulator.stop(SIMULATOR_PATIENCE)?;
        }
        if let Some(mut vigia) = self.vigia.take() {
            vigia.stop(BACKEND_PATIENCE)?;
        }
        self.broker.stop()?;
        self.postgres.stop()?;
        Ok(())
    }
}

/// How many messages have made their way; 0 while the backend does not say.
fn messages_processed(port: u16) -> u64 {
    let Ok((200, body)) = http::get(port, "/metrics") else { return 0 };
    let metrics: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    metrics.get("mqttMessagesProcessed").and_then(serde_json::Value::as_u64).unwrap_or(0)
}
