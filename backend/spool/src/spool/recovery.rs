//! Opening, closing and replacing the store while others use the spool.

use super::{Spool, Writer, lock};
use crate::entry::Depth;
use crate::error::{Operation, SpoolError};
use crate::folder::Folder;
use crate::reserve::Reserve;
use crate::store::{Store, Tail};
use redb::Error;
use std::sync::PoisonError;

impl Spool {
    /// Runs `work` on the store, opened again first if trouble closed it.
    pub(super) fn read<T>(
        &self,
        operation: Operation,
        work: impl Fn(&Store) -> Result<T, Error>,
    ) -> Result<T, SpoolError> {
        loop {
            if let Some(done) = self.with_store(operation, &work) {
                return done;
            }
            self.reopen(&mut lock(&self.writer))?;
        }
    }

    /// The same for the one who writes.
    pub(super) fn write<T>(
        &self,
        writer: &mut Writer,
        operation: Operation,
        work: impl Fn(&Store, Tail) -> Result<T, Error>,
    ) -> Result<T, SpoolError> {
        loop {
            self.reopen(writer)?;
            // Somebody who reads may close it in between.
            if let Some(done) = self.with_store(operation, |store| work(store, writer.tail)) {
                return done;
            }
        }
    }

    /// Opens the store again if it is closed.
    pub(super) fn reopen(&self, writer: &mut Writer) -> Result<(), SpoolError> {
        if self.store.read().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        let (store, depth, tail) = open_store(&self.folder, &mut writer.reserve)?;
        writer.tail = writer.tail.max(tail);
        *lock(&self.depth) = depth;
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = Some(store);
        tracing::info!(spool.entries = depth.entries, spool.bytes = depth.bytes, "opened the spool file");
        Ok(())
    }

    /// Throws the store file away and makes a new one. On a full disk too: what is removed makes room.
    pub(super) fn replace(&self, writer: &mut Writer) -> Result<(), SpoolError> {
        self.close();
        self.folder.remove_store().map_err(SpoolError::disk("remove", self.folder.store()))?;
        *lock(&self.depth) = Depth::default();
        // Everything was removed, whatever happens now; the next call tries again to make a file.
        if let Err(error) = self.reopen(writer) {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the spool is empty but has no file yet");
        }
        Ok(())
    }

    /// How large the store file is, in bytes.
    pub(super) fn file_bytes(&self) -> u64 {
        self.folder.store().metadata().map_or(0, |metadata| metadata.len())
    }

    /// Runs `work` on the store if it is open, and closes it after an error: redb refuses everything after one.
    fn with_store<T>(
        &self,
        operation: Operation,
        work: impl FnOnce(&Store) -> Result<T, Error>,
    ) -> Option<Result<T, SpoolError>> {
        let done = self.store.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(work)?;
        Some(done.map_err(|error| {
            self.close();
            SpoolError::store(operation, self.folder.store())(error)
        }))
    }

    fn close(&self) {
        *self.store.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Opens the store file, with the reserve's space if there is no other.
pub(super) fn open_store(folder: &Folder, reserve: &mut Reserve) -> Result<(Store, Depth, Tail), SpoolError> {
    let open = || Store::open(folder).map_err(SpoolError::store("open", folder.store()));
    match open() {
        Err(error) if error.is_disk_full() && reserve.release() => open(),
        opened => opened,
    }
}
