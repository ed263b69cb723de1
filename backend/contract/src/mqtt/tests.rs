use super::*;

fn value(json: &str) -> Scalar<'static> {
    let payload = format!(r#"{{"value":{json}}}"#).into_bytes();
    let payload: &'static [u8] = payload.leak();
    read(payload).unwrap().value
}

#[test]
fn scalars_keep_every_digit_and_tell_null_from_absent() {
    assert_eq!(value("9007199254740993"), Scalar::Int(9_007_199_254_740_993));
    assert_eq!(value("-9223372036854775808"), Scalar::Int(i64::MIN));
    assert_eq!(value("9223372036854775808"), Scalar::UInt(9_223_372_036_854_775_808));
    assert_eq!(value("83.0"), Scalar::Float(83.0));
    assert_eq!(value("1e3"), Scalar::Float(1_000.0));
    assert_eq!(value("null"), Scalar::Null);
    assert_eq!(value(r#""a\nb""#), Scalar::Text("a\nb".into()));
    assert_eq!(value("[1,[2]]"), Scalar::Array);
    assert_eq!(value(r#"{"a":{"b":1}}"#), Scalar::Object);
    assert_eq!(read(b"{}").unwrap().value, Scalar::Absent);
}

#[test]
fn plain_strings_are_borrowed() {
    let envelope = read(br#"{"tenant":"granix"}"#).unwrap();
    assert!(matches!(envelope.tenant, Scalar::Text(Cow::Borrowed("granix"))));
}

fn samples(payload: &[u8]) -> Vec<bool> {
    match read_samples(read(payload).unwrap().samples.unwrap()) {
        Samples::List(list) => list.iter().map(Result::is_ok).collect(),
        Samples::NotAList => panic!("a list"),
    }
}

#[test]
fn only_objects_are_messages_and_samples() {
    assert!(read(b"[1,1736359200000,\"telemetry\"]").is_err());
    assert!(read(br#"{"tenant":"a","tenant":"b"}"#).is_err(), "a field named twice");
    assert_eq!(samples(br#"{"samples":[["plc-03","temp_head"],{"plcId":"a"}]}"#), [false, true]);
    for not_a_list in ["5", "{}", r#""text""#] {
        let payload = format!(r#"{{"samples":{not_a_list}}}"#);
        assert!(matches!(
            read_samples(read(payload.as_bytes()).unwrap().samples.unwrap()),
            Samples::NotAList
        ));
    }
}

#[test]
fn one_broken_sample_costs_only_itself() {
    let payload = br#"{"samples":[{"value":1},{"value":1e999},{"value":"\ud800"},{"value":1,"value":2}]}"#;
    assert_eq!(samples(payload), [true, false, false, false]);
    assert!(is_json(payload));
    assert!(!is_json(b"{\"a\":"));
}

#[test]
fn unknown_fields_are_passed_over_however_deep() {
    let deep = format!(r#"{{"x":{}{},"tenant":"a"}}"#, "[".repeat(60_000), "]".repeat(60_000));
    assert_eq!(read(deep.as_bytes()).unwrap().tenant, Scalar::Text("a".into()));
}
