//! What a check found: the fact, why it matters, and what mends it.

use serde_json::{Value, json};

/// What a finding is about; `--only` names these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Group {
    Environment,
    Files,
    Broker,
    Database,
    Storage,
    Backup,
    Web,
    Clock,
    Backend,
}

impl Group {
    pub(crate) const ALL: [Self; 9] = [
        Self::Environment,
        Self::Files,
        Self::Broker,
        Self::Database,
        Self::Storage,
        Self::Backup,
        Self::Web,
        Self::Clock,
        Self::Backend,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Files => "files",
            Self::Broker => "broker",
            Self::Database => "database",
            Self::Storage => "storage",
            Self::Backup => "backup",
            Self::Web => "web",
            Self::Clock => "clock",
            Self::Backend => "backend",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Ok,
    /// Could not be looked at, or is not there to be looked at.
    Skipped,
    /// Works now, and may not for long.
    Warning,
    /// Does not work.
    Failure,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// One finding.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Stays the same between releases: scripts and runbooks go by it.
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    pub(crate) level: Level,
    /// The fact.
    pub(crate) what: String,
    pub(crate) why: String,
    /// A command or a setting.
    pub(crate) mend: String,
    /// The same where it is another one for an installation by Compose.
    pub(crate) mend_compose: String,
    pub(crate) details: Vec<String>,
}

impl Finding {
    fn new(group: Group, level: Level, id: &'static str, what: impl Into<String>) -> Self {
        Self {
            id,
            group,
            level,
            what: what.into(),
            why: String::new(),
            mend: String::new(),
            mend_compose: String::new(),
            details: Vec::new(),
        }
    }

    pub(crate) fn ok(group: Group, id: &'static str, what: impl Into<String>) -> Self {
        Self::new(group, Level::Ok, id, what)
    }

    pub(crate) fn skipped(group: Group, id: &'static str, what: impl Into<String>) -> Self {
        Self::new(group, Level::Skipped, id, what)
    }

    pub(crate) fn warning(group: Group, id: &'static str, what: impl Into<String>) -> Self {
        Self::new(group, Level::Warning, id, what)
    }

    pub(crate) fn failure(group: Group, id: &'static str, what: impl Into<String>) -> Self {
        Self::new(group, Level::Failure, id, what)
    }

    #[must_use]
    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    #[must_use]
    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }

    #[must_use]
    pub(crate) fn compose(mut self, mend: impl Into<String>) -> Self {
        self.mend_compose = mend.into();
        self
    }

    #[must_use]
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    pub(crate) fn json(&self) -> Value {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        json!({
            "id": self.id,
            "group": self.group.name(),
            "level": self.level.name(),
            "what": self.what,
            "why": text(&self.why),
            "mend": text(&self.mend),
            "mendCompose": text(&self.mend_compose),
            "details": self.details,
        })
    }
}
