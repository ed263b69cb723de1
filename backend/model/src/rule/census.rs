//! How many series each rule matches, and for how many of them it decides.

use super::{Pattern, Rule, RuleMatch, SeriesPath};
use std::collections::HashMap;
use uuid::Uuid;

const BITS: usize = 64;

/// One field of a match.
type Field = fn(&RuleMatch) -> &Pattern;

/// What a rule has to do with the series that were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleShare {
    /// Those it matches; of a disabled rule too, which decides for none.
    pub matched: u64,
    pub decided: u64,
}

/// Counts series by the rules that match them. Very many series have few names: which rules match a name is found out once,
/// as a set of bits, and what a series costs is to meet six such sets.
#[derive(Debug)]
pub struct Census {
    /// The stronger first, those that are disabled last.
    rules: Vec<(Rule, RuleShare)>,
    /// For each field the rules that match each of its names.
    known: [HashMap<Box<str>, Box<[u64]>>; 6],
    meeting: Vec<u64>,
    series: u64,
    by_default: u64,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub rules: HashMap<Uuid, RuleShare>,
    pub series: u64,
    /// Those for which no rule decides.
    pub by_default: u64,
}

impl Census {
    pub fn new(mut rules: Vec<Rule>) -> Self {
        rules.sort_by_cached_key(|rule| (!rule.enabled, rule.precedence()));
        Self {
            meeting: vec![0; rules.len().div_ceil(BITS)],
            rules: rules.into_iter().map(|rule| (rule, RuleShare::default())).collect(),
            known: Default::default(),
            series: 0,
            by_default: 0,
        }
    }

    /// Counts a series in.
    pub fn count(&mut self, path: SeriesPath<'_>) {
        let fields: [(&str, Field); 6] = [
            (path.tenant, |it| &it.tenant),
            (path.province, |it| &it.province),
            (path.plant, |it| &it.plant),
            (path.gateway, |it| &it.gateway),
            (path.plc, |it| &it.plc),
            (path.metric, |it| &it.metric),
        ];
        self.meeting.fill(u64::MAX);
        for (known, (name, field)) in self.known.iter_mut().zip(fields) {
            if !known.contains_key(name) {
                known.insert(name.into(), matching(&self.rules, field, name));
            }
            let Some(bits) = known.get(name) else { continue };
            for (word, bits) in self.meeting.iter_mut().zip(bits) {
                *word &= *bits;
            }
        }
        self.series += 1;
        let mut is_decided = false;
        for (word, rules) in self.meeting.iter().zip(self.rules.chunks_mut(BITS)) {
            let mut left = *word;
            // Bits beyond the last rule are never set.
            while let Some((rule, share)) =
                usize::try_from(left.trailing_zeros()).ok().and_then(|at| rules.get_mut(at))
            {
                left &= left - 1;
                share.matched += 1;
                if rule.enabled && !is_decided {
                    is_decided = true;
                    share.decided += 1;
                }
            }
        }
        if !is_decided {
            self.by_default += 1;
        }
    }

    pub fn finish(self) -> Counted {
        let rules = self.rules.into_iter().map(|(rule, share)| (rule.id, share)).collect();
        Counted { rules, series: self.series, by_default: self.by_default }
    }
}

/// The rules of which a field matches a name, a bit for each.
fn matching(rules: &[(Rule, RuleShare)], field: Field, name: &str) -> Box<[u64]> {
    let word = |rules: &[(Rule, RuleShare)]| {
        let matches = rules.iter().enumerate().filter(|(_, (rule, _))| field(&rule.matches).matches(name));
        matches.fold(0_u64, |word, (at, _)| word | 1 << at)
    };
    rules.chunks(BITS).map(word).collect()
}
