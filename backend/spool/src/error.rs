//! What can go wrong with the spool.

use std::io;
use std::path::{Path, PathBuf};

/// What was being done, as words that follow "cannot".
pub(crate) type Operation = &'static str;

/// An operation on the spool failed.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Another process, or another [`Spool`](crate::Spool) of this one, has the folder.
    #[error("the spool folder {} is in use by another process", dir.display())]
    InUse { dir: PathBuf },
    /// The folder cannot be made, read or written.
    #[error("cannot use {} as the spool folder: cannot {operation}", path.display())]
    Folder {
        operation: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The store file cannot be read. It is left as it is: a person decides.
    #[error(
        "the spool file {} is damaged ({detail}); move it away and start again with an empty spool, or put a good \
         copy in its place",
        path.display()
    )]
    Damaged { path: PathBuf, detail: String },
    /// The entries do not fit until others are removed. Nothing of them is in the spool.
    #[error("the spool is full: {needed_bytes} bytes more on {used_bytes} would pass {max_bytes}")]
    Full { needed_bytes: u64, used_bytes: u64, max_bytes: u64 },
    /// The disk did not do it: no space, no right, or a fault. The same call may succeed later.
    #[error("cannot {operation} the spool file {}", path.display())]
    Disk {
        operation: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl SpoolError {
    /// Whether the disk, or our share of it, is full.
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::Disk { source, .. } | Self::Folder { source, .. }
                if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
        )
    }

    /// For `map_err`: the folder refused `operation`.
    pub(crate) fn folder(operation: Operation, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Folder { operation, path: path.to_owned(), source }
    }

    /// For `map_err`: the disk refused `operation` on the store file.
    pub(crate) fn disk(operation: Operation, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { operation, path: path.to_owned(), source }
    }

    /// For `map_err`: the same, told by redb.
    pub(crate) fn store(operation: Operation, path: &Path) -> impl FnOnce(redb::Error) -> Self {
        move |error| match error {
            redb::Error::Io(source) if is_nonsense(&source) => {
                Self::Damaged { path: path.to_owned(), detail: source.to_string() }
            }
            redb::Error::Io(source) => Self::Disk { operation, path: path.to_owned(), source },
            redb::Error::DatabaseAlreadyOpen => Self::InUse { dir: path.parent().unwrap_or(path).to_owned() },
            error @ (redb::Error::Corrupted(_)
            | redb::Error::UpgradeRequired(_)
            | redb::Error::TableTypeMismatch { .. }
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TypeDefinitionChanged { .. }) => {
                Self::Damaged { path: path.to_owned(), detail: error.to_string() }
            }
            error => Self::Disk { operation, path: path.to_owned(), source: io::Error::other(error) },
        }
    }
}

/// Whether the bytes were read well but are not what redb wrote.
fn is_nonsense(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}
