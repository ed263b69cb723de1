use super::expectation::Expectation;
use super::{Audit, audit};
use bytes::Bytes;
use std::path::Path;
use std::time::Duration;
use vigia_model::{Mode, RejectReason, Timestamp};
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

#[tokio::test]
async fn of_two_that_contradict_each_other_either_may_stand() {
    let scratch = scratch();
    let mut ledger = ledger(scratch.path());
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
