//! Samples come in over mTLS, are stored as they were sent, and are read back by SQL, by REST, and live.

use crate::stage::{Bench, STORED_WITHIN};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::Duration;
use vigia_model::Clock;

const MESSAGES: u64 = 1_000;

pub(crate) async fn telemetry(bench: &mut Bench) -> Result<String> {
    let published = bench.load(Some(MESSAGES))?.complete().await?;
    let stored = bench.compared().await?;
    let (web, token) = (bench.web()?, bench.token()?);
    // One series, counted by both.
    let series = bench.project.sql(
        "select p.code || ' ' || c.plc_id || ' ' || s.metric_id || ' ' || count(*)
         from samples m
         join series s on s.id = m.series_id
         join plcs c on c.id = s.plc_id
         join plants p on p.id = s.plant_id
         group by p.code, c.plc_id, s.metric_id
         order by count(*) desc
         limit 1",
    )?;
    let words: Vec<&str> = series.split_whitespace().collect();
    let [site, plc, metric, count] = words[..] else { anyhow::bail!("no samples in SQL: {series:?}") };
    let path = format!("/api/telemetry/{site}/{plc}?metric={metric}&limit=10000&resolution=raw");
    let answer = web.ask_as(token, &path)?;
    let items = answer.get("items").and_then(Value::as_array).context("no items")?;
    ensure!(items.len().to_string() == count, "{path} has {} samples, SQL has {count}", items.len());
    Ok(format!(
        "{published} messages confirmed, {stored} samples stored as sent, {site}/{plc}/{metric} has {count} by SQL and by REST"
    ))
}

pub(crate) async fn watch(bench: &mut Bench) -> Result<String> {
    let token = bench.token()?.to_owned();
    let mut feed = bench.web()?.feed(&token).await?;
    feed.until(Duration::from_secs(20), |message| kind(message) == "telemetry").await?;
    let load = bench.load(None)?;
    let since = Clock::System.now().as_millis();
    let newer = |message: &Value| {
        kind(message) == "telemetry" && message.get("ts").and_then(Value::as_i64).is_some_and(|ts| ts > since)
    };
    for _ in 0..20 {
        feed.until(Duration::from_secs(20), newer).await?;
    }
    let seen = feed.until(Duration::from_secs(20), newer).await?;
    let now = Clock::System.now().as_millis();
    let age = now - seen.get("ts").and_then(Value::as_i64).unwrap_or_default();
    load.end().await?;
    tokio::time::timeout(STORED_WITHIN, bench.compared()).await.context("not stored in time")??;
    Ok(format!("21 new values on WSS, the last {age} ms old"))
}

fn kind(message: &Value) -> &str {
    message.get("type").and_then(Value::as_str).unwrap_or_default()
}
