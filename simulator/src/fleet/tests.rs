use super::*;
use crate::ledger::{Meaning, Published};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use vigia_contract::mqtt::{Envelope, SampleFields, Samples, Scalar, read, read_samples};
use vigia_contract::topic::TelemetryTopic;
use vigia_model::RejectReason;

const START: Timestamp = Timestamp::from_millis(1_736_359_200_000);

fn scenario(file: &str) -> Scenario {
    Scenario::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file)).unwrap()
}

fn play(scenario: &Scenario, options: &FleetOptions, count: usize) -> Vec<Message> {
    Fleet::new(scenario, options).unwrap().take(count).map(Result::unwrap).collect()
}

/// A demo in which much goes wrong.
fn troubled() -> Scenario {
    let mut scenario = scenario("demo.toml");
    scenario.faults = Faults {
        plc_per_hour: 20.0,
        plc_s: 20.0,
        sensor_per_hour: 10.0,
        sensor_s: 20.0,
        outage_per_hour: 30.0,
        outage_s: 40.0,
        duplicate_share: 0.01,
        ..Faults::default()
    };
    scenario.invalid.share = 0.02;
    scenario
}

#[test]
fn a_fixed_seed_gives_the_same_stream() {
    let play = |seed, start| play(&troubled(), &FleetOptions::new(seed, start), 5_000);
    assert_eq!(play(1, START), play(1, START));
    assert_ne!(play(1, START), play(2, START));
    let moved = START.plus(Duration::from_hours(1));
    let due = |messages: Vec<Message>| messages.into_iter().map(|message| message.due).collect::<Vec<_>>();
    assert_eq!(due(play(1, START)), due(play(1, moved)), "only the times move with the start");
}

#[test]
fn the_shipped_scenarios_are_of_the_announced_size() {
    for (file, gateways, series, per_second) in
        [("demo.toml", 4, 64, 30.0..60.0), ("load.toml", 10, 1_000, 999.9..1_000.1)]
    {
        let plan = scenario(file).plan().unwrap();
        assert_eq!((plan.gateways.len(), plan.series.len()), (gateways, series), "{file}");
        assert!(per_second.contains(&plan.samples_per_second()), "{file}: {}", plan.samples_per_second());
    }
}

/// What one sample says, as far as these tests care.
fn sample_key(at: &Scalar<'_>, plc: &Scalar<'_>, metric: &Scalar<'_>, tenant: &Scalar<'_>) -> (String, i64) {
    let (Scalar::Int(at), Scalar::Text(plc), Scalar::Text(metric), Scalar::Text(tenant)) =
        (at, plc, metric, tenant)
    else {
        panic!("{at:?} {plc:?} {metric:?} {tenant:?}")
    };
    (format!("{tenant}/{plc}/{metric}"), *at)
}

/// The samples of a schema 2 message, all of them readable.
fn samples_of<'a>(envelope: &Envelope<'a>) -> Vec<SampleFields<'a>> {
    match envelope.samples.map(read_samples) {
        None => Vec::new(),
        Some(Samples::List(samples)) => samples.into_iter().map(|it| it.unwrap()).collect(),
        Some(Samples::NotAList) => panic!("no list"),
    }
}

