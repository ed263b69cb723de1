//! A power cut: what was written and not synced is gone, or half of it is.

use super::*;
use redb::StorageBackend;
use std::io;
use std::sync::{Mutex, PoisonError};

/// A disk with a cache that forgets.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Content>>);

/// What is on the platter, and what was written since.
#[derive(Debug, Default)]
struct Content {
    synced: Vec<u8>,
    cached: Vec<u8>,
    /// Writes since the last sync, in order.
    writes: Vec<(usize, Vec<u8>)>,
    syncs: usize,
}

impl Disk {
    fn with<R>(&self, work: impl FnOnce(&mut Content) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The disk after a power cut that let `kept` of the unsynced writes through.
    fn after_power_cut(&self, kept: impl Fn(usize) -> bool) -> Self {
        self.with(|disk| {
            let mut bytes = disk.synced.clone();
            for (_, (offset, data)) in disk.writes.iter().enumerate().filter(|(number, _)| kept(*number)) {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
            let disk = Content { cached: bytes.clone(), synced: bytes, ..Content::default() };
            Self(Arc::new(Mutex::new(disk)))
        })
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(u64::try_from(self.with(|disk| disk.cached.len())).unwrap())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let from = usize::try_from(offset).unwrap();
        self.with(|disk| match disk.cached.get(from..from + out.len()) {
            Some(bytes) => {
                out.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        })
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let len = usize::try_from(len).unwrap();
        self.with(|disk| {
            disk.cached.resize(len, 0);
            // A length is kept by the file system's own journal.
            disk.synced.resize(len, 0);
        });
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        self.with(|disk| {
            disk.synced = disk.cached.clone();
            disk.writes.clear();
            disk.syncs += 1;
        });
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let from = usize::try_from(offset).unwrap();
        self.with(|disk| {
            disk.cached[from..from + data.len()].copy_from_slice(data);
            disk.writes.push((from, data.to_vec()));
        });
        Ok(())
    }
}

fn entries(numbers: std::ops::Range<i64>) -> Vec<Entry> {
    numbers
        .map(|number| Entry {
            received_at: Timestamp::from_millis(number),
            topic: "topic".into(),
            payload: Bytes::from(format!("payload {number}")),
        })
        .collect()
}

fn numbers(store: &Store) -> Vec<i64> {
    let front = store.front(None, usize::MAX, usize::MAX).unwrap();
    front.into_iter().map(|(_, entry)| entry.received_at.as_millis()).collect()
}

#[test]
fn what_was_appended_is_there_after_a_power_cut() {
    let disk = Disk::default();
    let database = builder().create_with_backend(disk.clone()).unwrap();
    make_table(&database).unwrap();
    let (store, _, mut tail) = Store::measured(database).unwrap();
    for step in 0..20 {
        let syncs = disk.with(|disk| disk.syncs);
        (_, tail) = store.append(tail, &entries(step * 50..(step + 1) * 50)).unwrap();
        assert!(disk.with(|disk| disk.syncs) > syncs, "an append is synced before it returns");
        if step % 4 == 3 {
            let through = store.front(None, 30, usize::MAX).unwrap().last().unwrap().0;
            store.remove_through(through).unwrap();
        }
        let first = numbers(&store)[0];
        let expected: Vec<i64> = (first..(step + 1) * 50).collect();
        for cut in [disk.after_power_cut(|_| false), disk.after_power_cut(|number| number % 2 == 0)] {
            let (after, depth, _) = Store::measured(builder().create_with_backend(cut).unwrap()).unwrap();
            assert_eq!(numbers(&after), expected);
            assert_eq!(depth.entries, u64::try_from(expected.len()).unwrap());
        }
    }
}
