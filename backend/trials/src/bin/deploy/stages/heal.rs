//! Each container is killed once, as a crash would, while gateways publish.

use crate::command::{run, wait_for};
use crate::docker::{inspect, text};
use crate::project::Project;
use crate::stage::{Bench, HEALTHY_WITHIN};
use anyhow::{Context, Result};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) async fn heal(bench: &mut Bench) -> Result<String> {
    let load = bench.load(None)?;
    let mut said = Vec::new();
    for service in bench.project.services()? {
        let took = kill(&bench.project, &service).await?;
        said.push(format!("{service} {:.0} s", took.as_secs_f64()));
        // A moment of load on what was healed.
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let confirmed = load.end().await?;
    let stored = bench.compared().await.context("after the kills")?;
    Ok(format!(
        "healthy again after {}; {confirmed} messages confirmed meanwhile, none lost, {stored} samples in all",
        said.join(", ")
    ))
}

/// Kills a service's container, and waits until it is healthy again; after how long.
pub(crate) async fn kill(project: &Project, service: &str) -> Result<Duration> {
    let container = project.container(service);
    let document = inspect(&container)?;
    let (pid, restarts) = (text(&document, "/State/Pid"), text(&document, "/RestartCount"));
    // Not `docker kill`: the engine takes that for a wish, and does not start the container again.
    run(Command::new("kill").args(["-s", "KILL", &pid]))?;
    let began = Instant::now();
    wait_for(&format!("{service} to be started again"), Duration::from_mins(1), || {
        Ok((text(&inspect(&container)?, "/RestartCount") != restarts).then_some(()))
    })
    .await?;
    project.wait_healthy(&[service.to_owned()], HEALTHY_WITHIN).await?;
    Ok(began.elapsed())
}
