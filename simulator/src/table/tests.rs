use super::*;
use serde_json::Value as Json;

const START: i64 = 1_800_000_000_000;

fn play(csv: &str, change: impl FnOnce(&mut TableOptions)) -> Vec<(Duration, Json)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), csv).unwrap();
    let mut options = TableOptions {
        tenant: "granix".into(),
        province: "ba".into(),
        plant: "planta-1".into(),
        gateway: "gw".into(),
        schema: 1,
        batch_max: 500,
        keep_times: false,
        speed: None,
        start: Timestamp::from_millis(START),
    };
    change(&mut options);
    Table::open(file.path(), options)
        .unwrap()
        .map(|message| {
            let message = message.unwrap();
            assert!(vigia_contract::mqtt::read(&message.payload).is_ok());
            (message.due, serde_json::from_slice(&message.payload).unwrap())
        })
        .collect()
}

const THREE: &str = "time,plc,metric,value,unit\n\
    2025-01-08T18:00:00Z,plc-01,temp,83,celsius\n\
    2025-01-08T18:00:10Z,plc-01,temp,83.5,celsius\n\
    2025-01-08T18:00:20Z,plc-01,count,9007199254740993,\n";

fn times(messages: &[(Duration, Json)]) -> Vec<i64> {
    messages.iter().map(|(_, json)| json["timestamp"].as_i64().unwrap()).collect()
}

#[test]
fn types_are_those_of_the_series() {
    let messages = play(THREE, |_| {});
    let seen: Vec<_> =
        messages.iter().map(|(_, json)| (json["dataType"].clone(), json["value"].clone())).collect();
    assert_eq!(seen[0], ("float".into(), 83.0.into()));
    assert_eq!(seen[2], ("int".into(), 9_007_199_254_740_993_i64.into()));
    assert_eq!((&messages[0].1["unit"], &messages[2].1["unit"]), (&"celsius".into(), &Json::Null));
}

#[test]
fn the_last_row_is_now_when_all_is_sent_at_once() {
    let messages = play(THREE, |_| {});
    assert_eq!(times(&messages), [START - 20_000, START - 10_000, START]);
    assert!(messages.iter().all(|(due, _)| due.is_zero()));
}

#[test]
fn a_replay_in_real_time_begins_now_and_every_row_is_sent_at_its_time() {
    let messages = play(THREE, |options| options.speed = Some(1.0));
    assert_eq!(times(&messages), [START, START + 10_000, START + 20_000]);
    assert_eq!(messages[2].0, Duration::from_secs(20));
    let double = play(THREE, |options| options.speed = Some(2.0));
    assert_eq!((times(&double)[2], double[2].0), (START + 10_000, Duration::from_secs(10)));
}

#[test]
fn times_may_be_kept() {
    let messages = play(THREE, |options| options.keep_times = true);
    assert_eq!(times(&messages)[0], 1_736_359_200_000);
}

#[test]
fn rows_are_gathered_in_schema_2() {
    let messages = play(THREE, |options| options.schema = 2);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].1["samples"].as_array().unwrap().len(), 3);
    assert_eq!(messages[0].1["samples"][0]["timestamp"], START - 20_000);
    let small = play(THREE, |options| (options.schema, options.batch_max) = (2, 2));
    assert_eq!(small.len(), 2);
}

#[test]
fn an_empty_value_is_bad_and_null() {
    let messages = play("time,plc,metric,value\n1,a,b,\n2,a,b,true\n", |_| {});
    assert_eq!((&messages[0].1["value"], &messages[0].1["quality"]), (&Json::Null, &"BAD".into()));
    assert_eq!(messages[0].1["dataType"], "bool");
}

#[test]
fn faults_name_the_line() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "time,plc,metric,value\n1,a,b,1\nnoon,a,b,2\n").unwrap();
    let options = TableOptions {
        tenant: "t".into(),
        province: "p".into(),
        plant: "s".into(),
        gateway: "g".into(),
        schema: 1,
        batch_max: 1,
        keep_times: true,
        speed: None,
        start: Timestamp::default(),
    };
    let fault = Table::open(file.path(), options).unwrap_err().to_string();
    assert!(fault.contains("line 3") && fault.contains("noon"), "{fault}");
}
