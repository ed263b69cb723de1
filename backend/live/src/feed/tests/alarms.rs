//! Alarms: to whom they go, in which order, and how many wait.

use super::*;
use crate::alarm::MOST_WAITING;
use uuid::Uuid;
use vigia_model::{Alarm, Severity};

/// An alarm of a PLC of granix, told apart by its number.
fn alarm(number: usize, version: i32) -> Alarm {
    Alarm {
        id: Uuid::from_u128(u128::try_from(number).unwrap()),
        version,
        tenant: "granix".to_owned(),
        site: "planta-1".to_owned(),
        plc: "plc-03".to_owned(),
        plc_name: None,
        metric: Some("temp_head".to_owned()),
        ts: at(0),
        kind: "test".to_owned(),
        message: format!("a{number}"),
        severity: Severity::High,
        acknowledged: version > 1,
        acknowledged_at: None,
        acknowledged_by: None,
        comment: None,
        created_at: at(0),
        changed_at: at(0),
    }
}

/// What is ready, in order.
fn told(subscription: &mut Subscription) -> Vec<String> {
    std::iter::from_fn(|| subscription.try_next())
        .map(|event| match event {
            Event::Alarm(alarm) => format!("{} v{}", alarm.message, alarm.version),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn what_there_was_comes_first_and_never_after_what_is_newer() {
    let (live, _) = live();
    let mut subscription = live.subscribe(TenantScope::All, everything());
    live.tell_alarms(vec![alarm(2, 2), alarm(7, 1)]);
    assert_eq!(told(&mut subscription), [""; 0], "news wait until the past was read");
    subscription.begin_alarms(vec![alarm(3, 1), alarm(2, 1), alarm(1, 4)]);
    assert_eq!(told(&mut subscription), ["a3 v1", "a2 v2", "a1 v4", "a7 v1"]);
    assert!(subscription.missed().is_none());
    live.tell_alarms(vec![alarm(1, 5)]);
    assert_eq!(told(&mut subscription), ["a1 v5"]);
}

#[test]
fn of_an_alarm_that_waits_the_newest_version_is_told() {
    let (live, _) = live();
    let mut subscription = live.subscribe(TenantScope::All, everything());
    subscription.begin_alarms(Vec::new());
    live.tell_alarms(vec![alarm(1, 1), alarm(2, 1)]);
    live.tell_alarms(vec![alarm(1, 3)]);
    // Read earlier, heard later.
    live.tell_alarms(vec![alarm(1, 2)]);
    assert_eq!(told(&mut subscription), ["a1 v3", "a2 v1"]);
    assert_eq!(subscription.take_missed(), Missed { updates: 2, alarms: 0 });
    assert!(subscription.take_missed().is_none());
}

#[test]
fn who_is_too_far_behind_is_told_of_the_newest_and_of_how_many_it_was_not() {
    let (live, _) = live();
    let mut subscription = live.subscribe(TenantScope::All, everything());
    subscription.begin_alarms(Vec::new());
    let many: Vec<Alarm> = (0..MOST_WAITING + 3).map(|number| alarm(number, 1)).collect();
    live.tell_alarms(many);
    let told = told(&mut subscription);
    assert_eq!((told.len(), told[0].as_str()), (MOST_WAITING, "a3 v1"));
    assert_eq!(subscription.take_missed(), Missed { updates: 3, alarms: 3 });
}

#[test]
fn alarms_go_to_whom_scope_and_filters_let_see_them() {
    let (live, _) = live();
    let scope = TenantScope::Only(Arc::new([name("granix")].into()));
    let filter = |site: &str, plc: &str, metric: &str| Filter {
        site: Pattern::parse(site),
        plc: Pattern::parse(plc),
        metric: Pattern::parse(metric),
        ..Filter::any()
    };
    let theirs = Filter { tenant: Pattern::parse("other"), ..Filter::any() };
    let elsewhere = Alarm { site: "planta-2".to_owned(), ..alarm(2, 1) };
    let whole = Alarm { metric: None, ..alarm(3, 1) };
    let foreign = Alarm { tenant: "other".to_owned(), ..alarm(4, 1) };
    let all = [alarm(1, 1), elsewhere, whole, foreign];
    for (filters, expected) in [
        (vec![Filter::any()], vec!["a1 v1", "a2 v1", "a3 v1"]),
        (vec![theirs], vec![]),
        (vec![filter("planta-1", "plc-*", "temp_*")], vec!["a1 v1", "a3 v1"]),
        (vec![filter("planta-1", "plc-03", "level")], vec!["a3 v1"]),
        (vec![filter("planta-1", "plc-9", "*"), filter("planta-2", "*", "*")], vec!["a2 v1"]),
    ] {
        let mut news = live.subscribe(scope.clone(), filters.clone());
        news.begin_alarms(Vec::new());
        live.tell_alarms(all.to_vec());
        assert_eq!(told(&mut news), expected, "{filters:?}");
        let mut before = live.subscribe(scope.clone(), filters.clone());
        before.begin_alarms(all.to_vec());
        assert_eq!(told(&mut before), expected, "{filters:?}");
    }
}

#[tokio::test]
async fn a_waiting_subscriber_is_woken() {
    let (live, _) = live();
    let mut subscription = live.subscribe(TenantScope::All, everything());
    subscription.begin_alarms(Vec::new());
    let (event, ()) = tokio::join!(subscription.next(), async {
        tokio::task::yield_now().await;
        live.tell_alarms(vec![alarm(1, 1)]);
    });
    assert!(matches!(event, Event::Alarm(alarm) if alarm.message == "a1"));
}
