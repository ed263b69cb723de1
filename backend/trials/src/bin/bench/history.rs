//! `cargo xtask bench --history`: a store of a hundred million samples, most of them packed, beside an empty one: what a sample
//! weighs, how fast hours are packed, whether ingest feels it, and how long questions take.

mod signal;
mod stock;
mod packed;
mod hot;
mod naive;
mod packer;
mod weight;
mod statement;
mod request;

use crate::memory;
use crate::report::{Row, Target};
use crate::settings;
use crate::take::Bench;
use anyhow::{Context, Result};
use sqlx::{Connection, PgConnection};
use stock::Stock;
use vigia_store::{DatabaseSettings, Store};
use vigia_trials::number::{float, median};

/// How often the full store and an empty one are fed, in turns.
const ROUNDS: u32 = 5;
/// Messages of each feeding, and how many are under way: as many as a batch takes, so that storing them is what is measured.
const FED: usize = 600_000;
const WINDOW: usize = 10_000;

pub(crate) async fn measure(bench: &mut Bench, samples: u64) -> Result<()> {
    settings::read(bench).await?;
    let name = bench.bed.database()?;
    let url = bench.bed.postgres().socket_url(&name);
    let store = Store::connect(&DatabaseSettings::Url(url.clone().into())).await?;
    store.migrate().await?;
    let stock = Stock::of(samples);
    bench.say(&format!(
        "{samples} samples of {} series over {} days; some eight minutes for a hundred million",
        stock::SERIES,
        stock.days
    ));
    let mut database = PgConnection::connect(&url).await?;
    stock.names(&mut database).await?;

    let packed = packed::fill(&stock, &store, &mut database).await?;
    bench.say(&format!("{packed} samples are packed"));
    let hot = hot::fill(&mut database, &store, stock.hot_from, stock.hot_seconds).await?;
    bench.say(&format!("{hot} samples more, not packed"));
    weight::hot(bench, &mut database).await?;
    // Beside all these, as it is in a plant.
    let by_packer = packer::measure(bench, &stock, &store, &mut database).await?;
    stock.derived(&mut database).await?;
    bench.bed.settle()?;

    let all = packed + by_packer.samples + hot;
    bench.report.rows.push(Row::new("samples in the store", "samples", float(all)));
    weight::packed(bench, &stock, &mut database).await?;
    let ingest = ingest(bench, &name, by_packer.per_second).await?;
    bench.report.rows.push(ingest);
    statement::measure(bench, &stock, &mut database).await?;
    request::measure(bench, &stock, &name).await?;
    database.close().await?;
    store.close().await;
    bench.bed.drop_database(&name)
}

/// Feeds the full store and an empty one in turns; puts the packer beside the latter.
async fn ingest(bench: &mut Bench, full: &str, packer: f64) -> Result<Row> {
    let (mut on_full, mut on_empty) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        // Neither is always the first, so that whatever else the machine does falls on both.
        let full_first = round % 2 == 0;
        for is_full in [full_first, !full_first] {
            if is_full {
                on_full.push(memory::run(bench, full, FED, WINDOW).await?);
                bench.bed.settle()?;
            } else {
                let empty = bench.bed.database()?;
                on_empty.push(memory::run(bench, &empty, FED, WINDOW).await?);
                bench.bed.drop_database(&empty)?;
            }
        }
        if let (Some(empty), Some(full)) = (on_empty.last(), on_full.last()) {
            bench.say(&format!("fed, round {round}: {empty:.0} messages/s when empty, {full:.0} when full"));
        }
    }
    let middle = |of: &[f64]| median(of.iter().copied()).context("nothing was fed");
    let (full, empty) = (middle(&on_full)?, middle(&on_empty)?);
    bench.report.rows.push(Row::new("packing, samples/s while it works", "samples/s", packer).beside(
        empty,
        "ingest, fed from memory",
        packer / empty,
    ));
    let ratio = median(on_full.iter().zip(&on_empty).map(|(full, empty)| full / empty));
    Ok(Row::new("ingest on the full store", "messages/s", full)
        .beside(empty, "on an empty one", ratio.context("nothing was fed")?)
        .against(Target::RatioAtLeast(0.9))
        .of_runs(on_full.len()))
}
