//! Ingest fed from memory, without a broker: what decode, validate, decide, batch and commit alone can do.

use crate::report::Row;
use crate::take::{Bench, scenario};
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vigia_ingest::feed::Feed;
use vigia_ingest::{SpoolSettings, StartedIngest};
use vigia_live::Live;
use vigia_model::{Clock, Mode};
use vigia_simulator::{Fleet, FleetOptions, Message, Rate, Scenario};
use vigia_store::{DatabaseSettings, Store};
use vigia_trials::number::per_second;

/// Messages under way: as through eight connections, and as many as a batch takes.
const WINDOWS: [usize; 2] = [800, 10_000];
const SEED: u64 = 1;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let count = if bench.measure.quick { 100_000 } else { 500_000 };
    for window in WINDOWS {
        let database = bench.bed.database()?;
        let rate = run(bench, &database, count, window).await?;
        bench.bed.drop_database(&database)?;
        bench.say(&format!("from memory, {window} under way: {rate:.0} messages/s"));
        let figure = format!("from memory, no broker, {window} under way");
        bench.report.rows.push(Row::new(figure, "messages/s", rate));
    }
    Ok(())
}

/// Feeds so many messages into a database and returns how many a second; what is in it already stays.
pub(crate) async fn run(bench: &mut Bench, database: &str, count: usize, window: usize) -> Result<f64> {
    let url = bench.bed.postgres().socket_url(database);
    let store = Store::connect(&DatabaseSettings::Url(url.into())).await?;
    store.migrate().await?;
    let before = stored(bench, database)?;
    let clock = Clock::System;
    let with = StartedIngest {
        store: store.clone(),
        live: Live::new(clock.clone(), Duration::from_secs(90)),
        clock: clock.clone(),
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        give_up: CancellationToken::new(),
    };
    let spool = SpoolSettings { dir: bench.bed.spool(database), max_bytes: 1 << 30 };
    let mut feed = Feed::start(&with, Mode::Both, &spool, window).await?;
    let fleet = Scenario::load(&scenario("load"))?;
    let options = FleetOptions { rate: Rate::Max, schema: Some(1), ..FleetOptions::new(SEED, clock.now()) };
    // Made beforehand: only the pipeline is measured.
    let messages: Vec<Message> = Fleet::new(&fleet, &options)?.take(count).collect::<Result<_, _>>()?;
    let (warm_up, measured) = messages.split_at_checked(count / 5).unwrap_or_default();
    send(&mut feed, warm_up).await?;
    let begin = Instant::now();
    send(&mut feed, measured).await?;
    let rate = per_second(u64::try_from(measured.len())?, begin.elapsed());
    drop(feed);
    with.tasks.close();
    with.tasks.wait().await;
    let telemetry = |message: &&Message| message.payload.windows(11).any(|part| part == b"\"telemetry\"");
    let expected = messages.iter().filter(telemetry).count();
    let stored = stored(bench, database)? - before;
    ensure!(stored == expected, "{stored} samples are stored, {expected} were fed");
    store.close().await;
    Ok(rate)
}

fn stored(bench: &mut Bench, database: &str) -> Result<usize> {
    Ok(bench.bed.postgres().query(database, "select count(*) from samples")?.concat().parse()?)
}

async fn send(feed: &mut Feed, messages: &[Message]) -> Result<()> {
    for message in messages {
        let taken = feed.send(message.topic.clone(), message.payload.clone()).await;
        ensure!(taken, "the pipeline has ended");
    }
    feed.settle().await.then_some(()).context("the pipeline has ended")
}
