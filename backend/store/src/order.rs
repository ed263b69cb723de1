//! In which order lists that follow time are read.

/// By the time that the list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeOrder {
    #[default]
    NewestFirst,
    OldestFirst,
}
