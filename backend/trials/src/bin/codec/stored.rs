//! What blocks weigh as rows of the database: measured in a Postgres of our own, with the product's tables.

use anyhow::{Context, Result};
use sqlx::{Connection, PgConnection};
use vigia_model::Timestamp;
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;
use vigia_trials::number::float;

const DATABASE: &str = "codec";
/// 2026-11-23T00:00:00Z. All rows stand in the partition of its week.
const MONDAY: Timestamp = Timestamp::from_millis(1_795_392_000_000);
const MONDAY_SECONDS: f64 = 1_795_392_000.0;
/// One row for each series and hour of the week, so that the key grows as it does in a plant.
const HOURS: usize = 168;
/// So much is stored of each kind: many pages, and soon done.
const BYTES: usize = 24_000_000;
const MOST_SERIES: usize = 60;

/// As packing does it: an hour of all series at a time.
const PUT: &str = "
    insert into packed (start, min, max, first, last, sum, series_id, count, numbers, non_good, hidden, hours, data)
    select to_timestamp($1), 1.5, 2.5, 1.5, 2.5, 7200, n.series, 3600, 3600, 0, 0, 1, n.data
    from unnest($2::int4[], $3::bytea[]) n(series, data)";
/// Heap, TOAST and both their indexes.
const WEIGHT: &str = "
    select sum(pg_total_relation_size(inhrelid))::int8
    from pg_inherits
    where inhparent = 'packed'::regclass";

/// A database that is gone with this value.
pub(crate) struct Database {
    connection: PgConnection,
    // Dropped last.
    _postgres: Postgres,
}

impl Database {
    pub(crate) async fn start() -> Result<Self> {
        let postgres = Postgres::start()?;
        postgres.create_database(DATABASE)?;
        let url = postgres.socket_url(DATABASE);
        let store = Store::connect(&DatabaseSettings::Url(url.clone().into())).await?;
        store.migrate().await?;
        let mut known = KnownPartitions::default();
        let weeks = known.missing(Parted::Packed, [MONDAY]);
        store.ensure_partitions(&mut known, &weeks).await?;
        store.close().await;
        Ok(Self { connection: PgConnection::connect(&url).await?, _postgres: postgres })
    }

    /// Bytes a block, all in, when the table is full of blocks like these.
    pub(crate) async fn weight(&mut self, blocks: &[Vec<u8>]) -> Result<f64> {
        let bytes: usize = blocks.iter().map(Vec::len).sum();
        let each = (bytes / blocks.len().max(1)).max(1);
        let series = (BYTES / each / HOURS).clamp(1, MOST_SERIES);
        let mut blocks = blocks.iter().cycle();
        sqlx::query("truncate packed").execute(&mut self.connection).await?;
        for hour in 0..HOURS {
            let start = MONDAY_SECONDS + 3_600.0 * float(u64::try_from(hour)?);
            let numbers: Vec<i32> = (1..).take(series).collect();
            let data: Vec<&[u8]> = blocks.by_ref().take(series).map(Vec::as_slice).collect();
            sqlx::query(PUT).bind(start).bind(numbers).bind(data).execute(&mut self.connection).await?;
        }
        let weight: Option<i64> = sqlx::query_scalar(WEIGHT).fetch_one(&mut self.connection).await?;
        let weight = u64::try_from(weight.context("there is no partition")?)?;
        Ok(float(weight) / float(u64::try_from(HOURS * series)?))
    }
}
