use super::*;
use crate::{Filter, GatewayPath, Live, PlcPath};
use std::time::Duration;
use vigia_model::{
    Clock, DataType, GatewayStatus, Heartbeat, Identifier, Pattern, Quality, Sample, TenantScope, Timestamp,
    Value,
};

mod alarms;
mod races;

fn name(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn path(tenant: &str, site: &str, plc: &str) -> PlcPath {
    PlcPath { tenant: name(tenant), site: name(site), plc: name(plc) }
}

fn gateway_path(tenant: &str, site: &str, gateway: &str) -> GatewayPath {
    GatewayPath { tenant: name(tenant), province: name("ba"), site: name(site), gateway: name(gateway) }
}

fn sample(ts: i64, value: i64) -> Sample {
    Sample {
        ts: at(ts),
        data_type: DataType::Int,
        value: Some(Value::Int(value)),
        quality: Quality::Good,
        unit: Some("rpm".into()),
    }
}

fn live() -> (Live, Clock) {
    let clock = Clock::manual(at(0));
    (Live::new(clock.clone(), Duration::from_secs(90)), clock)
}

fn beat(ts: i64, state: &str) -> Heartbeat {
    Heartbeat {
        ts: at(ts),
        state: state.into(),
        version: None,
        uptime_sec: None,
        internet: None,
        mqtt: None,
        plc_link: None,
        buffer_mode: None,
        queued_messages: None,
    }
}

fn everything() -> Vec<Filter> {
    vec![Filter::any()]
}

/// All that is ready, as `plc/metric=value` and `gateway=status`.
fn drain(subscription: &mut Subscription) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(event) = subscription.try_next() {
        match event {
            Event::Plc(change) => seen.extend(
                change
                    .values
                    .iter()
                    .map(|v| format!("{}/{}={}", change.path.plc, v.metric, v.value.as_ref().unwrap())),
            ),
            Event::Gateway(view) if view.gone => {
                seen.push(format!("{}@{} gone", view.path.gateway, view.path.site));
            }
            Event::Gateway(view) => seen.push(format!("{}={}", view.path.gateway, view.status.as_str())),
            Event::Alarm(alarm) => seen.push(format!("{} v{}", alarm.message, alarm.version)),
        }
    }
    seen.sort();
    seen
}

#[test]
fn a_snapshot_first_and_then_only_what_changed() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let (head, level) = (plc.metric(&name("temp_head")), plc.metric(&name("level")));
    live.apply(&plc, &[(head, sample(10, 1)), (level, sample(10, 2))]);
    let mut subscription = live.subscribe(TenantScope::All, everything());
    assert_eq!(drain(&mut subscription), ["plc-03/level=2", "plc-03/temp_head=1"]);
    live.apply(&plc, &[(level, sample(20, 3))]);
    assert_eq!(drain(&mut subscription), ["plc-03/level=3"]);
    assert!(subscription.try_next().is_none());
    assert!(subscription.missed().is_none());
}

#[test]
fn never_back_in_time() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    live.apply(&plc, &[(head, sample(10, 1)), (head, sample(9, 2)), (head, sample(10, 3))]);
    let snapshot = live.plc_snapshot(plc.path()).unwrap();
    assert_eq!(snapshot.values, [(name("temp_head"), sample(10, 1))]);
    assert_eq!((snapshot.last_ts, plc.last_ts()), (Some(at(10)), Some(at(10))));
}

#[test]
fn a_correction_changes_only_the_value_of_its_own_time() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    live.apply(&plc, &[(head, sample(10, 1))]);
    let mut subscription = live.subscribe(TenantScope::All, everything());
    drain(&mut subscription);
    live.correct(&plc, head, sample(9, 7));
    live.correct(&plc, head, sample(10, 1));
    assert_eq!(drain(&mut subscription), [""; 0], "another time, or the same value: no news");
    live.correct(&plc, head, sample(10, 5));
    assert_eq!(drain(&mut subscription), ["plc-03/temp_head=5"]);
}

#[test]
fn what_was_overwritten_unread_is_counted_and_the_last_value_delivered() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let (head, level) = (plc.metric(&name("temp_head")), plc.metric(&name("level")));
    live.apply(&plc, &[(head, sample(1, 1))]);
    live.apply(&plc, &[(head, sample(2, 2))]);
    let mut subscription = live.subscribe(TenantScope::All, everything());
    drain(&mut subscription);
    assert_eq!(subscription.take_missed().updates, 0, "a snapshot misses nothing");
    for ts in 3..=12 {
        live.apply(&plc, &[(head, sample(ts, ts)), (level, sample(1, 1))]);
    }
    live.apply(&plc, &[(head, sample(20, 20)), (head, sample(21, 21))]);
    assert_eq!(drain(&mut subscription), ["plc-03/level=1", "plc-03/temp_head=21"]);
    assert_eq!(subscription.take_missed().updates, 10, "what arrives together is one update");
    assert!(subscription.take_missed().is_none());
}

