//! The directory in memory: from a topic and names to ids, modes and live entries, without the database.
//!
//! Filled by the committing stage, which asks the database about names seen for the first time; read by the
//! batching stage for every message. What there is, the database's limits bound, and entries are bounded by what there
//! is.

use crate::decide::Rules;
use crate::decode::decode_topic;
use crate::validate::ValidSample;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use vigia_live::{Counter, Live, LiveGateway, LivePlc, MetricIndex, PlcPath};
use vigia_model::{GatewayHealth, Identifier, Mode, Rejection, SeriesId, Source, Timestamp};
use vigia_store::directory::BoundGateway;

/// How long a refused topic is refused without asking the database again.
pub(crate) const REFUSED_FOR: Duration = Duration::from_secs(5);
/// Entries beyond two for each thing there is. A gateway speaks on one topic; only names that vary the province make
/// more, each with entries of its own for the series spoken of. When it is too much, all are asked about again.
const SPARE_ENTRIES: usize = 100_000;
/// Refused topics, and units, remembered; beyond that they are asked about each time.
const MAX_REFUSED: usize = 10_000;

/// Everything known by name.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    topics: HashMap<Arc<str>, TopicEntry>,
    /// Series under all topics together.
    entries: usize,
    gateways: HashMap<Uuid, GatewayHealth>,
    units: HashMap<Box<str>, i32>,
    /// Back from a row to what the feed shows of it.
    live: HashMap<SeriesId, (Arc<LivePlc>, MetricIndex)>,
    refused: HashMap<Arc<str>, (Rejection, Instant)>,
    /// Units that a tenant may not add to those it has.
    refused_units: HashMap<(Uuid, Box<str>), Instant>,
}

/// A topic and the gateway that may speak on it.
#[derive(Debug)]
pub(crate) struct TopicEntry {
    pub(crate) topic: Arc<str>,
    pub(crate) source: Source,
    pub(crate) bound: Arc<BoundGateway>,
    pub(crate) live: Arc<LiveGateway>,
    plcs: HashMap<Identifier, PlcEntry>,
}

#[derive(Debug)]
struct PlcEntry {
    live: Arc<LivePlc>,
    metrics: HashMap<Identifier, SeriesEntry>,
}

#[derive(Debug)]
struct SeriesEntry {
    id: SeriesId,
    metric: MetricIndex,
    mode: Mode,
    rules_generation: u64,
    received: Arc<Counter>,
}

/// A series ready to be written and shown.
#[derive(Debug, Clone)]
pub(crate) struct KnownSeries {
    pub(crate) id: SeriesId,
    pub(crate) mode: Mode,
    pub(crate) plc: Arc<LivePlc>,
    pub(crate) metric: MetricIndex,
}

