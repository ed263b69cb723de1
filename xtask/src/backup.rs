//! `cargo xtask backup-drill`: a database is backed up while it is written, what can break is broken, and it is restored by the
//! commands of the docs.

use std::process::Command;

use crate::failure::Result;
use crate::{project, run, setup};

/// Its progress passes through, and its failure is ours.
pub(crate) fn drill(short: bool) -> Result<()> {
    setup::ensure(setup::FOR_BACKUP)?;
    let mut drill = Command::new("bash");
    drill.arg(project::root().join("deploy/db/tests/drill.sh"));
    if short {
        drill.arg("--short");
    } else {
        drill.env("S3_PYTHON", setup::s3_python()?);
    }
    run::step("backup drill", &mut drill)
}
