//! An installation: a checkout of the repository, its settings and its containers.

use crate::command::{run, run_with, wait_for};
use crate::docker::{address, health};
use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const COMPOSE_FILE: &str = "docker-compose.production.yml";
const ENV_FILE: &str = ".env.production";
/// What differs from an installation: builds reach the machine's package registries, the program reaches our AWS.
const OVERRIDE: &str = include_str!("override.yml");
/// Where an installation has what is its own.
const LOCAL_FILE: &str = "docker-compose.local.yml";

/// An installation in a folder.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) dir: PathBuf,
    /// The name of the project, and what the names of its containers begin with.
    pub(crate) name: String,
    /// Services that cannot run here.
    without: Vec<String>,
}

impl Project {
    /// A clean checkout of the repository as it stands, without what is ignored.
    pub(crate) fn checkout(root: &Path, dir: PathBuf, name: &str) -> Result<Self> {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
        fs::create_dir_all(&dir)?;
        let script = "git -C \"$1\" ls-files -z --cached --others --exclude-standard --deduplicate \
            | (cd \"$1\" && tar --null --verbatim-files-from --files-from - --ignore-failed-read -c 2>/dev/null) | tar -x -C \"$2\"";
        let mut copy = Command::new("sh");
        copy.args(["-c", script, "copy"]).arg(root).arg(&dir);
        run(&mut copy)?;
        ensure!(dir.join(COMPOSE_FILE).is_file(), "the checkout has no {COMPOSE_FILE}");
        fs::write(dir.join(LOCAL_FILE), OVERRIDE)?;
        Ok(Self::at(dir, name))
    }

    /// One that was checked out before.
    pub(crate) fn at(dir: PathBuf, name: &str) -> Self {
        Self { dir, name: name.to_owned(), without: Vec::new() }
    }

    /// The settings: the example, with these filled in. Each must stand there, be it as a comment.
    pub(crate) fn configure(&self, settings: &[(&str, String)]) -> Result<()> {
        let example = fs::read_to_string(self.dir.join(".env.production.example"))?;
        let mut lines: Vec<String> = example.lines().map(str::to_owned).collect();
        for (name, value) in settings {
            let starts = [format!("{name}="), format!("#{name}=")];
            let line = lines.iter_mut().find(|line| starts.iter().any(|start| line.starts_with(start)));
            let line = line.with_context(|| format!(".env.production.example does not mention {name}"))?;
            *line = format!("{name}={value}");
        }
        fs::write(self.dir.join(ENV_FILE), lines.join("\n") + "\n")?;
        Ok(())
    }

    /// Whether it has settings.
    pub(crate) fn is_configured(&self) -> bool {
        self.dir.join(ENV_FILE).is_file()
    }

