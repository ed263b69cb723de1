//! The client's certificate is replaced on disk while messages flow.

use super::prepare::put_certificates;
use crate::aws::{BACKEND, CONTAINER};
use crate::command::{run, wait_for};
use crate::docker::{life, wrote};
use crate::stage::Bench;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// It looks every so often, proves the new connection and closes the old one.
const TAKEN_WITHIN: Duration = Duration::from_mins(3);

pub(crate) async fn rotate(bench: &mut Bench) -> Result<String> {
    let renewed = bench.aws.renewed_backend()?;
    let container = bench.project.container("api");
    let before = life(&container)?;
    let load = bench.load(None)?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let end = end(&renewed.cert)?;
    let known = connections()?;
    let began = Instant::now();
    put_certificates(&bench.project.dir.join("secrets"), &renewed)?;
    wait_for("the new certificate to be used", TAKEN_WITHIN, || {
        let system = bench.web()?.ask_as(bench.token()?, "/api/admin/system")?;
        let shown = system.pointer("/certificates").map(Value::to_string).unwrap_or_default();
        let is_settled = system.pointer("/certificateRotation/state").is_some_and(|state| state == "none");
        Ok((shown.contains(&end) && is_settled).then_some(()))
    })
    .await
    .with_context(|| format!("good until {end}"))?;
    ensure!(connections()? > known, "the broker has seen no new connection");
    let took = began.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let confirmed = load.end().await?;
    bench.compared().await.context("after the new certificate")?;
    ensure!(life(&container)? == before, "the program was started again");
    Ok(format!(
        "used after {took:.0} s without a restart; {confirmed} messages confirmed meanwhile, none lost"
    ))
}

/// How often the program has connected, as the broker tells it.
fn connections() -> Result<usize> {
    wrote(CONTAINER, &["New client connected", BACKEND])
}

/// The last day of a certificate, as the API writes it.
fn end(certificate: &Path) -> Result<String> {
    let mut openssl = Command::new("openssl");
    let said = run(openssl.args(["x509", "-noout", "-enddate", "-in"]).arg(certificate))?;
    // notAfter=Jan  1 00:00:00 2030 GMT
    let year = said.split_whitespace().find(|word| word.len() == 4 && word.parse::<u16>().is_ok());
    let year = year.with_context(|| format!("no year: {said}"))?;
    ensure!(said.contains("Jan  1 00:00:00"), "not the first of January: {said}");
    Ok(format!("{year}-01-01T00:00:00"))
}
