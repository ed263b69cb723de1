//! The codec of packed history beside others, in bytes and nanoseconds per sample.
//!
//! `cargo run --release -p vigia-trials --bin codec`. No server is needed. Bytes are the same on every machine;
//! times are not, and only those of one run compare.
#![expect(clippy::print_stdout, reason = "a command line talks to a person")]

mod signal;
mod numbers;
mod bits;
mod gorilla;
mod arrays;
mod codec;
mod measure;
mod table;

use anyhow::Result;
use codec::Codec;

fn main() -> Result<()> {
    let mut rows = Vec::new();
    for signal in signal::all() {
        for codec in Codec::ALL {
            rows.push(measure::measure(&signal, codec)?);
        }
    }
    table::print(&rows);
    Ok(())
}
