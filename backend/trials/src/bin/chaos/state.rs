//! The present state as the API shows it: of a few PLCs, every metric is the newest sample of the ledger.

use crate::backend::Backend;
use crate::contradiction::Standing;
use crate::system::System;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use vigia_model::{Quality, Sample, Value};
use vigia_simulator::ledger::Published;

/// How many PLCs are asked for.
const ASKED: usize = 16;

/// Tenant, plant and PLC.
type Plc = (String, String, String);

/// The newest sample of every metric of every PLC.
#[derive(Debug, Default)]
pub(crate) struct Newest(BTreeMap<Plc, BTreeMap<String, Sample>>);

#[derive(Deserialize)]
struct State {
    values: BTreeMap<String, Shown>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    value: Json,
    ts: String,
    quality: String,
}

impl Newest {
    /// Samples of one time that stand are the same.
    pub(crate) fn add(&mut self, published: &Published, standing: Standing<'_>) {
        for (key, sample) in standing.samples(published) {
            let plc = self.0.entry((key.tenant, key.plant, key.plc)).or_default();
            if plc.get(&key.metric).is_none_or(|known| known.ts < sample.ts) {
                plc.insert(key.metric, sample);
            }
        }
    }

    /// What is shown wrong by the backend that ingests, in words.
    pub(crate) async fn differences(&self, system: &System, backend: &Backend) -> Vec<String> {
        let mut differences = Vec::new();
        let step = (self.0.len() / ASKED).max(1);
        for ((tenant, plant, plc), metrics) in self.0.iter().step_by(step) {
            let path = format!("/api/plcs/{plant}/{plc}/state?tenant={tenant}");
            let Some(state) = backend.ask::<State>(&system.http, &path).await else {
                differences.push(format!("{} does not answer {path}", backend.name));
                continue;
            };
            for (metric, sample) in metrics {
                let shown = state.values.get(metric);
                if !shown.is_some_and(|shown| shown.is(sample)) {
                    differences.push(format!("{path}: {metric} is {shown:?}, published {sample:?}"));
                }
            }
        }
        differences
    }
}

impl Shown {
    fn is(&self, sample: &Sample) -> bool {
        let value = match &sample.value {
            None => self.value.is_null(),
            Some(Value::Float(float)) => {
                self.value.as_f64().is_some_and(|shown| shown.to_bits() == float.to_bits())
            }
            Some(Value::Int(int)) => self.value.as_i64() == Some(*int),
            Some(Value::Bool(bool)) => self.value.as_bool() == Some(*bool),
            Some(Value::Text(text)) => self.value.as_str() == Some(text),
        };
        let ts = DateTime::parse_from_rfc3339(&self.ts).map(|ts| ts.timestamp_millis());
        let quality = Quality::parse(&self.quality) == Some(sample.quality);
        value && quality && ts.is_ok_and(|ts| ts == sample.ts.as_millis())
    }
}
