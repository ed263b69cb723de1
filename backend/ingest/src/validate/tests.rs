#![expect(clippy::string_slice, reason = "the example is ASCII")]

use super::*;
use crate::decode::{decode, decode_topic};
use proptest::prelude::*;
use vigia_model::{DataType, Quality, Value};
use vigia_store::partition::{KnownPartitions, Parted};

const TOPIC: &str = "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry";
const NOW: Timestamp = Timestamp::from_millis(1_736_359_200_000);
const WINDOW: TimeWindow = TimeWindow::new(Duration::from_hours(43800));

/// The contract's own example, on one line, with `edit` applied as text.
fn example(edit: impl Fn(String) -> String) -> String {
    edit(
        r#"{"schemaVersion":1,"timestamp":1736359200000,"type":"telemetry","tenant":"granix","province":"ba","plant":"planta-1","gatewayId":"granix-ba-gw-01","plcId":"plc-03","metricId":"temp_head","value":83.2,"dataType":"float","unit":"celsius","quality":"GOOD"}"#
            .to_owned(),
    )
}

fn replaced(from: &str, to: &str) -> String {
    let text = example(|text| text.replace(from, to));
    assert_ne!(text, example(|text| text), "{from} is in the example");
    text
}

/// `name → (reason, detail)` of a payload on the example's topic; panics when it is accepted.
fn refusal(payload: &str) -> (RejectReason, String) {
    let source = decode_topic(TOPIC).unwrap();
    let rejection = match decode(payload.as_bytes()) {
        Err(rejection) => rejection,
        Ok(envelope) => match validate(envelope, &source, NOW, WINDOW).content {
            Content::Rejected(rejection) => rejection,
            other => panic!("accepted: {other:?}"),
        },
    };
    (rejection.reason, rejection.detail)
}

