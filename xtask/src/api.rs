//! The running server, held against its own description: requests are made up from `/api/openapi.json`, right ones and
//! wrong ones, and every answer must be one the description tells of.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Result;
use crate::stack::Stack;
use crate::{project, run, setup};

const CONFORMANCE: &str = include_str!("api/conformance.sh");
/// Enough to see each parameter and field at its bounds and a few times beyond.
const SHORT: [&str; 4] = ["--max-examples", "10", "--seed", "1"];

/// Builds, starts, tests, stops. `args` replace what makes it short.
pub(crate) fn test(args: &[&str]) -> Result<()> {
    let program = setup::schemathesis()?;
    let config: PathBuf = project::root().join("backend/api");
    Stack::under_test(|note| {
        let mut tests = Command::new("sh");
        tests.args(["-c", CONFORMANCE, "conformance"]).arg(&program).arg(&config);
        tests.args([note.told("url")?, note.told("email")?, note.told("password")?]);
        tests.args(if args.is_empty() { &SHORT } else { args });
        run::step("schemathesis, against the stack", &mut tests)
    })
}
