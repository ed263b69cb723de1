//! Alarms, in the words of ISA-18.2.

use crate::time::Timestamp;
use uuid::Uuid;

/// How much it matters that somebody acts; the first matters most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Critical,
    High,
    Medium,
    /// Also diagnostics: nobody need act now.
    Low,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// The severity of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// An alarm as it stands. Its names are whatever the database holds: alarms are also written by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub id: Uuid,
    /// Grows with every change.
    pub version: i32,
    pub tenant: String,
    /// The plant's code.
    pub site: String,
    pub plc: String,
    /// What people call the PLC.
    pub plc_name: Option<String>,
    /// `None`: it is about the PLC as a whole.
    pub metric: Option<String>,
    /// When it arose.
    pub ts: Timestamp,
    /// A word of whoever raised it.
    pub kind: String,
    /// For people.
    pub message: String,
    pub severity: Severity,
    pub acknowledged: bool,
    pub acknowledged_at: Option<Timestamp>,
    /// E-mail, or the name of a key; `None` when it was done in SQL.
    pub acknowledged_by: Option<String>,
    /// What was said when acknowledging.
    pub comment: Option<String>,
    pub created_at: Timestamp,
    /// The last change, by the database's clock.
    pub changed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_ordered_and_read_back() {
        assert!(Severity::ALL.is_sorted());
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.as_str()), Some(severity));
        }
        assert_eq!(Severity::parse("Critical"), None);
    }
}
