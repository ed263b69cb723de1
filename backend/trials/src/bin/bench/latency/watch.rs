//! Where the probe's messages come out.

use super::probe::Sent;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use vigia_testkit::session_token;
use vigia_trials::bed::ADMIN;
use vigia_trials::number::float;

/// The shortest time between two looks into the database.
const LOOK: Duration = Duration::from_millis(1);

/// How far back to look for a message that a later one overtook: the first ones wait until their names are registered.
const OVERTAKEN: TimeDelta = TimeDelta::milliseconds(500);

/// What was seen of the probe.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) milliseconds: Vec<f64>,
    pub(crate) resolution_ms: f64,
}

/// A browser that looks at the probe.
#[derive(Debug)]
pub(crate) struct Feed {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: Sent,
}

#[derive(Deserialize)]
struct Frame {
    values: Option<Values>,
}

#[derive(Deserialize)]
struct Values {
    number: usize,
}

/// Opens a feed.
pub(crate) async fn feed(url: &str, sent: &Sent) -> Result<Feed> {
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {}", session_token(ADMIN)).parse()?);
    let (socket, _) = connect_async(request).await.context("no WebSocket")?;
    Ok(Feed { socket, sent: sent.clone() })
}

impl Feed {
    /// Reads until every message has shown. A frame shows the newest value; one that was overtaken counts when the
    /// one that overtook it shows.
    pub(crate) async fn until_all(mut self, patience: Duration) -> Result<Seen> {
        let mut seen = Seen::default();
        while !self.sent.is_all(seen.milliseconds.len()) {
            // Ticks come every second, so this ends even when the last message was seen before all were sent.
            let frame =
                tokio::time::timeout(patience, self.socket.next()).await.context("the feed is silent")?;
            let Some(frame) = frame else { bail!("the feed ended") };
            let Message::Text(text) = frame? else { continue };
            let now = Instant::now();
            let Ok(Frame { values: Some(Values { number }) }) = serde_json::from_str(text.as_str()) else {
                continue;
            };
            for number in seen.milliseconds.len()..=number {
                seen.milliseconds.extend(self.sent.milliseconds_since(number, now));
            }
        }
        Ok(seen)
    }
}

const SERIES: &str = "
    select r.id
    from series r
    join tenants t on t.id = r.tenant_id
    where t.code = 'probe'";
/// By the primary key.
const NEWER: &str = "
    select ts, int_value
    from samples
    where series_id = $1
      and ts > $2
    order by ts";

/// Looks into the database again and again until every message is visible.
pub(crate) async fn rows(url: String, sent: Sent, patience: Duration) -> Result<Seen> {
    let mut database = PgConnection::connect(&url).await?;
    let mut seen = Seen::default();
    let mut series: Option<i32> = None;
    let mut newest: DateTime<Utc> = DateTime::UNIX_EPOCH;
    let mut known = HashSet::new();
    let mut last_news = Instant::now();
    let (mut looks, began) = (0, Instant::now());
    while !sent.is_all(seen.milliseconds.len()) {
        if last_news.elapsed() > patience {
            bail!("the probe's messages are not being stored");
        }
        looks += 1;
        if let Some(series) = series {
            let rows: Vec<(DateTime<Utc>, i64)> =
                sqlx::query_as(NEWER).bind(series).bind(newest - OVERTAKEN).fetch_all(&mut database).await?;
            let now = Instant::now();
            for (ts, number) in rows {
                let number = usize::try_from(number)?;
                newest = newest.max(ts);
                if known.insert(number) {
                    last_news = now;
                    seen.milliseconds.extend(sent.milliseconds_since(number, now));
                }
            }
        } else {
            series = sqlx::query_scalar(SERIES).fetch_optional(&mut database).await?;
        }
        tokio::time::sleep(LOOK).await;
    }
    seen.resolution_ms = began.elapsed().as_secs_f64() * 1_000.0 / float(looks);
    database.close().await?;
    Ok(seen)
}
