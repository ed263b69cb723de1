//! The folder: who has it, and which files are in it.

use crate::error::SpoolError;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The spool's folder, ours alone while this value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: PathBuf,
    store: PathBuf,
    /// Where a store file is made, so that one under its own name is always whole.
    draft: PathBuf,
    /// Locked. The store file's own lock is not enough: it is gone while the file is replaced or opened again.
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing, closed to others, and locks it.
    pub(crate) fn claim(dir: &Path) -> Result<Self, SpoolError> {
        let missing = dir.ancestors().take_while(|folder| !folder.exists());
        let missing: Vec<_> = missing.filter(|folder| !folder.as_os_str().is_empty()).collect();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.and_then(|()| missing.into_iter().try_for_each(sync_name))
            .map_err(SpoolError::folder("make it", dir))?;
        let lock_path = dir.join("spool.lock");
        let lock = File::options().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(SpoolError::folder("write in it", dir))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => {
                return Err(SpoolError::folder("lock it", dir)(source));
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            store: dir.join("spool.redb"),
            draft: dir.join("spool.redb.new"),
            _lock: lock,
        })
    }

    pub(crate) fn store(&self) -> &Path {
        &self.store
    }

    pub(crate) fn draft(&self) -> &Path {
        &self.draft
    }

    /// Where space is set aside.
    pub(crate) fn reserve(&self) -> PathBuf {
        self.dir.join("spool.reserve")
    }

    /// Removes what an interrupted making left.
    pub(crate) fn remove_draft(&self) -> io::Result<()> {
        remove_if_there(&self.draft)
    }

    /// Gives the draft its name, for good.
    pub(crate) fn publish_draft(&self) -> io::Result<()> {
        fs::rename(&self.draft, &self.store)?;
        self.sync()
    }

    /// Removes the store file, for good.
    pub(crate) fn remove_store(&self) -> io::Result<()> {
        remove_if_there(&self.store)?;
        self.sync()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }
}

/// Makes the name of a new folder survive a power cut.
fn sync_name(folder: &Path) -> io::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