    /// Changes one setting.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<()> {
        let path = self.dir.join(ENV_FILE);
        let start = format!("{name}=");
        let change =
            |line: &str| if line.starts_with(&start) { format!("{start}{value}") } else { line.to_owned() };
        let text: Vec<String> = fs::read_to_string(&path)?.lines().map(change).collect();
        fs::write(path, text.join("\n") + "\n")?;
        Ok(())
    }

    /// Docker Compose as the documentation says.
    pub(crate) fn compose(&self, args: &[&str]) -> Command {
        let mut command = self.at_top(self.dir.join("deploy/compose"));
        command.args(args);
        command
    }

    /// Runs what the documentation says one types; what it printed.
    pub(crate) fn shell(&self, script: &str) -> Result<String> {
        run(self.at_top("bash").args(["-euo", "pipefail", "-c", script]))
    }

    /// A program that runs at the top of the checkout, for this installation.
    fn at_top(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.dir)
            .env("COMPOSE_PROJECT_NAME", &self.name)
            .env("VIGIA_PREFIX", &self.name)
            .env("DEPLOY_TEST_AWS", crate::aws::NETWORK);
        // Settings of whoever runs the test would go before those of the file.
        for name in ["COMPOSE_PROFILES", "COMPOSE_FILE", "VIGIA_VERSION"] {
            command.env_remove(name);
        }
        command
    }

    /// Exchanges a piece of what this installation has of its own.
    pub(crate) fn adapt(&self, piece: &str, by: &str) -> Result<()> {
        let path = self.dir.join(LOCAL_FILE);
        let text = fs::read_to_string(&path)?;
        ensure!(text.contains(piece), "{LOCAL_FILE} is not as expected");
        Ok(fs::write(&path, text.replace(piece, by))?)
    }

    /// Finds services whose image is one of these, and leaves them out.
    pub(crate) fn leave_out(&mut self, images: &[String]) -> Result<Vec<String>> {
        let config: serde_json::Value =
            serde_json::from_str(&run(&mut self.compose(&["config", "--format", "json"]))?)?;
        let services = config.get("services").and_then(|services| services.as_object());
        for (name, service) in services.into_iter().flatten() {
            let image = service.get("image").and_then(|image| image.as_str()).unwrap_or_default();
            if images.iter().any(|missing| missing == image) {
                self.without.push(name.clone());
            }
        }
        Ok(self.without.clone())
    }

    /// The services that run, by the profiles that are set.
    pub(crate) fn services(&self) -> Result<Vec<String>> {
        let said = run(&mut self.compose(&["config", "--services"]))?;
        Ok(said.lines().map(str::to_owned).filter(|name| !self.without.contains(name)).collect())
    }

    /// Starts everything that can run here, and does not wait.
    pub(crate) fn up(&self) -> Result<()> {
        let services = self.services()?;
        let mut command = self.compose(&["up", "--detach", "--no-build", "--pull", "never"]);
        run(command.args(&services)).map(drop)
    }

    /// The container of a service.
    pub(crate) fn container(&self, service: &str) -> String {
        format!("{}-{service}", self.name)
    }

    /// One of its networks.
    pub(crate) fn network(&self, name: &str) -> String {
        format!("{}_{name}", self.name)
    }

    /// Runs a program in a service's container; what it printed.
    pub(crate) fn exec(&self, service: &str, program: &[&str]) -> Result<String> {
        run(self.compose(&["exec", "--no-TTY", service]).args(program))
    }

    /// The same with something on its standard input.
    pub(crate) fn exec_with(&self, service: &str, program: &[&str], input: &str) -> Result<String> {
        run_with(self.compose(&["exec", "--no-TTY", service]).args(program), input)
    }

    /// Asks the database as its owner.
    pub(crate) fn sql(&self, statement: &str) -> Result<String> {
        let psql =
            ["psql", "-X", "-A", "-t", "-U", "postgres", "-d", "iot_telemetry", "-v", "ON_ERROR_STOP=1"];
        self.exec_with("db", &psql, statement)
    }

    /// Waits until these are healthy.
    pub(crate) async fn wait_healthy(&self, services: &[String], within: Duration) -> Result<()> {
        for service in services {
            let container = self.container(service);
            let mut last = String::new();
            wait_for(&format!("{service} to be healthy"), within, || {
                last = health(&container)?;
                Ok((last == "healthy").then_some(()))
            })
            .await
            .with_context(|| format!("{service} is {last}"))?;
        }
        Ok(())
    }

    /// The end of each container's log.
    pub(crate) fn show_logs(&self) -> String {
        let mut logs = self.compose(&["logs", "--no-color", "--tail", "25"]);
        run(&mut logs).unwrap_or_else(|error| format!("no logs: {error:#}"))
    }

    /// Removes containers, networks and volumes.
    pub(crate) fn down(&self) -> Result<()> {
        let profiles = ["--profile", "*"];
        let args = [&profiles[..], &["down", "--volumes", "--remove-orphans", "--timeout", "30"]].concat();
        run(&mut self.compose(&args)).map(drop)
    }

    /// Where the database is reached from this machine: by the address of its container.
    pub(crate) fn database_url(&self) -> Result<String> {
        let address = address(&self.container("db"), &self.network("data"))?;
        let password = fs::read_to_string(self.dir.join("secrets/db_password.txt"))?;
        Ok(format!("postgres://iot_user:{}@{address}:5432/iot_telemetry", password.trim()))
    }
}
