//! Times: the first, and how much later each is than the one before.

use crate::bytes::{Reader, put_signed};
use crate::error::Malformed;
use crate::whole::{self, Whole};
use vigia_model::Timestamp;

/// Times as they were written, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times<'a> {
    first: i64,
    /// `None` if there is only the first.
    steps: Option<Whole<'a>>,
    count: usize,
}

impl<'a> Times<'a> {
    /// Reads `count` times, which is one at least.
    pub(crate) fn read(reader: &mut Reader<'a>, count: usize) -> Result<Self, Malformed> {
        let first = reader.signed()?;
        let steps = if count > 1 { Some(Whole::read(reader)?) } else { None };
        Ok(Self { first, steps, count })
    }

    #[cfg(test)]
    pub(crate) const fn steps(&self) -> Option<Whole<'a>> {
        self.steps
    }

    /// The times, each later than the one before.
    pub(crate) fn decode(&self) -> Result<Vec<Timestamp>, Malformed> {
        let mut times = Vec::with_capacity(self.count);
        times.push(Timestamp::from_millis(self.first));
        let Some(steps) = self.steps else { return Ok(times) };
        let mut time = self.first;
        let mut sorted = true;
        times.extend(steps.decode(self.count.saturating_sub(1))?.into_iter().map(|step| {
            let before = time;
            time = time.wrapping_add(step);
            sorted &= time > before;
            Timestamp::from_millis(time)
        }));
        if sorted { Ok(times) } else { Err(Malformed::Contradiction("times out of order")) }
    }
}

/// Writes the times so that [`Times::read`] finds their end. There must be one at least. A step may be longer than half
/// of all time, so it is counted around the end.
pub(crate) fn write(out: &mut Vec<u8>, times: &[i64]) {
    if let Some(first) = times.first() {
        put_signed(out, *first);
    }
    let steps: Vec<i64> =
        times.iter().zip(times.iter().skip(1)).map(|(one, next)| next.wrapping_sub(*one)).collect();
    if !steps.is_empty() {
        whole::write(out, &steps);
    }
}
