//! `cargo xtask test`: every test, and at the end a line for each stage.

use std::time::{Duration, Instant};

use crate::args::{Part, Selection};
use crate::failure::{Failure, Result};
use crate::{api, frontend, project, run, setup, stack};

/// A stage of the tests and how it ended.
struct Stage {
    name: &'static str,
    time: Duration,
    failure: Option<Failure>,
}

/// Runs the selected stages; a failed one does not keep the next from running.
pub(crate) fn test(selection: &Selection) -> Result<()> {
    setup::ensure(if selection.parts.len() == 1 && selection.parts.contains(&Part::Rust) {
        setup::FOR_RUST
    } else {
        setup::EVERYTHING
    })?;
    let mut stages = Vec::new();
    for (index, part) in selection.parts.iter().enumerate() {
        // A filter is meant for one runner.
        let filter = if index == 0 { selection.filter.as_slice() } else { &[] };
        let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
        match part {
            Part::Rust => stages.push(stage("Rust tests", || rust(&filter))?),
            Part::Frontend => {
                stages.push(stage("frontend unit tests", || {
                    frontend::install()?;
                    run::step("npm run test:unit", frontend::npm(&["run", "test:unit", "--"]).args(&filter))
                })?);
                stages.push(stage("browser tests", || {
                    frontend::build()?;
                    run::step("npm run test:e2e", frontend::browser("test:e2e").args(&filter))
                })?);
            }
            Part::Stack => stages.push(stage("the whole stack in a browser", || stack::test(&filter))?),
            Part::Api => stages.push(stage("the API against its description", || api::test(&filter))?),
        }
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
