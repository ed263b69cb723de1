//! Names seen for the first time: asked of the database, remembered, and turned into rows.

use super::{Committer, NotCommitted, no_longer, while_away};
use crate::batch::{LiveUpdates, NamedSample, OpenBatch, Unresolved, too_many_units};
use crate::directory::KnownSeries;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;
use vigia_live::GatewayPath;
use vigia_model::{Heartbeat, Identifier, RejectReason, Rejection, SeqMark, SeriesId, Source, Timestamp};
use vigia_store::StoreError;
use vigia_store::batch::SampleRow;
use vigia_store::directory::{Resolved, SeriesName};

/// A series as a message names it: topic, PLC, metric.
type Named = (Arc<str>, Identifier, Identifier);

impl Committer {
    /// Turns the batch's unresolved messages into rows and rejections.
    pub(super) async fn resolve(&mut self, batch: &mut OpenBatch) -> Result<(), NotCommitted> {
        let unresolved = std::mem::take(&mut batch.unresolved);
        if unresolved.is_empty() {
            return Ok(());
        }
        let learning = Arc::clone(&self.bench.learning);
        let _learning = tokio::select! {
            learning = learning.lock() => learning,
            not_committed = no_longer(&self.give_up, self.deadline) => return Err(not_committed),
        };
        self.directory().make_room();
        let with_topics = unresolved.into_iter().filter_map(|message| {
            let topic = batch.messages.get(message.message).map(|known| Arc::clone(&known.topic))?;
            Some((topic, message))
        });
        let messages: Vec<(Arc<str>, Unresolved)> = with_topics.collect();
        let refused_topics = self.bind(&messages).await?;
        let refused_series = self.register_series(&messages).await?;
        for (topic, message) in messages {
            match refused_topics.get(&topic) {
                Some(rejection) => batch.reject(message.message, rejection.clone()),
                None => self.take(&topic, message, &refused_series, batch),
            }
        }
        Ok(())
    }

    /// Asks the database who may speak on the topics that are new; returns why some may not.
    async fn bind(
        &mut self,
        messages: &[(Arc<str>, Unresolved)],
    ) -> Result<HashMap<Arc<str>, Rejection>, NotCommitted> {
        // In the order they came in: of one gateway on two topics the first counts.
        let mut seen = HashSet::new();
        let mut new: Vec<(&Arc<str>, &Source)> = Vec::new();
        {
            let mut directory = self.directory();
            for (topic, message) in messages {
                if directory.topic(topic).is_none() && seen.insert(topic) {
                    new.push((topic, &message.source));
                }
            }
        }
        let mut refused = HashMap::new();
        if new.is_empty() {
            return Ok(refused);
        }
        let sources: Vec<Source> = new.iter().map(|(_, source)| (*source).clone()).collect();
        let at_once = while_away!(self, self.store.resolve_gateways(&sources, &self.provisioning));
        let resolved = if let Ok(resolved) = at_once {
            resolved
        } else {
            // One by one: what stands in the way of one must not cost the others.
            let mut resolved = Vec::with_capacity(sources.len());
            for source in sources.chunks(1) {
                let one = while_away!(self, self.store.resolve_gateways(source, &self.provisioning));
                resolved.push(single(one));
            }
            resolved
        };
        for ((topic, source), resolved) in new.into_iter().zip(resolved) {
            match resolved {
                Ok(bound) => {
                    let path = GatewayPath {
                        tenant: source.tenant.clone(),
                        province: source.province.clone(),
                        site: source.plant.clone(),
                        gateway: source.gateway.clone(),
                    };
                    let live = self.bench.live.gateway(&path);
                    self.directory().add_topic(Arc::clone(topic), source.clone(), bound, live);
                }
                Err(rejection) => {
                    self.directory().refuse(Arc::clone(topic), rejection.clone(), Instant::now());
                    refused.insert(Arc::clone(topic), rejection);
                }
            }
        }
        Ok(refused)
    }

    /// Registers the series that are new; returns why some were not.
    async fn register_series(
        &mut self,
        messages: &[(Arc<str>, Unresolved)],
    ) -> Result<HashMap<Named, Rejection>, NotCommitted> {
        let mut new: HashMap<Named, SeriesName> = HashMap::new();
        {
            let mut directory = self.directory();
            for (topic, message) in messages {
                let Some(entry) = directory.topic(topic) else { continue };
                let (tenant_id, plant_id) = (entry.bound.tenant_id, entry.bound.plant_id);
                for named in message
                    .samples
                    .iter()
                    .filter(|named| !entry.knows(named.plc.as_str(), named.metric.as_str()))
                {
                    let (plc, metric) = (named.plc.clone(), named.metric.clone());
                    let name = SeriesName { tenant_id, plant_id, plc: plc.clone(), metric: metric.clone() };
                    new.insert((Arc::clone(topic), plc, metric), name);
                }
            }
        }
        let mut refused = HashMap::new();
        if new.is_empty() {
            return Ok(refused);
        }
        let (keys, names): (Vec<Named>, Vec<SeriesName>) = new.into_iter().unzip();
        let at_once = while_away!(self, self.store.resolve_series(&names, &self.provisioning));
        let resolved = if let Ok(resolved) = at_once {
            resolved
        } else {
            let mut resolved = Vec::with_capacity(names.len());
            for name in names.chunks(1) {
                let one = while_away!(self, self.store.resolve_series(name, &self.provisioning));
                resolved.push(single(one));
            }
            resolved
        };
        let mut directory = self.directory();
        for (key, resolved) in keys.into_iter().zip(resolved) {
            match resolved {
                Ok(id) => directory.add_series(&self.bench.live, &key.0, &key.1, &key.2, id),
                Err(rejection) => {
                    refused.insert(key, rejection);
                }
            }
        }
        drop(directory);
        Ok(refused)
    }

