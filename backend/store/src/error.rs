//! What can go wrong with the database, and the one question everybody asks of it: is it worth trying again?

use sqlx::migrate::MigrateError;
use std::fmt;

/// What was being done, named `<aggregate>.<verb>`; part of every [`StoreError`].
pub type Operation = &'static str;

/// An operation on the database failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot {operation}")]
    Database {
        operation: Operation,
        #[source]
        source: sqlx::Error,
    },
    #[error("the database does not answer")]
    Silent,
    #[error("cannot apply the migrations")]
    Migrate(#[source] MigrateError),
    #[error("cannot {operation}: the database holds {what}, which this version does not know")]
    Inconsistent { operation: Operation, what: String },
}

impl StoreError {
    /// For `map_err`: names the operation that failed.
    pub(crate) fn on(operation: Operation) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Database { operation, source }
    }

    /// Whether the same call may succeed later without anybody changing it: the database is away, restarting,
    /// out of connections or disk, or chose us as a deadlock's victim. Everything else is the row's own fault.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database { source, .. }
            | Self::Migrate(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) => {
                is_transient(source)
            }
            Self::Silent => true,
            Self::Migrate(_) | Self::Inconsistent { .. } => false,
        }
    }

    /// Whether the database is there, and ended the statement because it took too long.
    pub fn took_too_long(&self) -> bool {
        let Self::Database { source: sqlx::Error::Database(error), .. } = self else { return false };
        error.code().as_deref() == Some("57014")
    }

    /// Whether some row of the statement is to blame: a value out of range, a violated constraint, a row too large, a
    /// stored value that cannot be read back. Without that row the same statement would succeed; everything else
    /// (a missing right, a missing table) is the database's own trouble and must not cost anybody a sample.
    pub fn is_row_fault(&self) -> bool {
        match self {
            Self::Database { source: sqlx::Error::Database(database), .. } => database
                .code()
                .is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class))),
            Self::Database { source, .. } => matches!(
                source,
                sqlx::Error::Decode(_) | sqlx::Error::Encode(_) | sqlx::Error::ColumnDecode { .. }
            ),
            Self::Migrate(_) | Self::Silent => false,
            Self::Inconsistent { .. } => true,
        }
    }

    /// What Postgres itself said, for a quarantine entry; the error's own text otherwise.
    pub fn database_message(&self) -> String {
        match self {
            Self::Database { source: sqlx::Error::Database(database), .. } => database.message().to_owned(),
            other => Chain(other).to_string(),
        }
    }

    /// The name of the violated constraint, when that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database { source: sqlx::Error::Database(database), .. } => database.constraint(),
            _ => None,
        }
    }
}

fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            // Connection trouble, serialization and deadlock, out of resources, a lock that was not to be had or a
            // server in another state, operator intervention (shutdown, crash recovery), system errors, and a server
            // that is read-only after a failover.
            ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class))
                || code == "25006"
        }),
        _ => false,
    }
}

/// Shows an error with all its causes on one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
