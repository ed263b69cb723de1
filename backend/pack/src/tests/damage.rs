//! Bytes that are not what was written.

use super::any::{mixed, regular};
use crate::bytes::{checksum, put_signed, put_size};
use crate::layout::VERSION;
use crate::{Block, Kept, MAX_SAMPLES, Malformed, pack};
use proptest::prelude::*;
use proptest::sample::Index;
use vigia_model::Timestamp;

/// A block of that body with the right checksum, as no accident makes it.
fn sealed(body: &[u8]) -> Vec<u8> {
    [&[VERSION][..], &checksum(body), body].concat()
}

/// Whatever the bytes are, they give samples or an error.
fn read_all(bytes: &[u8]) -> Result<Vec<Kept>, Malformed> {
    let block = Block::open(bytes)?;
    let mut points = 0;
    let shown = block.points(|_, _| points += 1);
    let (times, samples) = (block.times()?, block.samples()?);
    assert_eq!(samples.len(), block.len());
    assert!(times.is_sorted_by(|one, next| one < next));
    assert!(shown.is_ok() && points == samples.len() - block.hidden());
    Ok(samples)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes).ok();
        read_all(&sealed(&bytes)).ok();
    }

    #[test]
    fn a_changed_byte_is_noticed(samples in mixed(), place in any::<Index>(), change in 1_u8..) {
        let mut bytes = pack(&samples).unwrap();
        *place.get_mut(&mut bytes) ^= change;
        prop_assert!(Block::open(&bytes).is_err());
    }

    #[test]
    fn a_missing_end_is_noticed(samples in mixed(), place in any::<Index>()) {
        let bytes = pack(&samples).unwrap();
        prop_assert!(Block::open(&bytes[..place.index(bytes.len())]).is_err());
    }

    #[test]
    fn changes_that_the_checksum_agrees_with_do_not_panic(
        samples in prop_oneof![mixed(), regular()],
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        length in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let mut body = pack(&samples).unwrap().split_off(5);
        for (place, byte) in changes {
            *place.get_mut(&mut body) = byte;
        }
        if let Some(length) = length {
            body.truncate(length.index(body.len()));
        }
        read_all(&sealed(&body)).ok();
    }
}

#[test]
fn every_bit_of_a_squeezed_block_may_flip() {
    let reading = |number: i32| {
        use vigia_model::{DataType, Quality, Value};
        let value = match number % 3 {
            0 => Value::Float(f64::from(number % 40) / 10.0),
            1 => Value::Float((f64::from(number) / 10.0).sin()),
            _ => Value::Int(i64::from(number % 7)),
        };
        crate::Reading {
            data_type: DataType::Float,
            value: Some(value),
            quality: Quality::Good,
            unit: Some(number % 2),
            gateway: number,
        }
    };
    let samples: Vec<Kept> = (0_i32..300)
        .map(|number| Kept {
            ts: Timestamp::from_millis(i64::from(number * 1_000 + number % 7)),
            reading: (number % 11 > 0).then(|| reading(number)),
        })
        .collect();
    let body = pack(&samples).unwrap().split_off(5);
    for place in 0..body.len() {
        for bit in 0..8 {
            let mut body = body.clone();
            body[place] ^= 1 << bit;
            read_all(&sealed(&body)).ok();
        }
    }
}

#[test]
fn no_block_claims_more_samples_than_there_may_be() {
    let hidden = |count: usize| {
        let mut body = Vec::new();
        put_size(&mut body, count);
        // Attributes: all hidden. Times: from 5 on, each one later.
        body.extend([0, 0, 10, 0, 2]);
        sealed(&body)
    };
    assert_eq!(Block::open(&hidden(MAX_SAMPLES)).unwrap().times().unwrap().len(), MAX_SAMPLES);
    assert!(matches!(Block::open(&hidden(MAX_SAMPLES + 1)), Err(Malformed::Contradiction(_))));
}

#[test]
fn a_text_is_not_repeated_without_end() {
    let mut body = Vec::new();
    put_size(&mut body, MAX_SAMPLES);
    // Attributes: good texts. Times, units and gateways: as short as they can be.
    body.push(0);
    put_signed(&mut body, 1 + 3 + 12 * 3);
    body.extend([10, 0, 2, 0, 0, 0, 0]);
    // One text, always the same.
    body.extend([1, 200, 1]);
    body.extend([b'x'; 200]);
    body.extend([0, 0]);
    let bytes = sealed(&body);
    assert!(matches!(Block::open(&bytes).unwrap().samples(), Err(Malformed::Contradiction(_))));
}

#[test]
fn later_formats_are_named() {
    let mut bytes = pack(&[]).unwrap();
    bytes[0] = 9;
    assert!(matches!(Block::open(&bytes), Err(Malformed::Version(9))));
    assert!(matches!(Block::open(&[]), Err(Malformed::Truncated)));
}
