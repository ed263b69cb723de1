//! Blocks of earlier days. What is on disk stays as it is: the bytes in `format/blocks.txt` may never change, and must always
//! be read as what they were. Whoever adds a way to write a column adds a block that is written so.

use super::any::to_the_bit;
use crate::{Block, Kept, Reading, pack};
use std::collections::{BTreeMap, BTreeSet};
use vigia_model::{DataType, Quality, Timestamp, Value};

/// A name and the block in hexadecimal, line by line.
const BLOCKS: &str = include_str!("format/blocks.txt");

/// 2026-11-26T00:00:00Z.
const START: i64 = 1_795_651_200_000;

/// Every way in which a column may be written, and some of pco's.
const KINDS: &[&str] = &[
    "16 bits: Classic, order 0",
    "16 bits: Classic, order 1",
    "32 bits: Classic, order 0",
    "32 bits: Classic, order 1",
    "32 bits: Classic, order 2",
    "64 bits: Classic, order 0",
    "64 bits: IntMult, order 0",
    "8 bits: Classic, order 0",
    "8 bits: Classic, order 1",
    "bools",
    "constant",
    "floats: Classic, order 0",
    "floats: FloatMult, order 0",
    "floats: FloatQuant, order 0",
    "floats: decimal",
    "floats: plain",
    "hidden",
    "ints",
    "no value",
    "runs",
    "steps",
    "texts",
];

/// The same numbers on every machine and in every version.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 32
    }

    fn below(&mut self, bound: u32) -> i64 {
        i64::try_from(self.next() % u64::from(bound)).unwrap()
    }

    /// Of 32 bits.
    fn small(&mut self, bound: u32) -> f64 {
        f64::from(i32::try_from(self.below(bound)).unwrap())
    }
}

fn good(value: Value) -> Reading {
    let data_type = match value {
        Value::Float(_) => DataType::Float,
        Value::Int(_) => DataType::Int,
        Value::Bool(_) => DataType::Bool,
        Value::Text(_) => DataType::Text,
    };
    Reading { data_type, value: Some(value), quality: Quality::Good, unit: Some(3), gateway: 7 }
}

/// One value a second, exactly.
fn each_second(values: impl IntoIterator<Item = Value>) -> Vec<Kept> {
    let times = (START..).step_by(1_000).map(Timestamp::from_millis);
    times.zip(values).map(|(ts, value)| Kept { ts, reading: Some(good(value)) }).collect()
}

fn floats(count: usize, mut float: impl FnMut(&mut Noise) -> f64) -> Vec<Kept> {
    let mut noise = Noise(1);
    each_second((0..count).map(|_| Value::Float(float(&mut noise))))
}

fn ints(count: i64, mut int: impl FnMut(i64, &mut Noise) -> i64) -> Vec<Kept> {
    let mut noise = Noise(2);
    each_second((0..count).map(|place| Value::Int(int(place, &mut noise))))
}

/// Every type, quality and declared type, with and without a value and hidden, at irregular times.
fn everything() -> Vec<Kept> {
    let values = [
        Some(Value::Float(-0.0)),
        Some(Value::Int(i64::MIN)),
        Some(Value::Bool(true)),
        Some(Value::Text("ñandú ✓".into())),
        None,
        Some(Value::Int(i64::MAX)),
        Some(Value::Text("".into())),
        Some(Value::Float(5e-324)),
        Some(Value::Bool(false)),
    ];
    let places = [(None, 1), (Some(0), i32::MIN), (Some(i32::MAX), i32::MAX), (Some(i32::MIN), -1)];
    let mut samples = Vec::new();
    let mut ts = START - 1;
    for (place, data_type) in (0_usize..).zip(DataType::ALL.repeat(9)) {
        for quality in Quality::ALL {
            ts += i64::try_from(place * place * 31 + 1).unwrap();
            let value = if quality == Quality::Good {
                values[place % values.len()].clone().or(Some(Value::Float(0.25)))
            } else {
                values[place % values.len()].clone()
            };
            let (unit, gateway) = places[place % places.len()];
            let reading = (place % 7 != 3).then_some(Reading { data_type, value, quality, unit, gateway });
            samples.push(Kept { ts: Timestamp::from_millis(ts), reading });
        }
    }
    samples
}

