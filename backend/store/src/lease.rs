//! The lease on ingesting: of all processes on one database, one holds it.
//!
//! It is a counter that the holder raises. Nobody compares clocks: a standby watches the counter by its own, and takes
//! over by naming the count it last saw, so that of two that try one fails.

use crate::connect::Store;
use crate::error::StoreError;
use std::time::Duration;
use uuid::Uuid;

const READ: &str = "select holder, name, beats from ingest_lease";
const TAKE: &str = "
    update ingest_lease
    set holder = $1
      , name = $2
      , beats = beats + 1
      , held_since = now()
      , renewed_at = now()
    where beats = $3
    returning beats, drained";
const RENEW: &str = "
    update ingest_lease
    set beats = beats + 1
      , renewed_at = now()
    where holder = $1 and beats between $2 and $2 + $3
    returning beats, drained";
const NOTE_DRAINED: &str = "update ingest_lease set drained = drained + 1";
const RELEASE: &str = "
    update ingest_lease
    set holder = null
      , beats = beats + 1
    where holder = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 5] = [READ, TAKE, RENEW, NOTE_DRAINED, RELEASE];

/// How long one of these statements may take: a lease that is renewed late is as good as lost.
const PATIENCE: Duration = Duration::from_secs(2);

/// The lease as it stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Lease {
    /// The instance that ingests; `None` when the last one gave it up in good order.
    pub holder: Option<Uuid>,
    /// Host and process id of the holder, for people.
    pub name: Option<String>,
    /// Grows while the holder lives.
    pub beats: i64,
}

/// The lease, taken or renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    pub beats: i64,
    /// Grows when a process that stands by has stored something.
    pub drained: i64,
}

impl Store {
    /// The lease as it stands.
    ///
    /// # Errors
    /// When the database fails, or does not answer within two seconds.
    pub async fn lease(&self) -> Result<Lease, StoreError> {
        let read = sqlx::query_as(READ).fetch_one(&self.control);
        in_time(read).await.map_err(StoreError::on("read the lease on ingesting"))
    }

    /// Takes the lease if nobody moved it since `seen` was read; `None` when somebody did.
    ///
    /// # Errors
    /// When the database fails, or does not answer within two seconds.
    pub async fn take_lease(
        &self,
        instance: Uuid,
        name: &str,
        seen: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let take =
            sqlx::query_as(TAKE).bind(instance).bind(name).bind(seen.beats).fetch_optional(&self.control);
        in_time(take).await.map_err(StoreError::on("take the lease on ingesting"))
    }

    /// Shows that the holder lives; `None` when the lease is another's.
    ///
    /// The lease is ours when the count is the `beats` we last knew, or above it by no more than `unanswered`, the
    /// renewals since that may have counted without our hearing of it. So a copy of this very instance is another too.
    ///
    /// # Errors
    /// When the database fails, or does not answer within two seconds.
    pub async fn renew_lease(
        &self,
        instance: Uuid,
        beats: i64,
        unanswered: i64,
    ) -> Result<Option<Held>, StoreError> {
        let renew =
            sqlx::query_as(RENEW).bind(instance).bind(beats).bind(unanswered).fetch_optional(&self.control);
        in_time(renew).await.map_err(StoreError::on("renew the lease on ingesting"))
    }

    /// Tells the holder that another process has stored something it does not know of.
    ///
    /// # Errors
    /// When the database fails, or does not answer within two seconds.
    pub async fn note_drained(&self) -> Result<(), StoreError> {
        let note = sqlx::query(NOTE_DRAINED).execute(&self.control);
        in_time(note).await.map_err(StoreError::on("tell that the spool was drained"))?;
        Ok(())
    }

    /// Gives the lease up, so that a standby need not wait.
    ///
    /// # Errors
    /// When the database fails, or does not answer within two seconds.
    pub async fn release_lease(&self, instance: Uuid) -> Result<(), StoreError> {
        let release = sqlx::query(RELEASE).bind(instance).execute(&self.control);
        in_time(release).await.map_err(StoreError::on("release the lease on ingesting"))?;
        Ok(())
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
