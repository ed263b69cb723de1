//! Logging in and staying so: who an e-mail or a token stands for, and sessions.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::user::{Membership, memberships};
use chrono::{DateTime, Utc};
use std::time::Duration;
use uuid::Uuid;
use vigia_model::{Email, Role, Timestamp};

pub(crate) mod attempt;

pub use attempt::Attempt;
use attempt::{FORGET_FAILURES, FORGIVE, FORGIVEN_AFTER};

/// How a token is stored: its SHA-256.
pub type TokenHash = [u8; 32];

const CREDENTIALS: &str = "
    select u.id, u.password_hash
    from users u
    where u.email = $1 and not u.disabled";
const LOGGED_IN: &str =
    "update users set last_login_at = $2 where id = $1 and password_hash = $3 and not disabled";
const CREATE: &str = "
    insert into sessions (token_hash, user_id, created_at, last_used_at, expires_at, address, user_agent)
    values ($1, $2, $3, $3, $4, $5, $6)
    returning id";
/// Of one user so many at most; the ones unused for longest go.
const TRIM: &str = "
    delete from sessions
    where id in (
        select id
        from sessions
        where user_id = $1
        order by last_used_at desc
        offset $2
    )";
const BY_TOKEN: &str = "
    select s.id
         , s.user_id
         , s.last_used_at
         , s.expires_at
         , u.email
         , u.name
         , u.vouched
    from sessions s
    join users u on u.id = s.user_id
    where s.token_hash = $1 and s.expires_at > $2 and s.last_used_at > $3 and not u.disabled";
const TOUCH: &str = "update sessions set last_used_at = $2 where id = $1 and last_used_at < $2";
const LIST: &str = "
    select id
         , created_at
         , last_used_at
         , expires_at
         , address
         , user_agent
    from sessions
    where user_id = $1 and expires_at > $2 and last_used_at > $3
    order by last_used_at desc, id";
const END: &str =
    "delete from sessions where user_id = $1 and ($2::uuid is null or id = $2) returning token_hash";
pub(crate) const END_OTHERS: &str =
    "delete from sessions where user_id = $1 and ($2::uuid is null or id <> $2) returning token_hash";
const EMAIL: &str = "select email from users where id = $1";
const EXPIRE: &str = "delete from sessions where expires_at <= $1 or last_used_at <= $2";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 11] =
    [CREDENTIALS, LOGGED_IN, CREATE, TRIM, BY_TOKEN, TOUCH, LIST, END, END_OTHERS, EMAIL, EXPIRE];

/// Sessions of one user.
const MOST_SESSIONS: i64 = 50;

/// What is needed to check a password.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Credentials {
    pub id: Uuid,
    /// In PHC text; none when the person has not chosen one yet.
    pub password_hash: Option<String>,
}

/// A session to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    pub token_hash: TokenHash,
    /// Of the password that was right.
    pub password_hash: &'a str,
    pub now: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: &'a str,
}

/// Who a session's token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    pub session: Uuid,
    pub user: Uuid,
    pub email: String,
    pub name: Option<String>,
    /// An internal admin or the command line gave the person the account's password link.
    pub vouched: bool,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub memberships: Vec<Membership>,
}

/// A session as its user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: Uuid,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: String,
    pub user_agent: String,
}

#[derive(sqlx::FromRow)]
struct LoggedInRow {
    id: Uuid,
    user_id: Uuid,
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    email: String,
    name: Option<String>,
    vouched: bool,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    address: String,
    user_agent: String,
}

/// How long sessions hold.
#[derive(Debug, Clone, Copy)]
pub struct SessionLife {
    /// Unused for so long it ends.
    pub idle: Duration,
    /// It ends then however much it is used.
    pub absolute: Duration,
}

