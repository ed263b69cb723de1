//! A scenario laid out flat: every `count` written out, every name checked, every series with its interval.

use super::{Gateway, Metric, Scenario};
use crate::error::{Error, Result};
use crate::signal::SignalSpec;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use vigia_contract::mqtt::MAX_SAMPLES;
use vigia_contract::topic::TelemetryTopic;
use vigia_model::Identifier;

/// Gateways and their series.
#[derive(Debug, Clone)]
pub struct Plan {
    pub gateways: Vec<GatewayPlan>,
    pub series: Vec<SeriesPlan>,
}

/// One gateway.
#[derive(Debug, Clone)]
pub struct GatewayPlan {
    pub id: Arc<str>,
    pub tenant: Arc<str>,
    pub province: Arc<str>,
    pub plant: Arc<str>,
    pub topic: Arc<str>,
    pub schema: u8,
    pub batch_s: f64,
    pub batch_max: usize,
    /// How much older than now its samples are.
    pub late: Duration,
    /// How many PLCs it reads.
    pub plcs: Vec<Arc<str>>,
}

/// One series.
#[derive(Debug, Clone)]
pub struct SeriesPlan {
    /// Index into [`Plan::gateways`].
    pub gateway: usize,
    /// Index into [`GatewayPlan::plcs`].
    pub plc: usize,
    pub plc_id: Arc<str>,
    pub metric_id: Arc<str>,
    pub unit: Option<Arc<str>>,
    pub every_s: f64,
    pub signal: SignalSpec,
}

impl Plan {
    /// Samples a second when nothing is scaled.
    pub fn samples_per_second(&self) -> f64 {
        self.series.iter().map(|series| series.every_s.recip()).sum()
    }
}

impl Scenario {
    /// Writes the fleet out and checks it.
    pub fn plan(&self) -> Result<Plan> {
        let mut plan = Plan { gateways: Vec::new(), series: Vec::new() };
        for gateway in &self.gateways {
            for (number, id) in written_out(&gateway.id, gateway.count)?.into_iter().enumerate() {
                self.add_gateway(&mut plan, gateway, number + 1, id)?;
            }
        }
        if plan.series.is_empty() {
            return Err(fault("it has no series at all"));
        }
        let path = |series: &SeriesPlan| {
            let home = plan.gateways.get(series.gateway)?;
            let names = [&home.tenant, &home.plant, &series.plc_id, &series.metric_id];
            Some(names.map(Arc::clone))
        };
        let paths: BTreeSet<_> = plan.series.iter().map(path).collect();
        if paths.len() < plan.series.len() {
            return Err(fault(
                "a PLC or metric is named twice in a plant (a PLC's name may hold its gateway's {g})",
            ));
        }
        Ok(plan)
    }

    fn add_gateway(&self, plan: &mut Plan, gateway: &Gateway, number: usize, id: String) -> Result<()> {
        let Gateway { tenant, province, schema, batch_s, batch_max, .. } = gateway;
        let of_gateway = |name: &str| name.replace("{g}", &format!("{number:02}"));
        let plant = of_gateway(&gateway.plant);
        for name in [&id, tenant, province, &plant] {
            check_name(name)?;
        }
        let sound = matches!(schema, 1 | 2) && (1..=MAX_SAMPLES).contains(batch_max) && *batch_s > 0.0;
        if !sound {
            return Err(fault(format!(
                "gateway {id} needs a schema of 1 or 2, a batch_max of 1 to {MAX_SAMPLES} and a batch_s above 0"
            )));
        }
        let topic = TelemetryTopic { tenant, province, plant: &plant, gateway: &id }.to_string();
        let index = plan.gateways.len();
        let mut plcs = Vec::new();
        for plc in &gateway.plcs {
            let profile = self.profile.get(&plc.profile).ok_or_else(|| {
                fault(format!("gateway {id} names the profile {}, which is nowhere", plc.profile))
            })?;
            for plc_id in written_out(&of_gateway(&plc.id), plc.count)? {
                check_name(&plc_id)?;
                let plc_id: Arc<str> = plc_id.into();
                if plcs.contains(&plc_id) {
                    return Err(fault(format!("gateway {id} names the PLC {plc_id} twice")));
                }
                for (name, metric) in profile {
                    check_metric(name, metric, self.jitter_ms)?;
                    for metric_id in written_out(name, metric.count)? {
                        check_name(&metric_id)?;
                        plan.series.push(SeriesPlan {
                            gateway: index,
                            plc: plcs.len(),
                            plc_id: Arc::clone(&plc_id),
                            metric_id: metric_id.into(),
                            unit: metric.unit.as_deref().map(Arc::from),
                            every_s: metric.every_s,
                            signal: metric.signal.clone(),
                        });
                    }
                }
                plcs.push(plc_id);
            }
        }
        plan.gateways.push(GatewayPlan {
            id: id.into(),
            tenant: tenant.as_str().into(),
            province: province.as_str().into(),
            plant: plant.as_str().into(),
            topic: topic.into(),
            schema: *schema,
            batch_s: *batch_s,
            batch_max: *batch_max,
            late: Duration::from_hours(24 * u64::from(gateway.days_late))
                + Duration::from_secs(gateway.seconds_late.into()),
            plcs,
        });
        Ok(())
    }
}

/// `count` names out of one with `{n}` in it, numbered from 1 with leading zeros.
fn written_out(name: &str, count: u32) -> Result<Vec<String>> {
    let width = count.to_string().len().max(2);
    match (name.contains("{n}"), count) {
        (false, 1) => Ok(vec![name.to_owned()]),
        (true, _) => Ok((1..=count).map(|n| name.replace("{n}", &format!("{n:0width$}"))).collect()),
        (false, _) => Err(fault(format!("{name} has a count, so it needs {{n}} in its name"))),
    }
}

fn check_name(name: &str) -> Result<()> {
    Identifier::check(name).map_err(|why| fault(format!("the name {name:?} {why}")))
}

fn check_metric(name: &str, metric: &Metric, jitter_ms: u32) -> Result<()> {
    let is_slow_enough = metric.every_s * 1_000.0 >= 1.0 + f64::from(jitter_ms);
    if !is_slow_enough {
        return Err(fault(format!(
            "metric {name}: every_s must be at least 1 ms and longer than the jitter"
        )));
    }
    metric.signal.check().map_err(|why| fault(format!("metric {name}: {why}")))
}

fn fault(what: impl Into<String>) -> Error {
    Error::Scenario(what.into())
}
