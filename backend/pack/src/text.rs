//! Texts: each that differs once, and which of them comes when.

use crate::bytes::{Reader, put_size, put_slice};
use crate::error::Malformed;
use crate::layout::MAX_TEXT_BYTES;
use crate::whole::{self, Whole};
use std::collections::HashMap;

/// Texts as they were written, not yet put in place.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'a> {
    distinct: Vec<&'a str>,
    order: Whole<'a>,
}

impl<'a> Texts<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let mut distinct = Vec::new();
        for _ in 0..reader.size()? {
            let text = str::from_utf8(reader.slice()?);
            distinct.push(text.map_err(|_| Malformed::Contradiction("a text that is not UTF-8"))?);
        }
        Ok(Self { distinct, order: Whole::read(reader)? })
    }

    #[cfg(test)]
    pub(crate) const fn order(&self) -> Whole<'a> {
        self.order
    }

    /// The texts, of which there must be `count`.
    pub(crate) fn decode(&self, count: usize) -> Result<Vec<&'a str>, Malformed> {
        let mut bytes = 0_usize;
        let texts = self.order.decode(count)?.into_iter().map(|position| {
            let position = usize::try_from(position).ok();
            let text = position.and_then(|position| self.distinct.get(position).copied());
            bytes = bytes.saturating_add(text.map_or(0, str::len));
            // A few bytes may stand for a text that is repeated millions of times.
            text.filter(|_| bytes <= MAX_TEXT_BYTES)
                .ok_or(Malformed::Contradiction("a text that is not there"))
        });
        texts.collect()
    }
}

/// Writes the texts so that [`Texts::read`] finds their end. There must be one at least.
pub(crate) fn write(out: &mut Vec<u8>, texts: &[&str]) {
    let mut positions = HashMap::new();
    let mut distinct = Vec::new();
    let mut order = Vec::with_capacity(texts.len());
    for text in texts {
        let next = i64::try_from(distinct.len()).unwrap_or(i64::MAX);
        let position = *positions.entry(*text).or_insert_with(|| {
            distinct.push(*text);
            next
        });
        order.push(position);
    }
    put_size(out, distinct.len());
    for text in distinct {
        put_slice(out, text.as_bytes());
    }
    whole::write(out, &order);
}
