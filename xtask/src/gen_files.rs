//! Files that are made from code and kept in the repository, so that a change of them is seen in review.

use crate::failure::{Failure, Result};
use crate::{frontend, project, run};

/// The description of the API from the program, and from that the frontend's types.
pub(crate) fn write() -> Result<()> {
    let mut vigia = project::cargo();
    vigia.args(["run", "--quiet", "--locked", "-p", "vigia-server", "--", "openapi"]);
    let document =
        run::output(&mut vigia).ok_or_else(|| Failure::new("`vigia openapi` failed".to_owned()))?;
    let path = project::root().join("docs/openapi.json");
    std::fs::write(&path, format!("{document}\n"))
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    frontend::install()?;
    run::step("the frontend's types of the API", &mut frontend::npm(&["run", "contract"]))
}
