use super::expectation::Expectation;
use super::{Audit, audit};
use bytes::Bytes;
use std::path::Path;
use std::time::Duration;
use vigia_model::{DataType, Mode, Quality, RejectReason, Timestamp, Value};
use vigia_pack::{Kept, Reading, Statistics};
use vigia_simulator::ledger::Published;
use vigia_simulator::message::Expected;
use vigia_simulator::{Ledger, LedgerWriter, Message};
use vigia_testkit::{Account, Postgres, Scratch};

/// 2025-01-08T18:00:00Z.
const HOUR: i64 = 1_736_359_200_000;

fn message(ts: i64, value: &str) -> Message {
    let payload = format!(
        r#"{{"schemaVersion":1,"timestamp":{ts},"type":"telemetry","tenant":"t","province":"ba","plant":"p","gatewayId":"g","plcId":"c","metricId":"m","value":{value},"dataType":"float","quality":"GOOD"}}"#
    );
    Message {
        due: Duration::ZERO,
        gateway: 0,
        topic: Bytes::from_static(b"factory/t/ba/p/gateway/g/telemetry"),
        payload: payload.into(),
        expected: Expected::default(),
        id: None,
    }
}

/// A ledger of 1, 2 and 3 at one, two and three milliseconds past the hour; the last is not confirmed.
fn ledger(folder: &Path) -> Ledger {
    let file = folder.join("ledger.jsonl");
    let writer = LedgerWriter::open(&file).unwrap();
    let at = Timestamp::from_millis(HOUR);
    let mut messages = [message(HOUR + 1, "1.0"), message(HOUR + 2, "2.0"), message(HOUR + 3, "3.0")];
    writer.publish(at, &mut messages).unwrap();
    writer.acked(&[messages[0].id.unwrap(), messages[1].id.unwrap()]);
    writer.flush(at).unwrap();
    let (held, walked) = (Expectation::of(&Ledger::read(&file).unwrap()), Expectation::read(&file).unwrap());
    for expectation in [&held, &walked] {
        assert_eq!((expectation.messages(), expectation.samples(), expectation.unconfirmed()), (3, 3, 1));
    }
    Ledger::read(&file).unwrap()
}

const TABLES: &str = r#"
    create table tenants (id int, code text);
    create table plants (id int, code text);
    create table plcs (id int, plc_id text);
    create table series (id int, tenant_id int, plant_id int, plc_id int, metric_id text);
    create table samples (series_id int, ts timestamptz, data_type "char", quality "char", value float8, int_value int8, text_value text,
                          in_history bool default true, in_hourly bool default true);
    create table packed (series_id int, start timestamptz, hours int2, count int4, numbers int4, non_good int4, hidden int4,
                         sum float8, min float8, max float8, first float8, last float8, data bytea);
    create table series_last (like samples);
    create table hourly (series_id int, hour timestamptz, count int8, sum float8, sum_error float8, min float8, max float8,
                         first float8, last float8, first_ts timestamptz, last_ts timestamptz, non_good int8);
    create table quarantined_messages (id int8, topic text);
    create table rejections (message_id int8, reason text);
    insert into quarantined_messages values (1, 'factory/t/x'), (2, 'factory/other/x');
    insert into tenants values (1, 't'), (2, 'other');
    insert into plants values (1, 'p');
    insert into plcs values (1, 'c');
    insert into series values (7, 1, 1, 1, 'm'), (8, 2, 1, 1, 'm');
    insert into samples values (7, '2025-01-08T18:00:00.001Z', 'f', 'G', 1), (7, '2025-01-08T18:00:00.002Z', 'f', 'G', 2),
                               (8, '2025-01-08T18:00:00.002Z', 'f', 'G', 2);
    insert into series_last values (7, '2025-01-08T18:00:00.002Z', 'f', 'G', 2);
    insert into hourly values (7, '2025-01-08T18:00Z', 2, 3, 0, 1, 2, 1, 2, '2025-01-08T18:00:00.001Z', '2025-01-08T18:00:00.002Z', 0);
"#;

