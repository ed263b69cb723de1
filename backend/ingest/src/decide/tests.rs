use super::*;
use crate::decode::decode;
use crate::validate::{TimeWindow, validate};
use std::collections::HashSet;
use uuid::Uuid;
use vigia_model::{Days, Identifier, Pattern, Rule, RuleMatch};
use vigia_store::partition::{KnownPartitions, Parted};

/// 2025-01-08T18:00:00Z.
const NOW: i64 = 1_736_359_200_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn raw(days: i32) -> Retention {
    Retention { raw: Days::new(days), hourly: None }
}

fn rules(of_metrics: &[(&str, i32)], retention: Retention, raw_from: i64) -> Rules {
    let rule = |(metric, days): &(&str, i32)| Rule {
        id: Uuid::nil(),
        version: 1,
        name: (*metric).to_owned(),
        enabled: true,
        priority: 1,
        matches: RuleMatch { metric: Pattern::parse(metric).unwrap(), ..RuleMatch::any() },
        mode: Mode::Both,
        retention: raw(*days),
        created_at: at(0),
    };
    let set = RuleSet::new(of_metrics.iter().map(rule).collect(), Mode::Both);
    Rules::new(1, set, retention, at(raw_from))
}

fn source() -> Source {
    let name = |text| Identifier::new(text).unwrap();
    Source { tenant: name("t"), province: name("ba"), plant: name("s"), gateway: name("g") }
}

/// Which of these samples (metric, age in ms at receipt) of one message are taken, and how many are rejected.
fn taken(rules: &Rules, samples: &[(&str, i64)], judged: Judged) -> (Vec<String>, usize) {
    let samples: Vec<String> = samples
        .iter()
        .map(|(metric, age)| {
            let ts = judged.received_at.as_millis() - age;
            format!(
                r#"{{"plcId":"p","metricId":"{metric}","timestamp":{ts},"value":1,"dataType":"float","quality":"GOOD"}}"#
            )
        })
        .collect();
    let payload = format!(
        r#"{{"schemaVersion":2,"timestamp":{NOW},"type":"telemetry","tenant":"t","province":"ba","plant":"s","gatewayId":"g","samples":[{}]}}"#,
        samples.join(",")
    );
    let window = TimeWindow::new(Duration::from_hours(24 * 1_825));
    let mut validated = validate(decode(payload.as_bytes()).unwrap(), &source(), judged.received_at, window);
    rules.refuse_too_old(&source(), &mut validated, judged);
    let Content::Telemetry { samples, rejections } = validated.content else { panic!("a whole message") };
    for rejection in &rejections {
        assert_eq!(rejection.reason, RejectReason::TimestampOutOfRange);
    }
    (samples.iter().map(|valid| valid.metric.to_string()).collect(), rejections.len())
}

const JUST_NOW: Judged =
    Judged { received_at: Timestamp::from_millis(NOW), now: Timestamp::from_millis(NOW) };

#[test]
fn what_is_older_than_its_series_is_kept_is_refused() {
    let rules = rules(&[("long", 400), ("short", 2)], raw(30), -DAY);
    let samples = [
        ("m", 30 * DAY),
        ("m", 30 * DAY + 1),
        ("long", 400 * DAY),
        ("long", 401 * DAY),
        ("short", 2 * DAY),
        ("short", 3 * DAY),
        ("m", 0),
    ];
    assert_eq!(
        taken(&rules, &samples, JUST_NOW),
        (["m", "long", "short", "m"].map(str::to_owned).to_vec(), 3)
    );
}

#[test]
fn what_nothing_is_stored_of_is_never_too_old_for_it() {
    let mut rules = rules(&[], raw(30), -HOUR);
    assert_eq!(taken(&rules, &[("state", 100 * DAY)], JUST_NOW).0.len(), 0);
    rules.set = RuleSet::new(Vec::new(), Mode::None);
    assert_eq!(taken(&rules, &[("state", 100 * DAY)], JUST_NOW), (vec!["state".to_owned()], 0));
}

#[test]
fn what_was_dropped_is_not_taken_of_any_series() {
    let rules = rules(&[("long", 400)], Retention::default(), NOW - DAY);
    let samples = [("m", DAY), ("m", DAY + 1), ("long", 2 * DAY)];
    assert_eq!(taken(&rules, &samples, JUST_NOW), (vec!["m".to_owned()], 2));
}

#[test]
fn what_waited_long_is_as_old_as_it_is_by_now() {
    let rules = rules(&[], raw(30), -DAY);
    let waited = |ms| Judged { received_at: at(NOW), now: at(NOW + ms) };
    let samples = [("m", 30 * DAY)];
    assert_eq!(taken(&rules, &samples, waited(12 * HOUR)).1, 0, "its place is still there");
    assert_eq!(taken(&rules, &samples, waited(12 * HOUR + 1)).1, 1);
}

#[test]
fn the_one_sample_of_a_message_is_the_message() {
    let rules = rules(&[], raw(30), -DAY);
    let ts = NOW - 31 * DAY;
    let payload = format!(
        r#"{{"schemaVersion":1,"timestamp":{ts},"type":"telemetry","tenant":"t","province":"ba","plant":"s","gatewayId":"g","plcId":"p","metricId":"m","value":1,"dataType":"float","quality":"GOOD"}}"#
    );
    let window = TimeWindow::new(Duration::from_hours(24 * 1_825));
    let mut validated = validate(decode(payload.as_bytes()).unwrap(), &source(), at(NOW), window);
    rules.refuse_too_old(&source(), &mut validated, JUST_NOW);
    let Content::Rejected(rejection) = validated.content else { panic!("it is taken") };
    assert_eq!(rejection.reason, RejectReason::TimestampOutOfRange);
    assert!(rejection.detail.contains(&ts.to_string()), "{}", rejection.detail);
}

/// An attacker scatters his timestamps over all times there are.
#[test]
fn scattered_times_make_no_more_partitions_than_the_window_has() {
    let scattered: Vec<(&str, i64)> = (-2_000..2_000).map(|n| ("m", n * DAY + n * 7_919)).collect();
    for (days, months, weeks) in [(30, 3, 6), (365, 14, 54), (1_825, 62, 262)] {
        let rules = rules(&[], raw(days), -5_000 * DAY);
        let (mut parts, known) = (HashSet::new(), KnownPartitions::default());
        for samples in scattered.chunks(1_000) {
            let (taken, refused) = taken(&rules, samples, JUST_NOW);
            assert_eq!(taken.len() + refused, 1_000);
        }
        for (_, age) in
            scattered.iter().filter(|(_, age)| taken(&rules, &[("m", *age)], JUST_NOW).0.len() == 1)
        {
            for parted in [Parted::Samples, Parted::Packed] {
                parts.extend(known.missing(parted, [at(NOW - age)]));
            }
        }
        let of = |parted| parts.iter().filter(|part| part.parted() == parted).count();
        assert!(of(Parted::Samples) <= months && of(Parted::Packed) <= weeks, "{days} days: {parts:?}");
    }
}