impl Directory {
    /// Whether a topic, and everything its samples name, has an id or was refused one.
    pub(crate) fn knows(&self, topic: &str, samples: &[ValidSample<'_>], now: Instant) -> bool {
        let Some(entry) = self.topics.get(topic) else { return false };
        samples.iter().all(|valid| {
            let unit_is_known = |unit: &str| {
                self.units.contains_key(unit) || self.refuses_unit(entry.bound.tenant_id, unit, now)
            };
            entry.knows(&valid.plc, &valid.metric) && valid.sample.unit.as_deref().is_none_or(unit_is_known)
        })
    }

    pub(crate) fn topic(&mut self, topic: &str) -> Option<&mut TopicEntry> {
        self.topics.get_mut(topic)
    }

    /// What is known of a gateway's signs of life, the newest picture.
    pub(crate) fn gateway_health(&mut self, gateway: Uuid) -> &mut GatewayHealth {
        self.gateways.entry(gateway).or_default()
    }

    pub(crate) fn unit(&self, unit: &str) -> Option<i32> {
        self.units.get(unit).copied()
    }

    /// Why a topic was refused a moment ago.
    pub(crate) fn refusal(&self, topic: &str, now: Instant) -> Option<Rejection> {
        let (rejection, at) = self.refused.get(topic)?;
        (now < *at + REFUSED_FOR).then(|| rejection.clone())
    }

    /// Where the live value of a series stands.
    pub(crate) fn live_series(&self, series: SeriesId) -> Option<(Arc<LivePlc>, MetricIndex)> {
        self.live.get(&series).cloned()
    }

    /// Notes the id of a series of a known topic.
    pub(crate) fn add_series(
        &mut self,
        live: &Live,
        topic: &str,
        plc: &Identifier,
        metric: &Identifier,
        id: SeriesId,
    ) {
        if let Some(entry) = self.topics.get_mut(topic) {
            let (series, is_new) = entry.add_series(live, plc, metric, id);
            if is_new {
                self.entries += 1;
            }
            self.live.insert(id, series);
        }
    }

    pub(crate) fn add_unit(&mut self, unit: &str, id: i32) {
        self.units.insert(unit.into(), id);
    }

    /// Whether a tenant was told a moment ago that this unit is one too many.
    pub(crate) fn refuses_unit(&self, tenant: Uuid, unit: &str, now: Instant) -> bool {
        // Empty but in a flood: then a copy of the text does not matter.
        !self.refused_units.is_empty()
            && self.refused_units.get(&(tenant, unit.into())).is_some_and(|at| now < *at + REFUSED_FOR)
    }

    pub(crate) fn refuse_unit(&mut self, tenant: Uuid, unit: &str, now: Instant) {
        remember(&mut self.refused_units, (tenant, unit.into()), now, now, |at| *at);
    }

    pub(crate) fn refuse(&mut self, topic: Arc<str>, rejection: Rejection, now: Instant) {
        remember(&mut self.refused, topic, (rejection, now), now, |(_, at)| *at);
    }

    /// Forgets a gateway that the database knows no more, or elsewhere: it is asked about again when it speaks.
    pub(crate) fn forget_gateway(&mut self, gateway: Uuid) {
        self.forget_gateways(|known| *known == gateway);
    }

    fn forget_gateways(&mut self, gone: impl Fn(&Uuid) -> bool) {
        self.gateways.retain(|gateway, _| !gone(gateway));
        self.topics.retain(|_, entry| !gone(&entry.bound.gateway_id));
        let entries = |entry: &TopicEntry| entry.plcs.values().map(|plc| plc.metrics.len()).sum::<usize>();
        self.entries = self.topics.values().map(entries).sum();
    }

    /// Forgets topics of gateways that do not stand where those say, and refusals of gateways it was `asked` about.
    pub(crate) fn keep_gateways(
        &mut self,
        asked: impl Fn(&Identifier) -> bool,
        stands: impl Fn(&Source) -> bool,
    ) {
        self.refused.retain(|topic, _| decode_topic(topic).is_ok_and(|source| !asked(&source.gateway)));
        let elsewhere = self.topics.values().filter(|entry| !stands(&entry.source));
        let moved: HashSet<Uuid> = elsewhere.map(|entry| entry.bound.gateway_id).collect();
        if !moved.is_empty() {
            self.forget_gateways(|gateway| moved.contains(gateway));
        }
    }

    /// Forgets all topics when there are too many. Not for one who is in the middle of learning names: they are
    /// learned by one at a time, which calls this first.
    pub(crate) fn make_room(&mut self) {
        let too_many = |entries: usize, things: usize| entries >= 2 * things + SPARE_ENTRIES;
        if too_many(self.topics.len(), self.gateways.len()) || too_many(self.entries, self.live.len()) {
            tracing::warn!(
                topics = self.topics.len(),
                series = self.live.len(),
                "series are spoken of on very many topics; learning all names anew"
            );
            self.topics.clear();
            self.entries = 0;
        }
    }

    /// Lets `bound` speak on `topic`. What is known of its health already stays.
    pub(crate) fn add_topic(
        &mut self,
        topic: Arc<str>,
        source: Source,
        bound: BoundGateway,
        live: Arc<LiveGateway>,
    ) {
        self.refused.remove(&topic);
        let health = self.gateways.entry(bound.gateway_id).or_default();
        if health.last_seen.is_none() {
            health.clone_from(&bound.health);
        }
        let entry = TopicEntry {
            topic: Arc::clone(&topic),
            source,
            bound: Arc::new(bound),
            live,
            plcs: HashMap::new(),
        };
        self.topics.entry(topic).or_insert(entry);
    }
}

/// Remembers a refusal, if there is room among those that still count.
fn remember<K: Eq + Hash, V>(
    refused: &mut HashMap<K, V>,
    key: K,
    value: V,
    now: Instant,
    at: impl Fn(&V) -> Instant,
) {
    if refused.len() >= MAX_REFUSED {
        refused.retain(|_, value| now < at(value) + REFUSED_FOR);
    }
    if refused.len() < MAX_REFUSED {
        refused.insert(key, value);
    }
}

impl TopicEntry {
    /// Whether the series of a PLC's metric has an id.
    pub(crate) fn knows(&self, plc: &str, metric: &str) -> bool {
        self.plcs.get(plc).is_some_and(|plc| plc.metrics.contains_key(metric))
    }

