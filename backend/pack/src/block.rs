//! A block, read: opened once, decoded column by column as asked.

mod numbers;
mod samples;
#[cfg(test)]
mod kinds;

use crate::attributes::{self, Attributes};
use crate::bytes::{Reader, checksum};
use crate::error::Malformed;
use crate::float::Floats;
use crate::layout::{MAX_SAMPLES, VERSION};
use crate::text::Texts;
use crate::time::Times;
use crate::whole::Whole;
pub use numbers::Point;
use std::ops::Range;
use vigia_model::{DataType, Timestamp};

/// A packed span of a series. Its parts are found, but decoded only when asked for.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    count: usize,
    visible: usize,
    /// Runs of samples that are alike, and how many; `None` for hidden ones.
    runs: Vec<(Option<Attributes>, usize)>,
    times: Option<Times<'a>>,
    units: Option<Whole<'a>>,
    gateways: Option<Whole<'a>>,
    floats: Option<Floats<'a>>,
    ints: Option<Whole<'a>>,
    bools: Option<Whole<'a>>,
    texts: Option<Texts<'a>>,
}

impl<'a> Block<'a> {
    /// Checks the bytes and finds the columns in them.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            other => return Err(Malformed::Version(other)),
        }
        let expected: [u8; 4] = reader.array()?;
        if checksum(reader.rest()) != expected {
            return Err(Malformed::Checksum);
        }
        let block = Self::read(&mut reader)?;
        if reader.is_empty() { Ok(block) } else { Err(Malformed::Contradiction("more than it should hold")) }
    }

    /// How many samples there are, hidden ones included.
    pub const fn len(&self) -> usize {
        self.count
    }

    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many samples are not part of the event history.
    pub const fn hidden(&self) -> usize {
        self.count.saturating_sub(self.visible)
    }

    /// The times of all samples, hidden ones included, in order.
    pub fn times(&self) -> Result<Vec<Timestamp>, Malformed> {
        self.times.map_or_else(|| Ok(Vec::new()), |times| times.decode())
    }

    /// Which of [`Block::times`] are hidden, as positions in order.
    pub fn hidden_ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let mut end = 0_usize;
        self.runs.iter().filter_map(move |(attributes, count)| {
            let start = end;
            end = end.saturating_add(*count);
            attributes.is_none().then_some(start..end)
        })
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let count = reader.size()?;
        if count > MAX_SAMPLES {
            return Err(Malformed::Contradiction("more samples than fit in a block"));
        }
        let runs = if count == 0 { Vec::new() } else { Whole::read(reader)?.runs(count)? };
        let runs = runs.into_iter().map(|run| Ok((attributes::parse(run.number)?, run.count)));
        let runs: Vec<(Option<Attributes>, usize)> = runs.collect::<Result<_, Malformed>>()?;
        let visible =
            runs.iter().filter(|(attributes, _)| attributes.is_some()).map(|(_, count)| count).sum();
        let has = |data_type| {
            let stored = |attributes: &Attributes| attributes.stored == Some(data_type);
            runs.iter().any(|(attributes, count)| *count > 0 && attributes.as_ref().is_some_and(stored))
        };
        Ok(Self {
            count,
            visible,
            times: (count > 0).then(|| Times::read(reader, count)).transpose()?,
            units: (visible > 0).then(|| Whole::read(reader)).transpose()?,
            gateways: (visible > 0).then(|| Whole::read(reader)).transpose()?,
            floats: has(DataType::Float).then(|| Floats::read(reader)).transpose()?,
            ints: has(DataType::Int).then(|| Whole::read(reader)).transpose()?,
            bools: has(DataType::Bool).then(|| Whole::read(reader)).transpose()?,
            texts: has(DataType::Text).then(|| Texts::read(reader)).transpose()?,
            runs,
        })
    }

    /// How many samples have a value of that type.
    fn stored(&self, data_type: DataType) -> usize {
        let runs = self.runs.iter().filter_map(|(attributes, count)| Some((attributes.as_ref()?, count)));
        runs.filter(|(attributes, _)| attributes.stored == Some(data_type)).map(|(_, count)| count).sum()
    }

    fn floats(&self) -> Result<Vec<f64>, Malformed> {
        self.floats.map_or_else(|| Ok(Vec::new()), |floats| floats.decode(self.stored(DataType::Float)))
    }

    fn ints(&self) -> Result<Vec<i64>, Malformed> {
        decoded(self.ints, self.stored(DataType::Int))
    }

    fn bools(&self) -> Result<Vec<bool>, Malformed> {
        let flag = |number| match number {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed::Contradiction("a bool that is neither")),
        };
        decoded(self.bools, self.stored(DataType::Bool))?.into_iter().map(flag).collect()
    }

    fn texts(&self) -> Result<Vec<&'a str>, Malformed> {
        self.texts.as_ref().map_or_else(|| Ok(Vec::new()), |texts| texts.decode(self.stored(DataType::Text)))
    }
}

fn decoded(numbers: Option<Whole<'_>>, count: usize) -> Result<Vec<i64>, Malformed> {
    numbers.map_or_else(|| Ok(Vec::new()), |numbers| numbers.decode(count))
}