    /// What the batcher would have done, had it known the names.
    fn take(
        &self,
        topic: &Arc<str>,
        message: Unresolved,
        refused: &HashMap<Named, Rejection>,
        batch: &mut OpenBatch,
    ) {
        let Unresolved { message, samples, heartbeat, seq, .. } = message;
        let bound = self.directory().topic(topic).map(|entry| entry.bound.gateway_num);
        let Some(gateway_num) = bound else {
            // Forgotten by the time its turn came, with all names: another process ingests now.
            let rejection =
                Rejection::message(RejectReason::StorageRefused, "the gateway could not be registered");
            batch.reject(message, rejection);
            return;
        };
        let Some(received_at) = batch.messages.get(message).map(|message| message.received_at) else {
            return;
        };
        let mut feed = LiveUpdates::default();
        for named in samples {
            let NamedSample { plc, metric, index, sample } = named;
            let Some(series) = self.known_series(topic, &plc, &metric, received_at) else {
                let rejection =
                    refused.get(&(Arc::clone(topic), plc, metric)).cloned().unwrap_or_else(|| {
                        Rejection::message(RejectReason::StorageRefused, "the series could not be registered")
                    });
                batch.reject(message, rejection.at(index));
                continue;
            };
            feed.push(&self.bench.live, &series, sample.clone());
            let unit_id = sample.unit.as_deref().and_then(|unit| self.directory().unit(unit));
            batch.samples.push(SampleRow {
                series: series.id,
                gateway_num,
                unit_id,
                mode: series.mode,
                sample,
                received_at,
                message,
                sample_index: index,
            });
        }
        feed.flush(&self.bench.live);
        self.hear(topic, message, heartbeat, seq, batch);
    }

    fn known_series(
        &self,
        topic: &str,
        plc: &Identifier,
        metric: &Identifier,
        received_at: Timestamp,
    ) -> Option<KnownSeries> {
        let rules = self.bench.rules.load();
        self.directory().topic(topic)?.series(plc.as_str(), metric.as_str(), &rules, received_at)
    }

    fn hear(
        &self,
        topic: &str,
        message: usize,
        heartbeat: Option<Heartbeat>,
        seq: Option<SeqMark>,
        batch: &mut OpenBatch,
    ) {
        let Some(at) = batch.messages.get(message).map(|message| message.received_at) else { return };
        let mut directory = self.directory();
        let Some(entry) = directory.topic(topic) else { return };
        let (gateway, tenant) = (entry.bound.gateway_id, entry.bound.tenant_id);
        let live = Arc::clone(&entry.live);
        let health = directory.gateway_health(gateway);
        if let Some(beat) = heartbeat {
            health.beat(beat.clone(), at, self.bench.live.offline_after());
            self.bench.live.beat(&live, beat, at);
        } else {
            health.hear(at, self.bench.live.offline_after());
            self.bench.live.hear(&live, at);
        }
        batch.gateways.entry((gateway, tenant)).or_default().extend(seq);
    }

    /// Gives every row its unit's id; a row whose unit is one too many is refused.
    pub(super) async fn resolve_units(&mut self, batch: &mut OpenBatch) -> Result<(), NotCommitted> {
        let lacking = |row: &SampleRow| Some((row.series, row.sample.unit.clone()?));
        // In the order they came in: where there is room for some, the first ones get it.
        let mut seen = HashSet::new();
        let mut new: Vec<(SeriesId, Box<str>)> =
            batch.samples.iter().filter(|row| row.unit_id.is_none()).filter_map(lacking).collect();
        new.retain(|unit| seen.insert(unit.clone()));
        if new.is_empty() {
            return Ok(());
        }
        let new: Vec<(SeriesId, &str)> = new.iter().map(|(series, unit)| (*series, &**unit)).collect();
        let resolved = match while_away!(self, self.store.resolve_units(&new)) {
            Ok(resolved) => resolved,
            Err(error) => {
                tracing::error!(error = %error, cause = %error.database_message(), "units could not be registered");
                Vec::new()
            }
        };
        let mut directory = self.directory();
        for ((_, unit), resolved) in new.iter().zip(resolved) {
            match resolved {
                Ok(id) => directory.add_unit(unit, id),
                Err(tenant) => directory.refuse_unit(tenant, unit, Instant::now()),
            }
        }
        let mut refused = Vec::new();
        batch.samples.retain_mut(|row| {
            let Some(unit) = row.sample.unit.as_deref() else { return true };
            row.unit_id = row.unit_id.or_else(|| directory.unit(unit));
            if row.unit_id.is_none() {
                refused.push((row.message, row.sample_index));
            }
            row.unit_id.is_some()
        });
        drop(directory);
        for (message, index) in refused {
            batch.reject(message, too_many_units().at(index));
        }
        Ok(())
    }
}

/// The answer about one name.
fn single<T>(answer: Result<Vec<Resolved<T>>, StoreError>) -> Resolved<T> {
    let nothing = || Rejection::message(RejectReason::StorageRefused, "the database says nothing of it");
    answer.map_err(|error| storage_refused(&error))?.pop().unwrap_or_else(|| Err(nothing()))
}

/// The database's own words about a row it will never take.
pub(super) fn storage_refused(error: &StoreError) -> Rejection {
    Rejection::message(RejectReason::StorageRefused, error.database_message())
}
