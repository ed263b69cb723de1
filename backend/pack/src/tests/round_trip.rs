//! What is packed comes back, to the bit.

use super::any::{mixed, regular, to_the_bit};
use crate::pack::comes_back;
use crate::{Block, Kept, PackError, Point, Reading, merge, pack};
use proptest::prelude::*;
use vigia_model::{DataType, Quality, Timestamp, Value};

fn check(samples: &[Kept]) {
    let bytes = pack(samples).unwrap();
    let block = Block::open(&bytes).unwrap();
    assert_eq!(to_the_bit(&block.samples().unwrap()), to_the_bit(samples));
    assert_eq!(block.len(), samples.len());
    assert_eq!(block.is_empty(), samples.is_empty());
    assert_eq!(block.hidden(), samples.iter().filter(|sample| sample.is_hidden()).count());
    let times: Vec<Timestamp> = samples.iter().map(|sample| sample.ts).collect();
    assert_eq!(block.times().unwrap(), times);
    let hidden: Vec<usize> = block.hidden_ranges().flatten().collect();
    let expected = samples.iter().enumerate().filter(|(_, sample)| sample.is_hidden());
    assert_eq!(hidden, expected.map(|(position, _)| position).collect::<Vec<_>>());
}

fn shown(ms: i64, value: Value) -> Kept {
    let data_type = DataType::Float;
    let reading = Reading { data_type, value: Some(value), quality: Quality::Good, unit: None, gateway: 1 };
    Kept { ts: Timestamp::from_millis(ms), reading: Some(reading) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn mixed_samples_come_back(samples in mixed()) {
        check(&samples);
    }

    #[test]
    fn regular_samples_come_back(samples in regular()) {
        check(&samples);
    }

    #[test]
    fn late_samples_are_packed_as_if_they_had_come_in_time(
        samples in prop_oneof![mixed(), regular()],
        late in prop::collection::vec(any::<bool>(), 1..80),
    ) {
        let marked = || samples.iter().cloned().zip(late.iter().cycle());
        let early: Vec<Kept> = marked().filter(|(_, late)| !**late).map(|(sample, _)| sample).collect();
        let late: Vec<Kept> = marked().filter(|(_, late)| **late).map(|(sample, _)| sample).collect();
        prop_assert_eq!(pack(&merge(early, late)).unwrap(), pack(&samples).unwrap());
    }
}

#[test]
fn no_samples_and_single_ones_are_short() {
    assert_eq!(pack(&[]).unwrap().len(), 6);
    check(&[]);
    let hidden = Kept { ts: Timestamp::from_millis(1_795_694_400_000), reading: None };
    assert_eq!(pack(std::slice::from_ref(&hidden)).unwrap().len(), 14);
    check(&[hidden]);
    let single = shown(1_795_694_400_000, Value::Float(20.5));
    assert_eq!(pack(std::slice::from_ref(&single)).unwrap().len(), 23);
    check(&[single]);
}

#[test]
fn every_float_stays_itself() {
    let floats =
        [-0.0, 0.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, 0.1, 0.3];
    for float in floats {
        for other in floats {
            let samples =
                [shown(1, Value::Float(float)), shown(2, Value::Float(other)), shown(3, Value::Float(0.1))];
            let bytes = pack(&samples).unwrap();
            let mut bits = Vec::new();
            let number = |_, point| {
                if let Point::Number(number) = point {
                    bits.push(number.to_bits());
                }
            };
            Block::open(&bytes).unwrap().points(number).unwrap();
            assert_eq!(bits, [float, other, 0.1].map(f64::to_bits));
        }
    }
}

#[test]
fn a_span_of_a_block_is_what_lies_within_it() {
    let samples: Vec<Kept> = (0_i32..50)
        .map(|n| {
            let at = i64::from(n) * 10;
            match n % 5 {
                0 => Kept { ts: Timestamp::from_millis(at), reading: None },
                1 => shown(at, Value::Text(n.to_string().into())),
                2 => shown(at, Value::Int(n.into())),
                3 => shown(at, Value::Bool(n % 2 == 0)),
                _ => shown(at, Value::Float(f64::from(n) / 10.0)),
            }
        })
        .collect();
    let bytes = pack(&samples).unwrap();
    let block = Block::open(&bytes).unwrap();
    for (from, to) in
        [(0, 491), (0, 1), (0, 0), (5, 9), (101, 330), (490, 900), (-9, 30), (600, 700), (30, 20)]
    {
        let span = Timestamp::from_millis(from)..Timestamp::from_millis(to);
        let expected: Vec<Kept> = samples.iter().filter(|kept| span.contains(&kept.ts)).cloned().collect();
        assert_eq!(block.samples_within(&span).unwrap(), expected, "{from} to {to}");
    }
}

#[test]
fn what_would_not_come_back_is_not_taken_for_it() {
    let [one, other] = [0.0, -0.0].map(|float| [shown(1, Value::Float(float))]);
    let bytes = pack(&one).unwrap();
    assert!(comes_back(&bytes, &one));
    assert!(!comes_back(&bytes, &other));
    assert!(!comes_back(&bytes, &[shown(2, Value::Float(0.0))]));
    assert!(!comes_back(&bytes, &[]));
    assert!(!comes_back(&bytes[1..], &one));
    let nan = [shown(1, Value::Float(f64::NAN))];
    assert!(comes_back(&pack(&nan).unwrap(), &nan));
}

#[test]
fn an_hour_at_one_hertz_stays_within_its_bytes() {
    let value = |second: i32| Value::Float(f64::from(200 + second % 60 * (second / 1_800)) / 10.0);
    let samples: Vec<Kept> = (0_i32..3_600)
        .map(|second| shown(i64::from(second * 1_000 + second * 7 % 5), value(second)))
        .collect();
    check(&samples);
    assert!(pack(&samples).unwrap().len() < 3_600);
}

#[test]
fn what_is_not_in_order_is_refused() {
    let at = |ms: i64| Kept { ts: Timestamp::from_millis(ms), reading: None };
    assert_eq!(pack(&[at(1), at(2), at(2)]), Err(PackError::Unsorted { position: 2 }));
    assert_eq!(pack(&[at(1), at(0)]), Err(PackError::Unsorted { position: 1 }));
}
