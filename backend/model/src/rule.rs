//! Persistence rules: which samples are kept, and how. The gateway never decides; an admin does, here.

use crate::retention::{Days, Retention};
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

mod census;

pub use census::{Census, Counted, RuleShare};

/// What is kept of a sample. Live state and feed see every sample, whatever the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Event history only.
    Raw,
    /// Hourly statistics only; the sample's time is still remembered, so that it counts once.
    Hourly,
    Both,
    #[default]
    None,
}

impl Mode {
    pub const ALL: [Self; 4] = [Self::Raw, Self::Hourly, Self::Both, Self::None];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Hourly => "hourly",
            Self::Both => "both",
            Self::None => "none",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// Whether the sample appears in the event history.
    pub const fn in_history(self) -> bool {
        matches!(self, Self::Raw | Self::Both)
    }

    /// Whether the sample counts in its hourly row.
    pub const fn in_hourly(self) -> bool {
        matches!(self, Self::Hourly | Self::Both)
    }

    /// Whether anything of the sample is stored beyond the live state.
    pub const fn is_kept(self) -> bool {
        !matches!(self, Self::None)
    }
}

/// One field of a rule's match: `*`, an exact name, or a glob in which `*` stands for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Box<str>);

/// The longest pattern, in characters.
pub const MAX_PATTERN_LEN: usize = 128;

impl Pattern {
    /// Takes 1–128 of `A-Za-z0-9._:-` and `*`; anything else could never match and is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-' | b'*');
        ((1..=MAX_PATTERN_LEN).contains(&text.len()) && text.bytes().all(allowed)).then(|| Self(text.into()))
    }

    pub fn any() -> Self {
        Self("*".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_any(&self) -> bool {
        self.0.bytes().all(|b| b == b'*')
    }

    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Matches the whole of `name`, in time linear in its length times the pattern's, without recursion.
    pub fn matches(&self, name: &str) -> bool {
        let mut rest = name;
        let mut pieces = self.0.split('*');
        let head = pieces.next().unwrap_or_default();
        let Some(after_head) = rest.strip_prefix(head) else { return false };
        rest = after_head;
        let Some(tail) = pieces.next_back() else {
            return rest.is_empty(); // no star at all: exact
        };
        for piece in pieces {
            // The leftmost occurrence leaves most room for what follows.
            let Some(at) = rest.find(piece) else { return false };
            let Some(after) = rest.get(at + piece.len()..) else { return false };
            rest = after;
        }
        rest.ends_with(tail)
    }
}

/// The names a rule is matched against.
#[derive(Debug, Clone, Copy)]
pub struct SeriesPath<'a> {
    pub tenant: &'a str,
    pub province: &'a str,
    pub plant: &'a str,
    pub gateway: &'a str,
    pub plc: &'a str,
    pub metric: &'a str,
}

/// The match of a rule: every field must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMatch {
    pub tenant: Pattern,
    pub province: Pattern,
    pub plant: Pattern,
    pub gateway: Pattern,
    pub plc: Pattern,
    pub metric: Pattern,
}

impl RuleMatch {
    pub fn any() -> Self {
        Self {
            tenant: Pattern::any(),
            province: Pattern::any(),
            plant: Pattern::any(),
            gateway: Pattern::any(),
            plc: Pattern::any(),
            metric: Pattern::any(),
        }
    }

    pub fn matches(&self, path: SeriesPath<'_>) -> bool {
        self.tenant.matches(path.tenant)
            && self.province.matches(path.province)
            && self.plant.matches(path.plant)
            && self.gateway.matches(path.gateway)
            && self.plc.matches(path.plc)
            && self.metric.matches(path.metric)
    }

    fn fields(&self) -> [&Pattern; 6] {
        [&self.tenant, &self.province, &self.plant, &self.gateway, &self.plc, &self.metric]
    }

    /// How narrow the match is: exact fields first, then globs that are more than `*`.
    fn narrowness(&self) -> (usize, usize) {
        let exact = self.fields().into_iter().filter(|field| field.is_exact()).count();
        let glob = self.fields().into_iter().filter(|field| !field.is_exact() && !field.is_any()).count();
        (exact, glob)
    }
}

/// An admin's decision about a set of series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: Uuid,
    /// Grows by one with every edit; a write with an old one is refused.
    pub version: i32,
    pub name: String,
    pub enabled: bool,
    /// The higher one wins.
    pub priority: i32,
    pub matches: RuleMatch,
    pub mode: Mode,
    /// How long what is kept by it stays.
    pub retention: Retention,
    pub created_at: Timestamp,
}

