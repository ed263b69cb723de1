//! One codec on one signal.

use crate::codec::{Codec, Input};
use crate::signal::Signal;
use crate::stored::Database;
use anyhow::Result;
use std::hint::black_box;
use std::time::{Duration, Instant};
use vigia_trials::number::{float, median};

/// Timed this often; the middle counts.
const ROUNDS: usize = 5;
/// Each round goes on for so long at least.
const ROUND: Duration = Duration::from_millis(60);

pub(crate) struct Row {
    pub(crate) signal: &'static str,
    pub(crate) pace: &'static str,
    pub(crate) codec: Codec,
    pub(crate) bytes: f64,
    pub(crate) bytes_in_a_table: f64,
    pub(crate) encode_ns: f64,
    pub(crate) decode_ns: f64,
    /// Of ours alone.
    pub(crate) target: Option<f64>,
}

pub(crate) async fn measure(signal: &Signal, codec: Codec, database: &mut Database) -> Result<Row> {
    let inputs: Vec<Input<'_>> = signal.spans.iter().map(Input::new).collect();
    let blocks = inputs.iter().map(|input| codec.encode(input)).collect::<Result<Vec<_>>>()?;
    for (block, input) in blocks.iter().zip(&inputs) {
        codec.check(block, input)?;
    }
    let samples = inputs.iter().map(Input::len).sum();
    let bytes: usize = blocks.iter().map(Vec::len).sum();
    let stored = database.weight(&blocks).await? * count(blocks.len());
    Ok(Row {
        signal: signal.name,
        pace: signal.pace,
        codec,
        bytes: ratio(bytes, samples),
        bytes_in_a_table: stored / count(samples),
        encode_ns: time(samples, || {
            for input in &inputs {
                black_box(codec.encode(black_box(input))?);
            }
            Ok(())
        })?,
        decode_ns: time(samples, || {
            for (block, input) in blocks.iter().zip(&inputs) {
                black_box(codec.decode(black_box(block), input)?);
            }
            Ok(())
        })?,
        target: signal.target.filter(|_| codec == Codec::Pack),
    })
}

/// Nanoseconds per sample.
fn time(samples: usize, mut once: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let (start, mut times) = (Instant::now(), 0_u32);
        while start.elapsed() < ROUND {
            once()?;
            times += 1;
        }
        rounds.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(times) / count(samples));
    }
    Ok(median(rounds).unwrap_or_default())
}

fn ratio(bytes: usize, samples: usize) -> f64 {
    count(bytes) / count(samples)
}

fn count(of: usize) -> f64 {
    float(u64::try_from(of).unwrap_or(u64::MAX))
}
