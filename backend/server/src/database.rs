//! The way to the database at start: waited for while it is still starting, and brought up to date.

use crate::config::Config;
use std::time::Duration;
use vigia_store::{DatabaseSettings, Store, StoreError};

/// How often a database that is not there yet is tried at start.
const RETRY: Duration = Duration::from_secs(1);

/// Waits for a database that is still starting; wrong settings fail at once.
///
/// # Errors
/// When it says no for good.
pub(crate) async fn connect(settings: &DatabaseSettings) -> Result<Store, StoreError> {
    loop {
        match Store::connect(settings).await {
            Err(error) if error.is_transient() => {
                tracing::warn!(cause = %error.database_message(), "waiting for the database");
                tokio::time::sleep(RETRY).await;
            }
            answer => return answer,
        }
    }
}

/// Brings the schema up to date; a database that went away again is waited for.
///
/// # Errors
/// When a migration fails.
pub(crate) async fn migrate_when_there(store: &Store) -> Result<(), StoreError> {
    loop {
        match store.migrate().await {
            Err(error) if error.is_transient() => {
                tracing::warn!(cause = %error.database_message(), "waiting for the database to migrate it");
                tokio::time::sleep(RETRY).await;
            }
            answer => return answer,
        }
    }
}

/// Brings the schema up to date.
///
/// # Errors
/// When the database cannot be reached or a migration fails.
pub(crate) async fn migrate(config: &Config) -> anyhow::Result<()> {
    let store = Store::connect(&config.database).await?;
    store.migrate().await?;
    store.close().await;
    Ok(())
}
