//! All findings, for people or for programs.

use super::finding::{Finding, Group, Level};
use crate::version;
use serde_json::{Value, json};
use vigia_contract::http::UtcTime;
use vigia_model::Timestamp;

/// What was found, and when.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) at: Timestamp,
    pub(crate) took_ms: u128,
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// Nothing is broken; warnings may be.
    pub(crate) fn is_good(&self) -> bool {
        self.count(Level::Failure) == 0
    }

    fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "version": version::VERSION,
            "commit": version::COMMIT,
            "checkedAt": UtcTime::from_millis(self.at.as_millis()),
            "tookMs": u64::try_from(self.took_ms).unwrap_or(u64::MAX),
            "ok": self.is_good(),
            "failures": self.count(Level::Failure),
            "warnings": self.count(Level::Warning),
            "skipped": self.count(Level::Skipped),
            "findings": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
    }

    /// By group; a line for what is well, a block for what is not, and the sum at the end.
    pub(crate) fn text(&self, is_coloured: bool) -> String {
        let paint = Paint(is_coloured);
        let mut lines = Vec::new();
        for group in Group::ALL {
            let findings: Vec<&Finding> = self.findings.iter().filter(|it| it.group == group).collect();
            if findings.is_empty() {
                continue;
            }
            lines.push(paint.bold(group.name()));
            for finding in findings {
                show(&mut lines, finding, paint);
            }
            lines.push(String::new());
        }
        let count = |level: Level, word: &str| {
            let number = self.count(level);
            format!("{number} {word}{}", if number == 1 { "" } else { "s" })
        };
        let sum = format!(
            "{}, {}, {} well, {} not looked at",
            count(Level::Failure, "failure"),
            count(Level::Warning, "warning"),
            self.count(Level::Ok),
            self.count(Level::Skipped),
        );
        lines.push(if self.is_good() { sum } else { paint.level(Level::Failure, &sum) });
        lines.join("\n")
    }
}

fn show(lines: &mut Vec<String>, finding: &Finding, paint: Paint) {
    let mark = match finding.level {
        Level::Ok => "ok     ",
        Level::Skipped => "skipped",
        Level::Warning => "WARNING",
        Level::Failure => "FAILURE",
    };
    let mark = paint.level(finding.level, mark);
    let is_trouble = matches!(finding.level, Level::Warning | Level::Failure);
    if !is_trouble {
        lines.push(format!("  {mark}  {}", finding.what));
        // Of what is well these were asked for; as they are, so that they can be copied.
        lines.extend(finding.details.iter().cloned());
        return;
    }
    lines.push(format!("  {mark}  {}  [{}]", finding.what, finding.id));
    let mut block = |name: &str, text: &str| {
        for (index, line) in text.lines().enumerate() {
            let name = if index == 0 { name } else { "" };
            lines.push(format!("           {name:<9}{line}"));
        }
    };
    for detail in &finding.details {
        block("", detail);
    }
    block("why", &finding.why);
    block("mend", &finding.mend);
    block("Compose", &finding.mend_compose);
}

/// Colours, where somebody looks at them.
#[derive(Debug, Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn level(self, level: Level, text: &str) -> String {
        let code = match level {
            Level::Ok => "32",
            Level::Skipped => "2",
            Level::Warning => "33",
            Level::Failure => "31",
        };
        self.with(code, text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
