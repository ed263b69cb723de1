//! Connecting: the pools and the schema.

use crate::care::{Care, Way};
use crate::error::StoreError;
use crate::history::History;
use secrecy::{ExposeSecret, SecretString};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Postgres, Transaction};
use std::str::FromStr;
use std::time::Duration;

mod authority;

/// Connections for the pipeline: two lanes commit, the spool drains, what was quarantined is replayed, and each may make
/// partitions.
const INGEST_CONNECTIONS: u32 = 6;
/// Connections for the API, apart from the pipeline's so that slow readers never make it wait.
const API_CONNECTIONS: u32 = 6;
/// Connections for reading history, which may take long; whoever looks something else up does not wait for that.
const ARCHIVE_CONNECTIONS: u32 = 6;
/// Connections for finding out who calls: no reader of history keeps anybody from logging in.
const DOOR_CONNECTIONS: u32 = 3;
/// Connections for the persistence rules and the lease, of which one was lost without a word perhaps.
const CONTROL_CONNECTIONS: u32 = 4;
/// Connections for packing, which does one thing at a time.
const UPKEEP_CONNECTIONS: u32 = 2;
/// Those that listen for rules, moves and alarms.
const LISTENERS: u32 = 5;
/// The longest a read may take: just below the API's own limit for a request.
const STATEMENT_TIMEOUT: &str = "28s";
/// How long a caller waits for a connection before being told that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a connection may take to show that it lives when it is given back.
const RELEASE_WITHIN: Duration = Duration::from_secs(2);
/// How long a database that is there takes to say so.
const ANSWER: Duration = Duration::from_secs(5);

/// What every session asks of the server, whatever its own defaults and the role's are.
///
/// An ack promises durability, and so does a renewed lease. And a process that vanished in the middle of a transaction
/// must not keep its locks from the one that takes over: the server notices within seconds that nobody is there.
/// Each statement sees what was committed before it: what is looked up under a lock is as it is now.
const SESSION: [(&str, &str); 8] = [
    ("timezone", "UTC"),
    ("default_transaction_isolation", "read committed"),
    ("synchronous_commit", "on"),
    ("idle_in_transaction_session_timeout", "4s"),
    ("tcp_keepalives_idle", "3"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "6s"),
];

/// The migrations this program has, by number, with the checksum of their text.
pub(crate) fn migrations() -> impl Iterator<Item = (i64, &'static [u8])> {
    crate::migrate::MIGRATOR.iter().map(|migration| (migration.version, migration.checksum.as_ref()))
}

/// The most connections one process keeps open: all its pools together, and those that listen.
pub const CONNECTIONS: u32 = INGEST_CONNECTIONS
    + API_CONNECTIONS
    + ARCHIVE_CONNECTIONS
    + DOOR_CONNECTIONS
    + CONTROL_CONNECTIONS
    + UPKEEP_CONNECTIONS
    + LISTENERS;

/// How to reach the database.
#[derive(Debug, Clone)]
pub enum DatabaseSettings {
    /// A `postgres://` URL; secret because it may hold the password.
    Url(SecretString),
    Parts {
        host: String,
        port: u16,
        name: String,
        user: String,
        password: Option<SecretString>,
    },
}

impl DatabaseSettings {
    /// Whether the settings can be used at all, without trying them.
    ///
    /// # Errors
    /// What is wrong with a URL or a file it names, without showing the rest of it.
    pub fn check(&self) -> Result<(), String> {
        let Self::Url(url) = self else { return Ok(()) };
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.expose_secret().starts_with(scheme)) {
            return Err("is not a postgres:// URL".to_owned());
        }
        let options = PgConnectOptions::from_str(url.expose_secret())
            .map_err(|error| format!("cannot be read: {error}"))?;
        authority::check(&options)
    }

    /// Where it is, for messages: never the password.
    pub fn place(&self) -> String {
        let Ok(options) = self.options() else { return "the database".to_owned() };
        let socket = options.get_socket().map(|path| path.display().to_string());
        let host = socket.unwrap_or_else(|| options.get_host().to_owned());
        let name = options.get_database().unwrap_or(options.get_username());
        format!("{host}:{}/{name}", options.get_port())
    }

    pub(crate) fn options(&self) -> Result<PgConnectOptions, StoreError> {
        let options = match self {
            Self::Url(url) => PgConnectOptions::from_str(url.expose_secret())
                .map_err(StoreError::on("read DATABASE_URL"))?,
            Self::Parts { host, port, name, user, password } => {
                let options = PgConnectOptions::new().host(host).port(*port).database(name).username(user);
                match password {
                    Some(password) => options.password(password.expose_secret()),
                    None => options,
                }
            }
        };
        // Statements are logged by nobody: they would show every value. Times in SQL are UTC whatever the server says.
        Ok(options.application_name("vigia").options(SESSION).disable_statement_logging())
    }
}

