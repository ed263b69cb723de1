//! The program is stopped under load, and goes on where it left off.

use crate::command::run;
use crate::docker::{inspect, text};
use crate::stage::{Bench, HEALTHY_WITHIN};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

/// As in the Compose file.
const GRACE: Duration = Duration::from_secs(30);

pub(crate) async fn stop(bench: &mut Bench) -> Result<String> {
    let load = bench.load(None)?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let before = load.confirmed();
    let began = Instant::now();
    run(&mut bench.project.compose(&["stop", "api"]))?;
    let took = began.elapsed();
    let document = inspect(&bench.project.container("api"))?;
    let code = text(&document, "/State/ExitCode");
    ensure!(code == "0", "it ended with {code}");
    ensure!(took < GRACE, "it took {:.0} s", took.as_secs_f64());
    run(&mut bench.project.compose(&["start", "api"]))?;
    bench.project.wait_healthy(&["api".to_owned()], HEALTHY_WITHIN).await?;
    let confirmed = load.end().await?;
    ensure!(before > 0, "nothing was published before the stop");
    bench.compared().await.context("after the stop")?;
    Ok(format!(
        "ended in {:.1} s with code 0; {confirmed} messages confirmed before and after, none lost",
        took.as_secs_f64()
    ))
}
