//! Schema 2: the same samples gathered, some hundred in a message.

use crate::report::Row;
use crate::take::Bench;
use crate::throughput::{Turn, middle};
use anyhow::Result;

/// Enough for a median: the rows have no target.
const MOST_RUNS: u32 = 3;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let runs = if bench.measure.quick { 1 } else { bench.measure.runs().min(MOST_RUNS) };
    let mut turns = Vec::new();
    for number in 1..=runs {
        turns.push(Turn::take(bench, "gathered, 1 000 series", "load", 2, number).await?);
    }
    let gathered = |turn: &Turn| turn.vigia.samples_per_message.unwrap_or(1.0);
    let vigia = middle(&turns, |turn| turn.vigia.seen.messages_per_second)?;
    let best = middle(&turns, |turn| turn.best().seen.messages_per_second)?;
    let ratio =
        middle(&turns, |turn| turn.vigia.seen.messages_per_second / turn.best().seen.messages_per_second)?;
    let each = middle(&turns, gathered)?;
    let is = "acknowledged only";
    bench.report.rows.push(
        Row::new(format!("samples made durable, {each:.0} in a message"), "samples/s", vigia * each)
            .beside(best * each, is, ratio)
            .of_runs(turns.len()),
    );
    let row = Row::new("the same in messages", "messages/s", vigia).beside(best, is, ratio);
    bench.report.rows.push(row.of_runs(turns.len()));
    Ok(())
}
