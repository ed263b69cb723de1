//! Saturated throughput, and the processor time of a message, beside subscribers that only acknowledge.

use crate::report::{Row, Run, Target};
use crate::take::{Bench, Subscriber, load};
use anyhow::{Context, Result};
use vigia_trials::number::median;
use vigia_trials::subscriber::Kind;

/// One turn: Vigía between the two baselines. (A third, that gathers acks as Vigía's commits do, was slower than both.)
pub(crate) const TURN: [Subscriber; 3] =
    [Subscriber::Other(Kind::Codec), Subscriber::Vigia, Subscriber::Other(Kind::Client)];

/// The runs of one turn.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) vigia: Run,
    pub(crate) client: Run,
    pub(crate) codec: Run,
}

impl Turn {
    /// Takes each subscriber once, one after the other on the same load.
    pub(crate) async fn take(
        bench: &mut Bench,
        name: &'static str,
        scenario: &str,
        schema: u8,
        number: u32,
    ) -> Result<Self> {
        let load = load(scenario, schema);
        let mut runs = Vec::new();
        for subscriber in TURN {
            runs.push(bench.take(subscriber, name, &load, number).await?);
        }
        let [codec, vigia, client] = <[Run; 3]>::try_from(runs).ok().context("three runs make a turn")?;
        Ok(Self { vigia, client, codec })
    }

    /// The faster of the two that only acknowledge.
    pub(crate) fn best(&self) -> &Run {
        if rate(&self.codec) >= rate(&self.client) { &self.codec } else { &self.client }
    }
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    for (name, scenario, least) in [("1 000 series", "load", 0.8), ("10 000 series", "load-10000", 0.5)] {
        let mut turns = Vec::new();
        for number in 1..=bench.measure.runs() {
            turns.push(Turn::take(bench, name, scenario, 1, number).await?);
        }
        bench.report.rows.push(throughput(name, &turns, least)?);
        if scenario == "load" {
            bench.report.rows.push(
                cpu(&turns, |turn| &turn.client, "rumqttc's client")?.against(Target::RatioAtMost(2.0)),
            );
            bench.report.rows.push(cpu(&turns, |turn| &turn.codec, "packets by hand")?);
        }
    }
    Ok(())
}

fn throughput(name: &str, turns: &[Turn], least: f64) -> Result<Row> {
    let vigia = middle(turns, |turn| rate(&turn.vigia))?;
    let best = middle(turns, |turn| rate(turn.best()))?;
    let ratio = middle(turns, |turn| rate(&turn.vigia) / rate(turn.best()))?;
    Ok(Row::new(format!("messages made durable, {name}"), "messages/s", vigia)
        .beside(best, "acknowledged only", ratio)
        .of_runs(turns.len())
        .against(Target::RatioAtLeast(least)))
}

fn cpu(turns: &[Turn], pick: fn(&Turn) -> &Run, is: &str) -> Result<Row> {
    let time = |run: &Run| run.seen.cpu_us_per_message;
    let vigia = middle(turns, |turn| time(&turn.vigia))?;
    let baseline = middle(turns, |turn| time(pick(turn)))?;
    let ratio = middle(turns, |turn| time(&turn.vigia) / time(pick(turn)))?;
    let row = Row::new(format!("processor time of a message, beside {is}"), "µs", vigia);
    Ok(row.beside(baseline, is, ratio).of_runs(turns.len()))
}

fn rate(run: &Run) -> f64 {
    run.seen.messages_per_second
}

/// The median over turns.
pub(crate) fn middle(turns: &[Turn], figure: impl Fn(&Turn) -> f64) -> Result<f64> {
    median(turns.iter().map(figure)).context("no run was taken")
}
