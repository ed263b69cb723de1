//! The same number several times in a row.

use crate::bytes::{Reader, put_signed, put_size, put_slice};
use crate::error::Malformed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) number: i64,
    pub(crate) count: usize,
}

pub(crate) fn of(numbers: &[i64]) -> Vec<Run> {
    let runs = numbers.chunk_by(|one, next| one == next);
    runs.filter_map(|run| Some(Run { number: *run.first()?, count: run.len() })).collect()
}

/// `None` if it would be longer than the numbers are as steps, which need a byte or two each.
pub(crate) fn write(kind: u8, runs: &[Run], numbers: usize) -> Option<Vec<u8>> {
    if runs.len() > numbers / 2 {
        return None;
    }
    let mut bytes = Vec::new();
    let mut before = 0_i64;
    for run in runs {
        put_signed(&mut bytes, run.number.wrapping_sub(before));
        put_size(&mut bytes, run.count);
        before = run.number;
    }
    let mut out = vec![kind];
    put_slice(&mut out, &bytes);
    Some(out)
}

/// The runs, which must be of `count` numbers together.
pub(crate) fn read(bytes: &[u8], count: usize) -> Result<Vec<Run>, Malformed> {
    let mut runs: Vec<Run> = Vec::new();
    let mut reader = Reader::new(bytes);
    let mut number = 0_i64;
    let mut left = count;
    while !reader.is_empty() {
        number = number.wrapping_add(reader.signed()?);
        let count = reader.size()?;
        left =
            left.checked_sub(count).ok_or(Malformed::Contradiction("runs of more numbers than there are"))?;
        runs.push(Run { number, count });
    }
    if left == 0 { Ok(runs) } else { Err(Malformed::Contradiction("runs of fewer numbers than there are")) }
}