/// What is found after this change to what is right where `both` is in force.
async fn found(postgres: &Postgres, expectation: &Expectation, change: &str) -> Audit {
    postgres.create_database("audit").unwrap();
    postgres.query("audit", TABLES).unwrap();
    postgres.query("audit", change).unwrap();
    let found = audit(expectation, &postgres.url("audit")).await.unwrap();
    assert_eq!(found.is_clean(), found.faults() == 0);
    assert_eq!(found.examples.is_empty(), found.is_clean(), "{found}");
    postgres.query("postgres", "drop database audit with (force)").unwrap();
    Audit { examples: Vec::new(), took_seconds: 0.0, ..found }
}

fn scratch() -> Scratch {
    Scratch::new("audit", Account::Own).unwrap()
}

#[tokio::test]
async fn every_kind_of_fault_is_found_and_nothing_else() {
    let scratch = scratch();
    let expectation = Expectation::of(&ledger(scratch.path()));
    let postgres = Postgres::start().unwrap();
    let right = Audit { published: 3, unconfirmed: 1, stored: 2, ..Audit::default() };
    for (change, expected) in [
        ("select 1", right.clone()),
        (
            "delete from samples where series_id = 7 and value = 1",
            Audit { stored: 1, lost: 1, ..right.clone() },
        ),
        (
            "insert into samples select * from samples where value = 2",
            Audit { stored: 3, double: 1, ..right.clone() },
        ),
        (
            "update samples set value = 2.0000000000000004 where value = 2",
            Audit { different: 1, ..right.clone() },
        ),
        (
            "insert into samples values (7, '2025-01-08T19:00Z', 'f', 'G', 1)",
            Audit { stored: 3, foreign: 1, ..right.clone() },
        ),
        // The unconfirmed one may be stored, but then it counts.
        (
            "insert into samples values (7, '2025-01-08T18:00:00.003Z', 'f', 'G', 3)",
            Audit { stored: 3, hourly_wrong: 1, uncounted: 1, state_wrong: 1, ..right.clone() },
        ),
        ("update samples set in_history = false", Audit { mode_wrong: 2, ..right.clone() }),
        ("update samples set in_hourly = false where value = 1", Audit { mode_wrong: 1, ..right.clone() }),
        ("update hourly set count = 3", Audit { hourly_wrong: 1, counted_twice: 1, ..right.clone() }),
        ("update hourly set count = 1", Audit { hourly_wrong: 1, uncounted: 1, ..right.clone() }),
        // Two of the one, none of the other.
        (
            "update hourly set sum = 4",
            Audit { hourly_wrong: 1, uncounted: 1, counted_twice: 1, ..right.clone() },
        ),
        // Lost altogether is lost once.
        (
            "delete from samples where series_id = 7 and value = 1;
             update hourly set count = 1, sum = 2, min = 2, first = 2, first_ts = last_ts",
            Audit { stored: 1, lost: 1, hourly_wrong: 1, ..right.clone() },
        ),
        ("update hourly set first_ts = last_ts", Audit { hourly_wrong: 1, ..right.clone() }),
        ("delete from hourly", Audit { hourly_wrong: 1, uncounted: 2, ..right.clone() }),
        ("update series_last set value = 1", Audit { state_wrong: 1, ..right.clone() }),
        ("delete from series_last", Audit { state_wrong: 1, ..right.clone() }),
        (
            "insert into rejections values (1, 'not_json'), (2, 'not_json')",
            Audit { rejections_wrong: 1, ..right.clone() },
        ),
        (
            "update series set metric_id = 'x' where id = 7",
            Audit { lost: 2, foreign: 2, hourly_wrong: 1, state_wrong: 1, ..right.clone() },
        ),
    ] {
        assert_eq!(found(&postgres, &expectation, change).await, expected, "{change}");
    }
}

/// The ledger's sample of so many milliseconds past the hour, with another value or hidden.
fn kept(ms: i64, value: Option<f64>) -> Kept {
    let reading = |value| Reading {
        data_type: DataType::Float,
        value: Some(Value::Float(value)),
        quality: Quality::Good,
        unit: None,
        gateway: 1,
    };
    Kept { ts: Timestamp::from_millis(HOUR + ms), reading: value.map(reading) }
}

