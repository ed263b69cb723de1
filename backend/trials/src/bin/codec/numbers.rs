//! Every value as a float, for codecs that know nothing else.

use crate::signal::Values;

/// A text becomes its place in order of first appearance.
pub(crate) fn floats(values: &Values) -> Vec<f64> {
    match values {
        Values::Floats(floats) => floats.clone(),
        Values::Ints(ints) => ints.iter().map(|int| float(*int)).collect(),
        Values::Bools(bools) => bools.iter().map(|flag| f64::from(u8::from(*flag))).collect(),
        Values::Texts(texts) => {
            let distinct = distinct(texts);
            let place =
                |text: &&str| distinct.iter().position(|known| known == text).unwrap_or(distinct.len());
            texts.iter().map(|text| float(i64::try_from(place(text)).unwrap_or(i64::MAX))).collect()
        }
    }
}

/// Each text once, in order of first appearance.
pub(crate) fn distinct(texts: &[&'static str]) -> Vec<&'static str> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(text) {
            distinct.push(*text);
        }
    }
    distinct
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "the signals stay far below 2^53")]
const fn float(int: i64) -> f64 {
    int as f64
}
