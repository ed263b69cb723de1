//! A rule as somebody wrote it: checked field by field, so that every fault is explained at once.

use super::{Days, FieldProblem, Mode, NewRule, Pattern, Retention, RuleBody, RuleMatch};
use crate::error::ApiError;
use validator::Validate;

/// What a pattern may hold, for people.
const PATTERN_HELP: &str = "1 to 128 of A-Z a-z 0-9 . _ : - and *, where * stands for any run of characters (so * alone matches all)";

/// Checks a body.
///
/// # Errors
/// [`ApiError::InvalidFields`] with one entry for each wrong field.
pub(super) fn read(body: &RuleBody) -> Result<NewRule, ApiError> {
    let mut problems = Vec::new();
    if let Err(errors) = body.validate() {
        for (field, errors) in errors.field_errors() {
            let detail = errors.first().and_then(|error| error.message.clone()).unwrap_or_default();
            problems.push(FieldProblem { field: field.to_string(), detail: detail.into_owned() });
        }
    }
    if body.name.chars().any(char::is_control) || (!body.name.is_empty() && body.name.trim().is_empty()) {
        problems.push(problem("name", "a name is text that can be seen, in one line".to_owned()));
    }
    let mut pattern = |field: &str, text: &str| {
        Pattern::parse(text).unwrap_or_else(|| {
            problems.push(problem(field, format!("{text:?} is no pattern: {PATTERN_HELP}")));
            Pattern::any()
        })
    };
    let matches = RuleMatch {
        tenant: pattern("tenant", &body.tenant),
        province: pattern("province", &body.province),
        plant: pattern("plant", &body.plant),
        gateway: pattern("gatewayId", &body.gateway_id),
        plc: pattern("plcId", &body.plc_id),
        metric: pattern("metricId", &body.metric_id),
    };
    let mode = Mode::parse(&body.mode).unwrap_or_else(|| {
        let words = Mode::ALL.map(Mode::as_str).join(", ");
        problems.push(problem("mode", format!("{:?} is none of {words}", body.mode)));
        Mode::None
    });
    let mut days = |field: &str, days: Option<i32>| {
        let read = days.and_then(Days::new);
        if read.is_none() && days.is_some() {
            problems.push(problem(field, format!("history is kept for 1 to {} days", Days::MOST)));
        }
        read
    };
    let retention = Retention {
        raw: days("rawRetentionDays", body.raw_retention_days),
        hourly: days("hourlyRetentionDays", body.hourly_retention_days),
    };
    if !problems.is_empty() {
        return Err(ApiError::InvalidFields(problems));
    }
    let name = body.name.trim().to_owned();
    Ok(NewRule { name, enabled: body.enabled, priority: body.priority, matches, mode, retention })
}

fn problem(field: &str, detail: String) -> FieldProblem {
    FieldProblem { field: field.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_json(json: &str) -> Result<NewRule, Vec<String>> {
        let body = serde_json::from_str(json).map_err(|error| vec![error.to_string()])?;
        read(&body).map_err(|error| match error {
            ApiError::InvalidFields(problems) => problems.into_iter().map(|problem| problem.field).collect(),
            other => vec![other.to_string()],
        })
    }

    #[test]
    fn defaults_match_everything() {
        let rule = read_json(r#"{"name":" all ","mode":"both"}"#).unwrap();
        assert_eq!(
            (rule.name.as_str(), rule.enabled, rule.priority, rule.mode),
            ("all", true, 100, Mode::Both)
        );
        assert_eq!(rule.matches, RuleMatch::any());
    }

    #[test]
    fn both_spellings_and_what_was_got_before() {
        for json in [
            r#"{"name":"n","mode":"raw","gatewayId":"g","plcId":"p","metricId":"temp_*","id":"x","createdAt":"y"}"#,
            r#"{"name":"n","mode":"raw","gateway_id":"g","plc_id":"p","metric_id":"temp_*"}"#,
        ] {
            let rule = read_json(json).unwrap();
            assert_eq!(rule.matches.metric.as_str(), "temp_*");
            assert_eq!((rule.matches.gateway.as_str(), rule.matches.plc.as_str()), ("g", "p"));
        }
    }

    #[test]
    fn every_fault_is_named() {
        let faults = read_json(
            r#"{"name":"","mode":"all","priority":2000000,"tenant":"","plant":"a b","metricId":"temp_?","rawRetentionDays":0,"hourlyRetentionDays":36501}"#,
        );
        let mut faults = faults.unwrap_err();
        faults.sort();
        assert_eq!(
            faults,
            [
                "hourlyRetentionDays",
                "metricId",
                "mode",
                "name",
                "plant",
                "priority",
                "rawRetentionDays",
                "tenant"
            ]
        );
        for (json, part) in [
            (r#"{"name":"n","mode":"raw","metricID":"x"}"#, "unknown field `metricID`"),
            (r#"{"name":"n"}"#, "missing field `mode`"),
            (r#"{"name":"n","mode":"raw","priority":"high"}"#, "whole number"),
            (r#"{"name":"n","mode":"raw","plcId":"a","plc_id":"b"}"#, "duplicate field"),
        ] {
            let fault = read_json(json).unwrap_err();
            assert!(fault[0].contains(part), "{fault:?}");
        }
        assert_eq!(read_json(r#"{"name":"a\u0000b","mode":"raw"}"#).unwrap_err(), ["name"]);
    }
}
