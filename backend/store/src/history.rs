//! Which past the database has. After a failover to a replica that lagged, or a restore, it has another one than this
//! process remembers: ids learned before may be missing there, or given to something else.

use sqlx::PgConnection;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// The cluster and its timeline, which a promotion or a restore to a point in time changes.
const READ: &str = "
    select system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
    from pg_control_system()";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 1] = [READ];

/// The past that was found first, shared by all connections.
#[derive(Debug, Clone)]
pub(crate) struct History {
    first: Arc<OnceLock<String>>,
    replaced: watch::Sender<bool>,
}

impl History {
    pub(crate) fn new() -> Self {
        Self { first: Arc::default(), replaced: watch::Sender::new(false) }
    }

    /// Refuses a new connection to a database with another past, or to a replica, which may be given one yet.
    /// A server that does not tell is taken as it is.
    pub(crate) async fn check(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let found: String = match sqlx::query_scalar(READ).fetch_one(connection).await {
            Ok(found) => found,
            Err(sqlx::Error::Database(error)) if !is_replica(&*error) => return Ok(()),
            Err(error) => return Err(error),
        };
        if *self.first.get_or_init(|| found.clone()) == found {
            return Ok(());
        }
        self.replaced.send_replace(true);
        Err(sqlx::Error::Configuration("the database has another past than at the start".into()))
    }

    /// Waits until a database with another past was met.
    pub(crate) async fn replaced(&self) {
        let mut replaced = self.replaced.subscribe();
        // The sender lives as long as we do.
        replaced.wait_for(|replaced| *replaced).await.map(drop).unwrap_or_default();
    }
}

fn is_replica(error: &dyn sqlx::error::DatabaseError) -> bool {
    const RECOVERY_IS_IN_PROGRESS: &str = "55000";
    error.code().is_some_and(|code| code == RECOVERY_IS_IN_PROGRESS)
}
