//! When what is kept for how long was changed last: whoever mistypes a number has some time before anything goes by it.

use crate::connect::Store;
use crate::convert::from_column;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use vigia_model::{Days, Retention, Timestamp};

/// Where there is no history yet, the first days are no change.
const NOTE_DAYS: &str = "
    update retention
    set days = $1
      , changed_at = case when days is null and not exists (select from series_last) then changed_at else now() end
    where days is distinct from $1";
/// By a clock that was ahead and is mended it may lie ahead.
const CHANGED_AT: &str = "select least(changed_at, now()) from retention";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [NOTE_DAYS, CHANGED_AT];

impl Store {
    /// Notes that these days are in force, and tells when they, or any persistence rule, were changed last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_changed_at(&self, setting: Retention) -> Result<Timestamp, StoreError> {
        let number = |days: Option<Days>| days.map_or(0, Days::get);
        let days = format!("{} {}", number(setting.raw), number(setting.hourly));
        let look = async {
            sqlx::query(NOTE_DAYS).bind(days).execute(&self.upkeep).await?;
            sqlx::query_scalar(CHANGED_AT).fetch_one(&self.upkeep).await
        };
        let changed: DateTime<Utc> =
            look.await.map_err(StoreError::on("look when the retention was changed"))?;
        Ok(from_column(changed))
    }
}
