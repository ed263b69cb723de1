//! `cargo xtask test`: every test, and at the end a line for each stage.

use std::time::{Duration, Instant};

use crate::args::Selection;
use crate::failure::{Failure, Result};
use crate::{frontend, project, run, setup, stack};

/// A stage of the tests and how it ended.
struct Stage {
    name: &'static str,
    time: Duration,
    failure: Option<Failure>,
}

/// Runs the selected stages; a failed one does not keep the next from running.
pub(crate) fn test(selection: &Selection) -> Result<()> {
    let browser = selection.frontend || selection.stack;
    setup::ensure(if browser { setup::EVERYTHING } else { setup::FOR_RUST })?;
    let filter: Vec<&str> = selection.filter.iter().map(String::as_str).collect();
    let mut stages = Vec::new();
    if selection.rust {
        stages.push(stage("Rust tests", || rust(&filter))?);
    }
    if selection.frontend {
        // A filter is meant for Rust's runner unless only the frontend was asked for.
        let filter = if selection.rust { &[][..] } else { &filter };
        stages.push(stage("frontend unit tests", || {
            frontend::install()?;
            run::step("npm run test:unit", frontend::npm(&["run", "test:unit", "--"]).args(filter))
        })?);
        stages.push(stage("browser tests", || {
            frontend::build()?;
            run::step("npm run test:e2e", frontend::browser_tests().args(filter))
        })?);
    }
    if selection.stack {
        let filter = if selection.rust || selection.frontend { &[][..] } else { &filter };
        stages.push(stage("the whole stack in a browser", || stack::test(filter))?);
    }
    summary(&stages)
}

/// With nextest if it is there: it runs each test in a process of its own, and several at a time.
fn rust(filter: &[&str]) -> Result<()> {
    if run::output(project::cargo().args(["nextest", "--version"])).is_none() {
        return run::step("cargo test", project::cargo().args(["test", "--workspace"]).args(filter));
    }
    let mut nextest = project::cargo();
    nextest.args(["nextest", "run", "--workspace", "--no-fail-fast"]).args(filter);
    run::step("cargo nextest", &mut nextest)?;
    if !filter.is_empty() {
        return Ok(());
    }
    // nextest does not know documentation tests.
    run::step("cargo test --doc", project::cargo().args(["test", "--workspace", "--doc", "--quiet"]))
}

/// Ctrl-C ends everything; any other failure only this stage.
fn stage(name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<Stage> {
    let started = Instant::now();
    let failure = match work() {
        Err(failure) if failure.is_interruption() => return Err(failure),
        other => other.err(),
    };
    Ok(Stage { name, time: started.elapsed(), failure })
}

fn summary(stages: &[Stage]) -> Result<()> {
    println!();
    for Stage { name, time, failure } in stages {
        let seconds = time.as_secs_f32();
        match failure {
            None => println!("passed  {name} ({seconds:.1} s)"),
            Some(failure) => println!("FAILED  {name} ({seconds:.1} s): {failure}"),
        }
    }
    let failed = stages.iter().filter(|stage| stage.failure.is_some()).count();
    if failed == 0 {
        return Ok(());
    }
    Err(Failure::new(format!("{failed} of {} stages failed", stages.len())))
}
