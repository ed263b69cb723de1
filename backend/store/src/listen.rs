//! Listening to what the database says by itself, on a connection that is known to live. Whom it is enough to know that
//! something was said uses a [`Watch`](crate::Watch).

use crate::connect::{Store, pool};
use crate::convert::from_column;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgNotification};
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use vigia_model::Timestamp;

/// How often it is asked whether the connection still lives: one that died without a word says nothing of that either.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long a connection that lives takes to say so.
const ANSWER: Duration = Duration::from_secs(3);
/// What follows the first word within this is handed out with it: one look at the database is then enough.
const GATHER: Duration = Duration::from_millis(20);
/// Notifications handed out at once.
const MOST_AT_ONCE: usize = 64;
/// One to listen, and one to read what it is about: no reader of history is in the way.
const CONNECTIONS: u32 = 2;

const NOW: &str = "select clock_timestamp()";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 1] = [NOW];

/// What was heard.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The payloads, in order.
    Said(Vec<String>),
    /// Nothing for a while; the connection lives, and this is the database's time.
    Alive(Timestamp),
}

/// A subscription to one channel. Whatever goes wrong with it ends it: what was said meanwhile was not heard, so whoever
/// listens begins anew and reads what it may have missed.
#[derive(Debug)]
pub(crate) struct Listener {
    inner: PgListener,
    /// Its own, gone with it: a listener whose connection fell silent waits for it when it is dropped.
    pub(crate) pool: PgPool,
    asked: Instant,
}

impl Listener {
    pub(crate) async fn open(store: &Store, channel: &str) -> Result<Self, sqlx::Error> {
        let options = store.control.connect_options();
        let pool = pool(CONNECTIONS).connect_lazy_with((*options).clone());
        let mut inner = PgListener::connect_with(&pool).await?;
        inner.listen(channel).await?;
        Ok(Self { inner, pool, asked: Instant::now() })
    }

    /// The database's time.
    pub(crate) async fn now(&mut self) -> Result<Timestamp, sqlx::Error> {
        let now = sqlx::query_scalar(NOW).fetch_one(&mut self.inner);
        let now: DateTime<Utc> = timeout(ANSWER, now).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
        self.asked = Instant::now();
        Ok(from_column(now))
    }

    /// Waits for something to be said; now and then it is only that the connection lives.
    pub(crate) async fn next(&mut self) -> Result<Heard, sqlx::Error> {
        let Ok(first) = timeout_at(self.asked + ASK_AGAIN, self.inner.try_recv()).await else {
            return self.now().await.map(Heard::Alive);
        };
        let mut said = vec![payload(first)?];
        let gathered = Instant::now() + GATHER;
        while said.len() < MOST_AT_ONCE
            && let Ok(next) = timeout_at(gathered, self.inner.try_recv()).await
        {
            said.push(payload(next)?);
        }
        Ok(Heard::Said(said))
    }
}

fn payload(received: Result<Option<PgNotification>, sqlx::Error>) -> Result<String, sqlx::Error> {
    let lost = || sqlx::Error::Io(io::ErrorKind::ConnectionAborted.into());
    received?.map(|notification| notification.payload().to_owned()).ok_or_else(lost)
}
