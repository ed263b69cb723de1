//! `POST /api/persist-rules/dry-run`: what a draft would change, before it does.
//!
//! Reckoned from the samples that came in the last day, whatever is kept of them: only the process that ingests has
//! counted those, and only since it started. The answer names the span.

use super::body;
use crate::Api;
use crate::caller::Admin;
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{Json, Query};
use axum::extract::State;
use std::cmp::Reverse;
use uuid::Uuid;
use vigia_contract::http::rule::{DryRun, DryRunQuery, KeptPerDay, RuleBody, SeriesNames, TouchedSeries};
use vigia_live::{Day, Spoken, board};
use vigia_model::{Mode, Rule, RuleSet};
use vigia_store::storage::TableSize;

/// Touched series that are named.
const MOST_NAMED: usize = 100;
const DAY_MS: i64 = 24 * 3_600_000;
/// What a packed sample and a row of `hourly` weigh, all in, as long as too few are stored to tell.
const USUAL: Weights = Weights { sample: 3.0, hourly: 170, measured: false };
/// From so many rows on, a table tells what its rows weigh.
const ENOUGH_ROWS: i64 = 10_000;

/// Tries a draft: as a new rule, or in place of the one it names.
pub(crate) async fn try_rule(
    State(api): State<Api>,
    Admin(_): Admin,
    Query(query): Query<DryRunQuery>,
    Json(draft): Json<RuleBody>,
) -> Result<axum::Json<DryRun>, ApiError> {
    let draft = body::read(&draft)?;
    let role = api.live.board().role();
    if role != board::Role::Active {
        return Err(ApiError::NotReady(vec![role.as_str()]));
    }
    let rules = api.store.rules().await?;
    let replaced = match query.replaces {
        Some(id) => Some(rules.iter().find(|rule| rule.id == id).ok_or(ApiError::NotFound("rule"))?),
        None => None,
    };
    let draft = Rule {
        id: replaced.map_or(Uuid::nil(), |rule| rule.id),
        version: 0,
        name: draft.name,
        enabled: draft.enabled,
        priority: draft.priority,
        matches: draft.matches,
        mode: draft.mode,
        retention: draft.retention,
        created_at: replaced.map_or(api.clock.now(), |rule| rule.created_at),
    };
    let weighed = api.live.board().storage().and_then(|storage| storage.bytes_per_sample);
    let weights = Weights::of(weighed, &api.store.table_sizes().await?);
    let (traffic, default_mode) = (api.live.clone(), api.settings.default_mode);
    let now = api.clock.now();
    // Some tenths of a second when there are very many series and rules.
    let reckoned = tokio::task::spawn_blocking(move || {
        reckon(&traffic.traffic().day(now), rules, draft, default_mode, weights)
    });
    Ok(axum::Json(reckoned.await.map_err(|_died| ApiError::Panic)?))
}

fn reckon(day: &Day, rules: Vec<Rule>, draft: Rule, default_mode: Mode, weights: Weights) -> DryRun {
    let drafted = draft.matches.clone();
    let mut then: Vec<Rule> = rules.iter().filter(|rule| rule.id != draft.id).cloned().collect();
    then.push(draft);
    let (now, then) = (RuleSet::new(rules, default_mode), RuleSet::new(then, default_mode));
    let span_ms = day.to.millis_since(day.from).clamp(1_000, DAY_MS);
    let (mut before, mut after) = (KeptPerDay::default(), KeptPerDay::default());
    let (mut matched, mut touched) = (0, Vec::new());
    for (spoken, samples) in &day.series {
        let path = spoken.path();
        let per_day = per_day(*samples, span_ms);
        let (mode, decided_by) = now.decide(path);
        let (next, _) = then.decide(path);
        matched += u64::from(drafted.matches(path));
        keep(&mut before, mode, per_day);
        keep(&mut after, next, per_day);
        if mode != next {
            touched.push((spoken, per_day, mode, next, decided_by));
        }
    }
    weights.weigh(&mut before);
    weights.weigh(&mut after);
    let count = u64::try_from(touched.len()).unwrap_or(u64::MAX);
    touched.sort_by(|a, b| (Reverse(a.1), names_of(a.0)).cmp(&(Reverse(b.1), names_of(b.0))));
    let named = touched.into_iter().take(MOST_NAMED);
    DryRun {
        from: utc(day.from),
        to: utc(day.to),
        matched,
        touched: count,
        change: KeptPerDay {
            sample_rows: after.sample_rows - before.sample_rows,
            events: after.events - before.events,
            hourly_rows: after.hourly_rows - before.hourly_rows,
            bytes: after.bytes - before.bytes,
        },
        before,
        after,
        bytes_per_sample: weights.sample,
        bytes_per_hourly_row: weights.hourly,
        bytes_measured: weights.measured,
        series: named
            .map(|(spoken, samples_per_day, mode, next, decided_by)| TouchedSeries {
                series: wire_names(spoken),
                samples_per_day,
                before: mode.as_str(),
                after: next.as_str(),
                decided_by: decided_by.map(|rule| rule.name.clone()),
            })
            .collect(),
    }
}

/// As many as would come in a day at this rate.
fn per_day(samples: u64, span_ms: i64) -> i64 {
    let samples = i128::from(samples) * i128::from(DAY_MS) / i128::from(span_ms);
    i64::try_from(samples).unwrap_or(i64::MAX)
}

fn keep(kept: &mut KeptPerDay, mode: Mode, samples: i64) {
    if mode.is_kept() {
        kept.sample_rows += samples;
    }
    if mode.in_history() {
        kept.events += samples;
    }
    if mode.in_hourly() {
        // Samples that come less than once an hour make a row each.
        kept.hourly_rows += samples.min(24);
    }
}

/// What rows weigh.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Weights {
    sample: f64,
    hourly: i64,
    measured: bool,
}

impl Weights {
    fn of(sample: Option<f64>, tables: &[TableSize]) -> Self {
        let hourly = tables.iter().find(|table| table.name == "hourly" && table.rows >= ENOUGH_ROWS);
        Self {
            sample: sample.unwrap_or(USUAL.sample),
            hourly: hourly.map_or(USUAL.hourly, |table| table.bytes / table.rows),
            measured: sample.is_some(),
        }
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "an estimate"
    )]
    fn weigh(self, kept: &mut KeptPerDay) {
        let of_samples = (kept.sample_rows as f64 * self.sample) as i64;
        kept.bytes = of_samples.saturating_add(kept.hourly_rows.saturating_mul(self.hourly));
    }
}

fn names_of(spoken: &Spoken) -> [&str; 6] {
    let path = spoken.path();
    [path.tenant, path.province, path.plant, path.gateway, path.plc, path.metric]
}

fn wire_names(spoken: &Spoken) -> SeriesNames {
    SeriesNames {
        tenant: spoken.source.tenant.to_string(),
        province: spoken.source.province.to_string(),
        site: spoken.source.plant.to_string(),
        gateway_id: spoken.source.gateway.to_string(),
        plc_id: spoken.plc.to_string(),
        metric_id: spoken.metric.to_string(),
    }
}
