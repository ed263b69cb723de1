use super::*;

fn json(message: &ServerMessage<'_>) -> String {
    serde_json::to_string(message).unwrap()
}

#[test]
fn telemetry_as_the_contract_shows_it() {
    let mut telemetry = Telemetry {
        tenant: "granix",
        site: "planta-1",
        plc_id: "plc-03",
        ts: 1_700_000_000_000,
        values: Fields(vec![
            ("temp_head", JsonValue::Float(83.2)),
            ("count", JsonValue::Int(9_007_199_254_740_993)),
        ]),
        quality: Fields(vec![("temp_head", "GOOD"), ("count", "GOOD")]),
        times: Fields::default(),
        unit: Fields::default(),
        data_type: Fields::default(),
    };
    assert_eq!(
        json(&ServerMessage::Telemetry(telemetry.clone())),
        r#"{"type":"telemetry","tenant":"granix","site":"planta-1","plcId":"plc-03","ts":1700000000000,"values":{"temp_head":83.2,"count":9007199254740993},"quality":{"temp_head":"GOOD","count":"GOOD"}}"#
    );
    telemetry.times = Fields(vec![("count", 1_699_990_000_000)]);
    telemetry.unit = Fields(vec![("temp_head", Some("celsius".into())), ("count", None)]);
    telemetry.data_type = Fields(vec![("temp_head", "float")]);
    let text = json(&ServerMessage::Telemetry(telemetry));
    assert!(
        text.ends_with(
            r#""times":{"count":1699990000000},"unit":{"temp_head":"celsius","count":null},"dataType":{"temp_head":"float"}}"#
        ),
        "{text}"
    );
}

#[test]
fn small_messages() {
    assert_eq!(json(&ServerMessage::Tick), r#"{"type":"tick"}"#);
    assert_eq!(json(&ServerMessage::Lagged { missed: 7, alarms: 0 }), r#"{"type":"lagged","missed":7}"#);
    assert_eq!(
        json(&ServerMessage::Lagged { missed: 7, alarms: 2 }),
        r#"{"type":"lagged","missed":7,"alarms":2}"#
    );
}

#[test]
fn a_gateway_repeats_its_heartbeat_fields() {
    let beat = Heartbeat {
        state: "online".to_owned(),
        version: Some("1.0.0".to_owned()),
        uptime_sec: Some(93_212),
        internet: None,
        mqtt: None,
        plc_link: None,
        buffer_mode: Some("disk".to_owned()),
        queued_messages: Some(0),
        timestamp: UtcTime::from_millis(0),
    };
    let gateway = |beat: Option<Heartbeat>| Gateway {
        tenant: "granix",
        province: "ba",
        site: "planta-1",
        gateway_id: "gw-01",
        status: "online",
        since: Some(UtcTime::from_millis(0)),
        last_seen: None,
        clock_skew_ms: Some(-5),
        gone: false,
        heartbeat: beat.clone(),
        beat,
    };
    let value: serde_json::Value =
        serde_json::from_str(&json(&ServerMessage::Gateway(Box::new(gateway(Some(beat)))))).unwrap();
    assert_eq!(value["type"], "gateway");
    assert_eq!(value["uptimeSec"], 93_212);
    assert_eq!(value["heartbeat"]["bufferMode"], "disk");
    assert_eq!(value["since"], "1970-01-01T00:00:00.000Z");
    let never = json(&ServerMessage::Gateway(Box::new(gateway(None))));
    assert!(never.ends_with(r#""heartbeat":null}"#), "{never}");
}

#[test]
fn client_messages() {
    let read = serde_json::from_str::<ClientMessage>;
    let ClientMessage::Subscribe { filters } =
        read(r#"{"type":"subscribe","filters":[{"site":"planta-1","plcId":"plc-03","metricId":"*"},{"plc_id":null},{}]}"#)
            .unwrap();
    assert_eq!(filters.len(), 3);
    assert!(filters.iter().all(|filter| filter.types.is_none()), "left out it is everything");
    let ClientMessage::Subscribe { filters } =
        read(r#"{"type":"subscribe","filters":[{"types":["alarm"]}]}"#).unwrap();
    assert_eq!(filters[0].types.as_deref(), Some(&[FeedType::Alarm][..]));
    for bad in [
        "{}",
        "[]",
        r#"{"type":"publish"}"#,
        r#"{"type":"subscribe"}"#,
        r#"{"type":"subscribe","filters":[{"plc":"x"}]}"#,
        r#"{"type":"subscribe","filters":[{"site":7}]}"#,
        r#"{"type":"subscribe","filters":[{"types":["alarms"]}]}"#,
        r#"{"type":"subscribe","filters":[{"types":"alarm"}]}"#,
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}