#[test]
fn a_metric_filter_neither_sees_nor_counts_other_metrics() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    let filter = Filter { metric: Pattern::parse("temp_*"), ..Filter::any() };
    let mut subscription = live.subscribe(TenantScope::All, vec![filter]);
    let level = plc.metric(&name("level"));
    let tail = plc.metric(&name("temp_tail"));
    for ts in 1..=5 {
        live.apply(&plc, &[(level, sample(ts, ts))]);
    }
    assert_eq!(drain(&mut subscription), [""; 0]);
    live.apply(&plc, &[(head, sample(1, 1)), (level, sample(9, 9)), (tail, sample(1, 2))]);
    assert_eq!(drain(&mut subscription), ["plc-03/temp_head=1", "plc-03/temp_tail=2"]);
    assert!(subscription.missed().is_none());
}

#[test]
fn labels_come_with_the_snapshot_and_when_they_change() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    let mut subscription = live.subscribe(TenantScope::All, everything());
    let mut labels = |sample: Sample| {
        live.apply(&plc, &[(head, sample)]);
        match subscription.try_next() {
            Some(Event::Plc(change)) => change.values[0].labels.clone().map(|labels| labels.unit),
            other => panic!("{other:?}"),
        }
    };
    let without = |ts| Sample { unit: None, ..sample(ts, 1) };
    assert_eq!(labels(without(1)), Some(None), "never had a unit");
    assert_eq!(labels(sample(2, 1)), Some(Some(Some("rpm".into()))));
    assert_eq!(labels(sample(3, 1)), None, "nothing new");
    assert_eq!(labels(without(4)), Some(Some(None)), "lost it");
    let text = Sample { data_type: DataType::Text, value: Some(Value::Text("on".into())), ..without(5) };
    assert_eq!(labels(text), Some(Some(None)), "the type changed");
}

#[test]
fn watchers_of_the_same_things_who_looked_at_the_same_times_share_what_they_are_told() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let (head, level) = (plc.metric(&name("temp_head")), plc.metric(&name("level")));
    live.apply(&plc, &[(head, sample(1, 1)), (level, sample(1, 1))]);
    let some = Filter { metric: Pattern::parse("temp_*"), ..Filter::any() };
    let mut watchers = [everything(), everything(), everything(), vec![some]]
        .map(|filters| live.subscribe(TenantScope::All, filters));
    let look = |watcher: &mut Subscription| match watcher.try_next() {
        Some(Event::Plc(change)) => change,
        other => panic!("{other:?}"),
    };
    for watcher in &mut watchers {
        look(watcher);
    }
    let [a, b, late, narrow] = &mut watchers;
    live.apply(&plc, &[(head, sample(2, 2)), (level, sample(2, 2))]);
    let (of_a, of_b) = (look(a), look(b));
    assert!(Arc::ptr_eq(&of_a, &of_b));
    let frames = ["made by a", "made by b"].map(|text| of_a.frame(|_| text.into()));
    assert_eq!(
        (frames[0].as_ref(), &frames[1], &of_b.frame(|_| "b".into())),
        (b"made by a".as_ref(), &frames[0], &frames[0])
    );
    let of_narrow = look(narrow);
    assert_eq!(of_narrow.values.len(), 1, "another filter, another change");
    live.apply(&plc, &[(level, sample(3, 3))]);
    let (of_a, of_b, of_late) = (look(a), look(b), look(late));
    assert!(Arc::ptr_eq(&of_a, &of_b) && !Arc::ptr_eq(&of_a, &of_late));
    assert_eq!((of_a.values.len(), of_late.values.len()), (1, 2), "who looks late is told all of it");
    assert!(narrow.try_next().is_none());
}

#[test]
fn entries_that_appear_later_reach_the_subscriptions_that_want_them() {
    let (live, _) = live();
    let filter = Filter { site: Pattern::parse("planta-1"), ..Filter::any() };
    let mut subscription = live.subscribe(TenantScope::All, vec![filter]);
    for site in ["planta-1", "planta-2"] {
        let plc = live.plc(&path("granix", site, site));
        let head = plc.metric(&name("temp_head"));
        live.apply(&plc, &[(head, sample(1, 1))]);
        let gateway = live.gateway(&gateway_path("granix", site, &format!("gw-{site}")));
        live.hear(&gateway, at(0));
    }
    assert_eq!(drain(&mut subscription), ["gw-planta-1=online", "planta-1/temp_head=1"]);
}

