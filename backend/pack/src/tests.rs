//! Blocks as a whole: that samples come back, and that damage is found.

mod any;
mod round_trip;
mod summary;
mod damage;
mod format;
