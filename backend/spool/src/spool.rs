//! The spool itself: who may do what at the same time, and how it comes back after disk trouble.

mod recovery;

use crate::entry::{Depth, Entry, Sequence};
use crate::error::SpoolError;
use crate::folder::Folder;
use crate::reserve::Reserve;
use crate::store::{Store, Tail};
use recovery::open_store;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// An emptied store file up to this size is kept: making a new one costs more than the space is worth.
const KEPT_FILE_BYTES: u64 = 4 << 20;

/// A bounded first-in-first-out buffer of messages on disk.
///
/// After an error of the disk the store file is closed, and the next call opens it again, repairs it and goes on. No
/// caller has to do anything but call again. 4 MiB of disk beside the file are held back, so that a full disk can
/// still be drained; while they are missing, nothing is appended.
#[derive(Debug)]
pub struct Spool {
    max_bytes: u64,
    /// Held by the one who writes, opens or replaces the store, so that it is done by one at a time. Taken first.
    writer: Mutex<Writer>,
    /// Shared by those who read and write, exclusive only to close it. `None` after trouble, until it is opened again.
    store: RwLock<Option<Store>>,
    /// Apart from `writer`, so that asking for it never waits for the disk.
    depth: Mutex<Depth>,
    /// Last, so that the folder is given up after the store is closed.
    folder: Folder,
}

/// What only the one who writes needs.
#[derive(Debug)]
struct Writer {
    tail: Tail,
    reserve: Reserve,
}

impl Spool {
    /// Opens the spool in `dir`, which is made (mode 0700) if it is missing. It will hold up to `max_bytes`, counting
    /// [`Entry::cost_bytes`]; when it already holds more, nothing is lost but nothing is taken either.
    ///
    /// # Errors
    /// `InUse`, `Folder`, `Damaged` or `Disk`.
    pub fn open(dir: &Path, max_bytes: u64) -> Result<Self, SpoolError> {
        let folder = Folder::claim(dir)?;
        let mut reserve = Reserve::new(folder.reserve());
        let (store, depth, tail) = open_store(&folder, &mut reserve)?;
        if let Err(error) = reserve.hold() {
            tracing::warn!(error = %error, "no disk space for the spool's reserve: nothing can be appended");
        }
        Ok(Self {
            max_bytes,
            writer: Mutex::new(Writer { tail, reserve }),
            store: RwLock::new(Some(store)),
            depth: Mutex::new(depth),
            folder,
        })
    }

    /// Appends the entries in their order, all or none; they survive a power cut when this returns. No entries cost
    /// nothing.
    ///
    /// # Errors
    /// `Full`: nothing was appended. `Disk` or `Damaged`: all of the entries may be in the spool or none, never some.
    /// Appending them again is right: at worst they are there twice.
    pub fn append(&self, entries: &[Entry]) -> Result<(), SpoolError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut writer = lock(&self.writer);
        self.reopen(&mut writer)?;
        let needed_bytes = entries.iter().map(Entry::cost_bytes).fold(0, u64::saturating_add);
        let used_bytes = self.depth().bytes;
        if used_bytes.saturating_add(needed_bytes) > self.max_bytes {
            return Err(SpoolError::Full { needed_bytes, used_bytes, max_bytes: self.max_bytes });
        }
        writer.reserve.hold().map_err(SpoolError::disk("keep a reserve beside", self.folder.store()))?;
        let (depth, tail) =
            self.write(&mut writer, "append to", |store, tail| store.append(tail, entries))?;
        writer.tail = tail;
        *lock(&self.depth) = depth;
        Ok(())
    }

    /// The oldest entries after `after`, or from the very front, in order: up to `max_entries` with topics and payloads
    /// of up to `max_bytes` together, but at least one if there is any.
    ///
    /// # Errors
    /// `Disk` or `Damaged`.
    pub fn front(
        &self,
        after: Option<Sequence>,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<(Sequence, Entry)>, SpoolError> {
        self.read("read", |store| store.front(after, max_entries, max_bytes))
    }

    /// Drops everything up to and including `last`. When that is everything, the disk space is given back.
    ///
    /// # Errors
    /// `Disk` or `Damaged`: some entries may still be there, or none.
    pub fn remove_through(&self, last: Sequence) -> Result<(), SpoolError> {
        let mut writer = lock(&self.writer);
        let empties = last.0.saturating_add(1) >= writer.tail.next;
        if !empties || self.file_bytes() <= KEPT_FILE_BYTES {
            let remove = |writer: &mut Writer| {
                self.write(writer, "remove from", |store, _| store.remove_through(last))
            };
            let mut removed = remove(&mut writer);
            if removed.as_ref().is_err_and(SpoolError::is_disk_full) && writer.reserve.release() {
                removed = remove(&mut writer);
            }
            match removed {
                Err(error) if empties => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the emptied spool file is replaced instead");
                }
                removed => {
                    *lock(&self.depth) = removed?;
                    return Ok(());
                }
            }
        }
        self.replace(&mut writer)
    }

    /// How much is in the spool; from memory, never waiting for the disk.
    pub fn depth(&self) -> Depth {
        *lock(&self.depth)
    }

    /// The most that [`Depth::bytes`] may reach.
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Whoever panicked left a whole value: each is set in one piece.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
