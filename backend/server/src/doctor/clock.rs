//! This machine's clock, against whoever else told the time.

use super::finding::{Finding, Group};

const GROUP: Group = Group::Clock;
/// Until here gateways and history do not mind.
const NOTICEABLE_MS: i64 = 5_000;
/// Beyond this sessions, certificates and time limits begin to go wrong.
const FAR_MS: i64 = 60_000;

/// One finding for each that told the time: who, how far his clock is ahead of ours in milliseconds, and how finely he told.
pub(super) fn check(told: &[(&str, Option<i64>, i64)]) -> Vec<Finding> {
    let findings: Vec<Finding> =
        told.iter().filter_map(|(who, skew, grain)| Some(judged(who, (*skew)?, *grain))).collect();
    if findings.is_empty() {
        return vec![Finding::skipped(
            GROUP,
            "clock",
            "nobody told the time: neither the database nor the web address answers",
        )];
    }
    findings
}

fn judged(who: &str, skew_ms: i64, grain_ms: i64) -> Finding {
    let off = skew_ms.abs().saturating_sub(grain_ms);
    let seconds = skew_ms.abs() / 1_000;
    let side = if skew_ms > 0 { "behind" } else { "ahead of" };
    let fact = format!("this machine's clock is {seconds} s {side} that of {who}");
    if off <= NOTICEABLE_MS {
        return Finding::ok(GROUP, "clock", format!("this machine's clock agrees with that of {who}"));
    }
    let finding = if off > FAR_MS {
        Finding::failure(GROUP, "clock-wrong", fact)
    } else {
        Finding::warning(GROUP, "clock-off", fact)
    };
    finding
        .why(
            "Samples more than five minutes ahead of our clock are quarantined, certificates \
            seem expired or not yet valid, and people are logged out.",
        )
        .mend("timedatectl; sudo timedatectl set-ntp true; on both machines")
        .compose("containers have the host's clock: mend that one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    #[test]
    fn seconds_are_noticed_and_minutes_fail() {
        let level = |skew, grain| judged("the database", skew, grain).level;
        assert_eq!(level(4_000, 0), Level::Ok);
        assert_eq!(level(5_900, 1_000), Level::Ok);
        assert_eq!(level(-6_500, 1_000), Level::Warning);
        assert_eq!(level(61_000, 0), Level::Failure);
        let behind = judged("the database", 90_000, 0);
        assert_eq!(behind.what, "this machine's clock is 90 s behind that of the database");
        assert_eq!(judged("x", -90_000, 0).what, "this machine's clock is 90 s ahead of that of x");
        assert_eq!(check(&[("the database", None, 0)])[0].level, Level::Skipped);
    }
}
