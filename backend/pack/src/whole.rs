//! Whole numbers, written in the shortest of a few ways.

mod run;

use crate::bytes::{Reader, put_signed, put_slice};
use crate::error::Malformed;
use crate::squeeze;
pub(crate) use run::Run;

const CONSTANT: u8 = 0;
const RUNS: u8 = 1;
const STEPS: u8 = 2;
const SQUEEZED_8: u8 = 3;
const SQUEEZED_16: u8 = 4;
const SQUEEZED_32: u8 = 5;
const SQUEEZED_64: u8 = 6;

/// Numbers as they were written, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whole<'a> {
    /// All the same.
    Constant(i64),
    /// Pairs of a number, as the difference from the one before, and how often it comes.
    Runs(&'a [u8]),
    /// Differences, each from the one before.
    Steps(&'a [u8]),
    /// Differences from the least one, in as few bytes as hold them all, by pco. Its tables grow with the width.
    Squeezed { width: u8, least: i64, bytes: &'a [u8] },
}

impl<'a> Whole<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        match reader.byte()? {
            CONSTANT => Ok(Self::Constant(reader.signed()?)),
            RUNS => Ok(Self::Runs(reader.slice()?)),
            STEPS => Ok(Self::Steps(reader.slice()?)),
            width @ SQUEEZED_8..=SQUEEZED_64 => {
                Ok(Self::Squeezed { width, least: reader.signed()?, bytes: reader.slice()? })
            }
            _ => Err(Malformed::Contradiction("whole numbers of an unknown kind")),
        }
    }

    /// The numbers, of which there must be `count`.
    pub(crate) fn decode(&self, count: usize) -> Result<Vec<i64>, Malformed> {
        match *self {
            Self::Constant(number) => Ok(vec![number; count]),
            Self::Runs(bytes) => {
                let mut numbers = Vec::with_capacity(count);
                for run in run::read(bytes, count)? {
                    numbers.resize(numbers.len() + run.count, run.number);
                }
                Ok(numbers)
            }
            Self::Steps(bytes) => read_steps(bytes, count),
            Self::Squeezed { width, least, bytes } => match width {
                SQUEEZED_8 => expand::<u8>(least, bytes, count),
                SQUEEZED_16 => expand::<u16>(least, bytes, count),
                SQUEEZED_32 => expand::<u32>(least, bytes, count),
                _ => expand::<u64>(least, bytes, count),
            },
        }
    }

    /// The same as runs: as few as there can be.
    pub(crate) fn runs(&self, count: usize) -> Result<Vec<Run>, Malformed> {
        match *self {
            Self::Constant(number) => Ok(vec![Run { number, count }]),
            Self::Runs(bytes) => run::read(bytes, count),
            Self::Steps(_) | Self::Squeezed { .. } => Ok(run::of(&self.decode(count)?)),
        }
    }
}

/// Writes the numbers so that [`Whole::read`] finds their end. There must be one at least.
pub(crate) fn write(out: &mut Vec<u8>, numbers: &[i64]) {
    let runs = run::of(numbers);
    if let [only] = runs.as_slice() {
        out.push(CONSTANT);
        return put_signed(out, only.number);
    }
    let ways = [Some(steps(numbers)), run::write(RUNS, &runs, numbers.len()), squeezed(numbers)];
    if let Some(shortest) = ways.into_iter().flatten().min_by_key(Vec::len) {
        out.extend_from_slice(&shortest);
    }
}

fn steps(numbers: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(numbers.len());
    let mut before = 0_i64;
    for number in numbers {
        put_signed(&mut bytes, number.wrapping_sub(before));
        before = *number;
    }
    let mut out = vec![STEPS];
    put_slice(&mut out, &bytes);
    out
}

fn read_steps(bytes: &[u8], count: usize) -> Result<Vec<i64>, Malformed> {
    // Each takes a byte at least, so no more is set aside than the block could hold.
    let mut numbers = Vec::with_capacity(count.min(bytes.len()));
    let mut reader = Reader::new(bytes);
    let mut number = 0_i64;
    for _ in 0..count {
        number = number.wrapping_add(reader.signed()?);
        numbers.push(number);
    }
    if reader.is_empty() { Ok(numbers) } else { Err(Malformed::Contradiction("more steps than numbers")) }
}

fn squeezed(numbers: &[i64]) -> Option<Vec<u8>> {
    let (least, most) = (*numbers.iter().min()?, *numbers.iter().max()?);
    let above = |number: &i64| number.wrapping_sub(least).cast_unsigned();
    let offsets = numbers.iter().map(above);
    let (width, bytes) = match u64::BITS - above(&most).leading_zeros() {
        0..=8 => (SQUEEZED_8, squeeze::compress(&narrow::<u8>(offsets)?)?),
        9..=16 => (SQUEEZED_16, squeeze::compress(&narrow::<u16>(offsets)?)?),
        17..=32 => (SQUEEZED_32, squeeze::compress(&narrow::<u32>(offsets)?)?),
        _ => (SQUEEZED_64, squeeze::compress(&narrow::<u64>(offsets)?)?),
    };
    let mut out = vec![width];
    put_signed(&mut out, least);
    put_slice(&mut out, &bytes);
    Some(out)
}

fn narrow<T: TryFrom<u64>>(offsets: impl Iterator<Item = u64>) -> Option<Vec<T>> {
    offsets.map(|offset| T::try_from(offset).ok()).collect()
}

fn expand<T: pco::data_types::Number + Into<u64>>(
    least: i64,
    bytes: &[u8],
    count: usize,
) -> Result<Vec<i64>, Malformed> {
    let offsets = squeeze::decompress::<T>(bytes, count)?;
    Ok(offsets.into_iter().map(|offset| least.wrapping_add(offset.into().cast_signed())).collect())
}
