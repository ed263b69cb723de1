//! Which entries of the quarantine are meant, in one place for all that list, replay and remove them.

use serde_json::{Value, json};
use vigia_model::{RejectReason, RejectionStatus, Timestamp};

/// Which entries; none of it set means all.
#[derive(Debug, Clone, Copy, Default)]
pub struct RejectionFilter<'a> {
    pub reason: Option<RejectReason>,
    /// Exact, or with `*` for any run of characters.
    pub topic: Option<&'a str>,
    /// Received at or after.
    pub from: Option<Timestamp>,
    /// Received before.
    pub to: Option<Timestamp>,
    pub status: Option<RejectionStatus>,
    /// By the gateway level of the topic.
    pub gateway: Option<&'a str>,
}

impl RejectionFilter<'_> {
    /// As the audit log tells it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "reason": self.reason.map(RejectReason::as_str),
            "topic": self.topic,
            "from": self.from.map(Timestamp::as_millis),
            "to": self.to.map(Timestamp::as_millis),
            "status": self.status.map(RejectionStatus::as_str),
            "gateway": self.gateway,
        })
    }
}

/// Whether a replay has brought an entry to its end: it is stored, and no other replay will change that.
macro_rules! settled {
    () => {
        "coalesce(r.replay_outcome in ('stored', 'duplicate'), false)"
    };
}
pub(crate) use settled;

/// The status of an entry `r`, with its message's request `p` if there is one.
macro_rules! status {
    () => {
        concat!(
            "case when ",
            $crate::rejection::settled!(),
            " then 'replayed'
                        when p.message_id is not null then 'requested'
                        when r.replay_outcome = 'not_kept' then 'replayed'
                        else 'open' end"
        )
    };
}
pub(crate) use status;

/// Entries `r` with their messages `q` and requests `p` that somebody may see and asks for: `$1` to `$7`.
///
/// The tenant of an entry is the tenant level of its topic; a topic without one is shown to internal admins only.
macro_rules! from_matching {
    () => {
        concat!(
            r"
            from rejections r
            join quarantined_messages q on q.id = r.message_id
            left join replay_requests p on p.message_id = r.message_id
            where ($1::text[] is null or (q.topic like 'factory/%' and split_part(q.topic, '/', 2) = any($1)))
              and ($2::text is null or r.reason = $2)
              and ($3::text is null or q.topic like $3 escape '\')
              and ($4::timestamptz is null or q.received_at >= $4)
              and ($5::timestamptz is null or q.received_at < $5)
              and ($6::text is null or ",
            $crate::rejection::status!(),
            " = $6)
              and ($7::text is null or (
                    split_part(q.topic, '/', 5) = 'gateway' and split_part(q.topic, '/', 6) = $7
              ))"
        )
    };
}
pub(crate) use from_matching;

/// A glob as `like` reads it, with `\` before what `like` would take for its own.
pub(crate) fn like_pattern(glob: &str) -> String {
    let mut like = String::with_capacity(glob.len());
    for letter in glob.chars() {
        match letter {
            '*' => like.push('%'),
            '%' | '_' | '\\' => like.extend(['\\', letter]),
            _ => like.push(letter),
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_become_like() {
        for (glob, like) in [("factory/*/x", "factory/%/x"), ("a_b%c\\d", "a\\_b\\%c\\\\d")] {
            assert_eq!(like_pattern(glob), like);
        }
    }
}
