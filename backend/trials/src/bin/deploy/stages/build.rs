//! Our images, from the checkout; how large they are, what they say they are, and what they list.

use crate::command::run;
use crate::docker::docker;
use crate::stage::Bench;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::process::Command;

pub(crate) const TAG: &str = "deploy-test";
/// What the backend's image may weigh, compressed.
const MOST_BYTES: u64 = 60_000_000;
/// Lists of an image, and what each must name.
type Lists = &'static [(&'static str, &'static [&'static str])];
const LISTS: [(&str, Lists); 3] = [
    (
        "vigia-api",
        &[("vigia", &["tokio", "sqlx"]), ("frontend", &["vue"]), ("debian", &["libc6", "ca-certificates"])],
    ),
    ("vigia-web", &[("frontend", &["vue"]), ("debian", &["nginx", "openssl"])]),
    ("vigia-db", &[("debian", &["postgresql-17", "pgbackrest"])]),
];

pub(crate) fn build(bench: &mut Bench) -> Result<String> {
    bench.project.set("VIGIA_VERSION", TAG)?;
    if bench.args.no_build {
        return Ok("nothing, as was asked for".to_owned());
    }
    let mut build = bench.project.compose(&["build"]);
    run(build.env("VIGIA_COMMIT", &bench.commit).env("DOCKER_BUILDKIT", "1"))?;
    let image = format!("vigia-api:{TAG}");
    let bytes = compressed(&image)?;
    ensure!(bytes < MOST_BYTES, "the image {image} weighs {bytes} bytes, more than {MOST_BYTES}");
    let version = run(&mut docker(&["run", "--rm", "--network", "none", &image, "--version"]))?;
    let short: String = bench.commit.chars().take(12).collect();
    ensure!(version.contains(&short), "`vigia --version` says {version:?}, and the commit is {short}");
    let listed = listed()?;
    Ok(format!("{version}; {:.1} MB compressed; the lists name {listed}", mega(bytes)))
}

fn mega(bytes: u64) -> f64 {
    let thousands = u32::try_from(bytes / 1_000).unwrap_or(u32::MAX);
    f64::from(thousands) / 1_000.0
}

/// As a registry would keep it.
fn compressed(image: &str) -> Result<u64> {
    let mut save = Command::new("sh");
    save.args(["-c", "docker save \"$1\" | gzip | wc -c", "save", image]);
    run(&mut save)?.trim().parse().context("no size")
}

/// What was built from is on the lists of each image, with its version.
fn listed() -> Result<String> {
    let mut found = Vec::new();
    for (image, lists) in LISTS {
        for (list, names) in lists {
            found.push(versions(image, list, names)?);
        }
    }
    Ok(found.join(" "))
}

/// What a list of an image says of these.
fn versions(image: &str, list: &str, names: &[&str]) -> Result<String> {
    let path = format!("/usr/share/vigia/sbom/{list}.cdx.json");
    let tagged = format!("{image}:{TAG}");
    let cat = ["run", "--rm", "--network", "none", "--entrypoint", "cat", &tagged, &path];
    let document: Value = serde_json::from_str(&run(&mut docker(&cat))?)?;
    let components = document.get("components").and_then(Value::as_array).context("no components")?;
    let of = |component: &Value, key: &str| component.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut found = Vec::new();
    for name in names {
        let component = components.iter().find(|component| of(component, "name").as_deref() == Some(*name));
        let version = component.and_then(|component| of(component, "version"));
        found.push(format!(
            "{name} {}",
            version.with_context(|| format!("{path} of {image} does not list {name}"))?
        ));
    }
    Ok(format!("{} ({} in {list} of {image})", found.join(" "), components.len()))
}

/// What the test built.
pub(crate) fn remove_images() {
    for name in ["vigia-api", "vigia-db", "vigia-web"] {
        for tag in [TAG, super::upgrade::PREVIOUS] {
            run(&mut docker(&["image", "rm", "--force", &format!("{name}:{tag}")])).ok();
        }
    }
}
