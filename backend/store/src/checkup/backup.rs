//! How the backups are, by the same question as the backend's, where the database may not be migrated yet.

use super::{Checkup, looking};
use crate::backup::{self, RepositoryBackups};
use crate::error::StoreError;

const IS_THERE: &str = "select to_regclass('backups') is not null";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [IS_THERE];

impl Checkup {
    /// Every repository that was ever backed up to; `None` where the table is not there, for the database is not migrated.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn backups(&mut self) -> Result<Option<Vec<RepositoryBackups>>, StoreError> {
        let is_there: bool = sqlx::query_scalar(IS_THERE)
            .fetch_one(&mut self.connection)
            .await
            .map_err(looking("look for backups"))?;
        if !is_there {
            return Ok(None);
        }
        backup::repositories(&mut self.connection).await.map(Some)
    }
}
