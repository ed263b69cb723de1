//! The store file: all that is said to redb.

use crate::entry::{Depth, Entry, Sequence, cost_bytes};
use crate::folder::Folder;
use bytes::Bytes;
use redb::{Builder, Database, Error, ReadableDatabase, ReadableTable, TableDefinition};
use std::ops::Bound;
use std::sync::Arc;
use vigia_model::Timestamp;

/// Sequence → (cost of all entries ever up to and including this one, `received_at` in ms, topic, payload). The
/// running cost makes the cost of all that is there a subtraction.
const ENTRIES: TableDefinition<'_, u64, (u64, i64, &str, &[u8])> = TableDefinition::new("entries");

/// Memory for pages. Entries are written once and read once, in order: a larger cache would hold nothing of use.
const CACHE_BYTES: usize = 16 << 20;

/// Where the next entry goes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tail {
    pub(crate) next: u64,
    /// The cost of all entries ever.
    pub(crate) cost: u64,
}

impl Tail {
    /// The later of the two: a number once given is not given again while the spool is open.
    pub(crate) fn max(self, other: Self) -> Self {
        Self { next: self.next.max(other.next), cost: self.cost.max(other.cost) }
    }
}

/// An open store file.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
}

impl Store {
    /// Opens the file, repairing what a crash left, or makes an empty one.
    pub(crate) fn open(folder: &Folder) -> Result<(Self, Depth, Tail), Error> {
        folder.remove_draft()?;
        if folder.store().try_exists()? {
            return Self::measured(builder().open(folder.store())?);
        }
        let database = builder().create(folder.draft())?;
        make_table(&database)?;
        folder.publish_draft()?;
        Self::measured(database)
    }

    fn measured(database: Database) -> Result<(Self, Depth, Tail), Error> {
        let (depth, tail) = measure(&database.begin_read()?.open_table(ENTRIES)?)?;
        Ok((Self { database }, depth, tail))
    }

    /// Appends durably, all or nothing.
    pub(crate) fn append(&self, tail: Tail, entries: &[Entry]) -> Result<(Depth, Tail), Error> {
        let transaction = self.database.begin_write()?;
        let mut table = transaction.open_table(ENTRIES)?;
        let Tail { mut next, mut cost } = tail;
        for entry in entries {
            cost = cost.saturating_add(entry.cost_bytes());
            table.insert(next, (cost, entry.received_at.as_millis(), &*entry.topic, &*entry.payload))?;
            next = next.saturating_add(1);
        }
        let (depth, _) = measure(&table)?;
        drop(table);
        transaction.commit()?;
        Ok((depth, Tail { next, cost }))
    }

    /// The oldest entries after `after`: as many as fit in both limits, at least one if there is any.
    pub(crate) fn front(
        &self,
        after: Option<Sequence>,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<(Sequence, Entry)>, Error> {
        let table = self.database.begin_read()?.open_table(ENTRIES)?;
        let from = after.map_or(Bound::Unbounded, |Sequence(after)| Bound::Excluded(after));
        let mut entries = Vec::new();
        let mut bytes = 0_usize;
        for row in ReadableTable::range::<u64>(&table, (from, Bound::Unbounded))? {
            let (key, value) = row?;
            let (_, received_at, topic, payload) = value.value();
            bytes = bytes.saturating_add(topic.len()).saturating_add(payload.len());
            if !entries.is_empty() && (entries.len() >= max_entries || bytes > max_bytes) {
                break;
            }
            let entry = Entry {
                received_at: Timestamp::from_millis(received_at),
                topic: Arc::from(topic),
                payload: Bytes::copy_from_slice(payload),
            };
            entries.push((Sequence(key.value()), entry));
        }
        Ok(entries)
    }

    /// Removes everything up to and including `last`.
    pub(crate) fn remove_through(&self, last: Sequence) -> Result<Depth, Error> {
        let transaction = self.database.begin_write()?;
        let mut table = transaction.open_table(ENTRIES)?;
        table.retain_in(..=last.0, |_, _| false)?;
        let (depth, _) = measure(&table)?;
        drop(table);
        transaction.commit()?;
        Ok(depth)
    }
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    // Every page is checked, after a clean close too: a plain open trusts the file and may panic on a damaged one.
    // After a crash redb reads it all anyhow, unless each commit pays for a second fsync to spare it that.
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    builder
}

fn make_table(database: &Database) -> Result<(), Error> {
    let transaction = database.begin_write()?;
    drop(transaction.open_table(ENTRIES)?);
    transaction.commit()?;
    Ok(())
}

/// What is in the table and where it ends, from its two ends alone.
fn measure(
    table: &impl ReadableTable<u64, (u64, i64, &'static str, &'static [u8])>,
) -> Result<(Depth, Tail), Error> {
    let (Some((_, first)), Some((last, end))) = (table.first()?, table.last()?) else {
        return Ok((Depth::default(), Tail::default()));
    };
    let (first_end, oldest, topic, payload) = first.value();
    let cost = end.value().0;
    let before = first_end.saturating_sub(cost_bytes(topic, payload));
    let depth = Depth {
        entries: table.len()?,
        bytes: cost.saturating_sub(before),
        oldest: Some(Timestamp::from_millis(oldest)),
    };
    Ok((depth, Tail { next: last.value().saturating_add(1), cost }))
}

#[cfg(test)]
mod tests;
