//! Messages that contradict each other: of the two samples of a time the first committed stands, and the message with
//! the other one is in quarantine. Which that is, is seen in what is stored.

use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeSet;
use vigia_model::Sample;
use vigia_simulator::ledger::{Meaning, Published, SampleKey};
use vigia_trials::audit::series_name;

/// Knows which samples stand, by those of which the one published later does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) overtaken: &'a BTreeSet<(String, i64)>,
    /// Those of which only the time is kept: which of the two stands is not known for sure, and what came when only the time
    /// was left was taken for a repeat.
    pub(crate) unsure: &'a BTreeSet<(String, i64)>,
}

/// A sample that was refused because another one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Its place in the message; `None` is the message itself.
    pub(crate) place: Option<usize>,
    /// It must be in quarantine. Otherwise it may be.
    pub(crate) surely: bool,
}

/// Whether a message has a list of samples.
#[derive(Deserialize)]
struct Shape {
    samples: Option<IgnoredAny>,
}

impl Standing<'_> {
    /// The samples of a message that stand.
    pub(crate) fn samples(self, published: &Published) -> Vec<(SampleKey, Sample)> {
        let contradicts = published.contradicts();
        let mut samples = said(published);
        samples.retain(|(key, _)| self.is_overtaken(key) == contradicts);
        samples
    }

    /// The samples of a message that are in quarantine because another one stands.
    pub(crate) fn refused(self, published: &Published) -> Vec<Refused> {
        let contradicts = published.contradicts();
        if !contradicts && self.overtaken.is_empty() && self.unsure.is_empty() {
            return Vec::new();
        }
        let mut places = Vec::new();
        for (place, (key, _)) in said(published).iter().enumerate() {
            let surely = !is_among(self.unsure, key);
            if !surely || self.is_overtaken(key) != contradicts {
                places.push(Refused { place: Some(place), surely });
            }
        }
        let is_flat =
            || serde_json::from_slice::<Shape>(&published.payload).is_ok_and(|it| it.samples.is_none());
        match places.as_slice() {
            [only] if is_flat() => vec![Refused { place: None, ..*only }],
            _ => places,
        }
    }

    fn is_overtaken(self, key: &SampleKey) -> bool {
        is_among(self.overtaken, key)
    }
}

fn is_among(samples: &BTreeSet<(String, i64)>, key: &SampleKey) -> bool {
    !samples.is_empty() && samples.contains(&(series_name(key), key.ts.as_millis()))
}

fn said(published: &Published) -> Vec<(SampleKey, Sample)> {
    let meaning = if published.contradicts() { Meaning::said(published) } else { Meaning::of(published) };
    meaning.samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{RejectReason, Timestamp};
    use vigia_simulator::message::Expected;

    fn published(payload: &str, contradicts: bool) -> Published {
        let expected = if contradicts {
            Expected::refused(RejectReason::ConflictingDuplicate)
        } else {
            Expected::default()
        };
        let head = r#"{"type":"telemetry","tenant":"t","plant":"p","timestamp":5,"#;
        Published {
            id: 1,
            at: Timestamp::default(),
            topic: "a".to_owned(),
            payload: format!("{head}{payload}}}").into_bytes(),
            rejected: expected.rejected,
            duplicate: false,
        }
    }

    #[test]
    fn of_two_one_stands_and_the_other_is_refused_in_its_place() {
        let sample = |metric: &str, value: u8| {
            format!(r#""plcId":"c","metricId":"{metric}","value":{value},"dataType":"int","quality":"GOOD""#)
        };
        let flat = published(&sample("m", 1), false);
        let many = published(&format!(r#""samples":[{{{}}},{{{}}}]"#, sample("x", 1), sample("m", 1)), false);
        let second = published(&sample("m", 2), true);
        let metrics = |standing: Standing<'_>, published: &Published| {
            standing.samples(published).into_iter().map(|(key, _)| key.metric).collect::<Vec<_>>()
        };

        let (none, sample) = (BTreeSet::new(), BTreeSet::from([("t/p/c/m".to_owned(), 5)]));
        let at = |place, surely| vec![Refused { place, surely }];
        let first_stands = Standing { overtaken: &none, unsure: &none };
        assert_eq!(metrics(first_stands, &many), ["x", "m"]);
        assert!(metrics(first_stands, &second).is_empty());
        assert!(first_stands.refused(&many).is_empty() && first_stands.refused(&flat).is_empty());
        assert_eq!(first_stands.refused(&second), at(None, true));

        let second_stands = Standing { overtaken: &sample, unsure: &none };
        assert_eq!(metrics(second_stands, &many), ["x"]);
        assert_eq!(metrics(second_stands, &second), ["m"]);
        assert_eq!(second_stands.refused(&many), at(Some(1), true));
        assert_eq!(second_stands.refused(&flat), at(None, true));
        assert!(second_stands.refused(&second).is_empty());

        // An hour's sum does not show the last bit of one value.
        for overtaken in [&none, &sample] {
            let either = Standing { overtaken, unsure: &sample };
            assert_eq!(either.refused(&many), at(Some(1), false));
            assert_eq!(either.refused(&flat), at(None, false));
            assert_eq!(either.refused(&second), at(None, false));
        }
    }
}
