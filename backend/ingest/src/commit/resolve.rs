//! Names seen for the first time: asked of the database, remembered, and turned into rows.

use super::{Committer, NotCommitted, while_away};
use crate::batch::{LiveUpdates, NamedSample, OpenBatch, Unresolved};
use crate::directory::KnownSeries;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use vigia_live::GatewayPath;
use vigia_model::{Heartbeat, Identifier, RejectReason, Rejection, SeqMark, Source};
use vigia_store::StoreError;
use vigia_store::batch::SampleRow;
use vigia_store::directory::BoundGateway;

impl Committer {
    /// Turns the batch's unresolved messages into rows and rejections.
    pub(super) async fn resolve(&mut self, batch: &mut OpenBatch) -> Result<(), NotCommitted> {
        let mut by_topic: HashMap<Arc<str>, Vec<Unresolved>> = HashMap::new();
        for unresolved in std::mem::take(&mut batch.unresolved) {
            if let Some(message) = batch.messages.get(unresolved.message) {
                by_topic.entry(Arc::clone(&message.topic)).or_default().push(unresolved);
            }
        }
        for (topic, messages) in by_topic {
            self.resolve_topic(&topic, messages, batch).await?;
        }
        Ok(())
    }

    async fn resolve_topic(
        &mut self,
        topic: &Arc<str>,
        messages: Vec<Unresolved>,
        batch: &mut OpenBatch,
    ) -> Result<(), NotCommitted> {
        let Some(source) = messages.first().map(|first| first.source.clone()) else { return Ok(()) };
        let known = self.directory().topic(topic).map(|entry| Arc::clone(&entry.bound));
        let bound = match known {
            Some(bound) => bound,
            None => match self.bind(topic, &source).await? {
                Ok(bound) => bound,
                Err(rejection) => {
                    for message in messages {
                        batch.reject(message.message, rejection.clone());
                    }
                    return Ok(());
                }
            },
        };
        let refused = self.register_series(topic, &bound, &messages).await?;
        for message in messages {
            self.take(topic, &bound, message, &refused, batch);
        }
        Ok(())
    }

    /// Asks the database who may speak on `topic`.
    async fn bind(
        &mut self,
        topic: &Arc<str>,
        source: &Source,
    ) -> Result<Result<Arc<BoundGateway>, Rejection>, NotCommitted> {
        let answer = while_away!(self, self.store.resolve_gateway(source, &self.provisioning));
        match answer.unwrap_or_else(|error| Err(storage_refused(&error))) {
            Ok(bound) => {
                let path = GatewayPath {
                    tenant: source.tenant.clone(),
                    province: source.province.clone(),
                    site: source.plant.clone(),
                    gateway: source.gateway.clone(),
                };
                let live = self.bench.live.gateway(&path);
                let shared = Arc::new(bound.clone());
                self.directory().add_topic(Arc::clone(topic), source.clone(), bound, live);
                Ok(Ok(shared))
            }
            Err(rejection) => {
                self.directory().refuse(Arc::clone(topic), rejection.clone(), self.bench.clock.now());
                Ok(Err(rejection))
            }
        }
    }

    /// Registers the series `messages` name; returns why some were not.
    async fn register_series(
        &mut self,
        topic: &str,
        bound: &BoundGateway,
        messages: &[Unresolved],
    ) -> Result<HashMap<(Identifier, Identifier), Rejection>, NotCommitted> {
        let distinct: HashSet<(Identifier, Identifier)> = messages
            .iter()
            .flat_map(|message| &message.samples)
            .map(|named| (named.plc.clone(), named.metric.clone()))
            .collect();
        let names: Vec<(Identifier, Identifier)> = distinct.into_iter().collect();
        let mut refused = HashMap::new();
        if names.is_empty() {
            return Ok(refused);
        }
        let answer = while_away!(self, self.store.resolve_series(bound, &names, &self.provisioning));
        match answer {
            Ok(resolved) => {
                let mut directory = self.directory();
                for (name, result) in names.into_iter().zip(resolved) {
                    match result {
                        Ok(id) => directory.add_series(&self.bench.live, topic, &name.0, &name.1, id),
                        Err(rejection) => {
                            refused.insert(name, rejection);
                        }
                    }
                }
            }
            Err(error) => {
                let rejection = storage_refused(&error);
                refused.extend(names.into_iter().map(|name| (name, rejection.clone())));
            }
        }
        Ok(refused)
    }

