//! A whole installation that is well: database, broker, backend, proxy with TLS; and the doctor, called as people call it.

use super::nginx::Nginx;
use crate::app::TestApp;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use vigia_testkit::{BrokerOptions, Postgres, PostgresOptions};

/// Nowhere in anything that is printed.
const PASSWORD: &str = "hush-hush-4711";

pub(super) struct Bed {
    pub(super) nginx: Nginx,
    pub(super) app: TestApp,
    variables: Vec<(String, String)>,
}

impl Bed {
    pub(super) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub(super) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let options = PostgresOptions {
            durable: true,
            password: Some(PASSWORD.to_owned()),
            ..PostgresOptions::default()
        };
        let settings =
            [&[("STORAGE_MAX_BYTES", "50000000000"), ("TRUSTED_PROXIES", "127.0.0.1")], settings].concat();
        let mut app =
            TestApp::prepare_on(Postgres::start_with(options).unwrap(), &settings, BrokerOptions::default());
        // What one process may take of the disk here is another test's business.
        app.set("SPOOL_MAX_BYTES", "1048576");
        let nginx = Nginx::start(app.port());
        app.set("PUBLIC_URL", &nginx.url("good"));
        app.run();
        app.until_ready().await;
        let variables = vec![("SSL_CERT_FILE".to_owned(), nginx.authority().to_str().unwrap().to_owned())];
        Self { nginx, app, variables }
    }

    pub(super) fn folder(&self) -> &Path {
        self.app.folder()
    }

    /// What it finds, with these settings changed; an empty one is not set.
    pub(super) fn doctor(&self, arguments: &[&str], edit: &[(&str, &str)]) -> Seen {
        let (code, text) = self.said(&[&["doctor", "--json"], arguments].concat(), edit);
        Seen::new(code, text)
    }

    /// Has it look, and waits for nothing.
    pub(super) fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(&[&["doctor", "--json"], arguments].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.app.command();
        command.envs(self.variables.iter().map(|(name, value)| (name, value))).args(arguments);
        command
    }

    /// What it prints.
    pub(super) fn said(&self, arguments: &[&str], edit: &[(&str, &str)]) -> (i32, String) {
        let (code, text) = said(self.command(arguments).envs(edit.iter().copied()).output().unwrap());
        let key = std::fs::read_to_string(self.app.broker.pki().client("backend").unwrap().key).unwrap();
        let line = key.lines().nth(1).unwrap();
        assert!(!text.contains(PASSWORD) && !text.contains(line), "a secret is printed: {text}");
        (code, text)
    }

    /// With this changed, exactly this is called broken, and it is said how to mend it.
    pub(super) fn breaks(&self, edit: &[(&str, &str)], id: &str) -> Seen {
        let seen = self.doctor(&[], edit);
        assert_eq!(seen.failures(), [id], "{}", seen.text);
        assert_eq!(seen.code, 1);
        seen.explains(id);
        seen
    }

    /// With this changed, this is warned of, and nothing is called broken.
    pub(super) fn warns(&self, edit: &[(&str, &str)], id: &str) -> Seen {
        let seen = self.doctor(&[], edit);
        assert_eq!(seen.failures(), [""; 0], "{}", seen.text);
        assert_eq!((seen.code, seen.level(id)), (0, "warning"), "{id}: {}", seen.text);
        seen.explains(id);
        seen
    }

    pub(super) fn database_url(&self) -> String {
        self.app.postgres.url("vigia")
    }
}

/// The program with this environment alone, in this folder.
pub(super) fn vigia(arguments: &[&str], environment: &[(&str, &str)], folder: &Path) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigia"));
    command.env_clear().envs(environment.iter().copied()).args(arguments).current_dir(folder);
    said(command.output().unwrap())
}

fn said(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// What the doctor found.
pub(super) struct Seen {
    pub(super) code: i32,
    pub(super) json: Value,
    pub(super) text: String,
}

impl Seen {
    pub(super) fn new(code: i32, text: String) -> Self {
        let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Self { code, json, text }
    }

    pub(super) fn of(output: Output) -> Self {
        let (code, text) = said(output);
        Self::new(code, text)
    }

    pub(super) fn findings(&self) -> &[Value] {
        self.json["findings"].as_array().unwrap()
    }

    /// Ids of what is broken, each once.
    pub(super) fn failures(&self) -> Vec<&str> {
        let failures = self.findings().iter().filter(|it| it["level"] == "failure");
        let mut ids: Vec<&str> = failures.map(|it| it["id"].as_str().unwrap()).collect();
        // A container's own layer is no place for a spool, and where tests in one have theirs.
        ids.retain(|id| *id != "spool-not-on-disk" || !is_overlay(&std::env::temp_dir()));
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    pub(super) fn find(&self, id: &str) -> &Value {
        let found = self.findings().iter().find(|it| it["id"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {}", self.text))
    }

    pub(super) fn level(&self, id: &str) -> &str {
        self.find(id)["level"].as_str().unwrap()
    }

    pub(super) fn explains(&self, id: &str) {
        let finding = self.find(id);
        for part in ["what", "why", "mend"] {
            assert!(finding[part].as_str().is_some_and(|text| text.len() > 10), "{part} of {finding}");
        }
    }
}

fn is_overlay(folder: &Path) -> bool {
    let kind = Command::new("stat").args(["-f", "-c", "%T"]).arg(folder).output().unwrap();
    String::from_utf8(kind.stdout).unwrap().contains("overlay")
}
