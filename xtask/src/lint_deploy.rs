//! `cargo xtask lint-deploy`: everything about the files of a deployment that can be checked without deploying them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{frontend, project, run, setup};

mod page;

const NGINX: &str = include_str!("lint_deploy/nginx.sh");
/// Packages of a distribution are not pinned: its older versions vanish, and its newer ones mend them.
const HADOLINT: [&str; 2] = ["--ignore", "DL3008"];
const EXAMPLE: &str = ".env.production.example";
/// What may be chosen to run beside the database and the program.
const PROFILES: [&str; 7] = [
    "",
    "tls",
    "tls,monitoring",
    "tls,alerting",
    "on-premise",
    "tls,monitoring,alerting",
    "tls,monitoring,alerting,on-premise",
];

/// Runs every check, also after one failed.
pub(crate) fn lint_deploy() -> Result<()> {
    setup::ensure(setup::FOR_LINT_DEPLOY)?;
    let linters = setup::linters()?;
    frontend::build()?;
    let files = Files::tracked()?;
    let checks: [(&str, Result<()>); 10] = [
        ("shell scripts", shell(&files)),
        ("Dockerfiles", dockerfiles(&files, &linters)),
        ("Nginx", nginx(&linters)),
        ("Compose", compose(&files, &linters)),
        ("deploy/compose", run::step("deploy/check", at_root("bash").arg("deploy/check"))),
        ("certbot", run::step("deploy/certbot/check", at_root("bash").arg("deploy/certbot/check"))),
        ("Prometheus", prometheus()),
        ("Alertmanager", alertmanager()),
        ("systemd", systemd()),
        ("Content-Security-Policy", page::fits_policy(&frontend::dist())),
    ];
    let failed: Vec<String> =
        checks.into_iter().filter_map(|(name, result)| Some(format!("{name}: {}", result.err()?))).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::new(failed.join("\n"))) }
}

/// The files of the checkout that git knows, or would take.
struct Files(Vec<PathBuf>);

impl Files {
    fn tracked() -> Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(project::root());
        let listed = run::output(&mut git).ok_or_else(|| Failure::new("git cannot list the files"))?;
        // What is removed and not yet committed is listed too.
        let files = listed.lines().map(PathBuf::from).filter(|file| project::root().join(file).is_file());
        Ok(Self(files.collect()))
    }

    fn where_name(&self, wanted: impl Fn(&str) -> bool) -> Vec<&Path> {
        let matches = |file: &&PathBuf| file.file_name().and_then(|name| name.to_str()).is_some_and(&wanted);
        self.0.iter().filter(matches).map(PathBuf::as_path).collect()
    }
}

fn has_end(name: &str, end: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == end)
}

/// A command in the top folder of the checkout.
fn at_root(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(project::root());
    command
}

/// Every shell script: by its name or by its first line. Those without such a line are handed to `sh -c`.
fn shell(files: &Files) -> Result<()> {
    let first_line = |file: &Path| {
        let bytes = fs::read(project::root().join(file)).unwrap_or_default();
        let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        String::from_utf8_lossy(line).into_owned()
    };
    let is_shell = |line: &str| line.starts_with("#!") && (line.ends_with("sh") || line.contains("sh -"));
    let by_name = files.where_name(|name| has_end(name, "sh"));
    let (named, bare): (Vec<&Path>, Vec<&Path>) =
        by_name.into_iter().partition(|file| is_shell(&first_line(file)));
    let others = files.where_name(|name| !name.contains('.'));
    let others = others.into_iter().filter(|file| is_shell(&first_line(file)));
    let program = setup::shellcheck().unwrap_or_else(|| "shellcheck".into());
    let named: Vec<&Path> = named.into_iter().chain(others).collect();
    run::step("shellcheck", at_root(&program).args(named))?;
    // What Rust hands to `sh -c` shows by its words when it is for Bash; elsewhere only Bash reads scripts of others in.
    let is_bash = |file: &&Path| {
        let has_words = |text: String| ["pipefail", "[[ "].iter().any(|word| text.contains(word));
        file.starts_with("deploy") || fs::read_to_string(project::root().join(file)).is_ok_and(has_words)
    };
    let (bash, sh): (Vec<&Path>, Vec<&Path>) = bare.into_iter().partition(is_bash);
    for (dialect, scripts) in [("bash", bash), ("sh", sh)] {
        if !scripts.is_empty() {
            let mut check = at_root(&program);
            check.args(["--shell", dialect]).args(scripts);
            run::step(&format!("shellcheck of what xtask hands to {dialect}"), &mut check)?;
        }
    }
    Ok(())
}

