//! Beside the usual backend: one insert and one upsert a message, acknowledged before it is stored.

use crate::report::Row;
use crate::take::{Bench, Subscriber, load};
use anyhow::Result;
use vigia_trials::load::Load;
use vigia_trials::subscriber::Kind;

/// It stores about a thousand a second: what it has acknowledged and not stored is gone in a second or two.
const BACKLOG: u64 = 1_000;

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let name = "row at a time, 1 000 series";
    let load = load("load", 1);
    let bounded = Load { backlog: BACKLOG, ..load.clone() };
    let rows = bench.take(Subscriber::Other(Kind::Rows), name, &bounded, 1).await?;
    let vigia = bench.take(Subscriber::Vigia, name, &load, 1).await?;
    let (vigia, rows) = (vigia.seen.messages_per_second, rows.seen.messages_per_second);
    let row = Row::new("messages stored, beside row at a time", "messages/s", vigia);
    bench.report.rows.push(row.beside(rows, "row at a time", vigia / rows));
    Ok(())
}
