//! In which order lists that follow time are read.

use std::cmp::Ordering;

/// By the time that the list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeOrder {
    #[default]
    NewestFirst,
    OldestFirst,
}

impl TimeOrder {
    /// Which of two comes first in the list, by what they are sorted by.
    pub fn compare<K: Ord + Copy>(self, one: K, other: K) -> Ordering {
        match self {
            Self::NewestFirst => other.cmp(&one),
            Self::OldestFirst => one.cmp(&other),
        }
    }
}