fn dockerfiles(files: &Files, linters: &Path) -> Result<()> {
    let found = files.where_name(|name| name == "Dockerfile" || name.ends_with(".Dockerfile"));
    if found.is_empty() {
        return Ok(());
    }
    run::step("hadolint", at_root(linters.join("hadolint")).args(HADOLINT).args(found))
}

fn nginx(linters: &Path) -> Result<()> {
    let mut check = at_root("bash");
    check.args(["-c", NGINX, "bash"]).arg(project::root()).arg(linters.join("gixy"));
    run::step("nginx -t and gixy", &mut check)
}

/// The schema first; then, where Docker's Compose is, that every choice of profiles makes a whole configuration.
fn compose(files: &Files, linters: &Path) -> Result<()> {
    let found = files.where_name(|name| name.starts_with("docker-compose.") && has_end(name, "yml"));
    if found.is_empty() {
        println!("── Compose: there is no docker-compose.*.yml");
        return Ok(());
    }
    let mut schema = at_root(linters.join("check-jsonschema"));
    run::step(
        "the schema of Compose",
        schema.args(["--builtin-schema", "vendor.compose-spec"]).args(&found),
    )?;
    if run::output(Command::new("docker").args(["compose", "version"])).is_none() {
        println!("── docker compose config: skipped, for there is no `docker compose` here");
        return Ok(());
    }
    let mains = ["docker-compose.production.yml"];
    // A file that changes the main one, for a machine with an Nginx of its own.
    let changed = ["docker-compose.production.yml", "docker-compose.host-nginx.yml"];
    let filled = filled_example()?;
    for (set, profiles) in
        PROFILES.map(|profiles| (&mains[..], profiles)).into_iter().chain([(&changed[..], "monitoring")])
    {
        if !set.iter().all(|name| found.contains(&Path::new(name))) {
            continue;
        }
        let mut config = at_root("docker");
        config.args(["compose", "--env-file", EXAMPLE]).args(set.iter().flat_map(|name| ["-f", name]));
        config.args(["config", "--quiet"]).envs(filled.clone()).env("COMPOSE_PROFILES", profiles);
        config.env("VIGIA_ENV_FILE", EXAMPLE);
        run::step(&format!("docker compose config of {} with '{profiles}'", set.join(" and ")), &mut config)?;
    }
    Ok(())
}

/// Values for what the example leaves to be filled in.
fn filled_example() -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(project::root().join(EXAMPLE))
        .map_err(|error| Failure::new(format!("cannot read {EXAMPLE}: {error}")))?;
    let empty = text.lines().filter_map(|line| line.strip_suffix('=')).filter(|name| !name.starts_with('#'));
    let value = |name: &str| if name == "PUBLIC_URL" { "https://telemetry.example.com" } else { "example" };
    Ok(empty.map(|name| (name.to_owned(), value(name).to_owned())).collect())
}

/// Its configuration, the alert rules and their tests.
fn prometheus() -> Result<()> {
    let program = setup::promtool().unwrap_or_else(|| "promtool".into());
    let mut check = at_root("bash");
    check.arg("deploy/prometheus/check").env("PROMTOOL", program);
    run::step("deploy/prometheus/check", &mut check)
}

/// What is made of its settings, where each alert goes, and what people read.
fn alertmanager() -> Result<()> {
    let program = setup::amtool().unwrap_or_else(|| "amtool".into());
    let mut check = at_root("bash");
    check.arg("deploy/alertmanager/check").env("AMTOOL", program);
    run::step("deploy/alertmanager/check", &mut check)
}

/// The unit for machines without Docker, where there is a systemd to ask.
fn systemd() -> Result<()> {
    run::step("deploy/systemd/check", at_root("bash").arg("deploy/systemd/check"))
}
