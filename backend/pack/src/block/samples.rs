//! A block to samples.

use super::{Block, decoded};
use crate::attributes::Attributes;
use crate::error::Malformed;
use crate::layout::parse_unit;
use crate::sample::{Kept, Reading};
use std::ops::Range;
use vigia_model::{DataType, Timestamp, Value};

impl Block<'_> {
    /// All samples as they were packed.
    pub fn samples(&self) -> Result<Vec<Kept>, Malformed> {
        self.samples_at(&self.times()?, 0..self.count)
    }

    /// Those within a span of time.
    pub fn samples_within(&self, span: &Range<Timestamp>) -> Result<Vec<Kept>, Malformed> {
        let times = self.times()?;
        let before = |end: Timestamp| times.partition_point(|ts| *ts < end);
        self.samples_at(&times, before(span.start)..before(span.end))
    }

    fn samples_at(&self, times: &[Timestamp], wanted: Range<usize>) -> Result<Vec<Kept>, Malformed> {
        let mut samples = Vec::with_capacity(wanted.len());
        let mut times = times.iter().enumerate();
        let mut readings = Readings::of(self)?;
        for (attributes, count) in &self.runs {
            for (position, ts) in times.by_ref().take(*count) {
                if wanted.contains(&position) {
                    let reading = attributes.map(|attributes| readings.next(attributes)).transpose()?;
                    samples.push(Kept { ts: *ts, reading });
                } else if let Some(attributes) = attributes {
                    readings.skip(*attributes);
                }
            }
        }
        Ok(samples)
    }
}

/// The columns, each at its next value.
struct Readings<'a> {
    units: std::vec::IntoIter<i64>,
    gateways: std::vec::IntoIter<i64>,
    floats: std::vec::IntoIter<f64>,
    ints: std::vec::IntoIter<i64>,
    bools: std::vec::IntoIter<bool>,
    texts: std::vec::IntoIter<&'a str>,
}

impl<'a> Readings<'a> {
    fn of(block: &Block<'a>) -> Result<Self, Malformed> {
        Ok(Self {
            units: decoded(block.units, block.visible)?.into_iter(),
            gateways: decoded(block.gateways, block.visible)?.into_iter(),
            floats: block.floats()?.into_iter(),
            ints: block.ints()?.into_iter(),
            bools: block.bools()?.into_iter(),
            texts: block.texts()?.into_iter(),
        })
    }

    /// Passes one over.
    fn skip(&mut self, attributes: Attributes) {
        match attributes.stored {
            Some(DataType::Float) => drop(self.floats.next()),
            Some(DataType::Int) => drop(self.ints.next()),
            Some(DataType::Bool) => drop(self.bools.next()),
            Some(DataType::Text) => drop(self.texts.next()),
            None => {}
        }
        self.units.next();
        self.gateways.next();
    }

    fn next(&mut self, attributes: Attributes) -> Result<Reading, Malformed> {
        let Attributes { data_type, quality, stored } = attributes;
        let value = match stored {
            Some(DataType::Float) => Some(Value::Float(self.floats.next().ok_or(Malformed::Truncated)?)),
            Some(DataType::Int) => Some(Value::Int(self.ints.next().ok_or(Malformed::Truncated)?)),
            Some(DataType::Bool) => Some(Value::Bool(self.bools.next().ok_or(Malformed::Truncated)?)),
            Some(DataType::Text) => Some(Value::Text(self.texts.next().ok_or(Malformed::Truncated)?.into())),
            None => None,
        };
        let unit = parse_unit(self.units.next().ok_or(Malformed::Truncated)?)?;
        let gateway = self.gateways.next().ok_or(Malformed::Truncated)?;
        Ok(Reading {
            data_type,
            value,
            quality,
            unit,
            gateway: i32::try_from(gateway)
                .map_err(|_| Malformed::Contradiction("a gateway beyond 32 bits"))?,
        })
    }
}
