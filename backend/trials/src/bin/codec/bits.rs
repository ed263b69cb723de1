//! Bits one after the other.

#[derive(Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    word: u64,
    used: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits, at most 64.
    pub(crate) fn put(&mut self, bits: u64, count: u32) {
        if count > 32 {
            self.put(bits >> 32, count - 32);
            return self.put(bits & 0xffff_ffff, 32);
        }
        self.word = self.word << count | bits & ((1 << count) - 1);
        self.used += count;
        while self.used >= 8 {
            self.used -= 8;
            self.bytes.push(low_byte(self.word >> self.used));
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        if self.used > 0 {
            self.bytes.push(low_byte(self.word << (8 - self.used)));
        }
        self.bytes
    }
}

pub(crate) struct BitReader<'a> {
    bytes: std::slice::Iter<'a, u8>,
    word: u64,
    left: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes: bytes.iter(), word: 0, left: 0 }
    }

    /// The next `count` bits, at most 64; `None` at the end.
    pub(crate) fn take(&mut self, count: u32) -> Option<u64> {
        if count > 32 {
            let high = self.take(count - 32)?;
            return Some(high << 32 | self.take(32)?);
        }
        while self.left < count {
            self.word = self.word << 8 | u64::from(*self.bytes.next()?);
            self.left += 8;
        }
        self.left -= count;
        Some(self.word >> self.left & ((1 << count) - 1))
    }
}

const fn low_byte(word: u64) -> u8 {
    let [byte, ..] = word.to_le_bytes();
    byte
}
