//! Who runs the servers: ourselves, or the unprivileged user `nobody` when we are root.
//!
//! Postgres refuses to run as root, and Mosquitto started as root changes to a user of its own that cannot
//! read our files. So root starts both as `nobody`, in folders that belong to `nobody`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// The ids of `nobody` and `nogroup` on Debian and most others.
const NOBODY: u32 = 65_534;

/// The account under which a server runs and to which its files belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// The user who started us.
    Own,
    /// `nobody`, because we are root.
    Nobody,
}

impl Account {
    /// The account for servers: `nobody` for root, else ourselves.
    pub fn for_servers() -> Self {
        if own_uid() == Some(0) { Self::Nobody } else { Self::Own }
    }

    /// Lets the command run as this account.
    pub fn apply(self, command: &mut Command) {
        if self == Self::Nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
    }

    /// Gives a file or folder to this account.
    pub fn own(self, path: &Path) -> Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Nobody => chown(path, Some(NOBODY), Some(NOBODY)).map_err(Error::file("give away", path)),
        }
    }

    /// The numeric user id, as far as it can be told.
    pub fn uid(self) -> Option<u32> {
        match self {
            Self::Own => own_uid(),
            Self::Nobody => Some(NOBODY),
        }
    }

    /// Whether this account can enter the folder, that is every folder on the way to it.
    pub fn reaches(self, dir: &Path) -> bool {
        match self {
            Self::Own => dir.is_dir(),
            Self::Nobody => {
                let Ok(real) = dir.canonicalize() else { return false };
                real.ancestors().all(|step| {
                    fs::metadata(step).is_ok_and(|meta| {
                        let bit = if meta.uid() == NOBODY { 0o100 } else { 0o001 };
                        meta.permissions().mode() & bit != 0
                    })
                })
            }
        }
    }

    /// A folder for temporary files that this account can enter: `$TMPDIR`, else `/tmp` or `/var/tmp`.
    pub fn temp_dir(self) -> PathBuf {
        [std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp")]
            .into_iter()
            .find(|dir| self.reaches(dir))
            .unwrap_or_else(std::env::temp_dir)
    }
}

fn own_uid() -> Option<u32> {
    fs::metadata("/proc/self").map(|meta| meta.uid()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_for_servers_is_never_root() {
        assert_ne!(Account::for_servers().uid(), Some(0));
    }

    #[test]
    fn the_temporary_folder_can_be_entered() {
        let account = Account::for_servers();
        assert!(account.reaches(&account.temp_dir()));
    }
}