#[test]
fn good_messages_keep_the_contract_and_no_sample_stands_twice() {
    let mut seen = HashSet::new();
    let mut sequences: BTreeMap<String, i64> = BTreeMap::new();
    let mut last_due = Duration::ZERO;
    for message in play(&troubled(), &FleetOptions::new(1, START), 20_000) {
        assert!(message.due >= last_due, "in order of time");
        last_due = message.due;
        if !message.expected.rejected.is_empty() || message.expected.duplicate {
            continue;
        }
        let topic = TelemetryTopic::parse(std::str::from_utf8(&message.topic).unwrap()).unwrap();
        let envelope = read(&message.payload).unwrap();
        assert_eq!(envelope.gateway_id, Scalar::Text(topic.gateway.into()));
        assert_eq!(envelope.plant, Scalar::Text(topic.plant.into()));
        let Scalar::Int(seq) = envelope.seq else { panic!("a seq") };
        let next = sequences.entry(topic.gateway.to_owned()).or_default();
        assert_eq!(seq, *next, "numbered without a gap");
        *next += 1;
        if envelope.kind == Scalar::Text("heartbeat".into()) {
            assert!(matches!(envelope.uptime_sec, Scalar::Int(up) if up > 0));
            continue;
        }
        let Scalar::Int(sent_at) = envelope.timestamp else { panic!("a time") };
        assert!((sent_at - START.as_millis() - i64::try_from(message.due.as_millis()).unwrap()).abs() < 50);
        let samples = samples_of(&envelope);
        let flat = envelope.samples.is_none();
        if flat {
            let key =
                sample_key(&envelope.timestamp, &envelope.plc_id, &envelope.metric_id, &envelope.tenant);
            assert!(seen.insert((topic.plant.to_owned(), key)));
        }
        for sample in samples {
            let own = sample.timestamp != Scalar::Absent;
            let at = if own { &sample.timestamp } else { &envelope.timestamp };
            let key = sample_key(at, &sample.plc_id, &sample.metric_id, &envelope.tenant);
            assert!(seen.insert((topic.plant.to_owned(), key.clone())), "{key:?}");
        }
    }
    assert!(seen.len() > 20_000);
}

