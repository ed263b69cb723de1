//! Decide: what the rules keep of a sample. Plain functions of names; the mode is remembered beside the series until the rules
//! change.

use vigia_model::{Mode, Retention, RuleSet, SeriesPath, Source};

/// What holds where no rule says otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) mode: Mode,
    pub(crate) retention: Retention,
}

/// The rules as read once, with a number that grows with every reading.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) generation: u64,
    pub(crate) set: RuleSet,
    pub(crate) retention: Retention,
}

impl Rules {
    /// The persistence mode of one series, spoken for by the gateway of `source`.
    pub(crate) fn decide(&self, source: &Source, plc: &str, metric: &str) -> Mode {
        let path = SeriesPath {
            tenant: source.tenant.as_str(),
            province: source.province.as_str(),
            plant: source.plant.as_str(),
            gateway: source.gateway.as_str(),
            plc,
            metric,
        };
        self.set.decide(path).0
    }
}
