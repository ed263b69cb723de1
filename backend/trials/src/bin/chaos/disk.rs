//! The disk of the spools: a small file system in memory that can be filled up. It takes root to mount one; without,
//! the spools have a small limit of their own instead.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Room for what comes in a long outage, twice over; for two spools.
const SIZE_MIB: u32 = 64;
/// The limit of each spool where nothing can be mounted: full within some 15 s of an outage.
const SMALL_SPOOL_BYTES: u64 = 8 << 20;
/// Waits until we are gone, for whatever reason, and takes the file system away.
const WATCHDOG: &str = r#"trap '' HUP INT TERM; read -r _ignored; umount -l "$1"; rmdir "$1""#;

/// Where the spools are.
#[derive(Debug)]
pub(crate) struct Disk {
    dir: PathBuf,
    /// `None` where nothing could be mounted.
    watchdog: Option<Child>,
}

impl Disk {
    /// Mounts the file system, or takes a plain folder in `scratch` if it cannot.
    pub(crate) fn new(scratch: &Path) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("vigia-chaos-disk-{}", std::process::id()));
        fs::create_dir(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "vigia-disk"])
            .arg(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .current_dir("/")
            .spawn()
            .context("cannot watch over the spools' disk")?;
        let disk = Self { dir, watchdog: Some(watchdog) };
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={SIZE_MIB}m,mode=755"), "tmpfs"]).arg(&disk.dir);
        let mounted = mount.stderr(Stdio::null()).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Ok(disk);
        }
        drop(disk);
        let dir = scratch.join("spools");
        fs::create_dir(&dir)?;
        Ok(Self { dir, watchdog: None })
    }

    /// Whether it can be filled up.
    pub(crate) const fn is_mounted(&self) -> bool {
        self.watchdog.is_some()
    }

    pub(crate) fn spool(&self, backend: &str) -> PathBuf {
        self.dir.join(backend)
    }

    /// `SPOOL_MAX_BYTES`, where the default is not meant.
    pub(crate) const fn spool_max_bytes(&self) -> Option<u64> {
        if self.is_mounted() { None } else { Some(SMALL_SPOOL_BYTES) }
    }

    /// Takes all room but the last `left_kib`.
    pub(crate) fn fill(&self, left_kib: u16) -> Result<()> {
        if !self.is_mounted() {
            return Ok(());
        }
        let mut ballast = File::create(self.ballast())?;
        let mut length = 0;
        let chunk = [0x5a; 4_096];
        loop {
            match ballast.write_all(&chunk) {
                Ok(()) => length += 4_096,
                Err(fault) if fault.kind() == ErrorKind::StorageFull => break,
                Err(fault) => return Err(fault.into()),
            }
        }
        ballast.set_len(u64::saturating_sub(length, u64::from(left_kib) * 1_024))?;
        Ok(())
    }

    /// Gives it back.
    pub(crate) fn free(&self) {
        fs::remove_file(self.ballast()).ok();
    }

    /// Copies what is in the spools, for whoever looks at a failure.
    pub(crate) fn keep(&self, folder: &Path) {
        if self.is_mounted() {
            self.free();
            Command::new("cp").arg("-R").arg(&self.dir).arg(folder.join("spools")).status().ok();
        }
    }

    fn ballast(&self) -> PathBuf {
        self.dir.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Some(mut watchdog) = self.watchdog.take() {
            drop(watchdog.stdin.take());
            watchdog.wait().ok();
        }
    }
}
