//! The room on a disk.

use std::path::Path;

/// What is free for us, and how large the disk is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    pub(super) free: f64,
    pub(super) size: f64,
}

/// Of the disk on which a folder lies; nothing while it cannot be asked.
pub(super) fn room(folder: &Path) -> Option<Room> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize) as f64;
    Some(Room { free: bytes(disk.f_bavail), size: bytes(disk.f_blocks) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_no_more_free_than_it_is_large() {
        let room = room(Path::new("/")).unwrap();
        assert!(room.free >= 0.0 && room.free <= room.size && room.size > 1_000_000.0, "{room:?}");
        assert_eq!(super::room(Path::new("/not/there")), None);
    }
}
