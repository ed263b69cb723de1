//! The quarantine: every message that had to be refused is there, for its reason, and nothing else. A message that
//! comes twice may be there twice.

use crate::contradiction::{Refused, Standing};
use anyhow::Result;
use futures_util::TryStreamExt;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use vigia_model::RejectReason;
use vigia_simulator::ledger::{IdRanges, Published};

const STORED: &str = "
    select r.reason
         , r.sample_index
         , m.topic
         , m.payload
    from rejections r
    join quarantined_messages m on m.id = r.message_id";

/// Reason, place in the message, topic and payload.
type Refusal = (String, Option<i32>, String, Vec<u8>);

/// What must be there, by the ledger: with the id of one message that says so, unless it only may be there.
#[derive(Debug, Default)]
pub(crate) struct Refusals(BTreeMap<Refusal, Option<u64>>);

impl Refusals {
    pub(crate) fn add(&mut self, published: &Published, standing: Standing<'_>) {
        let contradictions = standing.refused(published).into_iter();
        let mut refused: Vec<(RejectReason, Option<i32>, bool)> = contradictions
            .map(|Refused { place, surely }| {
                let index = place.and_then(|place| i32::try_from(place).ok());
                (RejectReason::ConflictingDuplicate, index, surely)
            })
            .collect();
        if !published.contradicts() {
            let index = |index: Option<u32>| index.and_then(|index| i32::try_from(index).ok());
            refused.extend(published.rejected.iter().map(|it| (it.reason, index(it.index), true)));
        }
        for (reason, index, surely) in refused {
            let refusal =
                (reason.as_str().to_owned(), index, published.topic.clone(), published.payload.clone());
            self.0.insert(refusal, surely.then_some(published.id));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What is missing or too much, in words.
    pub(crate) async fn differences(
        mut self,
        confirmed: &IdRanges,
        database_url: &str,
    ) -> Result<Vec<String>> {
        let mut database = PgConnection::connect(database_url).await?;
        let mut differences = Vec::new();
        let mut found: BTreeMap<Refusal, bool> = BTreeMap::new();
        {
            let mut rows = sqlx::query_as::<_, Refusal>(STORED).fetch(&mut database);
            while let Some(row) = rows.try_next().await? {
                found.insert(row, true);
            }
        }
        database.close().await?;
        for refusal in found.into_keys() {
            if self.0.remove(&refusal).is_none() {
                differences.push(format!("in quarantine for no reason: {}", text(&refusal)));
            }
        }
        let missing = self.0.iter().filter(|(_, id)| id.is_some_and(|id| confirmed.contains(id)));
        differences.extend(missing.map(|(refusal, _)| format!("not in quarantine: {}", text(refusal))));
        Ok(differences)
    }
}

fn text((reason, index, topic, payload): &Refusal) -> String {
    let place = index.map(|index| format!(" at {index}")).unwrap_or_default();
    format!("{reason}{place} {topic} {}", String::from_utf8_lossy(payload))
}
