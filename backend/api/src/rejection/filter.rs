//! Which entries of the quarantine a request means, checked.

use crate::convert::timestamp;
use crate::error::ApiError;
use vigia_contract::http::{FieldProblem, UtcTime};
use vigia_model::{Identifier, RejectReason, RejectionStatus, Timestamp};
use vigia_store::rejection::RejectionFilter;

/// The longest topic filter, in characters; MQTT topics themselves end at 65 535 bytes, ours far below.
const MAX_TOPIC_CHARS: usize = 1_024;

/// A filter as somebody wrote it.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    reason: Option<RejectReason>,
    topic: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    status: Option<RejectionStatus>,
    gateway: Option<String>,
}

impl Filter {
    /// Checks every part of it.
    pub(super) fn read(
        reason: Option<&str>,
        topic: Option<String>,
        gateway: Option<String>,
        from: Option<UtcTime>,
        to: Option<UtcTime>,
        status: Option<&str>,
    ) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut problem = |field: &str, detail: String| {
            problems.push(FieldProblem { field: field.to_owned(), detail });
        };
        let is_topic = |topic: &String| topic.chars().count() <= MAX_TOPIC_CHARS && !topic.contains('\0');
        if !topic.iter().all(is_topic) {
            problem("topic", "is no topic".to_owned());
        }
        if let Some(Err(why)) = gateway.as_deref().map(Identifier::check) {
            problem("gateway", why.to_string());
        }
        let known_reason = reason.and_then(RejectReason::parse);
        if let (Some(word), None) = (reason, known_reason) {
            problem(
                "reason",
                format!("{word:?} is none of {}", RejectReason::ALL.map(RejectReason::as_str).join(", ")),
            );
        }
        let known_status = status.and_then(RejectionStatus::parse);
        if let (Some(word), None) = (status, known_status) {
            let words = RejectionStatus::ALL.map(RejectionStatus::as_str).join(", ");
            problem("status", format!("{word:?} is none of {words}"));
        }
        let (from, to) = (from.map(timestamp), to.map(timestamp));
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            problem("from", "lies before to".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { reason: known_reason, topic, gateway, from, to, status: known_status })
    }

    /// Whether it lets everything through.
    pub(super) fn is_empty(&self) -> bool {
        let Self { reason, topic, gateway, from, to, status } = self;
        let of_message = topic.is_none() && gateway.is_none() && from.is_none() && to.is_none();
        of_message && reason.is_none() && status.is_none()
    }

    /// As the store reads it.
    pub(super) fn stored(&self) -> RejectionFilter<'_> {
        RejectionFilter {
            reason: self.reason,
            topic: self.topic.as_deref(),
            from: self.from,
            to: self.to,
            status: self.status,
            gateway: self.gateway.as_deref(),
        }
    }
}

/// The faults of a filter that stood in a query.
pub(super) fn of_query(problems: Vec<FieldProblem>) -> ApiError {
    let lines = problems.into_iter().map(|problem| format!("{}: {}", problem.field, problem.detail));
    ApiError::InvalidQuery(lines.collect::<Vec<_>>().join("; "))
}