impl Rule {
    /// Orders rules, the stronger first: higher priority, then more fixed fields, then the newer.
    fn precedence(&self) -> impl Ord + use<> {
        Reverse((self.priority, self.matches.narrowness(), self.created_at, self.id))
    }

    /// Why a rule with the same match is stronger than this one.
    fn weakness(&self, winner: &Self) -> Weakness {
        if !self.enabled {
            Weakness::Disabled
        } else if self.priority < winner.priority {
            Weakness::LowerPriority
        } else if self.matches.narrowness() < winner.matches.narrowness() {
            Weakness::LessSpecific
        } else {
            Weakness::Older
        }
    }
}

/// Why a rule that matches a series does not decide what is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    Disabled,
    LowerPriority,
    /// As high, but with fewer exact names and globs in its match.
    LessSpecific,
    /// As high and as specific, but made earlier.
    Older,
}

impl Weakness {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::LowerPriority => "lower_priority",
            Self::LessSpecific => "less_specific",
            Self::Older => "older",
        }
    }
}

/// What is kept of a series, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub mode: Mode,
    /// The rule that decides; the default does where none is enabled.
    pub decided_by: Option<Rule>,
    /// The other rules that match, the stronger first and the disabled last.
    pub overruled: Vec<(Rule, Weakness)>,
}

/// All enabled rules in order of precedence, and what holds where none matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    by_precedence: Vec<Rule>,
    default_mode: Mode,
}

impl RuleSet {
    /// Orders `rules`: higher priority, then more fixed fields, then the newer; disabled ones are left out.
    pub fn new(rules: Vec<Rule>, default_mode: Mode) -> Self {
        let mut by_precedence: Vec<Rule> = rules.into_iter().filter(|rule| rule.enabled).collect();
        by_precedence.sort_by_cached_key(Rule::precedence);
        Self { by_precedence, default_mode }
    }

    /// The mode for a series, and the rule that decided (`None`: the default did).
    pub fn decide(&self, path: SeriesPath<'_>) -> (Mode, Option<&Rule>) {
        match self.by_precedence.iter().find(|rule| rule.matches.matches(path)) {
            Some(rule) => (rule.mode, Some(rule)),
            None => (self.default_mode, None),
        }
    }

    /// How long what is kept of a series stays: as the rule says that decides, and where it says nothing, as `setting` does.
    pub fn retention(&self, path: SeriesPath<'_>, setting: Retention) -> Retention {
        let own = self.decide(path).1.map(|rule| rule.retention).unwrap_or_default();
        own.or(setting)
    }

    /// Of these gateways one of each kind: those that no rule tells apart are of one.
    pub fn kinds_of_gateways<'a>(&self, gateways: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let naming: Vec<&Pattern> =
            self.by_precedence.iter().map(|rule| &rule.matches.gateway).filter(|it| !it.is_any()).collect();
        let kind = |gateway: &str| -> Vec<bool> { naming.iter().map(|it| it.matches(gateway)).collect() };
        let kinds: BTreeMap<Vec<bool>, &str> = gateways.into_iter().map(|it| (kind(it), it)).collect();
        kinds.into_values().collect()
    }

    /// The longest times for which anything is kept of any series, also of one that nobody has seen yet.
    pub fn longest(&self, setting: Retention) -> Retention {
        let longest = |setting: Option<Days>, of: fn(&Retention) -> Option<Days>| {
            let own = self.by_precedence.iter().filter_map(|rule| of(&rule.retention));
            setting.map(|days| own.fold(days, Days::max))
        };
        Retention { raw: longest(setting.raw, |it| it.raw), hourly: longest(setting.hourly, |it| it.hourly) }
    }
}

/// Decides as [`RuleSet::decide`] does, and tells what every other matching rule lacks.
pub fn explain(rules: Vec<Rule>, path: SeriesPath<'_>, default_mode: Mode) -> Explanation {
    let (mut enabled, mut disabled): (Vec<Rule>, Vec<Rule>) =
        rules.into_iter().filter(|rule| rule.matches.matches(path)).partition(|rule| rule.enabled);
    enabled.sort_by_cached_key(Rule::precedence);
    disabled.sort_by_cached_key(Rule::precedence);
    let mut matching = enabled.into_iter();
    let decided_by = matching.next();
    let weakness =
        |rule: &Rule| decided_by.as_ref().map_or(Weakness::Disabled, |winner| rule.weakness(winner));
    let overruled = matching
        .chain(disabled)
        .map(|rule| {
            let weakness = weakness(&rule);
            (rule, weakness)
        })
        .collect();
    Explanation { mode: decided_by.as_ref().map_or(default_mode, |rule| rule.mode), decided_by, overruled }
}

#[cfg(test)]
mod tests;
