//! What each container may do, and who can reach whom.

use crate::command::run;
use crate::docker::{docker, inspect, logs, text};
use crate::stage::Bench;
use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

pub(crate) fn hardening(bench: &mut Bench) -> Result<String> {
    let (http, https) = bench.ports;
    let services = bench.project.services()?;
    let mut published = BTreeSet::new();
    for service in &services {
        let document = inspect(&bench.project.container(service))?;
        let is = |path: &str, wanted: &str| {
            let found = text(&document, path);
            ensure!(found == wanted, "{service}: {path} is {found:?}, not {wanted:?}");
            Ok(())
        };
        is("/HostConfig/ReadonlyRootfs", "true")?;
        is("/HostConfig/CapDrop", "[\"ALL\"]")?;
        is("/HostConfig/Privileged", "false")?;
        is("/HostConfig/RestartPolicy/Name", "unless-stopped")?;
        is("/HostConfig/LogConfig/Type", "local")?;
        is("/HostConfig/Init", "true")?;
        let capabilities = text(&document, "/HostConfig/CapAdd");
        ensure!(["", "[]"].contains(&capabilities.as_str()), "{service} is given {capabilities}");
        let options = text(&document, "/HostConfig/SecurityOpt");
        ensure!(options.contains("no-new-privileges"), "{service} may gain privileges: {options}");
        ensure!(!text(&document, "/Mounts").contains("docker.sock"), "{service} holds the engine's socket");
        for limit in ["/HostConfig/Memory", "/HostConfig/NanoCpus", "/HostConfig/PidsLimit"] {
            let value: i64 = text(&document, limit).parse().unwrap_or(0);
            ensure!(value > 0, "{service} has no limit {limit}");
        }
        no_root(bench, service, &text(&document, "/State/Pid"))?;
        let ports = document.pointer("/NetworkSettings/Ports").and_then(Value::as_object);
        for binding in ports.into_iter().flatten().filter_map(|(_, bindings)| bindings.as_array()).flatten() {
            published.insert(text(binding, "/HostPort"));
        }
    }
    let expected: BTreeSet<String> = [http.to_string(), https.to_string()].into();
    ensure!(published == expected, "published are {published:?}, not {expected:?}");
    let web = bench.web()?;
    for (path, status) in [("/metrics", 404), ("/.env", 404), ("/health", 200)] {
        let answer = web.ask(path, "")?;
        ensure!(answer.status == status, "GET {path} through Nginx is answered by {}", answer.status);
    }
    let policy = web.ask("/", "")?.head.to_lowercase();
    for header in [
        "content-security-policy: default-src 'none'",
        "strict-transport-security:",
        "x-content-type-options: nosniff",
    ] {
        ensure!(policy.contains(header), "the page comes without {header}");
    }
    ways_out(bench, &services)?;
    secrets(bench, &services)?;
    Ok(format!(
        "{} containers: no root, no capability, read-only; published {http} and {https} alone; the inner networks lead nowhere",
        services.len()
    ))
}

/// No process of the container runs as root, nor could it do anything.
fn no_root(bench: &Bench, service: &str, pid: &str) -> Result<()> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    ensure!(!field("Uid:").split_whitespace().any(|uid| uid == "0"), "{service} runs as root");
    for set in ["CapEff:", "CapPrm:", "CapBnd:"] {
        ensure!(
            field(set).trim_start_matches('0').is_empty(),
            "{service} has capabilities: {set} {}",
            field(set)
        );
    }
    ensure!(field("NoNewPrivs:") == "1", "{service} may gain privileges");
    let container = bench.project.container(service);
    let top = run(&mut docker(&["top", &container, "-eo", "pid,uid,comm"]))?;
    for line in top.lines().skip(1) {
        ensure!(line.split_whitespace().nth(1) != Some("0"), "{service} has a process of root: {line}");
    }
    Ok(())
}

/// Where a container may go if it may leave the machine: whence Debian's packages come, as for the builds.
const OUTSIDE: &str = "deb.debian.org";
/// Those in the network `edge`.
const MAY_LEAVE: [&str; 5] = ["api", "web", "certbot", "backup", "alertmanager"];

/// Who can reach the world, tried in the network of each container.
fn ways_out(bench: &Bench, services: &[String]) -> Result<()> {
    let found = run(Command::new("getent").args(["ahostsv4", OUTSIDE]))?;
    let address = found.split_whitespace().next().unwrap_or_default();
    for service in services {
        let pid = text(&inspect(&bench.project.container(service))?, "/State/Pid");
        let connect = format!("timeout 4 bash -c '</dev/tcp/{address}/80'");
        let tried =
            Command::new("nsenter").args(["--net", "--target", &pid, "sh", "-c", &connect]).output()?;
        let may = MAY_LEAVE.contains(&service.as_str());
        ensure!(
            tried.status.success() == may,
            "{service} {} {OUTSIDE} ({address})",
            if may { "cannot reach" } else { "can reach" }
        );
    }
    Ok(())
}

/// No secret stands in a container's environment.
fn secrets(bench: &Bench, services: &[String]) -> Result<()> {
    let mut values = Vec::new();
    for name in ["db_password.txt", "backup_passphrase.txt", "grafana_password.txt"] {
        values.push(std::fs::read_to_string(bench.project.dir.join("secrets").join(name))?.trim().to_owned());
    }
    for service in services {
        let container = bench.project.container(service);
        let all = inspect(&container)?.to_string();
        ensure!(
            !values.iter().any(|value| all.contains(value)),
            "a secret can be read by `docker inspect {container}`"
        );
        let logs = logs(&container)?;
        ensure!(
            !values.iter().any(|value| logs.contains(value)),
            "a secret stands in the log of {container}"
        );
    }
    Ok(())
}
