//! A reserve of disk space, so that a full disk can be drained: removing from the store, or opening it after trouble,
//! needs new pages before it frees old ones.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

/// How much is held back: removing an entry rewrites a few pages of 4 KiB, and removing 1 GB at once lists some 2 MB of
/// freed page numbers.
const RESERVE_BYTES: usize = 4 << 20;

/// A file of no content that is given up for those who make room. Whoever takes room may not use it: nothing is
/// appended while it is missing.
#[derive(Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    held: bool,
}

impl Reserve {
    pub(crate) fn new(path: PathBuf) -> Self {
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let held = usize::try_from(length) == Ok(RESERVE_BYTES);
        Self { path, held }
    }

    /// Sets the space aside if it is not.
    pub(crate) fn hold(&mut self) -> io::Result<()> {
        if !self.held {
            let written = File::create(&self.path).and_then(|mut file| {
                // Not zeros, which some file systems store as nothing.
                file.write_all(&vec![0xa5; RESERVE_BYTES])?;
                file.sync_all()
            });
            if written.is_err() {
                // What was written of it is room that others need.
                fs::remove_file(&self.path).ok();
            }
            written?;
            self.held = true;
        }
        Ok(())
    }

    /// Gives the space up; false if there is none to give.
    pub(crate) fn release(&mut self) -> bool {
        let released = self.held && fs::remove_file(&self.path).is_ok();
        self.held = false;
        released
    }
}