fn accepted(payload: &str) -> Sample {
    let source = decode_topic(TOPIC).unwrap();
    match validate(decode(payload.as_bytes()).unwrap(), &source, NOW, WINDOW).content {
        Content::Telemetry { mut samples, rejections } if rejections.is_empty() => samples.remove(0).sample,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_contracts_example_is_taken_as_it_stands() {
    let sample = accepted(&example(|text| text));
    assert_eq!(sample.value, Some(Value::Float(83.2)));
    assert_eq!((sample.data_type, sample.quality), (DataType::Float, Quality::Good));
    assert_eq!((sample.unit.as_deref(), sample.ts), (Some("celsius"), NOW));
}

#[test]
fn values_keep_their_type_and_every_digit() {
    let value = |value: &str, data_type: &str| {
        accepted(&replaced(
            r#""value":83.2,"dataType":"float""#,
            &format!(r#""value":{value},"dataType":"{data_type}""#),
        ))
        .value
        .unwrap()
    };
    assert_eq!(value("83", "float"), Value::Float(83.0));
    assert_eq!(value("18446744073709551615", "float"), Value::Float(18_446_744_073_709_551_615.0));
    assert_eq!(value("9007199254740993", "int"), Value::Int(9_007_199_254_740_993));
    assert_eq!(value("-9223372036854775808", "int"), Value::Int(i64::MIN));
    assert_eq!(value("-0", "int"), Value::Int(0));
    assert_eq!(value("true", "bool"), Value::Bool(true));
    assert_eq!(value(r#""En marcha ✓""#, "string"), Value::Text("En marcha ✓".into()));
    assert_eq!(value(&format!("\"{}\"", "ñ".repeat(4_096)), "string"), Value::Text("ñ".repeat(4_096).into()));
}

#[test]
fn null_unit_and_null_value_are_taken_where_the_contract_says() {
    assert_eq!(accepted(&replaced(r#""unit":"celsius","#, r#""unit":null,"#)).unit, None);
    assert_eq!(accepted(&replaced(r#""unit":"celsius","#, "")).unit, None);
    let bad = replaced(r#""value":83.2"#, r#""value":null"#).replace("GOOD", "BAD");
    assert_eq!(accepted(&bad).value, None);
    accepted(&replaced(r#""quality""#, r#""extra":{"deep":[1,2]},"quality""#));
}

#[test]
fn each_fault_has_its_reason_and_names_its_field() {
    use RejectReason as R;
    let cases: Vec<(String, R, &str)> = vec![
        ("hello".into(), R::NotJson, "not JSON"),
        ("{\"a\":".into(), R::NotJson, "not JSON"),
        ("[1,2]".into(), R::InvalidField, "object"),
        ("[".repeat(60_000), R::NotJson, "not JSON"),
        (
            replaced("\"schemaVersion\":1", "\"schemaVersion\":9223372036854775808"),
            R::UnsupportedSchemaVersion,
            "1 and 2",
        ),
        (replaced("\"schemaVersion\":1", "\"schemaVersion\":1.5"), R::UnsupportedSchemaVersion, "1 and 2"),
        (replaced("83.2", "1e999"), R::InvalidField, "number out of range"),
        (replaced("\"celsius\"", "\"\\ud800\""), R::InvalidField, "hex escape"),
        (replaced("\"schemaVersion\":1,", ""), R::MissingField, "schemaVersion"),
        (replaced("\"schemaVersion\":1", "\"schemaVersion\":3"), R::UnsupportedSchemaVersion, "3"),
        (replaced("\"schemaVersion\":1", "\"schemaVersion\":\"1\""), R::InvalidField, "schemaVersion"),
        (replaced("\"telemetry\"", "\"event\""), R::UnknownType, "event"),
        (replaced("\"type\":\"telemetry\",", ""), R::MissingField, "type"),
        (
            replaced("\"tenant\":\"granix\"", "\"tenant\":\"otro\""),
            R::TopicMismatch,
            "tenant is otro, topic says granix",
        ),
        (replaced("\"plant\":\"planta-1\"", "\"plant\":\"planta 1\""), R::InvalidIdentifier, "plant"),
        (
            replaced("\"gatewayId\":\"granix-ba-gw-01\"", "\"gatewayId\":\"gw\""),
            R::TopicMismatch,
            "gatewayId",
        ),
        (replaced("\"province\":\"ba\",", ""), R::MissingField, "province"),
        (replaced("\"timestamp\":1736359200000,", ""), R::MissingField, "timestamp"),
        (replaced("1736359200000", "1736359200000.5"), R::InvalidField, "timestamp"),
        (replaced("1736359200000", "1736359500001"), R::TimestampOutOfRange, "5 min"),
        (replaced("1736359200000", "1578679199999"), R::TimestampOutOfRange, "1825 days"),
        (replaced("1736359200000", "18446744073709551615"), R::TimestampOutOfRange, "beyond"),
        (replaced("\"plcId\":\"plc-03\",", ""), R::MissingField, "plcId"),
        (replaced("\"plcId\":\"plc-03\"", "\"plcId\":\"plc/03\""), R::InvalidIdentifier, "plcId"),
        (
            replaced("\"metricId\":\"temp_head\"", "\"metricId\":\"\""),
            R::InvalidIdentifier,
            "metricId is empty",
        ),
        (replaced("\"metricId\":\"temp_head\"", "\"metricId\":7"), R::InvalidField, "metricId"),
        (replaced("\"value\":83.2,", ""), R::MissingField, "value"),
        (replaced("\"value\":83.2", "\"value\":null"), R::ValueTypeMismatch, "null"),
        (replaced("83.2", "\"83.2\""), R::ValueTypeMismatch, "a string"),
        (replaced("83.2", "true"), R::ValueTypeMismatch, "a boolean"),
        (replaced("83.2", "[1]"), R::ValueTypeMismatch, "an array"),
        (replaced("\"dataType\":\"float\"", "\"dataType\":\"int\""), R::ValueTypeMismatch, "int"),
        (
            replaced("83.2,\"dataType\":\"float\"", "9223372036854775808,\"dataType\":\"int\""),
            R::ValueTypeMismatch,
            "64 bits",
        ),
        (
            replaced("83.2,\"dataType\":\"float\"", "\"a\\u0000b\",\"dataType\":\"string\""),
            R::InvalidField,
            "NUL",
        ),
        (
            replaced(
                "83.2,\"dataType\":\"float\"",
                &format!("\"{}\",\"dataType\":\"string\"", "x".repeat(4_097)),
            ),
            R::InvalidField,
            "4097",
        ),
        (replaced("\"dataType\":\"float\"", "\"dataType\":\"double\""), R::InvalidField, "double"),
        (replaced("\"dataType\":\"float\",", ""), R::MissingField, "dataType"),
        (replaced("\"quality\":\"GOOD\"", "\"quality\":\"OK\""), R::InvalidField, "OK"),
        (replaced("\"unit\":\"celsius\"", "\"unit\":5"), R::InvalidField, "unit"),
        (replaced("\"unit\"", "\"seq\":-1,\"unit\""), R::InvalidField, "seq"),
        (format!("{{\"x\":\"{}\"}}", "y".repeat(131_072)), R::PayloadTooLarge, "131072"),
    ];
    for (payload, reason, named) in cases {
        let (found, detail) = refusal(&payload);
        assert_eq!(found, reason, "{detail}");
        assert!(detail.contains(named), "{detail:?} names {named:?}");
        assert!(!detail.contains('\n'), "one line: {detail:?}");
    }
}

#[test]
fn topics_are_the_authority() {
    for (topic, reason) in [
        ("factory/granix/ba/planta-1/gateway/gw/heartbeat", RejectReason::TopicMismatch),
        ("factory/gra nix/ba/planta-1/gateway/gw/telemetry", RejectReason::InvalidIdentifier),
        ("factory//ba/planta-1/gateway/gw/telemetry", RejectReason::InvalidIdentifier),
    ] {
        assert_eq!(decode_topic(topic).unwrap_err().reason, reason, "{topic}");
    }
}

#[test]
fn schema_2_keeps_the_good_samples_and_names_the_bad_by_index() {
    let payload = r#"{"schemaVersion":2,"timestamp":1736359200000,"type":"telemetry","tenant":"granix","province":"ba",
        "plant":"planta-1","gatewayId":"granix-ba-gw-01","bootId":"b1","seq":7,"samples":[
        {"plcId":"plc-03","metricId":"a","value":1,"dataType":"int","quality":"GOOD"},
        {"plcId":"plc-03","metricId":"b","value":"x","dataType":"int","quality":"GOOD"},
        {"plcId":"plc-03","metricId":"c","value":1e999,"dataType":"float","quality":"GOOD"},
        {"plcId":"plc-03","metricId":"d","timestamp":1736359199000,"value":true,"dataType":"bool","quality":"GOOD"}]}"#;
    let source = decode_topic(TOPIC).unwrap();
    let validated = validate(decode(payload.as_bytes()).unwrap(), &source, NOW, WINDOW);
    assert_eq!(validated.seq, Some(SeqMark { boot_id: "b1".into(), seq: 7 }));
    let Content::Telemetry { samples, rejections } = validated.content else { panic!("telemetry") };
    let kept: Vec<_> = samples.iter().map(|s| (&*s.metric, s.index, s.sample.ts.as_millis())).collect();
    assert_eq!(kept, [("a", Some(0), 1_736_359_200_000), ("d", Some(3), 1_736_359_199_000)]);
    let refused: Vec<_> = rejections.iter().map(|r| (r.reason, r.sample_index)).collect();
    assert_eq!(refused, [(RejectReason::ValueTypeMismatch, Some(1)), (RejectReason::InvalidField, Some(2))]);
}

#[test]
fn schema_2_takes_1_to_2000_samples() {
    let with = |samples: &str| {
        replaced(r#""plcId":"plc-03","metricId":"temp_head","value":83.2,"dataType":"float","unit":"celsius","quality":"GOOD""#, samples)
            .replace("\"schemaVersion\":1", "\"schemaVersion\":2")
    };
    let one = r#"{"plcId":"p","metricId":"m","value":1,"dataType":"int","quality":"GOOD"}"#;
    assert_eq!(refusal(&with("\"x\":1")).0, RejectReason::MissingField);
    assert_eq!(refusal(&with("\"samples\":{}")).0, RejectReason::InvalidField);
    assert_eq!(refusal(&with("\"samples\":[]")).0, RejectReason::InvalidField);
    let short = r#"{"plcId":"p"}"#;
    let many = |count: usize| with(&format!("\"samples\":[{}]", vec![short; count].join(",")));
    assert_eq!(refusal(&many(2_001)).0, RejectReason::InvalidField);
    let source = decode_topic(TOPIC).unwrap();
    let most = many(2_000);
    let Content::Telemetry { rejections, .. } =
        validate(decode(most.as_bytes()).unwrap(), &source, NOW, WINDOW).content
    else {
        panic!("telemetry")
    };
    assert_eq!(rejections.len(), 2_000);
    accepted(&with(&format!("\"samples\":[{one}]")));
}

#[test]
fn heartbeats_of_any_time_and_age_of_firmware() {
    let source = decode_topic(TOPIC).unwrap();
    let beat = |fields: &str| {
        let payload = format!(
            r#"{{"schemaVersion":2,"type":"heartbeat","tenant":"granix","province":"ba","plant":"planta-1","gatewayId":"granix-ba-gw-01",{fields}}}"#
        );
        match validate(decode(payload.as_bytes()).unwrap(), &source, NOW, WINDOW).content {
            Content::Heartbeat(beat) => Ok(beat),
            Content::Rejected(rejection) => Err(rejection.reason),
            other @ Content::Telemetry { .. } => panic!("{other:?}"),
        }
    };
    assert_eq!(
        beat(r#""timestamp":99999999999999,"state":"online""#).unwrap().ts.as_millis(),
        99_999_999_999_999
    );
    assert_eq!(beat(r#""timestamp":1,"state":"online","uptimeSec":93212"#).unwrap().uptime_sec, Some(93_212));
    assert_eq!(
        beat(r#""timestamp":18446744073709551615,"state":"online""#).unwrap().ts.as_millis(),
        i64::MAX
    );
    assert_eq!(beat(r#""timestamp":-1e30,"state":"online""#).unwrap().ts.as_millis(), i64::MIN);
    assert_eq!(beat(r#""timestamp":"now","state":"online""#).unwrap_err(), RejectReason::InvalidField);
    assert_eq!(beat(r#""timestamp":1"#).unwrap_err(), RejectReason::MissingField);
    assert_eq!(
        beat(r#""timestamp":1,"state":"online","uptimeSec":"long""#).unwrap_err(),
        RejectReason::InvalidField
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever arrives, on whatever topic: an answer, never a panic.
    #[test]
    fn no_bytes_panic(topic in ".{0,80}", payload in proptest::collection::vec(any::<u8>(), 0..400)) {
        let source = decode_topic(&topic).unwrap_or_else(|_| decode_topic(TOPIC).unwrap());
        if let Ok(envelope) = decode(&payload) {
            let _validated = validate(envelope, &source, NOW, WINDOW);
        }
    }

    /// The same for payloads that are nearly right: the example with one piece replaced by anything JSON has.
    #[test]
    fn no_near_miss_panics(
        field in 0_usize..13,
        json in prop_oneof![
            Just("null".to_owned()), Just("true".to_owned()), Just("[]".to_owned()), Just("{}".to_owned()),
            any::<i64>().prop_map(|n| n.to_string()), any::<u64>().prop_map(|n| n.to_string()),
            any::<f64>().prop_map(|n| format!("{n:e}")), ".{0,40}".prop_map(|t| format!("{t:?}")), ".{0,40}",
        ],
        cut in 0_usize..400,
    ) {
        let example = example(|text| text);
        let start = example.match_indices("\":").nth(field).map_or(0, |(at, _)| at + 2);
        let end = example[start..].find([',', '}']).map_or(example.len(), |at| start + at);
        let payload = format!("{}{json}{}", &example[..start], &example[end..]);
        let source = decode_topic(TOPIC).unwrap();
        for bytes in [payload.as_bytes(), &payload.as_bytes()[..cut.min(payload.len())]] {
            if let Ok(envelope) = decode(bytes) {
                let _validated = validate(envelope, &source, NOW, WINDOW);
            }
        }
    }
}

/// An attacker scatters his timestamps over all times there are.
#[test]
fn scattered_times_make_no_more_partitions_than_the_window_has() {
    let day = Duration::from_hours(24);
    for (days, months, weeks) in [(30, 3, 6), (365, 14, 54), (1_825, 62, 262)] {
        let window = TimeWindow::new(day * days);
        let scattered =
            (0..4_000).map(|n| NOW.plus(day * 2_000).minus(day * n).plus(Duration::from_millis(7_919)));
        let taken: Vec<Timestamp> = scattered.filter(|ts| window.check(*ts, NOW).is_ok()).collect();
        let known = KnownPartitions::default();
        let of = |parted| known.missing(parted, taken.iter().copied()).len();
        assert_eq!(u32::try_from(taken.len()), Ok(days + 1));
        assert!(of(Parted::Samples) <= months && of(Parted::Packed) <= weeks, "{days} days");
    }
}
