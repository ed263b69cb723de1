//! What came of the entries of replayed messages: plain functions of the batch after its commit.

use crate::batch::OpenBatch;
use std::collections::{BTreeMap, BTreeSet};
use vigia_model::{Rejection, ReplayOutcome};
use vigia_store::replay::{QuarantinedMessage, Replayed};

/// What became of the samples of one message, by their place in it; `None` is the only sample of a schema 1 message,
/// or the message as a whole.
#[derive(Debug, Default)]
struct Fates<'a> {
    taken: BTreeMap<Option<u32>, ReplayOutcome>,
    rejected: BTreeMap<Option<u32>, &'a Rejection>,
}

/// What came of each entry of the batch's messages. `duplicates` are the batch's samples that were there before.
pub(super) fn of_entries(
    batch: &OpenBatch,
    duplicates: &[usize],
    messages: &[QuarantinedMessage],
) -> Vec<(i64, Replayed)> {
    let fates = of_messages(batch, duplicates, messages.len());
    let entries = messages.iter().zip(&fates).flat_map(|(message, fates)| {
        message.entries.iter().map(|entry| (entry.id, fates.of(entry.sample_index)))
    });
    entries.collect()
}

fn of_messages<'a>(batch: &'a OpenBatch, duplicates: &[usize], messages: usize) -> Vec<Fates<'a>> {
    let duplicates: BTreeSet<usize> = duplicates.iter().copied().collect();
    let mut fates: Vec<Fates<'a>> = (0..messages).map(|_| Fates::default()).collect();
    for (index, row) in batch.samples.iter().enumerate() {
        let outcome = if !row.mode.is_kept() {
            ReplayOutcome::NotKept
        } else if duplicates.contains(&index) {
            ReplayOutcome::Duplicate
        } else {
            ReplayOutcome::Stored
        };
        if let Some(fates) = fates.get_mut(row.message) {
            fates.taken.insert(row.sample_index, outcome);
        }
    }
    for row in &batch.rejections {
        if let Some(fates) = fates.get_mut(row.message) {
            fates.rejected.entry(row.rejection.sample_index).or_insert(&row.rejection);
        }
    }
    fates
}

impl Fates<'_> {
    /// What came of an entry about one sample, or about the whole message.
    fn of(&self, sample_index: Option<u32>) -> Replayed {
        let refused = self.rejected.get(&sample_index).or_else(|| self.rejected.get(&None));
        if let Some(rejection) = refused {
            return Replayed::Again((*rejection).clone());
        }
        match self.taken.get(&sample_index) {
            Some(outcome) if sample_index.is_some() => Replayed::As(*outcome),
            _ => self.of_all(),
        }
    }

    /// Of a message that was refused as a whole and is read now: what is still wrong with it, or the most that came of it.
    fn of_all(&self) -> Replayed {
        if let Some((index, first)) = self.rejected.iter().next() {
            let mut rejection = (*first).clone();
            let others = self.rejected.len() - 1;
            if let Some(index) = index {
                rejection.detail = format!("sample {index}: {}", rejection.detail);
            }
            if others > 0 {
                rejection.detail = format!("{}; and {others} more of its samples", rejection.detail);
            }
            return Replayed::Again(rejection);
        }
        let best = [ReplayOutcome::Stored, ReplayOutcome::Duplicate, ReplayOutcome::NotKept];
        let mut best = best.into_iter().filter(|outcome| self.taken.values().any(|taken| taken == outcome));
        // Without samples it is a heartbeat, which was taken.
        Replayed::As(best.next().unwrap_or(ReplayOutcome::Stored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{DataType, Mode, Quality, RejectReason, Sample, SeriesId, Timestamp};
    use vigia_store::batch::{BatchMessage, SampleRow};
    use vigia_store::replay::QuarantinedEntry;

    fn row(message: usize, sample_index: Option<u32>, mode: Mode) -> SampleRow {
        SampleRow {
            series: SeriesId(1),
            gateway_num: 1,
            unit_id: None,
            mode,
            sample: Sample {
                ts: Timestamp::default(),
                data_type: DataType::Float,
                value: None,
                quality: Quality::Bad,
                unit: None,
            },
            received_at: Timestamp::default(),
            message,
            sample_index,
        }
    }

    fn quarantined(id: i64, samples: &[Option<u32>]) -> QuarantinedMessage {
        let topic = "factory/t/p/s/gateway/g/telemetry".into();
        QuarantinedMessage {
            id,
            message: BatchMessage { topic, payload: bytes::Bytes::new(), received_at: Timestamp::default() },
            entries: samples
                .iter()
                .zip(id * 10..)
                .map(|(sample_index, id)| QuarantinedEntry { id, sample_index: *sample_index })
                .collect(),
        }
    }

    fn shown(entries: &[(i64, Replayed)]) -> Vec<(i64, String)> {
        let show = |replayed: &Replayed| match replayed {
            Replayed::As(outcome) => outcome.as_str().to_owned(),
            Replayed::Again(rejection) => format!("{}: {}", rejection.reason.as_str(), rejection.detail),
        };
        entries.iter().map(|(id, replayed)| (*id, show(replayed))).collect()
    }

    #[test]
    fn each_sample_has_its_own_and_a_whole_message_the_worst_of_it() {
        let mut batch = OpenBatch::default();
        batch.samples = vec![
            row(0, Some(0), Mode::Both),
            row(0, Some(1), Mode::Both),
            row(0, Some(2), Mode::None),
            row(0, Some(3), Mode::Both),
            row(1, Some(0), Mode::Both),
            row(1, Some(1), Mode::Both),
            row(2, None, Mode::Raw),
        ];
        let refuse = |detail: &str| Rejection::message(RejectReason::SeriesLimit, detail);
        batch.reject(0, refuse("three").at(Some(3)));
        batch.reject(0, refuse("four").at(Some(4)));
        batch.reject(3, refuse("all of it"));
        let some = |indexes: &[u32]| indexes.iter().map(|index| Some(*index)).collect::<Vec<_>>();
        let messages = [
            quarantined(1, &[some(&[0, 1, 2, 3, 4]), vec![None]].concat()),
            quarantined(2, &[None, Some(1), Some(7)]),
            quarantined(3, &[None]),
            quarantined(4, &[None, Some(5)]),
            quarantined(5, &[None]),
        ];
        let entries = of_entries(&batch, &[1, 5, 6], &messages);
        let expected = [
            (10, "stored"),
            (11, "duplicate"),
            (12, "not_kept"),
            (13, "series_limit: three"),
            (14, "series_limit: four"),
            (15, "series_limit: sample 3: three; and 1 more of its samples"),
            (20, "stored"),
            (21, "duplicate"),
            (22, "stored"),
            (30, "duplicate"),
            (40, "series_limit: all of it"),
            (41, "series_limit: all of it"),
            (50, "stored"),
        ];
        let expected: Vec<(i64, String)> = expected.map(|(id, text)| (id, text.to_owned())).into();
        assert_eq!(shown(&entries), expected);
    }
}