fn machine() -> Vec<Kept> {
    let (mut noise, mut level) = (Noise(3), 600);
    let samples = (0..600_i64).map(|second| {
        level += noise.below(5) - 2;
        let ts = Timestamp::from_millis(START + second * 1_000 + noise.below(11) - 5);
        let reading = good(Value::Float(f64::from(i32::try_from(level).unwrap()) / 10.0));
        Kept { ts, reading: Some(reading) }
    });
    samples.collect()
}

fn cases() -> Vec<(&'static str, Vec<Kept>)> {
    let hidden =
        (0..60).map(|minute| Kept { ts: Timestamp::from_millis(START + minute * 60_000), reading: None });
    let states = ["running", "idle", "fault"];
    let mut changes = Noise(4);
    let extremes = [i64::MIN, i64::MAX].map(|ms| Kept { ts: Timestamp::from_millis(ms), reading: None });
    vec![
        ("empty", Vec::new()),
        ("single", floats(1, |_| 20.5)),
        ("hidden", hidden.collect()),
        ("first-and-last-time", extremes.to_vec()),
        ("everything", everything()),
        ("machine", machine()),
        ("plain-floats", floats(3, |noise| f64::from_bits(noise.next() >> 2))),
        ("noise", floats(300, |noise| 59.0 + noise.small(1 << 30) / f64::from(1 << 30))),
        ("products", floats(300, |noise| noise.small(900) * 0.1)),
        (
            "narrow-floats",
            floats(300, |noise| {
                // As a sensor of 32 bits sends them.
                f64::from_bits((noise.small(1 << 30) / 7.0 + 1.0).to_bits() & !0 << 29)
            }),
        ),
        ("twelve-decimals", floats(4, |noise| noise.small(1_000_000) / 1e12)),
        (
            "texts",
            each_second(
                (0..200).map(|_| Value::Text(states[usize::try_from(changes.below(3)).unwrap()].into())),
            ),
        ),
        ("texts-held", each_second((0..200).map(|place| Value::Text(states[place / 70].into())))),
        (
            "bools",
            each_second({
                let mut noise = Noise(5);
                (0..200).map(move |_| Value::Bool(noise.below(3) == 0)).collect::<Vec<_>>()
            }),
        ),
        ("bools-held", each_second((0..200).map(|place| Value::Bool(place % 60 < 25)))),
        ("ints-8", ints(200, |_, noise| noise.below(200))),
        ("ints-16", ints(200, |_, noise| noise.below(60_000) - 30_000)),
        ("ints-32", ints(200, |_, noise| noise.below(4_000_000_000) - (1 << 40))),
        ("ints-64", ints(200, |_, noise| noise.next().cast_signed())),
        ("ints-multiples", ints(300, |_, noise| noise.below(100_000) * 1_000_003)),
        ("ints-counter", ints(400, |place, noise| (1 << 50) + place * 1_000 + noise.below(300))),
        ("ints-parabola", ints(400, |place, noise| place * place * 1_000 + noise.below(300))),
        ("ints-few", ints(3, |place, _| place * place - 5)),
    ]
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digit = |ascii: u8| u8::try_from(char::from(ascii).to_digit(16).unwrap()).unwrap();
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn blocks() -> BTreeMap<&'static str, Vec<u8>> {
    BLOCKS.lines().filter_map(|line| line.split_once(' ')).map(|(name, text)| (name, unhex(text))).collect()
}

#[test]
fn blocks_of_earlier_days_are_read_as_what_they_were() {
    let blocks = blocks();
    let cases = cases();
    for (name, samples) in &cases {
        let Some(bytes) = blocks.get(name) else {
            panic!("add to format/blocks.txt:\n{name} {}", hex(&pack(samples).unwrap()));
        };
        let block = Block::open(bytes).unwrap();
        assert_eq!(to_the_bit(&block.samples().unwrap()), to_the_bit(samples), "{name}");
    }
    assert_eq!(blocks.len(), cases.len(), "a block without a meaning");
}

#[test]
fn there_is_a_block_of_every_kind() {
    let blocks = blocks();
    let kinds: BTreeSet<String> =
        blocks.values().flat_map(|bytes| Block::open(bytes).unwrap().kinds()).collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS);
}
