//! Times and values as they stand in memory, one after the other.

use crate::signal::{Span, Values};

pub(crate) fn encode(span: &Span) -> Vec<u8> {
    let mut out: Vec<u8> = span.times.iter().flat_map(|ts| ts.to_le_bytes()).collect();
    match &span.values {
        Values::Floats(floats) => out.extend(floats.iter().flat_map(|float| float.to_le_bytes())),
        Values::Ints(ints) => out.extend(ints.iter().flat_map(|int| int.to_le_bytes())),
        Values::Bools(bools) => out.extend(bools.iter().map(|flag| u8::from(*flag))),
        Values::Texts(texts) => {
            for text in texts {
                out.extend(text.as_bytes());
                out.push(0);
            }
        }
    }
    out
}
