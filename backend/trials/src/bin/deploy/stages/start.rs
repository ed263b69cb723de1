//! Everything starts, becomes healthy, and lets an admin in through Nginx.

use crate::command::wait_for;
use crate::docker::logs;
use crate::project::Project;
use crate::stage::{Bench, HEALTHY_WITHIN};
use crate::web::Answer;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::Duration;

const ADMIN: &str = "ana@example.com";
const PASSWORD: &str = "a long password for a test";
/// How long a line of a log may take from the program to us.
const LOGGED_WITHIN: Duration = Duration::from_secs(10);

pub(crate) fn up(bench: &mut Bench) -> Result<String> {
    bench.project.up()?;
    Ok("docker compose up".to_owned())
}

pub(crate) async fn healthy(bench: &mut Bench) -> Result<String> {
    let services = bench.project.services()?;
    bench.project.wait_healthy(&services, HEALTHY_WITHIN).await?;
    Ok(services.join(" "))
}

pub(crate) async fn login(bench: &mut Bench) -> Result<String> {
    let web = bench.web()?;
    let program = ["vigia", "create-admin", "--email", ADMIN, "--password-stdin"];
    bench.project.exec_with("api", &program, PASSWORD)?;
    let body = format!("{{\\\"email\\\":\\\"{ADMIN}\\\",\\\"password\\\":\\\"{PASSWORD}\\\"}}");
    let options = format!("header = \"Content-Type: application/json\"\ndata = \"{body}\"\n");
    let answer = web.ask("/api/auth/login", &options)?;
    ensure!(answer.status == 200, "the login was answered by {} {}", answer.status, answer.body);
    let token = answer.json()?.get("token").and_then(Value::as_str).map(str::to_owned).context("no token")?;
    let client = same_client(&bench.project, &answer).await?;
    let wrong = web.ask("/api/auth/login", &options.replace("long", "wrong"))?;
    ensure!(wrong.status == 401, "a wrong password was answered by {}", wrong.status);
    // Until it listens nothing may be published: nobody would keep it.
    wait_for("the connection to AWS", Duration::from_mins(1), || {
        let health = web.ask_as(&token, "/health")?;
        Ok(is_connected(&health).then_some(()))
    })
    .await?;
    let page = web.ask("/", "")?;
    ensure!(page.status == 200 && page.body.contains("<title>"), "no page: {} {}", page.status, page.head);
    let moved = web.ask_url(&format!("http://{}:{}/x", crate::web::NAME, web.http), "")?;
    ensure!(moved.status == 308, "HTTP is answered by {}", moved.status);
    let protocol = page.head.lines().next().unwrap_or_default().to_owned();
    bench.token = Some(token);
    Ok(format!(
        "an admin made by `vigia create-admin`, known to Nginx and to the program as a client at {client}, page by {protocol}, \
         HTTP moved to HTTPS"
    ))
}

/// The address of whoever got this answer, which Nginx and the program must have logged alike, under the name of the request that
/// stands in the answer. A program that does not trust its Nginx takes it for the client of everybody, and believes no name.
async fn same_client(project: &Project, answer: &Answer) -> Result<String> {
    let id = answer.header("x-request-id").context("the answer has no x-request-id")?;
    let logged = |service: &str, key: &str| -> Result<Option<String>> {
        let logs = logs(&project.container(service))?;
        let mut lines = logs.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of = |line: &Value, key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(lines.find_map(|line| {
            (of(&line, "request.id").as_deref() == Some(id)).then(|| of(&line, key)).flatten()
        }))
    };
    let mut found = Vec::new();
    for (service, key) in [("api", "client.address"), ("web", "client")] {
        let what = format!("the request {id} in the log of {service}");
        found.push(wait_for(&what, LOGGED_WITHIN, || logged(service, key)).await?);
    }
    let (first, last) = (found.first().context("no client")?, found.last());
    ensure!(Some(first) == last, "the program takes {first} for the client, and Nginx {last:?}");
    Ok(first.clone())
}

/// Whether the program says that it gets messages.
pub(crate) fn is_connected(health: &Value) -> bool {
    health.pointer("/mqtt/state").and_then(Value::as_str) == Some("connected")
}

/// All but the way in from outside: the name is none that can be looked up, and nobody signed its certificate.
const GROUPS: &str = "environment,files,broker,database,storage,backup,clock,backend";

pub(crate) fn doctor(bench: &mut Bench) -> Result<String> {
    examine(&bench.project)
}

/// What the doctor says of an installation, in which nothing may be broken.
pub(crate) fn examine(project: &Project) -> Result<String> {
    // It ends with 1 when something is broken, and says what.
    let command = format!("vigia doctor --json --only {GROUPS}; true");
    let document: Value = serde_json::from_str(&project.exec("api", &["sh", "-c", &command])?)?;
    let findings = document.get("findings").and_then(Value::as_array).context("no findings")?;
    let told = |level: &str| -> Vec<String> {
        let of = |finding: &Value, key: &str| {
            finding.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let found = findings.iter().filter(|finding| of(finding, "level") == level);
        found.map(|finding| format!("{}: {}", of(finding, "id"), of(finding, "what"))).collect()
    };
    let (good, warnings, failures) = (told("ok"), told("warning"), told("failure"));
    ensure!(failures.is_empty(), "vigia doctor found {failures:?}");
    ensure!(!good.is_empty(), "vigia doctor found nothing good: {document}");
    Ok(format!(
        "{} findings, {} of them good, no failure; warnings: {warnings:?}",
        findings.len(),
        good.len()
    ))
}