#[test]
fn what_can_go_wrong_does() {
    let messages = play(&troubled(), &FleetOptions::new(1, START), 30_000);
    let text = |message: &Message| String::from_utf8_lossy(&message.payload).into_owned();
    let any = |needle: &str| messages.iter().any(|message| text(message).contains(needle));
    for needle in [
        r#""value":null"#,
        r#""quality":"UNCERTAIN""#,
        r#""quality":"BAD""#,
        r#""plcLink":"degraded""#,
        r#""queuedMessages":0"#,
        r#""schemaVersion":1"#,
        r#""schemaVersion":2"#,
    ] {
        assert!(any(needle), "{needle}");
    }
    assert!(
        messages.iter().any(|m| text(m).contains("heartbeat") && !text(m).contains(r#""queuedMessages":0"#))
    );
    assert!(messages.iter().any(|message| message.expected.duplicate));
    let reasons: BTreeSet<RejectReason> =
        messages.iter().flat_map(|message| message.expected.rejected.iter().map(|it| it.reason)).collect();
    assert_eq!(reasons.len(), 9, "{reasons:?}");
    let late = messages.iter().filter(|message| message.expected.rejected.is_empty()).any(|message| {
        let envelope = read(&message.payload).unwrap();
        let now = START.as_millis() + i64::try_from(message.due.as_millis()).unwrap();
        samples_of(&envelope).iter().any(|it| matches!(it.timestamp, Scalar::Int(at) if now - at > 10_000))
    });
    assert!(late, "samples from a disk buffer");
}

#[test]
fn all_of_it_can_go_wrong_in_a_few_seconds() {
    let mut scenario = scenario("demo.toml");
    scenario.faults = Faults {
        plc_per_hour: 2_000.0,
        plc_s: 0.5,
        sensor_per_hour: 400.0,
        sensor_s: 0.5,
        outage_per_hour: 3_000.0,
        outage_s: 0.4,
        duplicate_share: 0.03,
        ..Faults::default()
    };
    scenario.invalid.share = 0.04;
    let options = FleetOptions { rate: Rate::PerSecond(500.0), ..FleetOptions::new(1, START) };
    let fleet = Fleet::new(&scenario, &options).unwrap().map(Result::unwrap);
    let messages: Vec<Message> = fleet.take_while(|it| it.due < Duration::from_secs(4)).collect();
    let text = |message: &Message| String::from_utf8_lossy(&message.payload).into_owned();
    let count = |is: &dyn Fn(&Message) -> bool| messages.iter().filter(|message| is(message)).count();
    let reasons: BTreeSet<&str> =
        messages.iter().flat_map(|it| it.expected.rejected.iter().map(|it| it.reason.as_str())).collect();
    assert_eq!(reasons.len(), 9, "{reasons:?}");
    assert!(count(&|it| it.expected.duplicate) >= 5);
    assert!(count(&|it| text(it).contains(r#""quality":"BAD""#)) > 20);
    assert!(count(&|it| text(it).contains(r#""quality":"UNCERTAIN""#)) > 20);
    let is_before_a_burst =
        |it: &Message| text(it).contains("heartbeat") && !text(it).contains(r#""queuedMessages":0"#);
    assert!(count(&is_before_a_burst) > 5);
}

#[test]
fn nothing_of_an_invalid_message_is_accepted() {
    for kind in InvalidKind::ALL {
        let mut scenario = troubled();
        (scenario.invalid.share, scenario.invalid.kinds) = (1.0, vec![kind]);
        let messages = play(&scenario, &FleetOptions::new(1, START), 60);
        let invalid: Vec<&Message> = messages.iter().filter(|it| !it.expected.rejected.is_empty()).collect();
        assert!(invalid.len() > 20, "{kind:?}");
        let different: HashSet<&[u8]> = invalid.iter().map(|message| &*message.payload).collect();
        assert!(different.len() + 2 > invalid.len(), "{kind:?}: they can be told apart");
        for message in invalid {
            assert_eq!(Meaning::of(&published(message)), Meaning::default(), "{kind:?}");
        }
    }
}

/// As a ledger has it.
fn published(message: &Message) -> Published {
    Published {
        id: 1,
        at: START,
        topic: String::from_utf8(message.topic.to_vec()).unwrap(),
        payload: message.payload.to_vec(),
        rejected: message.expected.rejected.clone(),
        duplicate: message.expected.duplicate,
    }
}

#[test]
fn a_contradiction_repeats_a_sample_with_another_number() {
    let mut scenario = troubled();
    (scenario.invalid.share, scenario.invalid.contradictions) = (0.0, 0.2);
    let mut said = BTreeMap::new();
    let mut contradictions = 0;
    for message in play(&scenario, &FleetOptions::new(1, START), 5_000) {
        let published = published(&message);
        if !published.contradicts() {
            said.extend(Meaning::of(&published).samples);
            continue;
        }
        contradictions += 1;
        assert_eq!(Meaning::of(&published), Meaning::default(), "either may be refused");
        let [(key, sample)] = &Meaning::said(&published).samples[..] else { panic!("one sample") };
        let other = &said[key];
        assert_eq!(sample.data_type, other.data_type);
        assert_ne!(sample.value, other.value);
    }
    assert!((500..1_000).contains(&contradictions), "{contradictions}");
}

#[test]
fn copies_and_contradictions_may_come_much_later() {
    let mut scenario = troubled();
    scenario.invalid.share = 0.0;
    scenario.faults.outage_per_hour = 0.0;
    (scenario.invalid.contradictions, scenario.invalid.contradiction_within_s) = (0.2, 60.0);
    (scenario.faults.duplicate_share, scenario.faults.duplicate_within_s) = (0.2, 60.0);
    let (mut copies, mut contradictions, mut last) = (Vec::new(), Vec::new(), Duration::ZERO);
    for message in play(&scenario, &FleetOptions::new(1, START), 20_000) {
        assert!(message.due >= last, "in order of time");
        last = message.due;
        let published = published(&message);
        let said = if published.contradicts() { Meaning::said(&published) } else { Meaning::of(&published) };
        let Some((_, sample)) = said.samples.first() else { continue };
        let age = START.plus(message.due).millis_since(sample.ts);
        if published.contradicts() {
            contradictions.push(age);
        } else if message.expected.duplicate {
            copies.push(age);
        }
    }
    for mut ages in [copies, contradictions] {
        ages.sort_unstable();
        assert!(ages.len() > 100, "{}", ages.len());
        let median = ages[ages.len() / 2];
        assert!((20_000..40_000).contains(&median) && ages[ages.len() - 1] < 65_000, "{median}");
    }
}

#[test]
fn what_lay_on_a_shelf_is_old_and_its_gateway_lives_now() {
    let mut scenario = troubled();
    scenario.invalid.share = 0.0;
    for (gateway, days_late) in scenario.gateways.iter_mut().zip([40, 70, 0, 0]) {
        gateway.days_late = days_late;
    }
    scenario.gateways[2].seconds_late = 86_400;
    let mut ages = BTreeMap::<String, i64>::new();
    for message in play(&scenario, &FleetOptions::new(1, START), 5_000) {
        let published = published(&message);
        let due = START.plus(message.due);
        for (_, sample) in Meaning::of(&published).samples {
            ages.entry(published.topic.clone()).or_insert(due.millis_since(sample.ts) / 86_400_000);
        }
        if let Scalar::Int(sent_at) = read(&message.payload).unwrap().timestamp
            && Meaning::of(&published).is_heartbeat
        {
            assert!((due.as_millis() - sent_at).abs() < 5, "a heartbeat of now");
        }
    }
    assert_eq!(ages.into_values().collect::<Vec<_>>(), [40, 70, 1, 0]);
}

#[test]
fn nothing_goes_wrong_where_nothing_should() {
    let mut scenario = scenario("demo.toml");
    (scenario.faults, scenario.invalid.share) = (Faults::default(), 0.0);
    for message in play(&scenario, &FleetOptions::new(1, START), 5_000) {
        assert_eq!(message.expected, crate::message::Expected::default());
        assert!(!String::from_utf8_lossy(&message.payload).contains("BAD"));
    }
}

#[test]
fn a_rate_scales_the_whole_fleet() {
    let options = FleetOptions { rate: Rate::PerSecond(20_000.0), ..FleetOptions::new(1, START) };
    let messages = play(&scenario("load.toml"), &options, 20_000);
    let last = messages.last().unwrap().due.as_secs_f64();
    assert!((0.97..1.03).contains(&last), "{last} s for a second's messages");
    let too_fast = FleetOptions { rate: Rate::PerSecond(2_000_000.0), ..FleetOptions::new(1, START) };
    assert!(Fleet::new(&scenario("load.toml"), &too_fast).is_err());
}

#[test]
fn at_full_speed_times_are_the_clocks_and_still_distinct() {
    let clock = Clock::manual(START);
    let options = FleetOptions { rate: Rate::Max, clock, ..FleetOptions::new(1, START) };
    let mut seen = HashSet::new();
    for message in play(&scenario("load.toml"), &options, 10_000) {
        let envelope = read(&message.payload).unwrap();
        if envelope.kind == Scalar::Text("telemetry".into()) {
            assert!(seen.insert(sample_key(
                &envelope.timestamp,
                &envelope.plc_id,
                &envelope.metric_id,
                &envelope.tenant
            )));
        }
    }
}

#[test]
fn a_schema_may_be_forced_on_all() {
    let options = FleetOptions { schema: Some(2), ..FleetOptions::new(1, START) };
    let mut scenario = scenario("demo.toml");
    scenario.invalid.share = 0.0;
    for message in play(&scenario, &options, 1_000) {
        assert_eq!(read(&message.payload).unwrap().schema_version, Scalar::Int(2));
    }
}

#[test]
fn scenarios_that_do_not_hold_together_are_refused() {
    let demo =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/demo.toml")).unwrap();
    for (good, bad) in [
        (r#"profile = "silo""#, r#"profile = "sylo""#),
        (r#"id = "plc-02""#, r#"id = "plc-01""#),
        (r#"id = "plc-02""#, r#"id = "plc 02""#),
        ("schema = 1", "schema = 3"),
        ("every_s = 2", "every_s = 0.001"),
    ] {
        let scenario: Scenario = toml::from_str(&demo.replacen(good, bad, 1)).unwrap();
        assert!(scenario.plan().is_err(), "{bad}");
    }
}
