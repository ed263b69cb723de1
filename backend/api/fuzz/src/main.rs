//! What a stranger may send, read as the API reads it. The first byte chooses the reader.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::de::DeserializeOwned;
use vigia_contract::http::UtcTime;
use vigia_contract::http::account::{AuditQuery, UserBody, UserQuery};
use vigia_contract::http::dashboard::{DashboardBody, DashboardQuery};
use vigia_contract::http::rejection::{RejectionQuery, ReplayBody};
use vigia_contract::http::rule::{ExplainQuery, RuleBody};
use vigia_contract::http::site::PlaceQuery;
use vigia_contract::http::telemetry::TelemetryQuery;
use vigia_contract::ws::{ConnectQuery, MAX_FILTERS};

#[path = "../../src/ws/filter.rs"]
#[allow(dead_code, unreachable_pub)]
mod filter;

fuzz_target!(|bytes: &[u8]| {
    let Some((reader, rest)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    match reader % 14 {
        0 | 1 => live_message(text),
        2 => {
            if let Some(connect) = query::<ConnectQuery>(text) {
                drop(filter::read(&connect.into()));
            }
        }
        3 => {
            if let Some(asked) = query::<TelemetryQuery>(text) {
                asked.from.into_iter().chain(asked.to).for_each(comes_back);
            }
        }
        4 => drop(query::<PlaceQuery>(text)),
        5 => drop(query::<RejectionQuery>(text)),
        6 => drop(query::<UserQuery>(text)),
        7 => drop(query::<AuditQuery>(text)),
        8 => drop(query::<ExplainQuery>(text)),
        9 => drop(query::<DashboardQuery>(text)),
        10 => drop(serde_json::from_str::<RuleBody>(text)),
        11 => drop(serde_json::from_str::<UserBody>(text)),
        12 => drop(serde_json::from_str::<DashboardBody>(text)),
        _ => drop(serde_json::from_str::<ReplayBody>(text)),
    }
    if let Ok(time) = text.parse() {
        comes_back(time);
    }
});

fn live_message(text: &str) {
    match filter::read_message(text) {
        Ok(filters) => assert!(filters.len() <= MAX_FILTERS),
        Err(refusal) => assert!(!refusal.code.is_empty() && !refusal.detail.is_empty()),
    }
}

fn query<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_urlencoded::from_str(text).ok()
}

/// A time that was read is written as one that reads the same.
fn comes_back(time: UtcTime) {
    assert_eq!(time.to_string().parse(), Ok(time));
}
