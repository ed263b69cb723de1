//! `cargo xtask deploy-test`: a Docker engine and base images, wherever they come from, and then the program `deploy`
//! (backend/trials), which brings an installation up, breaks it, upgrades it and takes it down.

mod engine;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::DeployTest;
use crate::failure::{Failure, Result};
use crate::{demo, project, run, setup};
use engine::Engine;

/// Base images: of our Dockerfiles, of the services that are not ours, of the broker in the place of AWS, and of the service of
/// certificates in the place of Let's Encrypt.
const OUTSIDE: [&str; 2] = ["eclipse-mosquitto:2.0.22", "ghcr.io/letsencrypt/pebble:2.6.0"];
const DOCKERFILES: [&str; 3] = ["backend/Dockerfile", "nginx/Dockerfile", "deploy/db/Dockerfile"];
const COMPOSE_FILE: &str = "docker-compose.production.yml";
const BASE: &str = "debian:trixie-slim";

/// Its stages and its verdict pass through, and its failure is ours.
pub(crate) fn test(options: &DeployTest) -> Result<()> {
    setup::ensure(setup::FOR_RUST)?;
    let scratch = project::scratch().join("deploy");
    std::fs::create_dir_all(&scratch)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", scratch.display())))?;
    // Before minutes are spent on images.
    let mut cargo = project::cargo();
    cargo.args(["build", "-p", "vigia-trials", "--bin", "deploy"]);
    run::step("the program that tries an installation", &mut cargo)?;
    let engine = Engine::reach_or_start(&scratch.join("engine"))?;
    stand_ins(&engine, &scratch, &[BASE.to_owned()])?;
    let config = scratch.join("docker");
    run::step("Compose and buildx", engine.tell(script("plugins.sh").arg(&config)))?;
    let engine = engine.with_plugins(&config);
    let missing = stand_ins(&engine, &scratch, &images()?)?;
    let mut program = Command::new(demo::target().join("debug/deploy"));
    program.arg("--root").arg(project::root()).arg("--scratch").arg(&scratch).args(&options.args);
    if !missing.is_empty() {
        program.args(["--without", &missing.join(",")]);
    }
    // It takes everything down when it is asked to end, and must not be cut then.
    run::careful_step("deploy-test", engine.tell(&mut program))
}

/// A script of this folder.
fn script(name: &str) -> Command {
    Command::new(folder().join(name))
}

fn folder() -> PathBuf {
    project::root().join("xtask/src/deploy")
}

/// Sees to it that these images are there; those that cannot be had.
fn stand_ins(engine: &Engine, scratch: &Path, images: &[String]) -> Result<Vec<String>> {
    let mut command = script("stand-ins.sh");
    command.arg(scratch.join("stand-ins")).args(images);
    let said = run::told("base images", engine.tell(&mut command))?;
    let mut missing = Vec::new();
    for line in said.lines() {
        match line.strip_suffix(" left out") {
            Some(image) => missing.push(image.to_owned()),
            None if line.ends_with(" here") => {}
            None => println!("   {line}"),
        }
    }
    Ok(missing)
}

/// What the Dockerfiles are built from and the Compose file pulls.
fn images() -> Result<Vec<String>> {
    let mut images = OUTSIDE.map(str::to_owned).to_vec();
    for name in DOCKERFILES {
        images.extend(read(name)?.lines().filter_map(base_of));
    }
    images.extend(read(COMPOSE_FILE)?.lines().filter_map(pulled_by));
    images.sort();
    images.dedup();
    Ok(images)
}

fn read(name: &str) -> Result<String> {
    std::fs::read_to_string(project::root().join(name))
        .map_err(|error| Failure::new(format!("cannot read {name}: {error}")))
}

/// `ARG RUST_IMAGE=rust:1` and `FROM postgres:17`.
fn base_of(line: &str) -> Option<String> {
    let image = match line.strip_prefix("ARG ") {
        Some(argument) => argument.split_once("_IMAGE=")?.1,
        None => line.strip_prefix("FROM ")?.split_whitespace().next()?,
    };
    (image.contains(':') && !image.contains('$')).then(|| image.to_owned())
}

/// `image: ${CERTBOT_IMAGE:-certbot/certbot:v5}`.
fn pulled_by(line: &str) -> Option<String> {
    let (_, image) = line.trim().strip_prefix("image: ")?.split_once("_IMAGE:-")?;
    Some(image.trim_end_matches('}').to_owned())
}

#[cfg(test)]
mod tests {
    use super::{base_of, images, pulled_by};

    #[test]
    fn base_images_are_found() {
        for (line, expected) in [
            ("ARG RUST_IMAGE=rust:1.95-slim-trixie", Some("rust:1.95-slim-trixie")),
            ("ARG VIGIA_VERSION=0.1.0", None),
            ("FROM postgres:17-trixie", Some("postgres:17-trixie")),
            ("FROM ${RUST_IMAGE} AS program", None),
        ] {
            assert_eq!(base_of(line).as_deref(), expected, "{line}");
        }
        let line = "    image: ${CERTBOT_IMAGE:-certbot/certbot:v5.8.0}";
        assert_eq!(pulled_by(line).as_deref(), Some("certbot/certbot:v5.8.0"));
        assert_eq!(pulled_by("    image: ${VIGIA_IMAGES:-}vigia-db:1"), None);
    }

    #[test]
    fn the_files_name_their_images() {
        let images = images().unwrap();
        for name in [
            "debian:",
            "rust:",
            "node:",
            "nginx",
            "postgres:",
            "certbot",
            "prometheus",
            "alertmanager",
            "grafana",
            "pebble",
        ] {
            assert!(images.iter().any(|image| image.contains(name)), "{name}: {images:?}");
        }
    }
}
