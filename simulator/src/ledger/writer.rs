//! The writing side of a ledger, shared by the one who publishes and those who hear the confirmations.

use super::line::{write_acks, write_message};
use super::ranges::IdRanges;
use crate::error::{Error, Result};
use crate::message::Message;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use vigia_model::Timestamp;

/// An open ledger. Messages reach the file before they are sent; confirmations follow with the next messages, or
/// when [`LedgerWriter::flush`] is called, whichever comes first.
#[derive(Debug)]
pub struct LedgerWriter {
    path: PathBuf,
    /// Above this many bytes the file is put aside and a new one begun.
    max_bytes: Option<u64>,
    // A std mutex: it is held to copy bytes and for one write to the page cache, never across an await.
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    /// How long the file is.
    size: u64,
    buffer: Vec<u8>,
    next_id: u64,
    /// Confirmed and not yet written.
    acked: IdRanges,
}

impl LedgerWriter {
    /// Opens a ledger to go on with it, or begins one. Ids go on from the highest it has.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, None)
    }

    /// The same for one that must not grow without bound: a file longer than `max_bytes` becomes `<path>.old`, in
    /// the place of the last one of that name. What both no longer hold is forgotten, confirmed or not.
    pub fn open_rotating(path: &Path, max_bytes: u64) -> Result<Self> {
        Self::open_as(path, Some(max_bytes))
    }

    fn open_as(path: &Path, max_bytes: Option<u64>) -> Result<Self> {
        let fault = |source| Error::WriteLedger { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        let mut file = append_to(path).map_err(fault)?;
        let (mut last_id, cut_short) = survey(&file).map_err(fault)?;
        if cut_short {
            file.write_all(b"\n").map_err(fault)?;
        }
        // A kill just after a rotation leaves no id here.
        if max_bytes.is_some()
            && last_id == 0
            && let Ok(old) = File::open(old(path))
        {
            last_id = survey(&old).map_err(fault)?.0;
        }
        let size = file.metadata().map_err(fault)?.len();
        let (buffer, acked) = (Vec::new(), IdRanges::default());
        let inner = Inner { file, size, buffer, next_id: last_id + 1, acked };
        Ok(Self { path: path.to_owned(), max_bytes, inner: Mutex::new(inner) })
    }

    /// Writes messages down and gives them their ids; those that have one are already there.
    pub fn publish(&self, at: Timestamp, messages: &mut [Message]) -> Result<()> {
        let mut inner = self.lock();
        for message in messages.iter_mut().filter(|message| message.id.is_none()) {
            let id = inner.next_id;
            inner.next_id += 1;
            write_message(&mut inner.buffer, id, at, message);
            message.id = Some(id);
        }
        self.write(&mut inner, at)
    }

    /// Takes note of confirmations.
    pub fn acked(&self, ids: &[u64]) {
        let mut inner = self.lock();
        for id in ids {
            inner.acked.add(*id, *id);
        }
    }

    /// Writes what is still in memory.
    pub fn flush(&self, at: Timestamp) -> Result<()> {
        self.write(&mut self.lock(), at)
    }

    fn write(&self, inner: &mut Inner, at: Timestamp) -> Result<()> {
        if inner.acked.iter().next().is_some() {
            write_acks(&mut inner.buffer, at, std::mem::take(&mut inner.acked).iter());
        }
        let written = self.append(inner);
        inner.buffer.clear();
        written.map_err(|source| Error::WriteLedger { path: self.path.clone(), source })
    }

    fn append(&self, inner: &mut Inner) -> std::io::Result<()> {
        let more = u64::try_from(inner.buffer.len()).unwrap_or(u64::MAX);
        if inner.size > 0 && self.max_bytes.is_some_and(|max| inner.size.saturating_add(more) > max) {
            std::fs::rename(&self.path, old(&self.path))?;
            (inner.file, inner.size) = (append_to(&self.path)?, 0);
        }
        inner.size = inner.size.saturating_add(more);
        inner.file.write_all(&inner.buffer)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn append_to(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).read(true).open(path)
}

/// Where a file that has grown too long is put.
fn old(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".old");
    name.into()
}

/// The highest id in the file, and whether its last line has no end.
fn survey(file: &File) -> std::io::Result<(u64, bool)> {
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let (mut line, mut last_id, mut cut_short) = (Vec::new(), 0, false);
    while reader.read_until(b'\n', &mut line)? > 0 {
        let digits = line.strip_prefix(br#"{"id":"#).unwrap_or_default();
        let id = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0_u64, |id, digit| id.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        last_id = last_id.max(id);
        cut_short = line.last() != Some(&b'\n');
        line.clear();
    }
    Ok((last_id, cut_short))
}
