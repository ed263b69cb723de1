//! History, packed: the samples of one series over one span of time, an hour or a day, as one string of bytes that
//! stands alone, and back, exact to the bit.
//!
//! [`pack()`] writes such a block and [`Block`] reads it. A sample that is hidden, because its mode keeps hours only,
//! leaves its time and nothing else: what is needed to know a repeat.
//!
//! Each column is stored by itself: times, attributes, units, gateways, and the values by type. All but floats of full
//! precision become whole numbers (`whole`), which are written in the shortest of a few ways; the longest ones are
//! left to pco, which only `squeeze` knows.
//!
//! Bytes that are damaged give [`Malformed`], never other samples and never a panic: a checksum stands before the rest.

mod error;
mod sample;
mod bytes;
mod squeeze;
mod whole;
mod float;
mod text;
mod time;
mod attributes;
mod layout;
mod pack;
mod block;
mod statistics;
mod merge;

pub use block::{Block, Point};
pub use error::{Malformed, PackError};
pub use layout::{MAX_SAMPLES, MAX_TEXT_BYTES};
pub use merge::merge;
pub use pack::pack;
pub use sample::{Kept, Reading};
pub use statistics::{Extent, Statistics, statistics};

#[cfg(test)]
mod tests;
