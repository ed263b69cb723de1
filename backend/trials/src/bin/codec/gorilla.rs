//! Differences of differences of times, and values xored with the one before: Facebook's Gorilla, with wider steps of time
//! as ours are in milliseconds.

use crate::bits::{BitReader, BitWriter};

/// How many ones stand before a step of time, and how many bits it has.
const STEPS: [(u32, u32); 5] = [(0, 0), (1, 7), (2, 9), (3, 12), (4, 64)];

pub(crate) fn encode(times: &[i64], floats: &[f64]) -> Vec<u8> {
    let mut out = BitWriter::default();
    let (mut time, mut step) = (0_i64, 0_i64);
    let (mut bits, mut window) = (0_u64, None);
    for (ts, float) in times.iter().zip(floats) {
        let next = ts - time;
        put_step(&mut out, next - step);
        (time, step) = (*ts, next);
        window = put_xor(&mut out, float.to_bits() ^ bits, window);
        bits = float.to_bits();
    }
    out.finish()
}

pub(crate) fn decode(bytes: &[u8], count: usize) -> Option<(Vec<i64>, Vec<f64>)> {
    let mut reader = BitReader::new(bytes);
    let (mut times, mut floats) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut time, mut step) = (0_i64, 0_i64);
    let (mut bits, mut window) = (0_u64, (0, 0));
    for _ in 0..count {
        step += take_step(&mut reader)?;
        time += step;
        bits ^= take_xor(&mut reader, &mut window)?;
        times.push(time);
        floats.push(f64::from_bits(bits));
    }
    Some((times, floats))
}

fn put_step(out: &mut BitWriter, change: i64) {
    let fits =
        |bits: u32| bits == 64 || (change == 0 && bits == 0) || (bits > 0 && change.abs() < 1 << (bits - 1));
    for (ones, bits) in STEPS {
        if fits(bits) {
            out.put((1 << ones) - 1, ones);
            if ones < 4 {
                out.put(0, 1);
            }
            return out.put(change.cast_unsigned(), bits);
        }
    }
}

fn take_step(reader: &mut BitReader<'_>) -> Option<i64> {
    let mut ones = 0;
    while ones < 4 && reader.take(1)? == 1 {
        ones += 1;
    }
    let (_, bits) = STEPS.into_iter().find(|(known, _)| *known == ones)?;
    let change = reader.take(bits)?;
    Some(if bits == 0 { 0 } else { (change << (64 - bits)).cast_signed() >> (64 - bits) })
}

/// Zeros before and meaningful bits of the last xor that named them.
type Window = (u32, u32);

fn put_xor(out: &mut BitWriter, xor: u64, window: Option<Window>) -> Option<Window> {
    if xor == 0 {
        out.put(0, 1);
        return window;
    }
    let (leading, trailing) = (xor.leading_zeros().min(31), xor.trailing_zeros());
    if let Some((before, bits)) = window
        && leading >= before
        && trailing >= 64 - before - bits
    {
        out.put(0b10, 2);
        out.put(xor >> (64 - before - bits), bits);
        return window;
    }
    let bits = 64 - leading - trailing;
    out.put(0b11, 2);
    out.put(u64::from(leading), 5);
    out.put(u64::from(bits - 1), 6);
    out.put(xor >> trailing, bits);
    Some((leading, bits))
}

fn take_xor(reader: &mut BitReader<'_>, window: &mut Window) -> Option<u64> {
    if reader.take(1)? == 0 {
        return Some(0);
    }
    if reader.take(1)? == 1 {
        *window = (u32::try_from(reader.take(5)?).ok()?, u32::try_from(reader.take(6)?).ok()? + 1);
    }
    let (leading, bits) = *window;
    Some(reader.take(bits)? << 64_u32.checked_sub(leading + bits)?)
}
