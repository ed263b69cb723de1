//! The variables: each that is wrong, each that looks like a slip of the pen, and what is missing though nothing asks for it.

use super::finding::{Finding, Group};
use crate::config::Draft;

const GROUP: Group = Group::Environment;

pub(crate) fn check(draft: &Draft) -> Vec<Finding> {
    let mut findings: Vec<Finding> = draft
        .faults
        .iter()
        .map(|fault| {
            Finding::failure(GROUP, "variable-wrong", format!("{} {}", fault.name, fault.problem))
                .why("With it the program does not start: it would not know what it is meant to do.")
                .mend(format!("set {}={}", fault.name, fault.example))
                .compose(format!(
                    "put {}={} into .env.production, then deploy/compose up -d",
                    fault.name, fault.example
                ))
        })
        .collect();
    findings.extend(draft.misspelt.iter().map(|(name, meant)| {
        Finding::warning(GROUP, "variable-misspelt", format!("{name} is set, and nothing reads it"))
            .why(format!("If {meant} was meant, its default is in force."))
            .mend(format!("rename {name} to {meant}"))
    }));
    if draft.faults.is_empty() {
        findings.push(Finding::ok(GROUP, "variables", "every variable can be read"));
    }
    if draft.http.admins.is_empty() {
        findings.push(
            Finding::warning(GROUP, "no-admin", "ADMIN_EMAILS is empty: nobody is an internal admin")
                .why(
                    "Only an internal admin makes tenants, rules and accounts, and the first \
                    one can come from nowhere else.",
                )
                .mend("set ADMIN_EMAILS=ana@example.com, then vigia create-admin --email ana@example.com")
                .compose(
                    "put ADMIN_EMAILS=ana@example.com into .env.production, start anew, \
                        then deploy/compose exec api vigia create-admin --email \
                        ana@example.com",
                ),
        );
    }
    findings
}
