//! A backup now, its verification, and the data put back into the real database after it was spoilt.

use crate::command::run;
use crate::stage::{Bench, HEALTHY_WITHIN};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

pub(crate) fn backup(bench: &mut Bench) -> Result<String> {
    bench.project.exec("backup", &["vigia-db", "now", "full"])?;
    let verified = bench.project.exec("backup", &["vigia-db", "verify", "local"])?;
    let line = verified.lines().last().unwrap_or_default().to_owned();
    let kinds =
        bench.project.sql("select string_agg(distinct kind, ' ' order by kind) from backups where ok")?;
    ensure!(kinds.contains("full") && kinds.contains("verification"), "the table backups knows of {kinds:?}");
    Ok(line.split_once(' ').map_or(line.clone(), |(_, said)| said.to_owned()))
}

pub(crate) async fn restore(bench: &mut Bench) -> Result<String> {
    let stored = bench.compared().await?;
    run(&mut bench.project.compose(&["stop", "api", "backup"]))?;
    // A moment before the mishap.
    let before =
        bench.project.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || 'Z'")?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.project.sql("drop table samples cascade")?;
    run(&mut bench.project.compose(&["stop", "db"]))?;
    let began = Instant::now();
    let restore = ["run", "--rm", "--no-TTY", "restore", "--yes", "--to", &before];
    let said = run(&mut bench.project.compose(&restore))?;
    let took = began.elapsed().as_secs_f64();
    bench.project.up()?;
    let services = bench.project.services()?;
    bench.project.wait_healthy(&services, HEALTHY_WITHIN).await?;
    let again = bench.compared().await.context("after the restore")?;
    ensure!(again == stored, "{again} samples after the restore, {stored} before");
    let last = said.lines().find(|line| line.contains("last completed")).unwrap_or_default();
    // It goes on from there.
    bench.load(Some(200))?.complete().await?;
    bench.compared().await.context("of what came after the restore")?;
    Ok(format!("samples dropped, and all {again} back in {took:.0} s as published; goes on; {last}"))
}
