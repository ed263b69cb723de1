//! The examples of docs/storage.md, and that what is recommended fits on the disk.

use super::*;

const GB: u64 = 1_000_000_000;
const STORAGE: &str = include_str!("../../../../../../docs/storage.md");

fn needs(samples_a_second: u64, kept: u64) -> Needs {
    let backup = BackupSettings { is_on: true, kept };
    Needs { spool: 4 << 30, samples_a_day: samples_a_second * 86_400, backup }
}

#[test]
fn the_table_of_the_documentation_is_what_comes_out() {
    let cell = |bytes: Option<u64>| match bytes {
        Some(bytes) => format!("{}.{} GB", bytes / GB, bytes % GB / (GB / 10)),
        None => "–".to_owned(),
    };
    for size in [40, 80, 160, 320, 640] {
        let of = |rate, kept| Budget::of(size * GB, needs(rate, kept));
        let row = format!(
            "| {size} GB | {} | {} | {} | {} | {} |",
            cell(of(10, 4).beside_backups),
            cell(of(100, 4).beside_backups),
            cell(of(100, 2).beside_backups),
            cell(of(100, 1).beside_backups),
            cell(of(100, 4).alone)
        );
        assert!(STORAGE.contains(&row), "{row}");
    }
}

#[test]
fn what_is_recommended_leaves_a_tenth_of_the_disk_free_at_the_worst_moment() {
    for (size, rate, kept) in [(40, 1, 1), (80, 20, 4), (160, 100, 4), (2_000, 1_000, 8)] {
        let budget = Budget::of(size * GB, needs(rate, kept));
        let database = budget.beside_backups.unwrap();
        let log = rate * 86_400 * 200 * 7 * kept;
        let fixed = 14 * GB + (4 << 30) + log;
        let of = |percent: u64| database / 100 * percent;
        let proving = database + of(100) * kept + of(110) + (1 << 30);
        let making = database + of(100) * kept + of(90);
        assert!(fixed + proving.max(making) <= size * GB / 10 * 9, "{size} GB: {budget:?}");
        assert!(fixed + proving + of(20) + GB > size * GB / 10 * 9, "room is wasted: {size} GB: {budget:?}");
        assert!(budget.alone > budget.beside_backups);
    }
}

#[test]
fn where_there_is_no_room_it_is_said() {
    assert_eq!(Budget::of(15 * GB, needs(0, 4)), Budget { beside_backups: None, alone: None });
    assert!(advice(15 * GB, needs(0, 4)).contains("larger disk"));
    let text = advice(80 * GB, needs(1_000, 4));
    assert!(text.starts_with("set STORAGE_MAX_BYTES=53700000000 with the backups on another disk"), "{text}");
    // With fewer backups there may be.
    let text = advice(80 * GB, needs(100, 4));
    assert!(text.starts_with("set BACKUP_KEEP_FULL=3 and STORAGE_MAX_BYTES=3200000000 where"), "{text}");
    assert!(text.contains("or 53700000000 where they lie on another"), "{text}");
    let text = advice(160 * GB, needs(100, 4));
    assert!(text.starts_with("set STORAGE_MAX_BYTES=12400000000 where"), "{text}");
    // Nobody counts backups that nobody makes.
    let off = Needs { backup: BackupSettings { is_on: false, kept: 4 }, ..needs(0, 4) };
    assert!(advice(80 * GB, off).starts_with("set STORAGE_MAX_BYTES=53700000000, of its disk of 80 GB;"));
    // Absurd figures are no reason to fail.
    assert_eq!(Budget::of(u64::MAX, needs(u64::MAX / 86_400, u64::MAX)).beside_backups, None);
}
