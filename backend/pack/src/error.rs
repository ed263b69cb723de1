//! What can go wrong.

use std::error::Error;

/// The samples cannot be packed as they are given.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Two neighbours have the same time, or the later one comes first.
    #[error("the sample at position {position} is not later than the one before it")]
    Unsorted { position: usize },
    /// More than [`MAX_SAMPLES`](crate::MAX_SAMPLES).
    #[error("{count} samples are too many for one block")]
    TooMany { count: usize },
    /// More than [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    #[error("{bytes} bytes of text are too many for one block")]
    TooMuchText { bytes: usize },
    /// What was written does not give the samples back: a fault of this program.
    #[error("the samples do not come back as they are")]
    Changed,
}

/// The bytes are not a block, or not the block that was written.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Written by a later version of this program, or no block at all.
    #[error("the block has format {0}, which is not known here")]
    Version(u8),
    #[error("the block is not as it was written: the checksum differs")]
    Checksum,
    #[error("the block ends too early")]
    Truncated,
    #[error("the block contradicts itself: {0}")]
    Contradiction(&'static str),
    #[error("numbers of the block cannot be decompressed")]
    Numbers(#[source] Box<dyn Error + Send + Sync>),
}
