//! A second installation in the place of the first one, under the same ports, with other data.

use crate::command::{run, wait_for};
use crate::docker::wrote;
use crate::load::{Load, Publisher, compare};
use crate::project::Project;
use crate::stage::{Bench, HEALTHY_WITHIN, PROJECT, STORED_WITHIN};
use crate::stages::settings;
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What tells such installations apart: folder, network between Nginx and the program, and that of the way out.
const ALL: [(&str, &str, &str); 2] =
    [(UPGRADE, "10.213.88.0/24", "10.213.91.0/24"), (ON_PREMISE, "10.213.89.0/24", "10.213.92.0/24")];
pub(crate) const UPGRADE: &str = "upgrade";
pub(crate) const ON_PREMISE: &str = "on-premise";

/// An installation, and what was published to it.
pub(crate) struct Second {
    pub(crate) project: Project,
    ledger: PathBuf,
    root: PathBuf,
    keep: bool,
}

impl Second {
    /// Checks it out, with settings of its own beside those of the first one, which is stopped.
    pub(crate) fn check_out(bench: &Bench, folder: &str, own: &[(&'static str, String)]) -> Result<Self> {
        let scratch = &bench.args.scratch;
        // One client id, one connection; one pair of ports.
        run(&mut bench.project.compose(&["stop"]))?;
        for other in others(scratch) {
            run(&mut other.compose(&["stop"]))?;
        }
        let project = Project::checkout(&bench.args.root, scratch.join(folder), &name(folder))?;
        let mut settings = settings(bench.ports);
        for (_, app, edge) in ALL.into_iter().filter(|(known, ..)| *known == folder) {
            settings.push(("VIGIA_APP_SUBNET", app.to_owned()));
            settings.push(("VIGIA_EDGE_SUBNET", edge.to_owned()));
        }
        settings.extend_from_slice(own);
        project.configure(&settings)?;
        project.down().ok();
        let ledger = scratch.join(format!("ledger-{folder}.jsonl"));
        fs::remove_file(&ledger).ok();
        Ok(Self { project, ledger, root: bench.args.root.clone(), keep: bench.args.keep })
    }

    /// Starts it, and waits until it listens.
    pub(crate) async fn start(&self) -> Result<()> {
        self.project.up()?;
        self.project.wait_healthy(&self.project.services()?, HEALTHY_WITHIN).await?;
        // Healthy is not yet listening.
        self.subscribed_after(0).await
    }

    /// Waits until the program has subscribed more often than so many times.
    pub(crate) async fn subscribed_after(&self, times: usize) -> Result<()> {
        wait_for("the subscription", Duration::from_mins(1), || {
            Ok((self.subscriptions()? > times).then_some(()))
        })
        .await
    }

    /// How often the program has subscribed since it was made.
    pub(crate) fn subscriptions(&self) -> Result<usize> {
        wrote(&self.project.container("api"), &["\"subscribed\""])
    }

    /// Gateways begin to publish.
    pub(crate) fn load(&self, publisher: Publisher, seed: u64, count: Option<u64>) -> Result<Load> {
        Load::start(&self.root, publisher, &self.ledger, seed, count)
    }

    /// What is stored must be what was published; how many samples that is.
    pub(crate) async fn compared(&self) -> Result<u64> {
        Ok(compare(&self.ledger, &self.project.database_url()?, STORED_WITHIN).await?.stored)
    }

    /// Shows what it wrote if something failed, and takes it down.
    pub(crate) fn end(self, result: Result<String>) -> Result<String> {
        if result.is_err() {
            println!("{}", self.project.show_logs());
        } else if !self.keep {
            self.project.down()?;
        }
        result
    }
}

fn name(folder: &str) -> String {
    format!("{PROJECT}-{folder}")
}

/// Whatever is left of them.
pub(crate) fn take_down(scratch: &Path) {
    for other in others(scratch) {
        other.down().ok();
    }
}

/// Those that were checked out, by this run or an earlier one.
fn others(scratch: &Path) -> Vec<Project> {
    let at = |folder| Project::at(scratch.join(folder), &name(folder));
    ALL.map(|(folder, ..)| at(folder)).into_iter().filter(Project::is_configured).collect()
}
