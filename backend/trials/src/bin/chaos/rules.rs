//! What is kept of which metric: rules of every mode are in force before anything is published.

use anyhow::Result;
use vigia_model::{Mode, Pattern, Retention, RuleMatch};
use vigia_store::audit::{Actor, ActorKind};
use vigia_store::rule::NewRule;
use vigia_store::{DatabaseSettings, Store};

/// The metrics of the scenario that are not kept as the default says. What a contradiction may be about, a number, is
/// kept in one way or another: under `none` nobody compares.
const RULES: [(&str, Mode); 4] =
    [("noise_*", Mode::Hourly), ("temp_05", Mode::Raw), ("door", Mode::None), ("recipe", Mode::None)];
/// What both backends are told, for all other metrics.
pub(crate) const DEFAULT: Mode = Mode::Both;

/// What is to be kept of a metric.
pub(crate) fn mode_of(metric: &str) -> Mode {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(start) => metric.starts_with(start),
        None => metric == pattern,
    };
    RULES.iter().find(|(pattern, _)| matches(pattern)).map_or(DEFAULT, |(_, mode)| *mode)
}

/// Makes the tables and the rules.
pub(crate) async fn create(database_url: &str) -> Result<()> {
    let store = Store::connect(&DatabaseSettings::Url(database_url.into())).await?;
    store.migrate().await?;
    let actor = Actor { name: "chaos".to_owned(), kind: ActorKind::CommandLine, address: None };
    for (pattern, mode) in RULES {
        let metric = Pattern::parse(pattern).unwrap_or_else(Pattern::any);
        let matches = RuleMatch { metric, ..RuleMatch::any() };
        let name = format!("{pattern} {}", mode.as_str());
        let retention = Retention::default();
        let rule = NewRule { name, enabled: true, priority: 100, matches, mode, retention };
        store.create_rule(&rule, &actor).await?;
    }
    store.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use vigia_simulator::Scenario;
    use vigia_simulator::signal::SignalSpec;

    #[test]
    fn the_scenario_has_metrics_of_every_mode_and_keeps_all_numbers() {
        let scratch = vigia_testkit::Scratch::new("rules", vigia_testkit::Account::Own).unwrap();
        let file = scratch.path().join("scenario.toml");
        std::fs::write(&file, crate::load::SCENARIO).unwrap();
        let mut metrics = BTreeMap::<&str, usize>::new();
        for series in Scenario::load(&file).unwrap().plan().unwrap().series {
            let mode = mode_of(&series.metric_id);
            *metrics.entry(mode.as_str()).or_default() += 1;
            let is_number = !matches!(series.signal, SignalSpec::Switch { .. } | SignalSpec::States { .. });
            assert!(mode != Mode::None || !is_number, "{}", series.metric_id);
        }
        assert_eq!(metrics.len(), Mode::ALL.len(), "{metrics:?}");
    }
}
