//! The real packer: an hour of all series at one a second, taken out of `samples` and packed.

use super::hot;
use super::stock::Stock;
use crate::report::Row;
use crate::take::Bench;
use anyhow::{Result, ensure};
use sqlx::PgConnection;
use std::time::Instant;
use vigia_store::Store;
use vigia_trials::number::{float, per_second};

const HOUR_SECONDS: i64 = 3_600;

/// What came of it.
pub(super) struct Packed {
    pub(super) samples: u64,
    /// Without the rests that packing takes.
    pub(super) per_second: f64,
}

pub(super) async fn measure(
    bench: &mut Bench,
    stock: &Stock,
    store: &Store,
    database: &mut PgConnection,
) -> Result<Packed> {
    let there = hot::fill(database, store, stock.packer_from(), HOUR_SECONDS).await?;
    bench.bed.settle()?;
    // What was written beforehand, to begin with: only this hour is due.
    sqlx::query("update packing set packed_up_to = to_timestamp($1), listed_up_to = to_timestamp($1)")
        .bind(float(u64::try_from(stock.packer_from().as_millis() / 1_000)?))
        .execute(&mut *database)
        .await?;
    store.advance_packing(stock.hot_from).await?;
    let began = Instant::now();
    let mut samples = 0;
    let mut slowest = 0.0_f64;
    while let Some(due) = store.next_due(Vec::new()).await? {
        let lots = store.lots(&due).await?;
        for lot in &lots.lots {
            let lot_began = Instant::now();
            samples += u64::try_from(store.pack(&due, lot).await?.samples)?;
            slowest = slowest.max(lot_began.elapsed().as_secs_f64());
        }
        store.finish_due(&due, lots.leaves_some).await?;
    }
    let took = began.elapsed();
    ensure!(samples == there, "{samples} samples were packed, {there} are there");
    let per_second = per_second(samples, took);
    bench.say(&format!("packed {samples} samples at {per_second:.0}/s, the longest lot took {slowest:.2} s"));
    bench.report.rows.push(Row::new("packing, the longest lot", "ms", slowest * 1_000.0));
    store.vacuum_samples(stock.packer_from()).await?;
    Ok(Packed { samples, per_second })
}