#[test]
fn a_scope_is_a_wall_that_no_filter_crosses() {
    let (live, _) = live();
    for tenant in ["granix", "other"] {
        let plc = live.plc(&path(tenant, "planta-1", tenant));
        let head = plc.metric(&name("temp_head"));
        live.apply(&plc, &[(head, sample(1, 1))]);
        live.gateway(&gateway_path(tenant, "planta-1", &format!("gw-{tenant}")));
    }
    let scope = TenantScope::Only(Arc::new([name("granix")].into()));
    let theirs = Filter { tenant: Pattern::parse("other"), ..Filter::any() };
    let mut subscription = live.subscribe(scope.clone(), vec![theirs, Filter::any()]);
    assert_eq!(drain(&mut subscription), ["granix/temp_head=1", "gw-granix=never_seen"]);
    let later = live.plc(&path("other", "planta-9", "later"));
    let head = later.metric(&name("temp_head"));
    live.apply(&later, &[(head, sample(1, 1))]);
    assert_eq!(drain(&mut subscription), [""; 0]);
    assert_eq!(live.tenants_of(&scope, &name("planta-1")), [name("granix")]);
    assert_eq!(live.tenants_of(&TenantScope::All, &name("planta-1")).len(), 2);
    assert_eq!(live.gateway_snapshots(&scope).len(), 1);
}

#[test]
fn gateways_tell_of_heartbeats_and_of_changes_of_status_only() {
    let (live, clock) = live();
    let gateway = live.gateway(&gateway_path("granix", "planta-1", "gw-01"));
    let mut subscription = live.subscribe(TenantScope::All, everything());
    assert_eq!(drain(&mut subscription), ["gw-01=never_seen"]);
    clock.set(at(1_000));
    live.hear(&gateway, at(1_000));
    assert_eq!(drain(&mut subscription), ["gw-01=online"]);
    live.hear(&gateway, at(1_500));
    assert_eq!(drain(&mut subscription), [""; 0]);
    live.beat(&gateway, beat(1_400, "online"), at(1_500));
    assert_eq!(drain(&mut subscription), ["gw-01=online"]);
    clock.set(at(91_500));
    live.sweep();
    assert_eq!(drain(&mut subscription), [""; 0], "not yet too long");
    clock.set(at(91_501));
    live.sweep();
    live.sweep();
    assert_eq!(drain(&mut subscription), ["gw-01=offline"]);
    let view = live.gateway_snapshot(gateway.path()).unwrap();
    assert_eq!((view.status, view.since), (GatewayStatus::Offline, Some(at(1_500))));
    assert_eq!(view.health.clock_skew_ms, Some(100));
}

#[test]
fn a_gateway_is_restored_unless_something_newer_was_heard() {
    let (live, clock) = live();
    clock.set(at(100_000));
    let path = gateway_path("granix", "planta-1", "gw-01");
    let stored = |seen: i64| vigia_model::GatewayHealth {
        last_seen: Some(at(seen)),
        online_since: Some(at(seen)),
        ..Default::default()
    };
    live.restore_gateway(&path, stored(50_000));
    assert_eq!(live.gateway_snapshot(&path).unwrap().status, GatewayStatus::Online);
    live.restore_gateway(&path, stored(1_000));
    assert_eq!(live.gateway_snapshot(&path).unwrap().health.last_seen, Some(at(50_000)));
}

#[test]
fn a_gateway_that_was_moved_is_gone_where_it_stood() {
    let (live, _) = live();
    let (old, new) =
        (gateway_path("granix", "planta-1", "gw-01"), gateway_path("granix", "planta-2", "gw-01"));
    let entry = live.gateway(&old);
    live.hear(&entry, at(0));
    live.gateway(&gateway_path("other", "planta-1", "gw-02"));
    let mut subscription = live.subscribe(TenantScope::All, everything());
    drain(&mut subscription);
    let left =
        live.keep_gateways(|path| path.gateway.as_str() != "gw-01" || path.site.as_str() == "planta-2");
    assert_eq!(left.iter().map(|view| &view.path).collect::<Vec<_>>(), [&old]);
    live.restore_gateway(&new, left[0].health.clone());
    assert_eq!(drain(&mut subscription), ["gw-01=online", "gw-01@planta-1 gone"]);
    // A message of the old place that was under way.
    live.hear(&entry, at(1_000_000));
    assert_eq!(drain(&mut subscription), [""; 0]);
    let mut later = live.subscribe(TenantScope::All, everything());
    assert_eq!(drain(&mut later), ["gw-01=online", "gw-02=never_seen"]);
    assert_eq!(live.gateway_snapshots(&TenantScope::All).len(), 2);
    assert_eq!(live.tenants_of(&TenantScope::All, &name("planta-1")), [name("other")]);
}

#[test]
fn a_dropped_subscription_leaves_nothing_behind() {
    let (live, _) = live();
    let plc = live.plc(&path("granix", "planta-1", "plc-03"));
    let head = plc.metric(&name("temp_head"));
    let gateway = live.gateway(&gateway_path("granix", "planta-1", "gw-01"));
    let subscription = live.subscribe(TenantScope::All, everything());
    live.apply(&plc, &[(head, sample(1, 1))]);
    let watcher = Arc::downgrade(&subscription.watcher);
    drop(subscription);
    live.apply(&plc, &[(head, sample(2, 2))]);
    live.hear(&gateway, at(1));
    assert!(watcher.upgrade().is_none(), "nobody holds it any more");
}
