//! Room: for history in the database, and for the spool on this machine's disk.

mod budget;

use super::database::unread;
use super::finding::{Finding, Group};
use super::{bytes, within};
use crate::config::Draft;
use crate::storage::{outlook, whole};
use budget::Needs;
use rustix::fs::{Access, StatFs, access, statfs};
use std::path::{Path, PathBuf};
use std::time::Duration;
use vigia_model::Clock;
use vigia_store::{DatabaseSettings, Store, StoreError};

const GROUP: Group = Group::Storage;
/// As `/health` warns.
const FEW_DAYS: i64 = 30;
const MUCH_PERCENT: i64 = 80;
/// With less than this on its disk a database may stop at any moment, and with less than that before long.
const FULL_BYTES: u64 = 1 << 30;
const LITTLE_BYTES: u64 = 20 << 30;
const LITTLE_PERCENT: u64 = 10;
/// How long weighing may take; a few seconds at the most where there is much.
const WEIGH_WITHIN: Duration = Duration::from_secs(8);
/// Magic numbers of file systems, as the kernel has them.
const TMPFS: u64 = 0x0102_1994;
const OVERLAY: u64 = 0x794c_7630;

/// What the database's own books say, and what they come to on its disk.
pub(super) async fn books(
    draft: &Draft,
    settings: &DatabaseSettings,
    (is_current, directory): (bool, Option<PathBuf>),
    clock: &Clock,
) -> Vec<Finding> {
    if !is_current {
        let text = "the room for history was not weighed: the schema is not that of this release (database)";
        return vec![Finding::skipped(GROUP, "storage", text)];
    }
    let weighing = async {
        let store = Store::connect(settings).await?;
        let outlook = outlook(&store, &draft.ingest, clock.now()).await;
        store.close().await;
        outlook
    };
    let outlook = match tokio::time::timeout(WEIGH_WITHIN, weighing).await {
        Ok(Ok(outlook)) => outlook,
        Ok(Err(error)) => return vec![unread(GROUP, &error)],
        Err(_elapsed) => return vec![unread(GROUP, &StoreError::Silent)],
    };
    let day = outlook.growth.raw_bytes() + outlook.growth.hourly_bytes();
    let grows = format!("{} taken, a day adds {}", bytes(outlook.taken), crate::storage::bytes(day));
    let Some(max) = draft.ingest.storage_max_bytes else {
        return vec![
            Finding::warning(
                GROUP,
                "storage-without-limit",
                format!("{grows}; STORAGE_MAX_BYTES is 0: history may take all of the disk"),
            )
            .why(
                "A full disk stops the database. With a limit the oldest history goes in \
                    time, and it is said a month before.",
            )
            .mend(limit(draft, settings, directory, outlook.growth.samples()).await),
        ];
    };
    let percent = outlook.taken.saturating_mul(100) / max.max(1);
    let fact = match outlook.days_left {
        Some(days) => format!("{grows}; {percent} % of STORAGE_MAX_BYTES, {days} days left"),
        None => format!("{grows}; {percent} % of STORAGE_MAX_BYTES, and at this rate it always does"),
    };
    if percent <= MUCH_PERCENT && outlook.days_left.is_none_or(|days| days >= FEW_DAYS) {
        return vec![Finding::ok(GROUP, "storage", fact)];
    }
    vec![
        Finding::warning(GROUP, "storage-filling", fact)
            .why("When the limit is reached the oldest samples go, and after them the oldest hourly rows.")
            .mend(
                "vigia storage shows what takes the room; raise STORAGE_MAX_BYTES with a \
                larger disk, or keep less: RAW_RETENTION_DAYS, persistence rules",
            )
            .compose("deploy/compose exec api vigia storage; docs/operations/disk-filling.md"),
    ]
}

/// What `STORAGE_MAX_BYTES` should be. The disk is the database's where its folder can be seen. It is the spool's where the
/// database is reached by a socket, thus on this machine: in Compose their volumes lie on one disk unless somebody moved them.
async fn limit(
    draft: &Draft,
    settings: &DatabaseSettings,
    directory: Option<PathBuf>,
    samples_a_day: f64,
) -> String {
    let spool = &draft.ingest.spool;
    let is_here = settings.place().starts_with('/');
    let size = match size(directory).await {
        None if is_here => size(nearest(&spool.dir)).await,
        size => size,
    };
    let samples_a_day = u64::try_from(whole(samples_a_day)).unwrap_or_default();
    let needs = Needs { spool: spool.max_bytes, samples_a_day, backup: draft.backup };
    match size {
        Some(size) => budget::advice(size, needs),
        None => "set STORAGE_MAX_BYTES to what the database may take of its disk, in bytes: much less where backups \
            lie on it too; docs/storage.md has the arithmetic"
            .to_owned(),
    }
}