/// Puts a packed row there, as an hour or a day, with its figures.
fn put(samples: &[Kept], hours: i64) -> String {
    let Statistics { visible, hidden, non_good, numbers, sum, extent } = vigia_pack::statistics(samples);
    let figures = extent.map_or_else(
        || "null, null, null, null, null".to_owned(),
        |it| format!("{}, {}, {}, {}, {}", sum.total(), it.min, it.max, it.first, it.last),
    );
    let start = if hours == 1 { "2025-01-08T18:00Z" } else { "2025-01-08T00:00Z" };
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    let bytes = vigia_pack::pack(samples).unwrap();
    let hex: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    format!(
        r"insert into packed values (7, '{start}', {hours}, {visible}, {numbers}, {non_good}, {hidden}, {figures}, '\x{hex}');"
    )
}

/// Nothing but what is packed.
const EMPTY: &str = "delete from samples where series_id = 7;";

#[tokio::test]
async fn every_kind_of_fault_is_found_in_packed_rows_too() {
    let scratch = scratch();
    let expectation = Expectation::of(&ledger(scratch.path()));
    let postgres = Postgres::start().unwrap();
    let right = Audit { published: 3, unconfirmed: 1, stored: 2, packed: 2, ..Audit::default() };
    let (one, two) = (kept(1, Some(1.0)), kept(2, Some(2.0)));
    let both = [one.clone(), two.clone()];
    let packed = |samples: &[Kept]| format!("{EMPTY} {}", put(samples, 1));
    for (change, expected) in [
        (packed(&both), right.clone()),
        (format!("{EMPTY} {}", put(&both, 24)), right.clone()),
        // The one packed, the other not.
        (
            format!("delete from samples where series_id = 7 and value = 1; {}", put(&both[..1], 1)),
            Audit { packed: 1, ..right.clone() },
        ),
        (put(&both[..1], 1), Audit { stored: 3, packed: 1, double: 1, ..right.clone() }),
        (
            format!("{} {}", packed(&both), put(&both, 24)),
            Audit { stored: 4, packed: 4, double: 2, ..right.clone() },
        ),
        (packed(&both[..1]), Audit { stored: 1, packed: 1, lost: 1, ..right.clone() }),
        (packed(&[one.clone(), kept(2, Some(2.0_f64.next_up()))]), Audit { different: 1, ..right.clone() }),
        (
            packed(&[one.clone(), two.clone(), kept(7, Some(2.0))]),
            Audit { stored: 3, packed: 3, foreign: 1, ..right.clone() },
        ),
        (packed(&[one.clone(), kept(2, None)]), Audit { mode_wrong: 1, ..right.clone() }),
        (
            format!("{} update packed set count = 3", packed(&both)),
            Audit { packed_wrong: 1, ..right.clone() },
        ),
        (format!("{} update packed set max = 3", packed(&both)), Audit { packed_wrong: 1, ..right.clone() }),
        (
            format!("{} update packed set start = '2025-01-08T17:00Z'", packed(&both)),
            Audit { packed_wrong: 1, ..right.clone() },
        ),
        (
            format!("{} update packed set data = '\\x01'", packed(&both)),
            Audit { stored: 0, packed: 0, packed_wrong: 1, lost: 2, ..right.clone() },
        ),
    ] {
        assert_eq!(found(&postgres, &expectation, &change).await, expected, "{change}");
    }
}