impl Store {
    /// The password of an account that may log in, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let read = sqlx::query_as(CREDENTIALS).bind(email.as_str()).fetch_optional(&self.door).await;
        read.map_err(StoreError::on("read a password"))
    }

    /// Makes a session for a user whose password was right; `None` if it is not any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_in(
        &self,
        user: Uuid,
        email: &Email,
        actor: &Actor,
        new: NewSession<'_>,
    ) -> Result<Option<Uuid>, StoreError> {
        let logged_in = async {
            let mut tx = self.door.begin().await?;
            sqlx::query(FORGIVE).bind(email.as_str()).execute(&mut *tx).await?;
            let held = sqlx::query(LOGGED_IN)
                .bind(user)
                .bind(to_column(new.now))
                .bind(new.password_hash)
                .execute(&mut *tx)
                .await?;
            if held.rows_affected() == 0 {
                return Ok(None);
            }
            let id: Uuid = sqlx::query_scalar(CREATE)
                .bind(new.token_hash.as_slice())
                .bind(user)
                .bind(to_column(new.now))
                .bind(to_column(new.expires_at))
                .bind(actor.address.as_deref().unwrap_or_default())
                .bind(new.user_agent)
                .fetch_one(&mut *tx)
                .await?;
            sqlx::query(TRIM).bind(user).bind(MOST_SESSIONS).execute(&mut *tx).await?;
            let subject = id.to_string();
            let deed = Deed {
                action: "session.create",
                subject_kind: "session",
                subject: &subject,
                subject_name: Some(email.as_str().to_owned()),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(Some(id))
        };
        logged_in.await.map_err(StoreError::on("log somebody in"))
    }

    /// Who a session's token stands for; none when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logged_in(
        &self,
        token: &TokenHash,
        now: Timestamp,
        life: SessionLife,
    ) -> Result<Option<LoggedIn>, StoreError> {
        let found = async {
            let mut connection = self.door.acquire().await?;
            let row: Option<LoggedInRow> = sqlx::query_as(BY_TOKEN)
                .bind(token.as_slice())
                .bind(to_column(now))
                .bind(to_column(now.minus(life.idle)))
                .fetch_optional(&mut *connection)
                .await?;
            let Some(row) = row else { return Ok(None) };
            let memberships = memberships(&mut connection, row.user_id).await?;
            Ok(Some(LoggedIn {
                session: row.id,
                user: row.user_id,
                email: row.email,
                name: row.name,
                vouched: row.vouched,
                last_used_at: from_column(row.last_used_at),
                expires_at: from_column(row.expires_at),
                memberships,
            }))
        };
        found.await.map_err(StoreError::on("read a session"))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, session: Uuid, now: Timestamp) -> Result<(), StoreError> {
        let touched = sqlx::query(TOUCH).bind(session).bind(to_column(now)).execute(&self.door).await;
        touched.map(drop).map_err(StoreError::on("note the use of a session"))
    }

    /// The sessions of a user that still hold, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        user: Uuid,
        now: Timestamp,
        life: SessionLife,
    ) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(LIST)
            .bind(user)
            .bind(to_column(now))
            .bind(to_column(now.minus(life.idle)))
            .fetch_all(&self.door)
            .await
            .map_err(StoreError::on("list sessions"))?;
        let session = |row: SessionRow| Session {
            id: row.id,
            created_at: from_column(row.created_at),
            last_used_at: from_column(row.last_used_at),
            expires_at: from_column(row.expires_at),
            address: row.address,
            user_agent: row.user_agent,
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends one session of a user, or all of them; the hashes of the tokens that are worth nothing now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(
        &self,
        user: Uuid,
        session: Option<Uuid>,
        actor: &Actor,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let ended = async {
            let mut tx = self.door.begin().await?;
            let ended: Vec<Vec<u8>> =
                sqlx::query_scalar(END).bind(user).bind(session).fetch_all(&mut *tx).await?;
            if !ended.is_empty() {
                let subject = session.unwrap_or(user).to_string();
                let subject_kind = if session.is_some() { "session" } else { "user" };
                let action = if session.is_some() { "session.end" } else { "session.end_all" };
                // Whose they were, which is not always who ended them.
                let subject_name: Option<String> =
                    sqlx::query_scalar(EMAIL).bind(user).fetch_optional(&mut *tx).await?;
                let deed = Deed { action, subject_kind, subject: &subject, subject_name, ..Deed::default() };
                audit::note(&mut tx, actor, deed).await?;
            }
            tx.commit().await?;
            Ok(ended)
        };
        ended.await.map_err(StoreError::on("end sessions"))
    }

    /// Removes sessions that have ended and failures that count no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_sessions(&self, now: Timestamp, life: SessionLife) -> Result<u64, StoreError> {
        let expired = async {
            let gone = sqlx::query(EXPIRE)
                .bind(to_column(now))
                .bind(to_column(now.minus(life.idle)))
                .execute(&self.door)
                .await?
                .rows_affected();
            sqlx::query(FORGET_FAILURES)
                .bind(to_column(now.minus(FORGIVEN_AFTER)))
                .execute(&self.door)
                .await?;
            Ok(gone)
        };
        expired.await.map_err(StoreError::on("remove sessions that have ended"))
    }
}

/// A role as a row holds it.
pub(crate) fn role(text: &str) -> Role {
    // The table's own check lets nothing else in; less than nothing is not possible either.
    Role::parse(text).unwrap_or(Role::Viewer)
}
