//! Latency under a paced load: a probe publishes beside the fleet, and one clock, this process's, sees each of its
//! messages leave, come out of a WebSocket, and become visible in the database.

mod probe;
mod watch;

use crate::report::{Row, Target};
use crate::take::{Bench, scenario};
use anyhow::{Context, Result, bail};
use probe::{Probe, Sent};
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio_util::task::TaskTracker;
use vigia_trials::audit::{Expectation, audit};
use vigia_trials::cpu;
use vigia_trials::number::quantile;
use watch::{Seen, feed, rows};

/// From the fleet's first message to the probe's: names are registered by then.
const WARM_UP: Duration = Duration::from_secs(3);
/// How long the last messages may be on their way.
const PATIENCE: Duration = Duration::from_secs(20);

/// What one paced run showed, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Latencies {
    events_per_second: u32,
    /// Of the probe's messages.
    messages: usize,
    screen_p50_ms: f64,
    screen_p99_ms: f64,
    screen_max_ms: f64,
    committed_p50_ms: f64,
    committed_p99_ms: f64,
    committed_max_ms: f64,
    /// The mean time between two looks into the database: so much a committed message may have waited to be seen.
    resolution_ms: f64,
    /// What the machine's other processes used meanwhile, in cores.
    pub(crate) others: f64,
    /// Every message in the order of publishing, to see in what way it is late.
    screen_ms: Vec<f64>,
    committed_ms: Vec<f64>,
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    for (rate, shown, fleet, most) in [(1_000, "1 000", "load", 10.0), (10_000, "10 000", "load-10000", 50.0)]
    {
        let seen = paced(bench, rate, fleet).await?;
        bench.say(&format!(
            "{shown} events/s: on screen {:.1} / {:.1} ms, committed {:.1} / {:.1} ms",
            seen.screen_p50_ms, seen.screen_p99_ms, seen.committed_p50_ms, seen.committed_p99_ms
        ));
        let row = |what: &str, half: f64, most_ms: f64| {
            let figure = format!("publish to {what} at {shown} events/s, p50 / p99");
            Row { vigia_median: Some(half), ..Row::new(figure, "ms", most_ms) }
        };
        let rows = [
            row("screen", seen.screen_p50_ms, seen.screen_p99_ms).against(Target::AtMost(most)),
            row("committed", seen.committed_p50_ms, seen.committed_p99_ms),
        ];
        bench.report.rows.extend(rows);
        bench.report.latencies.push(seen);
    }
    Ok(())
}

async fn paced(bench: &mut Bench, rate: u32, fleet: &str) -> Result<Latencies> {
    let window = bench.measure.paced_window();
    let (database, mut broker) = (bench.bed.database()?, bench.bed.broker()?);
    let url = bench.bed.postgres().url(&database);
    let program = bench.bed.vigia(&broker, &database).await?;
    let ledger = bench.bed.ledger("paced")?;
    let playing = WARM_UP + window + Duration::from_secs(2);
    let mut simulator = bench.bed.fleet(&broker, &scenario(fleet), rate, playing, &ledger)?;
    tokio::time::sleep(WARM_UP).await;

    let sent = Sent::default();
    let probe = Probe::connect(&broker, &sent).await?;
    let feed = feed(&program.url("ws", "/ws?tenant=probe"), &sent).await?;
    let ours = [
        program.id(),
        simulator.id(),
        broker.process().map_or(0, |process| process.id()),
        bench.bed.postgres().process().map_or(0, |process| process.id()),
    ];
    let others = Others::watch(ours);
    // Tasks of their own: none is to be seen late because another was busy.
    let tasks = TaskTracker::new();
    let publishing = tasks.spawn(probe.publish(window));
    let watching = tasks.spawn(feed.until_all(PATIENCE));
    let looking = tasks.spawn(rows(url.clone(), sent, PATIENCE));
    let (count, on_screen, committed) = tokio::try_join!(publishing, watching, looking)?;
    let (count, on_screen, committed) = (count?, on_screen?, committed?);
    let others = others.cores();
    let Some(ended) = simulator.wait(playing + PATIENCE) else { bail!("the fleet did not end in time") };
    if !ended.success() {
        return Err(simulator.died(ended).into());
    }
    let expectation = Expectation::read(&ledger)?;
    let all = expectation.messages() + u64::try_from(count)?;
    let arrived = async {
        while program.messages().await? < all {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, arrived).await.context("not all messages were taken")??;
    program.stop()?;
    let audit = audit(&expectation, &url).await?;
    bench.report.judge(&format!("{rate} events/s"), &audit);
    bench.bed.drop_database(&database)?;
    summary(rate, count, &on_screen, &committed, others)
}

fn summary(rate: u32, messages: usize, on_screen: &Seen, committed: &Seen, others: f64) -> Result<Latencies> {
    let of = |seen: &Seen, per_mille| quantile(&seen.milliseconds, per_mille).context("nothing was seen");
    Ok(Latencies {
        events_per_second: rate,
        messages,
        screen_p50_ms: of(on_screen, 500)?,
        screen_p99_ms: of(on_screen, 990)?,
        screen_max_ms: of(on_screen, 1_000)?,
        committed_p50_ms: of(committed, 500)?,
        committed_p99_ms: of(committed, 990)?,
        committed_max_ms: of(committed, 1_000)?,
        resolution_ms: committed.resolution_ms,
        others,
        screen_ms: rounded(&on_screen.milliseconds),
        committed_ms: rounded(&committed.milliseconds),
    })
}

/// What is used by processes that are not ours.
struct Others {
    ours: [u32; 4],
    began: Instant,
    before: (Duration, Duration),
}

impl Others {
    fn watch(ours: [u32; 4]) -> Self {
        Self { ours, began: Instant::now(), before: Self::times(ours) }
    }

    fn times(ours: [u32; 4]) -> (Duration, Duration) {
        (cpu::of_machine(), cpu::of_self() + ours.into_iter().map(cpu::of).sum::<Duration>())
    }

    fn cores(&self) -> f64 {
        let (machine, ours) = Self::times(self.ours);
        let used = machine.saturating_sub(self.before.0).as_secs_f64();
        (used - ours.saturating_sub(self.before.1).as_secs_f64()) / self.began.elapsed().as_secs_f64()
    }
}

fn rounded(milliseconds: &[f64]) -> Vec<f64> {
    milliseconds.iter().map(|figure| (figure * 10.0).round() / 10.0).collect()
}
