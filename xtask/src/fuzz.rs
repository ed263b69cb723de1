//! The parsers under a fuzzer that learns from coverage, built with a stable compiler: libFuzzer itself comes with a crate, and
//! what it watches the compiler's own passes put in.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::failure::{Failure, Result};
use crate::{demo, project, run, setup};

const WATCHED: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Inputs longer than the longest message say nothing new.
const LONGEST: &str = "-max_len=4096";

/// Builds and runs it for so long; what it has learned stays in `target/fuzz/corpus`.
pub(crate) fn fuzz(time: Duration) -> Result<()> {
    setup::ensure(setup::FOR_RUST)?;
    let host = run::output(Command::new("rustc").args(["-vV"])).unwrap_or_default();
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failure::new("rustc does not say what machine this is".to_owned()))?;
    let (dir, target) = (project::root().join("backend/api/fuzz"), demo::target().join("fuzz"));
    let mut build = project::cargo();
    // For another target even if it is this machine: so the flags are not those of build scripts.
    build.args(["build", "--locked", "--release", "--target", host]).current_dir(&dir);
    build.env("CARGO_TARGET_DIR", &target).env("RUSTFLAGS", WATCHED);
    run::step("parsers with coverage", &mut build)?;
    let corpus = target.join("corpus");
    fs::create_dir_all(&corpus)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", corpus.display())))?;
    let mut fuzzer = Command::new(target.join(host).join("release/vigia-api-fuzz"));
    fuzzer.arg(format!("-max_total_time={}", time.as_secs())).args([
        LONGEST,
        "-print_final_stats=1",
        "-verbosity=0",
    ]);
    fuzzer.arg(format!("-artifact_prefix={}/", target.display())).arg(&corpus).arg(dir.join("seeds"));
    run::step(&format!("fuzzing for {} s", time.as_secs()), &mut fuzzer)
}