    /// The series of a PLC's metric with its mode under the present rules, when it is known.
    /// A sample of it was received at `at`.
    pub(crate) fn series(
        &mut self,
        plc: &str,
        metric: &str,
        rules: &Rules,
        at: Timestamp,
    ) -> Option<KnownSeries> {
        let plc_entry = self.plcs.get_mut(plc)?;
        let series = plc_entry.metrics.get_mut(metric)?;
        if series.rules_generation != rules.generation {
            series.mode = rules.decide(&self.source, plc, metric);
            series.rules_generation = rules.generation;
        }
        series.received.count(at);
        Some(KnownSeries {
            id: series.id,
            mode: series.mode,
            plc: Arc::clone(&plc_entry.live),
            metric: series.metric,
        })
    }

    fn add_series(
        &mut self,
        live: &Live,
        plc: &Identifier,
        metric: &Identifier,
        id: SeriesId,
    ) -> ((Arc<LivePlc>, MetricIndex), bool) {
        let plc_entry = self.plcs.entry(plc.clone()).or_insert_with(|| PlcEntry {
            live: live.plc(&PlcPath {
                tenant: self.source.tenant.clone(),
                site: self.source.plant.clone(),
                plc: plc.clone(),
            }),
            metrics: HashMap::new(),
        });
        let index = plc_entry.live.metric(metric);
        let known = plc_entry.metrics.len();
        plc_entry.metrics.entry(metric.clone()).or_insert_with(|| SeriesEntry {
            id,
            metric: index,
            mode: Mode::None,
            // Older than any rules: decided at the first use.
            rules_generation: 0,
            received: live.traffic().counter(&self.source, plc, metric),
        });
        ((Arc::clone(&plc_entry.live), index), plc_entry.metrics.len() > known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_live::GatewayPath;
    use vigia_model::Clock;

    fn name(text: &str) -> Identifier {
        Identifier::new(text).unwrap()
    }

    /// A gateway that is heard from many provinces, with the same series in each.
    #[test]
    fn one_series_on_very_many_topics_is_forgotten_again() {
        let live = Live::new(Clock::System, Duration::from_secs(90));
        let mut directory = Directory::default();
        let series: Vec<Identifier> = (0..1_000).map(|n| name(&format!("m{n}"))).collect();
        let mut most = 0;
        for province in 0..300 {
            directory.make_room();
            let source = Source {
                tenant: name("t"),
                province: name(&format!("p{province}")),
                plant: name("x"),
                gateway: name("g"),
            };
            let topic: Arc<str> = format!("factory/t/p{province}/x/gateway/g/telemetry").into();
            let path = GatewayPath {
                tenant: source.tenant.clone(),
                province: source.province.clone(),
                site: source.plant.clone(),
                gateway: source.gateway.clone(),
            };
            let bound = BoundGateway {
                gateway_id: Uuid::nil(),
                gateway_num: 1,
                tenant_id: Uuid::nil(),
                plant_id: Uuid::nil(),
                health: GatewayHealth::default(),
            };
            directory.add_topic(Arc::clone(&topic), source, bound, live.gateway(&path));
            for (metric, id) in series.iter().zip(1..) {
                directory.add_series(&live, &topic, &name("plc"), metric, SeriesId(id));
            }
            let entry = directory.topic(&topic).unwrap();
            assert!(series.iter().all(|metric| entry.knows("plc", metric.as_str())), "what is learned stays");
            most = most.max(directory.entries);
        }
        assert_eq!(directory.live.len(), 1_000);
        assert!(most <= SPARE_ENTRIES + 3_000, "{most}");
        let counted: usize = directory
            .topics
            .values()
            .flat_map(|topic| topic.plcs.values())
            .map(|plc| plc.metrics.len())
            .sum();
        assert_eq!(directory.entries, counted);
        directory.forget_gateway(Uuid::nil());
        assert_eq!((directory.topics.len(), directory.entries), (0, 0));
    }
}
