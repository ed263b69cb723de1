//! Why something is not taken: a closed list, so that counts and filters can rely on it.

/// The reasons of the contract, §1. Nothing is rejected for any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectReason {
    PayloadTooLarge,
    NotJson,
    MissingField,
    InvalidField,
    InvalidIdentifier,
    UnsupportedSchemaVersion,
    UnknownType,
    ValueTypeMismatch,
    TopicMismatch,
    GatewayMoved,
    TimestampOutOfRange,
    ConflictingDuplicate,
    NotProvisioned,
    SeriesLimit,
    StorageRefused,
}

impl RejectReason {
    pub const ALL: [Self; 15] = [
        Self::PayloadTooLarge,
        Self::NotJson,
        Self::MissingField,
        Self::InvalidField,
        Self::InvalidIdentifier,
        Self::UnsupportedSchemaVersion,
        Self::UnknownType,
        Self::ValueTypeMismatch,
        Self::TopicMismatch,
        Self::GatewayMoved,
        Self::TimestampOutOfRange,
        Self::ConflictingDuplicate,
        Self::NotProvisioned,
        Self::SeriesLimit,
        Self::StorageRefused,
    ];

    /// The stable word for it in the API, in SQL and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PayloadTooLarge => "payload_too_large",
            Self::NotJson => "not_json",
            Self::MissingField => "missing_field",
            Self::InvalidField => "invalid_field",
            Self::InvalidIdentifier => "invalid_identifier",
            Self::UnsupportedSchemaVersion => "unsupported_schema_version",
            Self::UnknownType => "unknown_type",
            Self::ValueTypeMismatch => "value_type_mismatch",
            Self::TopicMismatch => "topic_mismatch",
            Self::GatewayMoved => "gateway_moved",
            Self::TimestampOutOfRange => "timestamp_out_of_range",
            Self::ConflictingDuplicate => "conflicting_duplicate",
            Self::NotProvisioned => "not_provisioned",
            Self::SeriesLimit => "series_limit",
            Self::StorageRefused => "storage_refused",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// A message or one of its samples, refused: what the quarantine shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub reason: RejectReason,
    /// For people: names the field and says what is wrong with it. Never more than a line.
    pub detail: String,
    /// Which sample of a schema 2 message, counted from 0; `None` when the whole message is meant.
    pub sample_index: Option<u32>,
}

impl Rejection {
    /// Refuses a whole message.
    pub fn message(reason: RejectReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), sample_index: None }
    }

    /// The same refusal, said of one sample of a message.
    #[must_use]
    pub fn at(mut self, sample_index: Option<u32>) -> Self {
        self.sample_index = sample_index;
        self
    }
}

/// What came of replaying a quarantined message or sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReplayOutcome {
    /// It is stored now, or its heartbeat was taken.
    Stored,
    /// It was stored already, saying the same.
    Duplicate,
    /// It is good now, and the rules keep nothing of it.
    NotKept,
    RejectedAgain,
    /// It was begun several times and never came to an end.
    GivenUp,
}

impl ReplayOutcome {
    pub const ALL: [Self; 5] =
        [Self::Stored, Self::Duplicate, Self::NotKept, Self::RejectedAgain, Self::GivenUp];

    /// The stable word for it in the API, in SQL and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::NotKept => "not_kept",
            Self::RejectedAgain => "rejected_again",
            Self::GivenUp => "given_up",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// Where a quarantined message or sample stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionStatus {
    /// Not taken, and nobody waits for it: never replayed, refused again, or given up.
    Open,
    /// To be replayed.
    Requested,
    /// Taken by a replay.
    Replayed,
}

impl RejectionStatus {
    pub const ALL: [Self; 3] = [Self::Open, Self::Requested, Self::Replayed];

    /// The word for it in the API and in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Requested => "requested",
            Self::Replayed => "replayed",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}
