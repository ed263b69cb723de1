//! Where things are in this checkout, and whether they are up to date.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The top folder of the checkout this program was built from.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// The ignored folder for everything the commands make, beside `target/` and the frontend's own.
pub(crate) fn scratch() -> PathBuf {
    root().join(".vigia")
}

/// The cargo that runs us, without what it says about this package: `ring` for one is built anew when that differs
/// from what it was under a cargo started by hand.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let is_ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(is_ours) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// When the newest of these files, or of the files and folders below them, was changed.
pub(crate) fn newest(paths: impl IntoIterator<Item = PathBuf>) -> Option<SystemTime> {
    paths.into_iter().filter_map(|path| newest_below(&path)).max()
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    let own = changed(path);
    // A folder's own time changes when something in it is removed.
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter_map(|entry| newest_below(&entry.path())).chain(own).max()
}

/// When this file was changed; `None` if it does not exist.
pub(crate) fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}
