//! The usual backend: acknowledges a message when it comes, reads it as loose JSON, and stores it with one insert
//! and one upsert over a pool of ten connections. Keys are UUIDs, values are JSON. What it had acknowledged and not
//! stored is lost with the process.

use super::client::{connect, take};
use super::{Figures, Settings};
use anyhow::{Context, Result};
use chrono::DateTime;
use serde_json::Value;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;
use uuid::Uuid;

/// The usual pool.
const POOL: u32 = 10;
/// Messages acknowledged and waiting to be stored: more than the publisher ever lets come.
const WAITING: usize = 200_000;

const SCHEMA: [&str; 3] = [
    "create table telemetry_events (
        id uuid primary key,
        tenant text not null,
        gateway_id text not null,
        plc_id text not null,
        ts timestamptz not null,
        topic text not null,
        values_json jsonb not null,
        raw_json jsonb not null,
        created_at timestamptz not null default now()
    )",
    "create index on telemetry_events (plc_id, ts)",
    "create table plc_state (
        plc_id text primary key,
        last_ts timestamptz not null,
        last_values_json jsonb not null,
        updated_at timestamptz not null default now()
    )",
];
const INSERT: &str = "
    insert into telemetry_events (id, tenant, gateway_id, plc_id, ts, topic, values_json, raw_json)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const UPSERT: &str = "
    insert into plc_state as s (plc_id, last_ts, last_values_json) values ($1, $2, $3)
    on conflict (plc_id) do update
    set last_ts = greatest(s.last_ts, excluded.last_ts)
      , last_values_json = s.last_values_json || excluded.last_values_json
      , updated_at = now()";

type Message = (String, bytes::Bytes);

/// Makes its tables and starts its tasks.
pub(super) async fn spawn(
    tasks: &mut JoinSet<Result<()>>,
    settings: &Settings,
    figures: &'static Figures,
) -> Result<()> {
    let url = settings.database_url.as_deref().context("it needs --database-url")?;
    let pool = PgPoolOptions::new().max_connections(POOL).connect(url).await?;
    for statement in SCHEMA {
        sqlx::query(statement).execute(&pool).await?;
    }
    let (queue, messages) = mpsc::channel::<Message>(WAITING);
    for connection in 0..settings.connections {
        let (client, events) = connect(settings, connection)?;
        let queue = queue.clone();
        tasks.spawn(take(client, events, figures, move |publish| {
            let topic = String::from_utf8_lossy(&publish.topic).into_owned();
            // Full it is never: the publisher is held back long before.
            queue.try_send((topic, publish.payload)).unwrap_or_default();
        }));
    }
    let messages = Arc::new(Mutex::new(messages));
    for _ in 0..POOL {
        tasks.spawn(store(pool.clone(), Arc::clone(&messages), figures));
    }
    Ok(())
}

/// Stores one message after the other.
async fn store(
    pool: PgPool,
    messages: Arc<Mutex<mpsc::Receiver<Message>>>,
    figures: &'static Figures,
) -> Result<()> {
    loop {
        let next = messages.lock().await.recv().await;
        let Some((topic, payload)) = next else { return Ok(()) };
        let raw: Value = serde_json::from_slice(&payload)?;
        let text = |field: &str| raw.get(field).and_then(Value::as_str).unwrap_or_default();
        if text("type") == "telemetry" {
            let ts = raw.get("timestamp").and_then(Value::as_i64).and_then(DateTime::from_timestamp_millis);
            let values = serde_json::json!({ text("metricId"): raw.get("value") });
            sqlx::query(INSERT)
                .bind(Uuid::new_v4())
                .bind(text("tenant"))
                .bind(text("gatewayId"))
                .bind(text("plcId"))
                .bind(ts)
                .bind(topic)
                .bind(&values)
                .bind(&raw)
                .execute(&pool)
                .await?;
            sqlx::query(UPSERT).bind(text("plcId")).bind(ts).bind(&values).execute(&pool).await?;
        }
        figures.done(1);
    }
}
