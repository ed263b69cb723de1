//! Bytes one after the other: integers of variable length, and a checksum.

use crate::error::Malformed;

/// Bytes not yet read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Malformed::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// What [`put_unsigned`] wrote.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part.leading_zeros() < shift {
                return Err(Malformed::Contradiction("an integer of more than 64 bits"));
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed::Contradiction("an integer without an end"))
    }

    /// What [`put_signed`] wrote.
    pub(crate) fn signed(&mut self) -> Result<i64, Malformed> {
        let folded = self.unsigned()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    pub(crate) fn size(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.unsigned()?).map_err(|_| Malformed::Contradiction("a size beyond this machine"))
    }

    /// What [`put_slice`] wrote.
    pub(crate) fn slice(&mut self) -> Result<&'a [u8], Malformed> {
        let size = self.size()?;
        self.take(size)
    }
}

/// Seven bits a byte, the lowest first; the eighth says that there is more.
pub(crate) fn put_unsigned(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low_byte(number) | 0x80);
        number >>= 7;
    }
    out.push(low_byte(number));
}

/// As [`put_unsigned`], with 0, -1, 1, -2, 2 and so on counted up.
pub(crate) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_unsigned(out, (number << 1 ^ number >> 63).cast_unsigned());
}

pub(crate) fn put_size(out: &mut Vec<u8>, size: usize) {
    put_unsigned(out, u64::try_from(size).unwrap_or(u64::MAX));
}

/// The bytes, with their number before them.
pub(crate) fn put_slice(out: &mut Vec<u8>, bytes: &[u8]) {
    put_size(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Differs surely when only one word of 8 bytes does, and but for one case in 2^32 otherwise: each step maps states
/// to states one to one. It guards against damage, not against malice.
pub(crate) fn checksum(bytes: &[u8]) -> [u8; 4] {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |state: u64, word: u64| {
        let mixed = (state ^ word).wrapping_mul(ODD);
        mixed ^ mixed >> 32
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let state = words.iter().fold(ODD, |state, word| step(state, u64::from_le_bytes(*word)));
    let state = step(step(state, u64::from_le_bytes(last)), u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    let [a, b, c, d, ..] = state.to_le_bytes();
    [a, b, c, d]
}

const fn low_byte(number: u64) -> u8 {
    let [byte, ..] = number.to_le_bytes();
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_back() {
        for number in [0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            put_signed(&mut out, number);
            put_unsigned(&mut out, number.cast_unsigned());
            let mut reader = Reader::new(&out);
            assert_eq!(reader.signed().unwrap(), number);
            assert_eq!(reader.unsigned().unwrap(), number.cast_unsigned());
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn integers_that_do_not_fit_are_refused() {
        for bytes in [
            &[0x80][..],
            &[0xff; 10],
            &[0x80; 11],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        ] {
            assert!(Reader::new(bytes).unsigned().is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_changed_bit_changes_the_checksum() {
        let bytes: Vec<u8> = (0..67).collect();
        let right = checksum(&bytes);
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[position] ^= 1 << bit;
                assert_ne!(checksum(&changed), right);
            }
        }
        assert_ne!(checksum(&[0; 8]), checksum(&[0; 9]));
    }
}