/// Of the disk under a folder; `None` where it cannot be seen from here.
async fn size(folder: Option<PathBuf>) -> Option<u64> {
    let disk = disk(folder?).await?;
    let kind = u64::try_from(disk.f_type).unwrap_or_default();
    let block = u64::try_from(disk.f_bsize).unwrap_or_default();
    (kind != TMPFS && kind != OVERLAY).then(|| disk.f_blocks.saturating_mul(block))
}

/// A disk that is away holds nobody up.
async fn disk(folder: PathBuf) -> Option<StatFs> {
    let looked = within(Duration::from_secs(2), async move {
        tokio::task::spawn_blocking(move || statfs(&folder).ok()).await.map_err(std::io::Error::other)
    });
    looked.await.ok().flatten()
}

/// The spool's folder: there, writable, on a real disk, with room for what it may take.
pub(super) fn spool(draft: &Draft) -> Vec<Finding> {
    let settings = &draft.ingest.spool;
    let shown = settings.dir.display();
    let Some(there) = nearest(&settings.dir) else {
        return vec![Finding::skipped(GROUP, "spool", format!("{shown}: no folder above it is there"))];
    };
    let mut findings = Vec::new();
    if let Err(error) = access(&there, Access::WRITE_OK | Access::EXEC_OK) {
        findings.push(
            Finding::failure(
                GROUP,
                "spool-not-writable",
                format!("{shown} may not be written by this user: {error}"),
            )
            .why(
                "While the database is away no message can be taken: they wait at the \
                    broker, which forgets them after a while.",
            )
            .mend(format!("sudo install -d -o \"$(id -un)\" -m 0750 {shown}"))
            .compose(
                "deploy/compose run --rm --no-deps --user root --cap-add CHOWN --cap-add DAC_OVERRIDE \
                    --entrypoint chown api -R 10001:10001 /var/lib/vigia/spool; the volume spool must be mounted there",
            ),
        );
    }
    let Ok(disk) = statfs(&there) else { return findings };
    let kind = u64::try_from(disk.f_type).unwrap_or_default();
    if kind == TMPFS || kind == OVERLAY {
        let what = if kind == TMPFS { "in memory (tmpfs)" } else { "inside the container" };
        findings.push(
            Finding::failure(GROUP, "spool-not-on-disk", format!("{shown} lies {what}"))
                .why(
                    "What waits there is acknowledged: it is lost for good with the memory, \
                    or with the container.",
                )
                .mend("set SPOOL_DIR to a folder on a disk")
                .compose("mount the volume spool at SPOOL_DIR"),
        );
    }
    let block = u64::try_from(disk.f_bsize).unwrap_or_default();
    let free = disk.f_bavail.saturating_mul(block);
    let used = used(&settings.dir);
    let number = |bytes_of: u64| bytes(i64::try_from(bytes_of).unwrap_or(i64::MAX));
    if free.saturating_add(used) < settings.max_bytes {
        findings.push(
            Finding::warning(
                GROUP,
                "spool-little-room",
                format!(
                    "{} are free for {shown}, and SPOOL_MAX_BYTES is {}",
                    number(free),
                    number(settings.max_bytes)
                ),
            )
            .why(
                "An outage of the database that fills the disk first stops the intake \
                    earlier than the settings say, and whoever shares the disk suffers.",
            )
            .mend(format!(
                "free some of the disk, or set SPOOL_MAX_BYTES={}",
                (free.saturating_add(used)) / 10 * 8
            )),
        );
    } else if findings.is_empty() {
        findings.push(Finding::ok(
            GROUP,
            "spool",
            format!("{shown} may be written; {} are free", number(free)),
        ));
    }
    findings
}

/// The room on the database's disk, where its folder can be seen from here.
pub(super) async fn database_disk(directory: Option<PathBuf>) -> Option<Finding> {
    let disk = disk(directory?).await?;
    let free = disk.f_bavail.saturating_mul(u64::try_from(disk.f_bsize).unwrap_or_default());
    let share = disk.f_bavail.saturating_mul(100) / disk.f_blocks.max(1);
    let fact = format!(
        "the database's disk has {} free ({share} %)",
        bytes(i64::try_from(free).unwrap_or(i64::MAX))
    );
    let finding = match free {
        0..FULL_BYTES => Finding::failure(GROUP, "database-disk-full", fact),
        FULL_BYTES..LITTLE_BYTES if share < LITTLE_PERCENT => {
            Finding::warning(GROUP, "database-disk-filling", fact)
        }
        _ => return Some(Finding::ok(GROUP, "database-disk", fact)),
    };
    Some(
        finding
            .why("A full disk stops the database, and it may need room to start again.")
            .mend("df -h; docs/operations/disk-filling.md"),
    )
}

/// The folder, or the nearest above it that is there: the program makes the rest.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    folder.ancestors().find(|above| above.is_dir()).map(Path::to_owned)
}

fn used(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}
