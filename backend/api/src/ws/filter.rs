//! Filters as clients write them.

use vigia_contract::ws::{ClientMessage, FeedType, Filter, MAX_FILTERS};
use vigia_live::{Filter as LiveFilter, Kinds};
use vigia_model::Pattern;

/// Why a client's message changed nothing: a stable code, and a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

/// Reads a client's text message; today there is only one, which names the new set of filters.
pub(super) fn read_message(text: &str) -> Result<Vec<LiveFilter>, Refusal> {
    let message = serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { "invalid_message" } else { "invalid_json" };
        Refusal { code, detail: error.to_string() }
    })?;
    let ClientMessage::Subscribe { filters } = message;
    if filters.len() > MAX_FILTERS {
        let detail = format!("{} filters, at most {MAX_FILTERS} are taken", filters.len());
        return Err(Refusal { code: "too_many_filters", detail });
    }
    filters
        .into_iter()
        .map(|filter| read(&filter).map_err(|detail| Refusal { code: "invalid_filter", detail }))
        .collect()
}

/// Reads one filter.
///
/// # Errors
/// With a sentence that names the field.
pub(super) fn read(filter: &Filter) -> Result<LiveFilter, String> {
    Ok(LiveFilter {
        tenant: pattern("tenant", filter.tenant.as_deref())?,
        site: pattern("site", filter.site.as_deref())?,
        plc: pattern("plcId", filter.plc_id.as_deref())?,
        metric: pattern("metricId", filter.metric_id.as_deref())?,
        kinds: kinds(filter.types.as_deref())?,
    })
}

fn kinds(types: Option<&[FeedType]>) -> Result<Kinds, String> {
    let Some(types) = types else { return Ok(Kinds::default()) };
    if types.is_empty() {
        return Err("types: name telemetry, gateway or alarm, or leave it out".to_owned());
    }
    let names = |wanted| types.contains(&wanted);
    Ok(Kinds {
        telemetry: names(FeedType::Telemetry),
        gateways: names(FeedType::Gateway),
        alarms: names(FeedType::Alarm),
    })
}

fn pattern(field: &str, text: Option<&str>) -> Result<Option<Pattern>, String> {
    match text {
        None | Some("" | "*") => Ok(None),
        Some(text) => Pattern::parse(text).map(Some).ok_or_else(|| {
            format!(
                "{field}: {text:?} can match nothing: names are of A-Z a-z 0-9 . _ : -, and * for any run"
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_refusal_has_its_code() {
        let many = format!(r#"{{"type":"subscribe","filters":[{}]}}"#, vec!["{}"; 201].join(","));
        for (text, code) in [
            ("", "invalid_json"),
            ("{", "invalid_json"),
            ("7", "invalid_message"),
            (r#"{"type":"shout"}"#, "invalid_message"),
            (r#"{"type":"subscribe","filters":[{"plc":"x"}]}"#, "invalid_message"),
            (r#"{"type":"subscribe","filters":[{"site":"a b"}]}"#, "invalid_filter"),
            (r#"{"type":"subscribe","filters":[{"types":[]}]}"#, "invalid_filter"),
            (r#"{"type":"subscribe","filters":[{"types":["alarms"]}]}"#, "invalid_message"),
            (many.as_str(), "too_many_filters"),
        ] {
            assert_eq!(read_message(text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn stars_and_absence_are_the_same() {
        let text = r#"{"type":"subscribe","filters":[{"site":"planta-1","plcId":"plc-*","metricId":"*","tenant":""}]}"#;
        let filters = read_message(text).unwrap();
        assert_eq!(
            filters,
            [LiveFilter {
                site: Pattern::parse("planta-1"),
                plc: Pattern::parse("plc-*"),
                ..LiveFilter::any()
            }]
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*", filters in r#"\{"type":"subscribe","filters":.{0,40}\}"#) {
            drop(read_message(&text));
            drop(read_message(&filters));
        }
    }
}
