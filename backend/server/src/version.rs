//! Which program this is: the release, and the commit it was made from.

/// Of the workspace.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The first twelve digits of the commit, or `unknown`; `build.rs` finds it.
pub(crate) const COMMIT: &str = env!("VIGIA_COMMIT");
/// For `vigia --version`.
pub(crate) const LONG: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("VIGIA_COMMIT"), ")");
