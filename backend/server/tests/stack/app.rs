//! The program with everything it needs, on free ports, gone when the test is.

use crate::publisher::Publisher;
use serde_json::Value;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use vigia_testkit::{
    Account, Broker, BrokerOptions, Identity, Postgres, Process, Scratch, free_port, session_token,
};

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who asks in these tests.
pub(crate) const ADMIN: &str = "admin@example.com";
pub(crate) const SOURCE: (&str, &str, &str, &str) = ("granix", "ba", "planta-1", "granix-ba-gw-01");
pub(crate) const TOPIC: &str = "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry";

pub(crate) struct TestApp {
    // Dropped in this order: the program first, then what it talks to.
    process: Option<Process>,
    pub(crate) broker: Broker,
    pub(crate) postgres: Postgres,
    scratch: Scratch,
    environment: Vec<(String, String)>,
    port: u16,
    http: reqwest::Client,
}

impl TestApp {
    /// Everything running and ready, with `both` as the default mode.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[("PERSIST_DEFAULT_MODE", "both")]).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(environment: &[(&str, &str)]) -> Self {
        let mut app = Self::prepare(environment, BrokerOptions::default());
        app.run();
        app.until_ready().await;
        app
    }

    /// Servers running, the program not yet.
    pub(crate) fn prepare(environment: &[(&str, &str)], broker: BrokerOptions) -> Self {
        Self::prepare_on(Postgres::start().unwrap(), environment, broker)
    }

    /// The same on this database server.
    pub(crate) fn prepare_on(
        postgres: Postgres,
        environment: &[(&str, &str)],
        broker: BrokerOptions,
    ) -> Self {
        postgres.create_database("vigia").unwrap();
        let broker = Broker::start_with(broker).unwrap();
        let identity = broker.pki().client("backend").unwrap();
        let port = free_port().unwrap();
        let mut app = Self {
            process: None,
            scratch: Scratch::new("vigia", Account::Own).unwrap(),
            environment: Vec::new(),
            port,
            http: client(),
            postgres,
            broker,
        };
        let fixed = [
            ("PORT", port.to_string()),
            ("DATABASE_URL", app.postgres.url("vigia")),
            ("AWS_IOT_ENDPOINT", "localhost".to_owned()),
            ("AWS_IOT_PORT", app.broker.port().to_string()),
            ("AWS_IOT_CLIENT_ID", "vigia-test".to_owned()),
            ("ADMIN_EMAILS", ADMIN.to_owned()),
            // What tests store is of long ago, and they look for it where it comes in.
            ("PACK_AFTER_SEC", "0".to_owned()),
            ("LOG_LEVEL", "info,vigia_ingest=debug".to_owned()),
        ];
        for (name, value) in fixed {
            app.set(name, &value);
        }
        let spool = app.scratch.path().join("spool");
        app.set("SPOOL_DIR", spool.to_str().unwrap());
        app.set_identity(&identity);
        for (name, value) in environment {
            app.set(name, value);
        }
        app
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn set_identity(&mut self, identity: &Identity) {
        self.set("AWS_IOT_CERT_FILE", identity.cert.to_str().unwrap());
        self.set("AWS_IOT_KEY_FILE", identity.key.to_str().unwrap());
        self.set("AWS_IOT_CA_FILE", identity.ca.to_str().unwrap());
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Gives somebody of `ADMIN_EMAILS` a password, as the command line does.
    pub(crate) fn make_admin(&self, email: &str, password: &str) {
        let mut command = self.command();
        command.args(["create-admin", "--email", email, "--password-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn log_file(&self) -> PathBuf {
        self.scratch.path().join("vigia.log")
    }

    /// A folder of this test's own, gone with it.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.path()
    }

    /// All that the program has logged.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }

    pub(crate) fn run(&mut self) {
        let process = self.scratch.spawn("vigia", "TERM", Account::Own, &self.command(), &self.log_file());
        self.process = Some(process.unwrap());
    }

    /// Starts another program like this one, with a port and a spool of its own.
    pub(crate) fn sibling(&self) -> Sibling {
        let port = free_port().unwrap();
        let mut command = self.command();
        command.env("PORT", port.to_string()).env("SPOOL_DIR", self.scratch.path().join("spool-2"));
        let log = self.scratch.path().join("sibling.log");
        let process = self.scratch.spawn("sibling", "TERM", Account::Own, &command, &log).unwrap();
        Sibling { process, port, http: client() }
    }

    /// What `/health` says.
    pub(crate) async fn health(&self) -> Value {
        self.get("/health").await.1
    }

    pub(crate) async fn until_ready(&self) {
        eventually("the program is ready", async || {
            let answer = self.http.get(self.url("/health/ready")).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await;
        // Whoever is logged in is another test's business.
        self.postgres.log_in("vigia", ADMIN).unwrap();
    }

    /// Asks the program to stop, as `docker stop` would.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let mut process = self.process.take().unwrap();
        process.stop(PATIENCE).unwrap().expect("it stops when asked")
    }

    pub(crate) fn kill(&mut self) {
        self.process.take().unwrap().kill();
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        self.process.as_mut().unwrap()
    }

    /// The process ids of the database's own processes.
    pub(crate) fn postgres_backends(&mut self) -> Vec<String> {
        let server = self.postgres.process().unwrap().id();
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap();
        children.split_whitespace().map(str::to_owned).collect()
    }

    /// The memory the program occupies now.
    pub(crate) fn resident_bytes(&mut self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process().id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes * 1_024
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn ws_url(&self, query: &str) -> String {
        format!("ws://127.0.0.1:{}/ws{query}", self.port)
    }

    pub(crate) fn listens(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.http.get(self.url(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(self.http.post(self.url(path)).json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(self.http.put(self.url(path)).json(body)).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A connection that may publish for any gateway.
    pub(crate) async fn publisher(&self) -> Publisher {
        Publisher::connect(self.broker.port(), &self.broker.pki().client("publisher").unwrap()).await
    }

    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    pub(crate) fn one(&self, sql: &str) -> String {
        self.query(sql).join("\n")
    }

    /// Waits until a query answers so.
    pub(crate) async fn until_query(&self, sql: &str, expected: &str) {
        let mut last = String::new();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            last = self.postgres.query("vigia", sql).unwrap_or_default().join("\n");
            if last == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{sql}\nis      {last}\nand not {expected}\n{}", self.log());
    }

    /// Waits until the program has made `messages` durable since it started.
    pub(crate) async fn until_processed(&self, messages: u64) {
        eventually(&format!("{messages} messages are processed"), async || {
            let answer =
                self.http.get(self.url("/metrics")).header("accept", "application/json").send().await.ok()?;
            let metrics: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
            (metrics["mqttMessagesProcessed"].as_u64()? >= messages).then_some(())
        })
        .await;
    }
}

/// A second program on the same database and broker, as on another machine.
pub(crate) struct Sibling {
    pub(crate) process: Process,
    port: u16,
    http: reqwest::Client,
}

impl Sibling {
    /// The role it says it has; empty while it does not answer.
    pub(crate) async fn role(&self) -> String {
        let url = format!("http://127.0.0.1:{}/health", self.port);
        let Ok(answer) = self.http.get(url).send().await else { return String::new() };
        let health: Value =
            serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or_default();
        health["role"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn until_role(&self, role: &str) {
        eventually(&format!("the sibling is {role}"), async || (self.role().await == role).then_some(()))
            .await;
    }

    pub(crate) fn ws_url(&self, query: &str) -> String {
        format!("ws://127.0.0.1:{}/ws{query}", self.port)
    }

    /// What it answers, as JSON.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("http://127.0.0.1:{}{path}", self.port)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    /// What it answers to an empty `POST`, as JSON.
    pub(crate) async fn post(&self, path: &str) -> Value {
        let answer = self.http.post(format!("http://127.0.0.1:{}{path}", self.port)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    /// What `/health/ready` answers.
    pub(crate) async fn ready(&self) -> (u16, String) {
        let answer =
            self.http.get(format!("http://127.0.0.1:{}/health/ready", self.port)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// An HTTP client that is an internal admin as soon as the program was ready once.
pub(crate) fn client() -> reqwest::Client {
    let bearer = format!("Bearer {}", session_token(ADMIN)).parse().unwrap();
    let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
    reqwest::Client::builder().default_headers(headers).build().unwrap()
}

/// Asks again and again until there is an answer.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited {PATIENCE:?} until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Unix milliseconds, as a gateway's clock shows them.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// The contract's example message at `timestamp`, with another metric, value and type.
pub(crate) fn telemetry(timestamp: i64, metric: &str, value: &str, data_type: &str) -> String {
    let (tenant, province, plant, gateway) = SOURCE;
    format!(
        r#"{{"schemaVersion":1,"timestamp":{timestamp},"type":"telemetry","tenant":"{tenant}","province":"{province}","plant":"{plant}","gatewayId":"{gateway}","plcId":"plc-03","metricId":"{metric}","value":{value},"dataType":"{data_type}","unit":"celsius","quality":"GOOD"}}"#
    )
}

/// A schema 2 message with these samples, each a JSON object.
pub(crate) fn telemetry_many(timestamp: i64, samples: &[String]) -> String {
    let (tenant, province, plant, gateway) = SOURCE;
    format!(
        r#"{{"schemaVersion":2,"timestamp":{timestamp},"type":"telemetry","tenant":"{tenant}","province":"{province}","plant":"{plant}","gatewayId":"{gateway}","samples":[{}]}}"#,
        samples.join(",")
    )
}
