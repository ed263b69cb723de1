//! The spool: a bounded first-in-first-out buffer of messages on disk, fsynced before it says so. It takes what the
//! database cannot take now, because it is away or behind.
//!
//! Everything here blocks on the disk and belongs on a blocking thread, [`Spool::depth`] and [`Spool::max_bytes`]
//! excepted. One thread may append while another reads and removes.
//!
//! The promise is one-sided: what was acknowledged is never lost, but an entry may come twice, after an error or a
//! crash. Whoever reads must be able to take an entry again.
//!
//! ```no_run
//! # fn main() -> Result<(), vigia_spool::SpoolError> {
//! # let entries: Vec<vigia_spool::Entry> = Vec::new();
//! let spool = vigia_spool::Spool::open("/var/lib/vigia/spool".as_ref(), 1 << 30)?;
//! spool.append(&entries)?;
//! let oldest = spool.front(None, 5_000, 8 << 20)?;
//! if let Some((last, _)) = oldest.last() {
//!     spool.remove_through(*last)?;
//! }
//! # Ok(())
//! # }
//! ```

mod error;
mod entry;
mod folder;
mod reserve;
mod store;
mod spool;

pub use entry::{Depth, ENTRY_OVERHEAD_BYTES, Entry, Sequence};
pub use error::SpoolError;
pub use spool::Spool;
