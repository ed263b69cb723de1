//! Gateways: every message of their count has arrived, and what is known of their health is their newest heartbeat.

use crate::backend::Backend;
use crate::system::System;
use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use vigia_simulator::ledger::{IdRanges, Published};

const STORED: &str = "
    select g.gateway_id
         , s.heartbeat_ts
         , s.uptime_sec
         , coalesce((
               select array_agg(b.boot_id || ' ' || b.seen::text order by b.boot_id)
               from gateway_boots b
               where b.gateway_id = g.id
           ), '{}') as boots
    from gateways g
    left join gateway_state s on s.gateway_id = g.id";
/// What the API says of all gateways: more than there are.
const PATH: &str = "/api/gateways?limit=100";

/// What gateways said of themselves, by their names.
#[derive(Debug, Default)]
pub(crate) struct Gateways(BTreeMap<String, Gateway>);

#[derive(Debug, Default)]
struct Gateway {
    /// The numbers of each boot.
    boots: BTreeMap<String, IdRanges>,
    /// Time and uptime of the newest one.
    heartbeat: Option<(i64, Option<i64>)>,
}

/// A message, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    gateway_id: String,
    timestamp: i64,
    boot_id: Option<String>,
    seq: Option<u64>,
    uptime_sec: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Stored {
    gateway_id: String,
    heartbeat_ts: Option<DateTime<Utc>>,
    uptime_sec: Option<i64>,
    boots: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Shown>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    gateway_id: String,
    missing_seq: i64,
}

impl Gateways {
    /// Takes a message in, confirmed or not: in the end all are.
    pub(crate) fn add(&mut self, published: &Published) {
        if !published.rejected.is_empty() {
            return;
        }
        let Ok(said) = serde_json::from_slice::<Said>(&published.payload) else { return };
        let gateway = self.0.entry(said.gateway_id).or_default();
        if let (Some(boot), Some(seq)) = (said.boot_id, said.seq) {
            gateway.boots.entry(boot).or_default().add(seq, seq);
        }
        if said.kind == "heartbeat" {
            gateway.heartbeat = gateway.heartbeat.max(Some((said.timestamp, said.uptime_sec)));
        }
    }

    /// What is stored or shown wrong, in words.
    pub(crate) async fn differences(&self, system: &System, backend: &Backend) -> Result<Vec<String>> {
        let mut database = PgConnection::connect(system.database_url()).await?;
        let stored: Vec<Stored> = sqlx::query_as(STORED).fetch_all(&mut database).await?;
        database.close().await?;
        let mut differences = self.compared(&stored);
        match backend.ask::<Page>(&system.http, PATH).await {
            None => differences.push(format!("{} does not answer {PATH}", backend.name)),
            Some(page) => {
                let missing = page.items.iter().filter(|shown| shown.missing_seq != 0);
                differences.extend(missing.map(|Shown { gateway_id, missing_seq }| {
                    format!("{PATH}: {missing_seq} messages of {gateway_id} are said to be missing")
                }));
            }
        }
        Ok(differences)
    }

    fn compared(&self, stored: &[Stored]) -> Vec<String> {
        let known = stored.iter().map(|row| {
            let heartbeat = row.heartbeat_ts.map(|ts| (ts.timestamp_millis(), row.uptime_sec));
            (row.gateway_id.as_str(), format!("heartbeat {heartbeat:?}, arrived {:?}", row.boots))
        });
        let mut known: BTreeMap<&str, String> = known.collect();
        let mut differences = Vec::new();
        for (id, Gateway { boots, heartbeat }) in &self.0 {
            let boots: Vec<String> =
                boots.iter().map(|(boot, seen)| format!("{boot} {}", multirange(seen))).collect();
            let expected = format!("heartbeat {heartbeat:?}, arrived {boots:?}");
            let found = known.remove(id.as_str());
            if found.as_ref() != Some(&expected) {
                differences.push(format!("gateway {id}: {found:?}, expected {expected}"));
            }
        }
        differences.extend(known.keys().map(|id| format!("gateway {id} is known and never published")));
        differences
    }
}

/// Ranges as Postgres writes them.
fn multirange(ranges: &IdRanges) -> String {
    let ranges: Vec<String> = ranges.iter().map(|(first, last)| format!("[{first},{})", last + 1)).collect();
    format!("{{{}}}", ranges.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::Timestamp;

    fn published(id: u64, payload: &str) -> Published {
        let (at, topic) = (Timestamp::default(), "a".to_owned());
        Published { id, at, topic, payload: payload.into(), rejected: Vec::new(), duplicate: false }
    }

    #[test]
    fn what_never_arrived_and_an_old_heartbeat_are_seen() {
        let mut gateways = Gateways::default();
        for (seq, kind, timestamp) in [
            (0, "heartbeat", 1_000),
            (1, "telemetry", 9_000),
            (2, "heartbeat", 5_000),
            (2, "heartbeat", 5_000),
            (3, "heartbeat", 3_000),
        ] {
            gateways.add(&published(
                seq,
                &format!(
                    r#"{{"type":"{kind}","gatewayId":"g","timestamp":{timestamp},"bootId":"b","seq":{seq},"uptimeSec":{}}}"#,
                    timestamp / 1_000
                ),
            ));
        }
        let stored = |seconds: i64, seen: &str| Stored {
            gateway_id: "g".to_owned(),
            heartbeat_ts: DateTime::from_timestamp(seconds, 0),
            uptime_sec: Some(seconds),
            boots: vec![format!("b {seen}")],
        };
        for (rows, differences) in [
            (vec![stored(5, "{[0,4)}")], 0),
            (vec![stored(5, "{[0,1),[2,4)}")], 1),
            (vec![stored(5, "{[1,4)}")], 1),
            (vec![stored(3, "{[0,4)}")], 1),
            (vec![], 1),
            (vec![stored(5, "{[0,4)}"), Stored { gateway_id: "x".to_owned(), ..stored(5, "{}") }], 1),
        ] {
            assert_eq!(gateways.compared(&rows).len(), differences, "{:?}", gateways.compared(&rows));
        }
    }
}
