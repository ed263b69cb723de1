//! What is watched exists: alert rules and dashboard name metrics that are documented, and runbooks that are written.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use vigia_live::board::{BACKUP_LATE, BACKUP_UNVERIFIED, CertificateKind};

const RULES: &str = include_str!("../../../../deploy/prometheus/vigia.rules.yml");
const DASHBOARD: &str = include_str!("../../../../deploy/grafana/provisioning/dashboards/vigia.json");
const WORDS_ES: &str = include_str!("../../../../frontend/src/core/i18n/sections/system.es.json");
const WORDS_EN: &str = include_str!("../../../../frontend/src/core/i18n/sections/system.en.json");
const BACKUP: &str = include_str!("../../../../docs/operations/backup.md");
const CERTIFICATES: &str = include_str!("../../../../docs/operations/certificate-renewal.md");
const PAGES: &str = include_str!("../../../../frontend/src/core/warnings/certificate-limits.ts");
const PAGE: &str = include_str!("../../../../docs/metrics.md");

/// Names of metrics of ours in a text, those that a histogram is made of as the histogram.
fn named(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_name(c));
    let ours = words.filter(|word| word.starts_with("vigia_") || word.starts_with("process_"));
    ours.map(|word| {
        let parts = ["_bucket", "_sum", "_count"];
        parts.iter().find_map(|part| word.strip_suffix(part)).unwrap_or(word).to_owned()
    })
    .collect()
}

fn documented() -> BTreeSet<String> {
    let first = |line: &str| line.strip_prefix("| `")?.split(['`', '{']).next().map(str::to_owned);
    PAGE.lines().filter_map(first).collect()
}

#[test]
fn alert_rules_name_metrics_and_runbooks_that_exist() {
    let expressions: String =
        RULES.lines().filter(|line| !line.trim_start().starts_with("summary:")).collect();
    let names = named(&expressions);
    assert!(names.len() > 20, "{names:?}");
    let unknown: Vec<_> = names.difference(&documented()).cloned().collect();
    assert!(unknown.is_empty(), "not in docs/metrics.md: {unknown:?}");
    let alerts = RULES.matches("- alert: ").count();
    for part in ["severity: ", "summary: ", "description: ", "runbook: "] {
        assert_eq!(RULES.matches(part).count(), alerts, "{part}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for line in RULES.lines().filter_map(|line| line.trim().strip_prefix("runbook: ")) {
        assert!(line.starts_with("docs/operations/") && root.join(line).is_file(), "{line}");
    }
}

#[test]
fn the_dashboard_names_metrics_that_exist() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut expressions = String::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "twice: {panel}");
        for target in panel["targets"].as_array().into_iter().flatten() {
            expressions += target["expr"].as_str().unwrap();
            expressions.push('\n');
        }
    }
    let names = named(&expressions);
    let unknown: Vec<_> = names.difference(&documented()).cloned().collect();
    assert!(names.len() > 40 && unknown.is_empty(), "not in docs/metrics.md: {unknown:?}");
    // What nobody sees nobody notices: what is left out is left out on purpose.
    let hidden: Vec<_> = documented().difference(&names).cloned().collect();
    assert_eq!(
        hidden,
        [
            "vigia_archive_last_failure_timestamp_seconds",
            "vigia_archive_last_success_timestamp_seconds",
            "vigia_backup_failing",
            "vigia_backup_first_success_timestamp_seconds",
            "vigia_backup_last_bytes",
            "vigia_certificate_rotation_stuck",
            "vigia_info",
            "vigia_mqtt_acknowledged_total",
            "vigia_mqtt_messages_per_second",
            "vigia_mqtt_qos0_dropped_total",
            "vigia_mqtt_session_present",
            "vigia_mqtt_state_since_seconds",
            "vigia_mqtt_subscriptions",
            "vigia_packed_rows_total",
            "vigia_rejections_replayed_total",
            "vigia_start_time_seconds",
            "vigia_trace_spans_dropped_total",
            "vigia_trace_spans_exported_total",
        ]
    );
}

/// The limits of a panel's colours, from the least, but for the first colour, which has none.
fn limits(thresholds: &Value) -> Vec<u64> {
    thresholds["steps"].as_array().unwrap().iter().filter_map(|step| step["value"].as_u64()).collect()
}

#[test]
fn health_alerts_dashboard_pages_and_documentation_have_one_figure_each() {
    const DAY_S: u64 = 86_400;
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panel = |title: &str| {
        let found = dashboard["panels"].as_array().unwrap().iter().find(|it| it["title"] == title);
        found.unwrap()["fieldConfig"].clone()
    };
    let (late_h, unverified_d) = (BACKUP_LATE.as_secs() / 3_600, BACKUP_UNVERIFIED.as_secs() / DAY_S);
    assert!(RULES.contains(&format!("_success_timestamp_seconds) > 0) > {late_h} * 3600\n")));
    assert!(RULES.contains(&format!("for: {late_h}h\n")), "where none was ever good");
    assert!(RULES.contains(&format!(") > {unverified_d} * 86400\n")));
    assert!(BACKUP.contains(&format!("older than {late_h} h,")));
    assert!(BACKUP.contains(&format!("for {unverified_d} days (or ever")));
    assert!(WORDS_ES.contains(&format!("Más de {late_h} horas, o {unverified_d} días sin verificar")));
    assert!(WORDS_EN.contains(&format!("More than {late_h} hours, or {unverified_d} days unverified")));
    assert_eq!(limits(&panel("Last good backup")["defaults"]["thresholds"]), [BACKUP_LATE.as_secs()]);
    assert_eq!(
        limits(&panel("Last restored for trial")["defaults"]["thresholds"]),
        [BACKUP_UNVERIFIED.as_secs()]
    );

    let panel = panel("Certificates end in");
    for kind in CertificateKind::ALL {
        let (soon, now, name) = (kind.soon_days(), kind.now_days(), kind.as_str());
        let (selector, colours) = if kind == CertificateKind::Web {
            ("kind=\"web\"", &panel["overrides"][0]["properties"][0]["value"])
        } else {
            ("kind!=\"web\"", &panel["defaults"]["thresholds"])
        };
        let ends = format!("vigia_certificate_expiry_timestamp_seconds{{{selector}}} - time() <");
        for rule in [format!("{ends} {soon} * 86400 >= {now} * 86400\n"), format!("{ends} {now} * 86400\n")] {
            assert!(RULES.contains(&rule), "{rule}");
        }
        let seconds = [now, soon].map(|days| u64::try_from(days).unwrap() * DAY_S);
        assert_eq!(limits(colours), seconds, "{name}");
        assert!(PAGES.contains(&format!("{name}: {{ soonDays: {soon}, nowDays: {now} }}")), "{name}");
        assert!(CERTIFICATES.contains(&format!("| `{name}` |")), "{name}");
        let row = CERTIFICATES.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).unwrap();
        assert!(row.contains(&format!("| {soon}, {now} |")), "{row}");
    }
}
