//! Failed logins in a row: how long an address has to wait, whether anybody has it or not.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use std::time::Duration;
use vigia_model::{Email, Timestamp};

const FAILURES: &str = "select locked_until from login_failures where email = $1";
/// An attempt counts as failed until it succeeds, so that many at once are many. `$3` failures are free; each further
/// one doubles the wait, up to `$5`. Nothing comes back, and nothing counts, during a wait.
const FAIL: &str = "
    insert into login_failures as f (email, failures, last_at, locked_until)
    values ($1, 1, $2, $2)
    on conflict (email) do update
    set failures = case when f.last_at < $2 - $6::interval then 1 else f.failures + 1 end
      , last_at = $2
      , locked_until = case
            when f.last_at < $2 - $6::interval or f.failures + 1 <= $3 then $2
            else $2 + least($5::interval, $4::interval * power(2, least(f.failures - $3, 20)))
        end
    where f.failures <= $3 or f.locked_until <= $2
    returning failures";
pub(super) const FORGIVE: &str = "delete from login_failures where email = $1";
pub(super) const FORGET_FAILURES: &str = "delete from login_failures where last_at < $1";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 4] = [FAILURES, FAIL, FORGIVE, FORGET_FAILURES];

/// Failed logins in a row that cost nothing.
const FREE_FAILURES: i32 = 4;
/// The first wait, and the longest.
const WAIT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(15));
/// After so long failures do not count as in a row any more.
pub(super) const FORGIVEN_AFTER: Duration = Duration::from_hours(24);

/// Whether a password may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It counts as a failure in a row, so many with this one, until it succeeds.
    Allowed {
        failures: i32,
    },
    Locked {
        until: Timestamp,
    },
}

impl Store {
    /// Counts an attempt to log in with an e-mail, of an account that exists or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempt_login(&self, email: &Email, now: Timestamp) -> Result<Attempt, StoreError> {
        let counted = async {
            let mut connection = self.door.acquire().await?;
            let failures: Option<i32> = sqlx::query_scalar(FAIL)
                .bind(email.as_str())
                .bind(to_column(now))
                .bind(FREE_FAILURES)
                .bind(WAIT.0)
                .bind(WAIT.1)
                .bind(FORGIVEN_AFTER)
                .fetch_optional(&mut *connection)
                .await?;
            if let Some(failures) = failures {
                return Ok(Attempt::Allowed { failures });
            }
            let until: Option<DateTime<Utc>> =
                sqlx::query_scalar(FAILURES).bind(email.as_str()).fetch_optional(&mut *connection).await?;
            Ok(Attempt::Locked { until: until.map_or(now, from_column) })
        };
        counted.await.map_err(StoreError::on("count an attempt to log in"))
    }

    /// Tells the log of an attempt whose password was wrong.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn login_refused(&self, email: &Email, failures: i32, actor: &Actor) -> Result<(), StoreError> {
        let told = async {
            let mut connection = self.door.acquire().await?;
            let deed = Deed {
                action: "session.refuse",
                subject_kind: "user",
                subject: email.as_str(),
                subject_name: Some(email.as_str().to_owned()),
                after: Some(serde_json::json!({ "failures": failures })),
                ..Deed::default()
            };
            audit::note(&mut connection, actor, deed).await
        };
        told.await.map_err(StoreError::on("tell of a refused login"))
    }

    /// Forgives the attempts of somebody who knew the password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forgive(&self, email: &Email) -> Result<(), StoreError> {
        let forgiven = sqlx::query(FORGIVE).bind(email.as_str()).execute(&self.door).await;
        forgiven.map(drop).map_err(StoreError::on("forgive failed logins"))
    }
}
