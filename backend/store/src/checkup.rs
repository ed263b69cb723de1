//! A look at the database from outside, for whoever looks for faults: whether it can be reached, what it is, and how its
//! schema, settings and backups stand. On one connection of its own, and nothing is written.

mod backup;
mod refusal;
mod schema;
mod server;

use crate::connect::DatabaseSettings;
use crate::error::StoreError;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _};
use std::time::Duration;

pub use refusal::Refusal;
pub use schema::{Rights, Schema};
pub use server::{Archiver, Server, Settings};

/// How long reaching it may take; it is near.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [server::STATEMENTS.as_slice(), &schema::STATEMENTS, &backup::STATEMENTS].concat()
}

/// An open connection to look around with.
#[derive(Debug)]
pub struct Checkup {
    connection: PgConnection,
}

impl Checkup {
    /// Connects, and waits for nothing.
    ///
    /// # Errors
    /// Why not, in a form that can be explained.
    pub async fn open(settings: &DatabaseSettings) -> Result<Self, Refusal> {
        let options = settings.options().map_err(|error| Refusal::Other(error.database_message()))?;
        let options = options
            .application_name("vigia doctor")
            .options([("statement_timeout", "5s"), ("lock_timeout", "1s")]);
        match tokio::time::timeout(CONNECT_WITHIN, options.connect()).await {
            Ok(Ok(connection)) => Ok(Self { connection }),
            Ok(Err(error)) => Err(Refusal::of(&error)),
            Err(_elapsed) => Err(Refusal::Silent(CONNECT_WITHIN)),
        }
    }

    /// Takes leave.
    pub async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the database did not take our leave");
        }
    }
}

/// For the messages of errors.
fn looking(what: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    StoreError::on(what)
}
