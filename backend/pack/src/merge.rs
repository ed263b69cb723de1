//! Late samples into those that are packed already.

use crate::sample::Kept;

/// One list in order from two. A time that is in both stays twice, and [`pack`](crate::pack()) refuses it: which of the two
/// samples counts is for the caller to decide.
pub fn merge(a: Vec<Kept>, b: Vec<Kept>) -> Vec<Kept> {
    let mut merged = a;
    merged.extend(b);
    // Finds the two sorted halves and merges them.
    merged.sort_by_key(|sample| sample.ts);
    merged
}
