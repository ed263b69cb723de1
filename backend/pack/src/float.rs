//! Floats: as whole numbers if they are decimals of few digits, by pco if not.

use crate::bytes::{Reader, put_slice};
use crate::error::Malformed;
use crate::squeeze;
use crate::whole::{self, Whole};

const DECIMAL: u8 = 0;
const SQUEEZED: u8 = 1;
const PLAIN: u8 = 2;

/// The powers of ten by which floats are tried. Those of sensors and of people have few decimals.
const SCALES: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// From here on not every whole number is a float.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// Floats as they were written, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Floats<'a> {
    /// Whole numbers, to be divided.
    Decimal {
        scale: f64,
        numbers: Whole<'a>,
    },
    Squeezed(&'a [u8]),
    Plain(&'a [u8]),
}

impl<'a> Floats<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        match reader.byte()? {
            DECIMAL => {
                let scale = SCALES.get(usize::from(reader.byte()?));
                let scale = *scale.ok_or(Malformed::Contradiction("more decimals than are written"))?;
                Ok(Self::Decimal { scale, numbers: Whole::read(reader)? })
            }
            SQUEEZED => Ok(Self::Squeezed(reader.slice()?)),
            PLAIN => Ok(Self::Plain(reader.slice()?)),
            _ => Err(Malformed::Contradiction("floats of an unknown kind")),
        }
    }

    /// The floats, of which there must be `count`.
    pub(crate) fn decode(&self, count: usize) -> Result<Vec<f64>, Malformed> {
        match *self {
            Self::Decimal { scale, numbers } => {
                Ok(numbers.decode(count)?.into_iter().map(|number| to_float(number) / scale).collect())
            }
            Self::Squeezed(bytes) => squeeze::decompress(bytes, count),
            Self::Plain(bytes) => {
                let (words, rest) = bytes.as_chunks();
                if words.len() != count || !rest.is_empty() {
                    return Err(Malformed::Contradiction("floats of another number than there are"));
                }
                Ok(words.iter().map(|word| f64::from_le_bytes(*word)).collect())
            }
        }
    }
}

/// Writes the floats so that [`Floats::read`] finds their end. There must be one at least.
pub(crate) fn write(out: &mut Vec<u8>, floats: &[f64]) {
    if let Some((digits, numbers)) = decimals(floats) {
        out.extend([DECIMAL, digits]);
        return whole::write(out, &numbers);
    }
    match squeeze::compress(floats) {
        Some(bytes) if bytes.len() < size_of_val(floats) => {
            out.push(SQUEEZED);
            put_slice(out, &bytes);
        }
        _ => {
            out.push(PLAIN);
            let bytes: Vec<u8> = floats.iter().flat_map(|float| float.to_le_bytes()).collect();
            put_slice(out, &bytes);
        }
    }
}

/// The floats as whole numbers, and by which power of ten. `None` if a single one would not come back to the bit.
fn decimals(floats: &[f64]) -> Option<(u8, Vec<i64>)> {
    let mut scales = (0_u8..).zip(SCALES);
    let (mut digits, mut scale) = scales.next()?;
    for float in floats {
        while scaled(*float, scale).is_none() {
            (digits, scale) = scales.next()?;
        }
    }
    let numbers: Option<Vec<i64>> = floats.iter().map(|float| scaled(*float, scale)).collect();
    Some((digits, numbers?))
}

/// The whole number that [`to_float`] and a division turn into exactly this float.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
fn scaled(float: f64, scale: f64) -> Option<i64> {
    let number = (float * scale).round_ties_even();
    (number.abs() < INEXACT && (number / scale).to_bits() == float.to_bits()
        // -0 is a float of its own that no whole number stands for.
        && (number != 0.0 || number.is_sign_positive()))
    .then_some(number as i64)
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "those written are below 2^53")]
pub(crate) const fn to_float(number: i64) -> f64 {
    number as f64
}