    /// What the batcher would have done, had it known the names.
    fn take(
        &self,
        topic: &str,
        bound: &BoundGateway,
        message: Unresolved,
        refused: &HashMap<(Identifier, Identifier), Rejection>,
        batch: &mut OpenBatch,
    ) {
        let Unresolved { message, samples, heartbeat, seq, .. } = message;
        let mut feed = LiveUpdates::default();
        for named in samples {
            let NamedSample { plc, metric, index, sample } = named;
            let Some(series) = self.known_series(topic, &plc, &metric) else {
                let rejection = refused.get(&(plc, metric)).cloned().unwrap_or_else(|| {
                    Rejection::message(RejectReason::StorageRefused, "the series could not be registered")
                });
                batch.reject(message, rejection.at(index));
                continue;
            };
            feed.push(&self.bench.live, &series, sample.clone());
            let unit_id = sample.unit.as_deref().and_then(|unit| self.directory().unit(unit));
            let Some(received_at) = batch.messages.get(message).map(|message| message.received_at) else {
                continue;
            };
            batch.samples.push(SampleRow {
                series: series.id,
                gateway_num: bound.gateway_num,
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

    fn known_series(&self, topic: &str, plc: &Identifier, metric: &Identifier) -> Option<KnownSeries> {
        let rules = self.bench.rules.load();
        self.directory().topic(topic)?.series(plc.as_str(), metric.as_str(), &rules)
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
        let (gateway, live) = (entry.bound.gateway_id, Arc::clone(&entry.live));
        let health = directory.gateway_health(gateway);
        if let Some(beat) = heartbeat {
            health.beat(beat.clone(), at, self.bench.live.offline_after());
            self.bench.live.beat(&live, beat, at);
        } else {
            health.hear(at, self.bench.live.offline_after());
            self.bench.live.hear(&live, at);
        }
        batch.gateways.entry(gateway).or_default().extend(seq);
    }

    /// Gives every row its unit's id; a row whose unit is one too many is refused.
    pub(super) async fn resolve_units(&mut self, batch: &mut OpenBatch) -> Result<(), NotCommitted> {
        let lacking = |row: &SampleRow| row.unit_id.is_none() && row.sample.unit.is_some();
        let new: HashSet<Box<str>> = batch
            .samples
            .iter()
            .filter(|row| lacking(row))
            .filter_map(|row| row.sample.unit.clone())
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let units: Vec<&str> = new.iter().map(|unit| &**unit).collect();
        match while_away!(self, self.store.resolve_units(&units)) {
            Ok(ids) => self.directory().add_units(ids),
            Err(error) => tracing::error!(error = %error, "units could not be registered"),
        }
        let mut refused = Vec::new();
        {
            let directory = self.directory();
            batch.samples.retain_mut(|row| {
                if row.unit_id.is_none()
                    && let Some(unit) = row.sample.unit.as_deref()
                {
                    row.unit_id = directory.unit(unit);
                    if row.unit_id.is_none() {
                        refused.push((row.message, row.sample_index));
                        return false;
                    }
                }
                true
            });
        }
        for (message, index) in refused {
            let rejection =
                Rejection::message(RejectReason::SeriesLimit, "there are too many distinct units");
            batch.reject(message, rejection.at(index));
        }
        Ok(())
    }
}

/// The database's own words about a row it will never take.
pub(super) fn storage_refused(error: &StoreError) -> Rejection {
    Rejection::message(RejectReason::StorageRefused, error.database_message())
}
