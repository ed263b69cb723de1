//! Tells the program which commit it was made from: `VIGIA_COMMIT` (an image is built without `.git`), else what git says,
//! else `unknown`. Never fails a build, and asks for another one only when the answer may have changed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// As many digits of a hash as people are shown.
const SHOWN: usize = 12;

fn main() {
    println!("cargo::rerun-if-env-changed=VIGIA_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    #[expect(clippy::disallowed_methods, reason = "a build has no settings but its environment")]
    let told = std::env::var("VIGIA_COMMIT").ok().and_then(|text| shown(&text));
    let commit = told.or_else(from_git).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=VIGIA_COMMIT={commit}");
}

/// A word that fits a label and a line, cut to what is shown; nothing for anything else.
fn shown(text: &str) -> Option<String> {
    let text = text.trim();
    let is_word = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter));
    (!text.is_empty() && is_word).then(|| text.chars().take(SHOWN).collect())
}

/// The commit of this repository; not of another one that the sources were unpacked in.
fn from_git() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().ok()?;
    let top = PathBuf::from(git(&root, &["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    if top != root {
        return None;
    }
    // A commit, a checkout and a reset each write to the log of HEAD; where none is kept, HEAD and its branch tell.
    let branch = git(&root, &["symbolic-ref", "--quiet", "HEAD"]).unwrap_or_default();
    for name in ["logs/HEAD", "HEAD", &branch, "packed-refs"].into_iter().filter(|name| !name.is_empty()) {
        let Some(path) = git(&root, &["rev-parse", "--git-path", name]) else { continue };
        let path = root.join(path);
        // Cargo takes a file that is not there for one that has changed.
        if path.is_file() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    shown(&git(&root, &["rev-parse", "HEAD"])?)
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