/// The database: cheap to clone, shared by all.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) ingest: PgPool,
    pub(crate) api: PgPool,
    /// For pages of history.
    pub(crate) archive: PgPool,
    /// For passwords, sessions and keys alone.
    pub(crate) door: PgPool,
    /// For the persistence rules and the lease alone: no reader or writer of data is in their way.
    pub(crate) control: PgPool,
    /// For packing: long statements that nobody waits for.
    pub(crate) upkeep: PgPool,
    pub(crate) care: Care,
    history: History,
}

/// A connection on loan for one transaction. If the work on it is given up half-way it is closed instead of given back:
/// the server rolls back at once, and a connection that went silent blocks no place in the pool.
pub(crate) struct Lent(Option<PoolConnection<Postgres>>);

impl Lent {
    pub(crate) async fn from(pool: &PgPool) -> Result<Self, sqlx::Error> {
        Ok(Self(Some(pool.acquire().await?)))
    }

    /// Begins the transaction.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
        let connection = self.0.as_mut().ok_or(sqlx::Error::PoolClosed)?;
        connection.begin().await
    }

    /// Back to the pool: the work has come to an end, good or bad.
    pub(crate) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(connection.detach());
        }
    }
}

/// A pool whose connections are closed when they were given back and do not answer: one that fell silent would
/// otherwise keep its place until TCP gives it up, a quarter of an hour later.
pub(crate) fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).after_release(
        |connection, _| {
            Box::pin(async move {
                let answer = tokio::time::timeout(RELEASE_WITHIN, connection.ping()).await;
                answer.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
            })
        },
    )
}

impl Store {
    /// Connects, so that wrong settings show at once.
    ///
    /// # Errors
    /// When the database cannot be reached or refuses us.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, StoreError> {
        let options = settings.options()?;
        // `COPY` ends in a small packet that over TCP waits for the answer to the one before, some 40 ms.
        let local = options.get_socket().is_some() || options.get_host().starts_with('/');
        let care = Care::new(if local { Way::Copy } else { Way::Straight });
        // A commit that hangs is given up and tried again, and the status board says so.
        let writing = options.clone().options([("statement_timeout", "30s"), ("lock_timeout", "5s")]);
        let history = History::new();
        let known = history.clone();
        let ingest = pool(INGEST_CONNECTIONS)
            .after_connect(move |connection, _| {
                let known = known.clone();
                Box::pin(async move { known.check(connection).await })
            })
            .connect_with(writing)
            .await
            .map_err(StoreError::on("connect to the database"))?;
        let upkeep = pool(UPKEEP_CONNECTIONS).connect_lazy_with(options.clone().options([
            ("jit", "off"),
            ("lock_timeout", "5s"),
            ("statement_timeout", "10min"),
        ]));
        let control = pool(CONTROL_CONNECTIONS).connect_lazy_with(options.clone());
        let door = pool(DOOR_CONNECTIONS)
            // Nobody waits here long for a row that somebody changes.
            .connect_lazy_with(
                options.clone().options([("statement_timeout", "5s"), ("lock_timeout", "2s")]),
            );
        // A page is read by an index; compiling the query first takes longer than running it. And a request that was given
        // up must not go on here.
        let reading = options.options([("jit", "off"), ("statement_timeout", STATEMENT_TIMEOUT)]);
        let archive = pool(ARCHIVE_CONNECTIONS)
            // Planned for the very times asked for: a plan for any would take a page of a long history for a small part
            // of a short one, and sort all of it.
            .connect_lazy_with(reading.clone().options([("plan_cache_mode", "force_custom_plan")]));
        let api = pool(API_CONNECTIONS).connect_lazy_with(reading);
        Ok(Self { ingest, api, archive, door, control, upkeep, care, history })
    }

    /// Whether the database answers now.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let answer = tokio::time::timeout(ANSWER, sqlx::query("select 1").execute(&self.api)).await;
        answer.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(StoreError::on("reach the database"))?;
        Ok(())
    }

    /// Waits until the database turns out to have another past than at the first connection: what this process
    /// remembers of it (ids by name) may be wrong, and nothing is written any more.
    pub async fn replaced(&self) {
        self.history.replaced().await;
    }

    /// Waits for borrowed connections to come back and closes them.
    pub async fn close(&self) {
        self.ingest.close().await;
        self.api.close().await;
        self.archive.close().await;
        self.door.close().await;
        self.control.close().await;
        self.upkeep.close().await;
    }
}
