//! The oldest sample of the event history, found by the keys: however long a history is, few of its rows are read.

use crate::connect::Store;
use crate::convert::{from_column, to_column};
use crate::error::StoreError;
use crate::partition::{Parted, Partition};
use chrono::{DateTime, Utc};
use vigia_model::Timestamp;

/// By the index on time, one partition after the other until one holds any.
const UNPACKED: &str = "
    select ts
    from samples
    where in_history
    order by ts
    limit 1";
/// Of a week of `packed`, series by series.
const PACKED: &str = "
    select min(p.start)
    from series r
    cross join lateral (
        select o.start
        from packed o
        where o.series_id = r.id
          and o.start >= $1
          and o.start < $2
          and o.count > 0
        order by o.start
        limit 1
    ) p
    where r.packed_from < $2
      and r.packed_ts >= $1";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [UNPACKED, PACKED];

impl Store {
    /// Source time of the oldest sample of any series that is still there; of a packed one, the beginning of its hour or day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oldest_sample(&self) -> Result<Option<Timestamp>, StoreError> {
        // The one that ends first first.
        let parts = self.raw_partitions().await?.into_iter().map(|it| it.partition);
        let weeks: Vec<Partition> = parts.filter(|part| part.parted() == Parted::Packed).collect();
        self.oldest_of(&weeks).await.map_err(StoreError::on("look for the oldest sample"))
    }

    async fn oldest_of(&self, weeks: &[Partition]) -> Result<Option<Timestamp>, sqlx::Error> {
        let unpacked: Option<DateTime<Utc>> =
            sqlx::query_scalar(UNPACKED).fetch_optional(&self.upkeep).await?;
        let unpacked = unpacked.map(from_column);
        for week in weeks.iter().take_while(|week| unpacked.is_none_or(|unpacked| week.begin() < unpacked)) {
            // Planned for this week alone.
            let packed: Option<DateTime<Utc>> = sqlx::query_scalar(PACKED)
                .persistent(false)
                .bind(to_column(week.begin()))
                .bind(to_column(week.end()))
                .fetch_one(&self.upkeep)
                .await?;
            if let Some(packed) = packed.map(from_column) {
                return Ok(Some(unpacked.map_or(packed, |unpacked| unpacked.min(packed))));
            }
        }
        Ok(unpacked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseSettings;
    use vigia_testkit::Postgres;

    /// One row of a thousand must not be sought among all of them, also where nothing was analysed since it was empty.
    #[tokio::test]
    async fn it_is_found_by_the_keys() {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        let day = |number: i64| Timestamp::from_millis(1_735_689_600_000 + number * 86_400_000);
        for number in 0..365 {
            store.make_ahead(Partition::of(Parted::Samples, day(number))).await.unwrap();
            store.make_ahead(Partition::of(Parted::Packed, day(number))).await.unwrap();
        }
        let query = |sql: &str| postgres.query("vigia", sql).unwrap().join("\n");
        query("analyze");
        query(
            "insert into samples
             select n, n, 1, null, s, 1, null, 'f', 'G', true, true, null
             from generate_series(timestamptz '2025-06-03 12:00+00', '2025-11-30 00:00+00', '2 h') n, generate_series(1, 20) s",
        );
        query(
            "insert into packed
             select n, 1, 1, 1, 1, 3600, s, 3600, 3600, 0, 0, 1, ''
             from generate_series(timestamptz '2025-01-06 00:00+00', '2025-03-30 00:00+00', '1 h') n, generate_series(1, 20) s",
        );
        let week =
            |sql: &str| sql.replace("$1", "'2025-02-03 00:00+00'").replace("$2", "'2025-02-10 00:00+00'");
        for statement in [UNPACKED.to_owned(), week(PACKED)] {
            let plan = query(&format!("explain {statement}"));
            let reads_all = ["Seq Scan on samples", "Seq Scan on packed", "Sort", "Bitmap", "Merge Append"];
            assert!(!reads_all.iter().any(|step| plan.contains(step)), "{plan}");
        }
    }
}
