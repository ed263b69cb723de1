//! Where the history of each series begins: by the rule that decides for it, by the settings, and by what was dropped before.

use super::{Beginning, EVER, GRACE, History, PlacedSeries};
use crate::connect::Store;
use crate::error::StoreError;
use crate::partition::Partition;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;
use vigia_model::{Days, Retention, RuleSet, SeriesId, SeriesPath, Timestamp};

/// Series read, and judged, at once.
const AT_ONCE: u32 = 5_000;
/// Series whose rows are looked for with one statement.
const SERIES_A_LOT: usize = 500;

/// Where the history of one series begins, at full hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff {
    pub series: SeriesId,
    pub raw: Timestamp,
    pub hourly: Timestamp,
}

/// Where history begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cutoffs {
    /// In order.
    pub series: Vec<Cutoff>,
    /// Of any series, those that nobody has seen yet included.
    pub all: Beginning,
}

impl Cutoffs {
    /// The series that keep something a partition may hold.
    pub fn keepers(&self, partition: Partition) -> Vec<SeriesId> {
        let keeps = |cutoff: &&Cutoff| cutoff.raw < partition.end();
        self.series.iter().filter(keeps).map(|cutoff| cutoff.series).collect()
    }

    /// Whether no series has anything to keep in a partition, nor ever will.
    pub fn frees(&self, partition: Partition) -> bool {
        self.all.raw >= partition.end()
    }

    /// Whether some series have nothing to keep in a partition, and others may.
    pub fn frees_in_part(&self, partition: Partition) -> bool {
        !self.frees(partition) && self.series.iter().any(|cutoff| cutoff.raw >= partition.end())
    }

    /// The series with the time before which they keep nothing of `history`, divided into statements.
    pub fn lots(&self, history: History) -> Vec<Vec<(SeriesId, Timestamp)>> {
        let before = |cutoff: &Cutoff| match history {
            History::Samples | History::Packed => (cutoff.series, cutoff.raw),
            History::Hourly => (cutoff.series, cutoff.hourly),
        };
        let some_go: Vec<(SeriesId, Timestamp)> =
            self.series.iter().map(before).filter(|(_, before)| *before > EVER).collect();
        some_go.chunks(SERIES_A_LOT).map(<[_]>::to_vec).collect()
    }
}

impl Store {
    /// Judges every series.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cutoffs(
        &self,
        rules: &RuleSet,
        setting: Retention,
        now: Timestamp,
    ) -> Result<Cutoffs, StoreError> {
        let beginning = self.beginning().await?;
        let judge = Judge { beginning, now };
        let Retention { raw, hourly } = rules.longest(setting);
        let all = Beginning { raw: judge.raw(raw), hourly: judge.hourly(hourly) };
        let mut cutoffs = Cutoffs { series: Vec::new(), all };
        let judged = |(series, kept): (SeriesId, Retention)| Cutoff {
            series,
            raw: judge.raw(kept.raw),
            hourly: judge.hourly(kept.hourly),
        };
        cutoffs.series.extend(self.kept_for(rules, setting).await?.into_iter().map(judged));
        Ok(cutoffs)
    }

    /// For how long the history of each series is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_for(
        &self,
        rules: &RuleSet,
        setting: Retention,
    ) -> Result<BTreeMap<SeriesId, Retention>, StoreError> {
        let gateways = self.gateways_of_plants().await?;
        // Gateways that no rule tells apart need judging once.
        let kinds: HashMap<Uuid, Vec<&str>> = gateways
            .iter()
            .map(|(plant, names)| (*plant, rules.kinds_of_gateways(names.iter().map(String::as_str))))
            .collect();
        let mut kept = BTreeMap::new();
        let mut after = SeriesId(i32::MIN);
        loop {
            let places = self.placed_series(after, AT_ONCE).await?;
            let Some(last) = places.last().map(PlacedSeries::series) else { return Ok(kept) };
            after = last;
            for place in &places {
                let of_plant = kinds.get(&place.plant_id).into_iter().flatten().copied();
                // Of several gateways that may have sent it: what any of them lets keep, stays.
                let longest = of_plant
                    .chain(place.moved_sender.as_deref())
                    .map(|gateway| rules.retention(path(place, gateway), setting))
                    .reduce(Retention::longest);
                let unsent = || rules.retention(path(place, ""), setting);
                kept.insert(place.series(), longest.unwrap_or_else(unsent));
            }
        }
    }
}

struct Judge {
    beginning: Beginning,
    now: Timestamp,
}

impl Judge {
    fn raw(&self, days: Option<Days>) -> Timestamp {
        self.at_least(self.beginning.raw, days)
    }

    fn hourly(&self, days: Option<Days>) -> Timestamp {
        self.at_least(self.beginning.hourly, days)
    }

    fn at_least(&self, beginning: Timestamp, days: Option<Days>) -> Timestamp {
        let by_age = days.map(|days| self.now.minus(days.as_duration()).minus(GRACE).hour());
        by_age.map_or(beginning, |by_age| by_age.max(beginning))
    }
}

fn path<'a>(place: &'a PlacedSeries, gateway: &'a str) -> SeriesPath<'a> {
    SeriesPath {
        tenant: &place.tenant,
        province: &place.province,
        plant: &place.plant,
        gateway,
        plc: &place.plc,
        metric: &place.metric,
    }
}
