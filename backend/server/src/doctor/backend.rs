//! The backend that runs here, if one does, and its own word on how it is.

use super::finding::{Finding, Group};
use crate::config::Draft;
use crate::health_check;
use crate::version;
use hyper::StatusCode;
use serde_json::Value;
use std::net::SocketAddr;

const GROUP: Group = Group::Backend;

/// What it said.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    pub(super) is_running: bool,
    /// It is connected to the broker and subscribed to every filter.
    pub(super) is_subscribed: bool,
}

pub(super) async fn check(draft: &Draft) -> Told {
    let address = health_check::reached_by(SocketAddr::new(draft.http.host, draft.http.port));
    let answer = match health_check::health(address).await {
        Ok(answer) if answer.status == StatusCode::OK && is_ours(&answer.json()) => answer.json(),
        Ok(answer) => {
            let finding = Finding::failure(
                GROUP,
                "backend-not-ours",
                format!("{address} answers GET /health with {}, and not as a backend does", answer.status),
            )
            .why("Somebody else listens there, and the backend cannot.")
            .mend(format!("ss -ltnp 'sport = :{}'; set PORT to a free one", address.port()));
            return Told { findings: vec![finding], ..Told::default() };
        }
        Err(error) => {
            let finding = Finding::warning(
                GROUP,
                "backend-not-running",
                format!("no backend answers at HOST and PORT: {error:#}"),
            )
            .why(
                "Nothing is taken in and nothing shown, unless it runs on another \
                    machine, or in another container than this one.",
            )
            .mend("systemctl start vigia, or vigia serve; its first lines say what stops it")
            .compose(
                "deploy/compose up -d api; deploy/compose logs --tail 50 api; run the \
                    doctor in its container: deploy/compose exec api vigia doctor",
            );
            return Told { findings: vec![finding], ..Told::default() };
        }
    };
    let mut findings = Vec::new();
    identity(&answer, &mut findings);
    readiness(&answer, &mut findings);
    for warning in list(&answer, "/warnings") {
        findings.push(warned(&warning));
    }
    Told { findings, is_running: true, is_subscribed: text(&answer, "/mqtt/state") == "connected" }
}

/// Other programs have a `/health` too.
fn is_ours(health: &Value) -> bool {
    health.get("version").is_some_and(Value::is_string) && health.get("mqtt").is_some_and(Value::is_object)
}

fn identity(health: &Value, findings: &mut Vec<Finding>) {
    let (number, commit) = (text(health, "/version"), text(health, "/commit"));
    let is_ours = number == version::VERSION && commit == version::COMMIT;
    findings.push(if is_ours {
        Finding::ok(GROUP, "backend", format!("vigia {number} ({commit}) runs, {}", text(health, "/role")))
    } else {
        Finding::warning(
            GROUP,
            "backend-other-version",
            format!("vigia {number} ({commit}) runs, and this is {}", version::LONG),
        )
        .why(
            "The doctor of another release may look for what is not there; or an upgrade \
                was not followed by a start.",
        )
        .mend("systemctl restart vigia")
        .compose("deploy/compose up -d api")
    });
}

/// The same words as `/health/ready`, from the states that everybody is told.
fn readiness(health: &Value, findings: &mut Vec<Finding>) {
    let (mqtt, database, spool) =
        (text(health, "/mqtt/state"), text(health, "/database/state"), text(health, "/spool/state"));
    if text(health, "/role") == "standby" {
        let text = "it stands by: another process ingests into this database, and this one takes \
            over when it is gone";
        findings.push(Finding::ok(GROUP, "backend-standby", text));
        return;
    }
    if mqtt == "connected" {
        findings.push(Finding::ok(
            GROUP,
            "backend-mqtt",
            "it is connected to the broker and subscribed to every filter",
        ));
    } else {
        findings.push(
            Finding::failure(GROUP, "backend-mqtt-down", format!("its broker connections are {mqtt}"))
                .why("Telemetry waits at the broker, which forgets it after a while.")
                .mend("the group broker above says why; docs/operations/mqtt-does-not-connect.md"),
        );
    }
    if database != "up" {
        findings.push(
            Finding::failure(GROUP, "backend-database-down", "it does not reach the database")
                .why("Messages wait in the spool; when that is full they wait at the broker.")
                .mend("the group database above says why"),
        );
    }
    if ["full", "failed", "closed"].contains(&spool.as_str()) {
        findings.push(
            Finding::failure(GROUP, "backend-spool-stuck", format!("its spool is {spool}"))
                .why("While it is, no message can be made safe on disk.")
                .mend("the group storage above; the log says what the disk answered")
                .compose("deploy/compose logs --tail 50 api"),
        );
    }
}

fn warned(word: &str) -> Finding {
    let (what, mend) = match word {
        "storage" => {
            ("the room for history will not do for long", "vigia storage; docs/operations/disk-filling.md")
        }
        "certificate" => (
            "a certificate ends within 30 days, or files that were replaced do not come into use",
            "docs/operations/certificate-renewal.md; the System page and the log say which",
        ),
        "backup" => ("backups are old, failed or not verified", "docs/operations/backup.md"),
        _ => {
            ("something will go wrong if nobody does anything", "GET /health as an internal admin says more")
        }
    };
    Finding::warning(GROUP, "backend-warns", format!("it warns of {word}: {what}"))
        .why("It works now, and will not for long.")
        .mend(mend)
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("?").to_owned()
}

fn list(value: &Value, pointer: &str) -> Vec<String> {
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_programs_health_is_not_ours() {
        assert!(is_ours(&json!({"status": "ok", "version": "0.1.0", "mqtt": {"state": "connected"}})));
        for other in [json!({"status": "ok"}), json!({"version": "2.0"}), json!("ok"), Value::Null] {
            assert!(!is_ours(&other), "{other}");
        }
    }

    #[test]
    fn a_warning_of_certificates_names_both_its_causes() {
        let words = format!("{:?}", warned("certificate"));
        for cause in ["ends within 30 days", "files that were replaced do not come into use"] {
            assert!(words.contains(cause), "{words}");
        }
    }
}
