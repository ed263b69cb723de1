//! Everything starts, becomes healthy, and lets an admin in through Nginx.

use crate::command::wait_for;
use crate::stage::{Bench, HEALTHY_WITHIN};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::time::Duration;

const ADMIN: &str = "ana@example.com";
const PASSWORD: &str = "a long password for a test";

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
    Ok(format!("an admin made by `vigia create-admin`, page by {protocol}, HTTP moved to HTTPS"))
}

/// Whether the program says that it gets messages.
pub(crate) fn is_connected(health: &Value) -> bool {
    health.pointer("/mqtt/state").and_then(Value::as_str) == Some("connected")
}

pub(crate) fn doctor(bench: &mut Bench) -> Result<String> {
    let said = bench.project.exec("api", &["vigia", "doctor", "--json"]);
    let text = match said {
        Ok(text) => text,
        Err(error) => bail!("vigia doctor found something: {error:#}"),
    };
    let document: Value = serde_json::from_str(&text).context("no JSON")?;
    let failed: Vec<&Value> = findings(&document).filter(|finding| status(finding) == "fail").collect();
    ensure!(failed.is_empty(), "vigia doctor found {failed:?}");
    let all: Vec<&str> = findings(&document).map(status).collect();
    let count = |word: &str| all.iter().filter(|status| **status == word).count();
    Ok(format!("{} checks: {} ok, {} warnings, no failure", all.len(), count("ok"), count("warn")))
}

fn findings(document: &Value) -> impl Iterator<Item = &Value> {
    let list = document.get("checks").or_else(|| document.get("findings")).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn status(finding: &Value) -> &str {
    finding.get("status").and_then(Value::as_str).unwrap_or_default()
}
