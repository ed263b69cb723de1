//! Samples to a block.

use crate::block::Block;
use crate::bytes::{checksum, put_size};
use crate::error::PackError;
use crate::layout::{MAX_SAMPLES, MAX_TEXT_BYTES, VERSION, unit_number};
use crate::sample::Kept;
use crate::{attributes, float, text, time, whole};
use vigia_model::Value;

/// The values of the samples by type.
#[derive(Debug, Default)]
struct Columns<'a> {
    units: Vec<i64>,
    gateways: Vec<i64>,
    floats: Vec<f64>,
    ints: Vec<i64>,
    bools: Vec<i64>,
    texts: Vec<&'a str>,
}

/// Packs the samples of one series, of which each must be later than the one before.
///
/// The same samples give the same bytes, so long as this program is built with the same pco. What is returned was read back
/// and is what was given: whoever packs deletes what he packed.
pub fn pack(samples: &[Kept]) -> Result<Vec<u8>, PackError> {
    check(samples)?;
    let mut body = Vec::new();
    put_size(&mut body, samples.len());
    if !samples.is_empty() {
        let attributes: Vec<i64> = samples.iter().map(attributes::number).collect();
        whole::write(&mut body, &attributes);
        let times: Vec<i64> = samples.iter().map(|sample| sample.ts.as_millis()).collect();
        time::write(&mut body, &times);
        Columns::of(samples).write(&mut body);
    }
    let mut block = Vec::with_capacity(5 + body.len());
    block.push(VERSION);
    block.extend(checksum(&body));
    block.extend(body);
    if comes_back(&block, samples) { Ok(block) } else { Err(PackError::Changed) }
}

/// Whether the bytes are read as these samples, to the bit.
pub(crate) fn comes_back(block: &[u8], samples: &[Kept]) -> bool {
    Block::open(block).and_then(|block| block.samples()).is_ok_and(|read| {
        read.len() == samples.len() && read.iter().zip(samples).all(|(read, given)| read.is(given))
    })
}

impl<'a> Columns<'a> {
    fn of(samples: &'a [Kept]) -> Self {
        let mut columns = Self::default();
        for reading in samples.iter().filter_map(|sample| sample.reading.as_ref()) {
            columns.units.push(unit_number(reading.unit));
            columns.gateways.push(i64::from(reading.gateway));
            match &reading.value {
                Some(Value::Float(number)) => columns.floats.push(*number),
                Some(Value::Int(number)) => columns.ints.push(*number),
                Some(Value::Bool(flag)) => columns.bools.push(i64::from(*flag)),
                Some(Value::Text(text)) => columns.texts.push(text),
                None => {}
            }
        }
        columns
    }

    fn write(&self, out: &mut Vec<u8>) {
        let put_whole = |out: &mut Vec<u8>, numbers: &[i64]| {
            if !numbers.is_empty() {
                whole::write(out, numbers);
            }
        };
        put_whole(out, &self.units);
        put_whole(out, &self.gateways);
        if !self.floats.is_empty() {
            float::write(out, &self.floats);
        }
        put_whole(out, &self.ints);
        put_whole(out, &self.bools);
        if !self.texts.is_empty() {
            text::write(out, &self.texts);
        }
    }
}

fn check(samples: &[Kept]) -> Result<(), PackError> {
    if samples.len() > MAX_SAMPLES {
        return Err(PackError::TooMany { count: samples.len() });
    }
    let mut pairs = samples.iter().zip(samples.iter().skip(1));
    if let Some(before) = pairs.position(|(one, next)| one.ts >= next.ts) {
        return Err(PackError::Unsorted { position: before + 1 });
    }
    let text = |sample: &Kept| match &sample.reading.as_ref()?.value {
        Some(Value::Text(text)) => Some(text.len()),
        _ => None,
    };
    let bytes: usize = samples.iter().filter_map(text).sum();
    if bytes > MAX_TEXT_BYTES { Err(PackError::TooMuchText { bytes }) } else { Ok(()) }
}
