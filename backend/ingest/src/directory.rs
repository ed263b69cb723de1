//! The directory in memory: from a topic and names to ids, modes and live entries, without the database.
//!
//! Filled by the committing stage, which asks the database about names seen for the first time; read by the
//! batching stage for every message. Entries are as many as the database has series, which its limits bound.

use crate::decide::Rules;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use vigia_live::{Live, LiveGateway, LivePlc, MetricIndex, PlcPath};
use vigia_model::{GatewayHealth, Identifier, Mode, Rejection, SeriesId, Source};
use vigia_store::directory::BoundGateway;

/// How long a refused topic is refused without asking the database again.
const REFUSED_FOR: Duration = Duration::from_secs(5);
/// Topics remembered. A gateway speaks on one; only names that vary the province make more, and then all are asked
/// about again.
const MAX_TOPICS: usize = 100_000;
/// Series remembered beyond one entry each: a series that is spoken of on many topics has an entry under each.
const SPARE_ENTRIES: usize = 100_000;
/// Refused topics remembered; beyond that they are asked about each time.
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
            self.entries += usize::from(is_new);
            self.live.insert(id, series);
        }
    }

    pub(crate) fn add_units(&mut self, units: HashMap<Box<str>, i32>) {
        self.units.extend(units);
    }

    pub(crate) fn refuse(&mut self, topic: Arc<str>, rejection: Rejection, now: Instant) {
        if self.refused.len() >= MAX_REFUSED {
            self.refused.retain(|_, (_, at)| now < *at + REFUSED_FOR);
        }
        if self.refused.len() < MAX_REFUSED {
            self.refused.insert(topic, (rejection, now));
        }
    }

    /// Forgets all topics when there are too many. Not for one who is in the middle of learning names: they are
    /// learned by one at a time, which calls this first.
    pub(crate) fn make_room(&mut self) {
        if self.topics.len() >= MAX_TOPICS || self.entries >= 2 * self.live.len() + SPARE_ENTRIES {
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
        self.gateways.entry(bound.gateway_id).or_insert_with(|| bound.health.clone());
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

impl TopicEntry {
    /// Whether the series of a PLC's metric has an id.
    pub(crate) fn knows(&self, plc: &str, metric: &str) -> bool {
        self.plcs.get(plc).is_some_and(|plc| plc.metrics.contains_key(metric))
    }

    /// The series of a PLC's metric with its mode under the present rules, when it is known.
    pub(crate) fn series(&mut self, plc: &str, metric: &str, rules: &Rules) -> Option<KnownSeries> {
        let plc_entry = self.plcs.get_mut(plc)?;
        let series = plc_entry.metrics.get_mut(metric)?;
        if series.rules_generation != rules.generation {
            series.mode = rules.decide(&self.source, plc, metric);
            series.rules_generation = rules.generation;
        }
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
        plc_entry.metrics.entry(metric.clone()).or_insert(SeriesEntry {
            id,
            metric: index,
            mode: Mode::None,
            // Older than any rules: decided at the first use.
            rules_generation: 0,
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
    }
}