#[tokio::test]
async fn of_a_hidden_packed_sample_either_of_two_may_have_counted() {
    let scratch = scratch();
    let mut ledger = ledger(scratch.path());
    contradict(&mut ledger);
    ledger.acked.add(4, 4);
    let postgres = Postgres::start().unwrap();
    let right = Audit {
        published: 3,
        unconfirmed: 1,
        stored: 2,
        packed: 2,
        unsure: [("t/p/c/m".to_owned(), HOUR + 2)].into(),
        ..Audit::default()
    };
    let hidden = format!("{EMPTY} {}", put(&[kept(1, None), kept(2, None)], 1));
    let second = "update series_last set value = 2.5; update hourly set sum = 3.5, max = 2.5, last = 2.5";
    let overtaken = [("t/p/c/m".to_owned(), HOUR + 2)].into();
    for (change, expected) in [
        (hidden.clone(), right.clone()),
        (format!("{hidden} {second}"), Audit { overtaken, ..right.clone() }),
        (
            format!("{hidden} update hourly set sum = 3.25, max = 2.25, last = 2.25"),
            Audit { hourly_wrong: 1, uncounted: 1, counted_twice: 1, ..right.clone() },
        ),
        (format!("{hidden} insert into rejections values (1, 'conflicting_duplicate')"), right.clone()),
    ] {
        let expectation = Expectation::of(&ledger).kept_by(|_| Mode::Hourly);
        assert_eq!(found(&postgres, &expectation, &change).await, expected, "{change}");
    }
    // Whose values are known must have refused one of them.
    let expectation = Expectation::of(&ledger);
    let visible = format!("{EMPTY} {}", put(&[kept(1, Some(1.0)), kept(2, Some(2.0))], 1));
    let missing = Audit { rejections_wrong: 1, unsure: [].into(), ..right };
    assert_eq!(found(&postgres, &expectation, &visible).await, missing);
}

#[tokio::test]
async fn what_is_kept_follows_the_rule_of_the_metric() {
    let scratch = scratch();
    let postgres = Postgres::start().unwrap();
    let right = Audit { published: 3, unconfirmed: 1, stored: 2, ..Audit::default() };
    let raw = "update samples set in_hourly = false; delete from hourly";
    let none = "delete from samples where series_id = 7; delete from hourly";
    for (mode, change, expected) in [
        (Mode::Hourly, "update samples set in_history = false", right.clone()),
        (Mode::Hourly, "select 1", Audit { mode_wrong: 2, ..right.clone() }),
        (Mode::Raw, raw, right.clone()),
        (
            Mode::Raw,
            "update samples set in_hourly = false",
            Audit { hourly_wrong: 1, counted_twice: 2, ..right.clone() },
        ),
        (Mode::None, none, Audit { stored: 0, ..right.clone() }),
        (Mode::None, "delete from hourly", Audit { mode_wrong: 2, ..right.clone() }),
        // The state is known in every mode.
        (
            Mode::None,
            "delete from samples where series_id = 7; delete from hourly; delete from series_last",
            Audit { stored: 0, state_wrong: 1, ..right.clone() },
        ),
    ] {
        let mode_of = |metric: &str| if metric == "m" { mode } else { Mode::Both };
        let expectation = Expectation::of(&ledger(scratch.path())).kept_by(mode_of);
        assert_eq!(found(&postgres, &expectation, change).await, expected, "{mode:?} {change}");
        std::fs::remove_file(scratch.path().join("ledger.jsonl")).unwrap();
    }
}

/// Says 2.5 for the time of 2.
fn contradict(ledger: &mut Ledger) {
    let contradiction = message(HOUR + 2, "2.5");
    ledger.published.insert(
        4,
        Published {
            id: 4,
            payload: contradiction.payload.to_vec(),
            rejected: Expected::refused(RejectReason::ConflictingDuplicate).rejected,
            ..ledger.published[&2].clone()
        },
    );
}

#[tokio::test]
async fn of_two_that_contradict_each_other_either_may_stand() {
    let scratch = scratch();
    let mut ledger = ledger(scratch.path());
    contradict(&mut ledger);
    let expectation = Expectation::of(&ledger);
    let postgres = Postgres::start().unwrap();
    let right = Audit { published: 3, unconfirmed: 1, stored: 2, ..Audit::default() };
    let overtaken = [("t/p/c/m".to_owned(), HOUR + 2)].into();
    let second = "update samples set value = 2.5 where value = 2 and series_id = 7; update series_last set value = 2.5";
    for (change, expected) in [
        ("select 1", right.clone()),
        (
            &*format!("{second}; update hourly set sum = 3.5, max = 2.5, last = 2.5"),
            Audit { overtaken, ..right.clone() },
        ),
        ("update samples set value = 2.25 where value = 2", Audit { different: 1, ..right.clone() }),
    ] {
        assert_eq!(found(&postgres, &expectation, change).await, expected, "{change}");
    }
}
