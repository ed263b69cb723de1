//! From the release before the newest migration to this one, with data and under load, and back.

use super::build::TAG;
use super::prepare::{prepare_secrets, put_certificates};
use crate::command::run;
use crate::docker::docker;
use crate::load::Load;
use crate::second::{Second, UPGRADE};
use crate::stage::Bench;
use crate::web::Web;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The tag of the images of the release before.
pub(crate) const PREVIOUS: &str = "deploy-test-previous";
/// A release that starts on the schema of the next one has this word there; one cannot go back to an older one.
const CAN_GO_BACK: (&str, &str) = ("set_ignore_missing(true)", "backend/store/src");
/// What an installation has of its own for the program.
const PLAIN: &str = "  api:\n    build: {network: host}\n    networks: [aws]\n";
/// Asks the same of a release that has no `vigia healthcheck` yet.
const HEALTHCHECK: &str = "  api:
    build: {network: host}
    networks: [aws]
    healthcheck:
      test: [CMD, bash, -c, 'exec 3<>/dev/tcp/127.0.0.1/3002 && printf \"GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n\" >&3 && head -n 1 <&3 | grep -q \" 200\"']
";

pub(crate) async fn upgrade(bench: &mut Bench) -> Result<String> {
    let root = bench.args.root.clone();
    let newest = newest_migration(&root)?;
    let previous = before(&root, &newest)?;
    if !bench.args.no_build {
        build_previous(bench, &previous)?;
    }
    let trial = Trial(install(bench)?);
    let result = trial.run(bench, &newest).await;
    let said = trial.0.end(result)?;
    let short: String = previous.chars().take(12).collect();
    Ok(format!("previous release {short}, without {newest}: {said}"))
}

/// An installation that is upgraded.
struct Trial(Second);

impl Trial {
    async fn run(&self, bench: &Bench, newest: &str) -> Result<String> {
        let version = newest.split('_').next().unwrap_or_default().trim_start_matches('0').to_owned();
        let has = |wanted: bool, when: &str| {
            let sql = format!("select count(*) from _sqlx_migrations where version = {version} and success");
            let found = self.0.project.sql(&sql)? == "1";
            ensure!(found == wanted, "{when} the schema {} {newest}", if found { "has" } else { "has not" });
            Ok(())
        };
        self.switch(PREVIOUS).await?;
        has(false, "before the upgrade")?;
        self.load(bench, 1_001, Some(1_000))?.complete().await?;
        let before = self.0.compared().await.context("by the previous release")?;

        let load = self.load(bench, 1_002, None)?;
        self.switch(TAG).await.context("the upgrade")?;
        has(true, "after the upgrade")?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let confirmed = load.end().await?;
        let upgraded = self.0.compared().await.context("after the upgrade")?;

        let load = self.load(bench, 1_003, None)?;
        self.switch(PREVIOUS).await.context("going back")?;
        has(true, "after going back")?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let again = load.end().await?;
        let back = self.0.compared().await.context("after going back")?;
        Self::serves(bench).context("after going back")?;
        Ok(format!(
            "{before} samples, upgraded under load ({confirmed} messages, {upgraded} samples), back under load on the new \
             schema ({again} messages, {back} samples), nothing lost, and it serves"
        ))
    }

    /// Sets the release, and starts it.
    async fn switch(&self, tag: &str) -> Result<()> {
        self.0.project.set("VIGIA_VERSION", tag)?;
        self.0.start().await
    }

    fn load(&self, bench: &Bench, seed: u64, count: Option<u64>) -> Result<Load> {
        self.0.load(bench.aws.fleet()?, seed, count)
    }

    fn serves(bench: &Bench) -> Result<()> {
        let web = Web::as_shown(bench.ports, bench.args.scratch.join("web-upgrade.pem"))?;
        let health = web.ask("/health", "")?;
        ensure!(health.status == 200, "GET /health: {}", health.status);
        let sites = web.ask("/api/sites", "")?;
        ensure!(sites.status == 401, "GET /api/sites of a stranger: {}", sites.status);
        Ok(())
    }
}

/// The name of the newest migration's file.
fn newest_migration(root: &Path) -> Result<String> {
    let mut names: Vec<String> = fs::read_dir(root.join("migrations"))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "sql"))
        .collect();
    names.sort();
    names.pop().context("there are no migrations")
}

/// The newest commit without this migration, of those one can go back to.
fn before(root: &Path, newest: &str) -> Result<String> {
    let (word, file) = CAN_GO_BACK;
    let script = "
        git -C \"$1\" rev-list --date-order --max-count 500 HEAD | while read -r commit; do
            git -C \"$1\" cat-file -e \"$commit:migrations/$2\" 2>/dev/null && continue
            git -C \"$1\" grep -qF \"$3\" \"$commit\" -- \"$4\" || continue
            echo \"$commit\"
            break
        done";
    let mut sh = Command::new("sh");
    sh.args(["-c", script, "before"]).arg(root).args([newest, word, file]);
    let commit = run(&mut sh)?;
    ensure!(!commit.is_empty(), "no commit before {newest} can be gone back to (none has {word} in {file})");
    Ok(commit)
}

/// The images of that commit; what it does not know how to build is taken as it is now.
fn build_previous(bench: &Bench, commit: &str) -> Result<()> {
    let tree = bench.args.scratch.join("previous");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    fs::create_dir_all(&tree)?;
    let mut export = Command::new("sh");
    export.args(["-c", "git -C \"$1\" archive \"$2\" | tar -x -C \"$3\"", "export"]);
    run(export.arg(&bench.args.root).arg(commit).arg(&tree))?;
    for missing in [
        "backend/Dockerfile",
        ".dockerignore",
        "deploy/sbom/debian.sh",
        "frontend/scripts/precompress.js",
        "frontend/scripts/sbom.js",
    ] {
        let target = tree.join(missing);
        if !target.exists() {
            fs::create_dir_all(target.parent().context("a path without a folder")?)?;
            fs::copy(bench.project.dir.join(missing), target)?;
        }
    }
    let image = format!("vigia-api:{PREVIOUS}");
    let commit_is = format!("VIGIA_COMMIT={commit}");
    let args = [
        "buildx",
        "build",
        "--network",
        "host",
        "--load",
        "--file",
        "backend/Dockerfile",
        "--build-arg",
        &commit_is,
    ];
    run(docker(&args).args(["--tag", &image, "."]).current_dir(&tree)).context("the previous release")?;
    // These have no part in the schema.
    for name in ["vigia-db", "vigia-web"] {
        run(&mut docker(&["image", "tag", &format!("{name}:{TAG}"), &format!("{name}:{PREVIOUS}")]))?;
    }
    Ok(())
}

/// The installation that is upgraded.
fn install(bench: &Bench) -> Result<Second> {
    let second = Second::check_out(bench, UPGRADE, &[("COMPOSE_PROFILES", "tls".to_owned())])?;
    second.project.adapt(PLAIN, HEALTHCHECK)?;
    put_certificates(&second.project.dir.join("secrets"), &bench.aws.backend()?)?;
    prepare_secrets(&second.project)?;
    Ok(second)
}
