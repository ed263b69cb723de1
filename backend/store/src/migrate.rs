//! The schema: brought up to date at the start, and left alone where a later release has been.

use crate::connect::Store;
use crate::error::StoreError;
use sqlx::Connection as _;
use sqlx::migrate::{MigrateError, Migrator};

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

const IS_THERE: &str = "select to_regclass('_sqlx_migrations') is not null";
const APPLIED: &str = "select version, description from _sqlx_migrations order by version";

impl Store {
    /// Brings the schema up to date, one process at a time (an advisory lock), all or nothing per migration. Migrations newer
    /// than this release knows stay as they are: the schema of the next release serves this one too (`migrations/README.md`),
    /// so that one can go back to it.
    ///
    /// # Errors
    /// When a migration fails, when one that was applied says something else here, or when one is unknown that is older than
    /// the newest known: then the database is of another program.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        migrate_with(self, &MIGRATOR).await
    }
}

/// The same with other migrations.
async fn migrate_with(store: &Store, migrator: &Migrator) -> Result<(), StoreError> {
    // Not as a writer: a migration, or waiting for another process that makes one, may take its time.
    let failed = || StoreError::on("read which migrations were applied");
    let mut connection = store.control.acquire().await.map_err(failed())?.detach();
    let is_there: bool = sqlx::query_scalar(IS_THERE).fetch_one(&mut connection).await.map_err(failed())?;
    if is_there {
        let applied: Vec<(i64, String)> =
            sqlx::query_as(APPLIED).fetch_all(&mut connection).await.map_err(failed())?;
        look_at(&applied, migrator)?;
    }
    let mut tolerant = Migrator::with_migrations(migrator.iter().cloned().collect());
    tolerant.set_ignore_missing(true);
    let migrated = tolerant.run(&mut connection).await.map_err(StoreError::Migrate);
    // Closed, whatever came of it: after a failure it still holds the lock, and others would wait for it.
    let closed = connection.close().await;
    drop(closed);
    migrated
}

/// Tells of migrations that are newer than ours, and refuses those that are not and are none of ours.
fn look_at(applied: &[(i64, String)], migrator: &Migrator) -> Result<(), StoreError> {
    let newest = migrator.iter().map(|migration| migration.version).max().unwrap_or(0);
    let mut newer = Vec::new();
    for (version, description) in applied {
        if *version > newest {
            newer.push(format!("{version:04} {description}"));
        } else if !migrator.version_exists(*version) {
            return Err(StoreError::Migrate(MigrateError::VersionMissing(*version)));
        }
    }
    if !newer.is_empty() {
        tracing::warn!(
            newer = newer.join(", "),
            "a later release has been here; its schema serves this one too, and stays as it is"
        );
    }
    Ok(())
}
