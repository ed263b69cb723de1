//! The domain, pure: what a sample, a series, a rule and a rejection are. No I/O, no serialisation, no clock
//! of its own: everything here can be called from a test with plain values.
//!
//! Read in this order: names (`identifier`), time (`time`), what is measured (`sample`, `sum`), who sends it
//! (`gateway`), what is kept of it (`rule`) and for how long (`retention`), why something is not taken (`rejection`), who may see it
//! (`scope`, `account`), how it is laid out for them (`dashboard`), and what somebody should look at (`alarm`).

pub mod identifier;
pub mod time;
pub mod sample;
pub mod sum;
pub mod gateway;
pub mod retention;
pub mod rule;
pub mod rejection;
pub mod scope;
pub mod account;
pub mod dashboard;
pub mod alarm;

pub use account::{Email, NoEmail, Role};
pub use alarm::{Alarm, Severity};
pub use dashboard::{IconUrl, Layout, WidgetKind};
pub use gateway::{GatewayHealth, GatewayStatus, Heartbeat, SeqMark};
pub use identifier::{Identifier, InvalidIdentifier, SeriesId, Source};
pub use rejection::{RejectReason, Rejection, RejectionStatus, ReplayOutcome};
pub use retention::{Days, Retention};
pub use rule::{
    Census, Counted, Explanation, Mode, Pattern, Rule, RuleMatch, RuleSet, RuleShare, SeriesPath, explain,
};
pub use sample::{DataType, Quality, Sample, Value};
pub use scope::TenantScope;
pub use sum::Sum;
pub use time::{Clock, MAX_AHEAD, Timestamp};
