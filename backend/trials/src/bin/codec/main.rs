//! The codec of packed history beside others, in bytes and nanoseconds per sample.
//!
//! `cargo run --release -p vigia-trials --bin codec`, some two minutes. What blocks weigh in a table is asked of a
//! Postgres that is started for it. Bytes are the same on every machine; times are not, and only those of one run
//! compare.
#![expect(clippy::print_stdout, reason = "a command line talks to a person")]

mod signal;
mod numbers;
mod bits;
mod gorilla;
mod arrays;
mod plain;
mod codec;
mod stored;
mod measure;
mod table;

use anyhow::Result;
use codec::Codec;
use stored::Database;

#[tokio::main]
async fn main() -> Result<()> {
    let mut database = Database::start().await?;
    let mut rows = Vec::new();
    for signal in signal::all() {
        for codec in Codec::ALL {
            rows.push(measure::measure(&signal, codec, &mut database).await?);
        }
    }
    table::print(&rows);
    Ok(())
}
