//! The proxy between rumqttc and a real Mosquitto: each limit, habit and fault of AWS IoT Core.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod client;

use client::{Client, QUIET, TOPIC, numbers};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::SubscribeReasonCode;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vigia_testkit::{Broker, ClientStats, IotCore, RateLimit, Rules, SessionLoss, Twice};

const ID: &str = "vigia-0";
const AT_ONCE: Duration = Duration::ZERO;

/// All these numbers.
fn all(numbers: Range<u32>) -> Vec<u32> {
    numbers.collect()
}

/// What reached the client or will when it acknowledges.
fn passed(stats: &ClientStats) -> u64 {
    stats.delivered + u64::try_from(stats.held).unwrap()
}

/// Waits until the proxy has dealt with so many messages for the client.
async fn dealt_with(core: &IotCore, messages: u64) -> ClientStats {
    let began = Instant::now();
    loop {
        let stats = core.stats(ID);
        if passed(&stats) + stats.thrown_away >= messages {
            return stats;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{stats:?}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn publisher(broker: &Broker) -> Client {
    Client::new(broker, broker.port(), "publisher", "publisher")
}

#[tokio::test]
async fn the_window_is_never_exceeded_and_a_backlog_passes_whole() {
    let broker = Broker::start().unwrap();
    let rate = Some(RateLimit { per_second: 100, burst: 10 });
    let core = IotCore::start_with(&broker, Rules { rate, ..Rules::default() }).unwrap();
    drop(Client::subscriber(&broker, core.port(), ID).await);
    // More than the proxy lets Mosquitto send at once.
    publisher(&broker).publish(0..1_500, AT_ONCE).await;
    let mut client = Client::new(&broker, core.port(), ID, "backend");
    assert!(client.connected().await, "session present");
    let mut messages = client.messages(100).await;
    assert_eq!(client.rest().await, []);
    let stats = core.stats(ID);
    assert_eq!((stats.unacked, stats.held, stats.delivered), (100, 900, 100));
    client.ack(&messages[..30]).await;
    messages.extend(client.messages(30).await);
    assert_eq!(client.rest().await, []);
    client.ack(&messages[30..]).await;
    messages.extend(client.messages_acked(1_370).await);
    assert_eq!(client.rest().await, []);
    assert_eq!(numbers(&messages), all(0..1_500));
    let stats = core.stats(ID);
    assert_eq!((stats.unacked, stats.held, stats.thrown_away), (0, 0, 0));
    assert_eq!((stats.largest_unacked, stats.acked, stats.unknown_acks), (100, 1_500, 0));
}

#[tokio::test]
async fn a_backlog_is_told_from_what_is_published_now() {
    let broker = Broker::start().unwrap();
    let rate = Some(RateLimit { per_second: 1, burst: 10 });
    let core = IotCore::start_with(&broker, Rules { rate, ..Rules::default() }).unwrap();
    drop(Client::subscriber(&broker, core.port(), ID).await);
    let mut publisher = publisher(&broker);
    publisher.publish(0..1_200, AT_ONCE).await;
    let mut client = Client::new(&broker, core.port(), ID, "backend");
    assert!(core.stats(ID).draining, "it was away");
    client.messages_acked(1_200).await;
    assert_eq!(client.rest().await, []);
    assert!(!core.stats(ID).draining);
    publisher.publish(0..50, AT_ONCE).await;
    let stats = dealt_with(&core, 1_250).await;
    assert!((37..=40).contains(&stats.thrown_away), "{stats:?}");
}

#[tokio::test]
async fn a_backlog_is_drained_at_its_own_rate_and_what_is_published_now_is_not() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start_with(&broker, Rules { drain_rate: Some(20.0), ..Rules::default() }).unwrap();
    drop(Client::subscriber(&broker, core.port(), ID).await);
    let mut publisher = publisher(&broker);
    publisher.publish(0..30, AT_ONCE).await;
    let mut client = Client::new(&broker, core.port(), ID, "backend");
    client.message().await;
    let began = Instant::now();
    client.messages(29).await;
    let lasted = began.elapsed().as_secs_f64();
    assert!((1.4..2.5).contains(&lasted), "{lasted} s for 29 messages at 20 a second");
    assert_eq!(client.rest().await, []);
    let began = Instant::now();
    publisher.publish(30..60, AT_ONCE).await;
    client.messages(30).await;
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn what_a_client_acknowledged_is_known_by_its_content() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    core.remember_acknowledged();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    publisher(&broker).publish(0..3, AT_ONCE).await;
    let messages = client.messages(3).await;
    client.ack(&messages[1..2]).await;
    assert_eq!(client.rest().await, []);
    let known = |topic: &str, payload: &str| core.was_acknowledged(topic.as_bytes(), payload.as_bytes());
    assert_eq!(["0", "1", "2"].map(|payload| known(TOPIC, payload)), [false, true, false]);
    assert!(!known("another", "1"));
}

#[tokio::test]
async fn the_window_may_be_another_one_and_a_clients_receive_maximum_lowers_it() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start_with(&broker, Rules { window: 7, ..Rules::default() }).unwrap();
    let mut client = Client::with_receive_maximum(&broker, core.port(), ID, "backend", Some(9));
    client.connected().await;
    client.subscribe().await;
    publisher(&broker).publish(0..20, AT_ONCE).await;
    client.messages(7).await;
    assert_eq!(client.rest().await, []);
    core.change(|rules| rules.window = 15);
    client.messages(2).await;
    assert_eq!(client.rest().await, []);
    assert_eq!(core.stats(ID).largest_unacked, 9);
}

#[tokio::test]
async fn what_is_above_the_rate_is_thrown_away_and_nothing_else() {
    let broker = Broker::start().unwrap();
    let rate = Some(RateLimit { per_second: 100, burst: 60 });
    let core = IotCore::start_with(&broker, Rules { rate, ..Rules::default() }).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    let mut publisher = publisher(&broker);
    publisher.publish(0..90, Duration::from_millis(11)).await;
    client.messages_acked(90).await;
    assert_eq!(core.stats(ID).thrown_away, 0);

    core.change(|rules| rules.rate = Some(RateLimit { per_second: 100, burst: 20 }));
    let began = Instant::now();
    publisher.publish(100..400, Duration::from_micros(6_666)).await;
    let stats = dealt_with(&core, 390).await;
    let most = 20 + began.elapsed().as_millis() / 10 + 1;
    let delivered = usize::try_from(passed(&stats) - 90).unwrap();
    let messages = client.messages_acked(delivered).await;
    assert_eq!(client.rest().await, []);
    let thrown_away = core.thrown_away();
    assert_eq!(stats.thrown_away, u64::try_from(thrown_away.len()).unwrap());
    assert!(stats.thrown_away >= 40, "{stats:?}");
    assert!(delivered >= 150 && u128::try_from(delivered).unwrap() <= most, "{stats:?}");
    let mut seen: BTreeSet<u32> = numbers(&messages).into_iter().collect();
    for message in &thrown_away {
        assert_eq!((message.client_id.as_str(), message.topic.as_str()), (ID, TOPIC));
        assert!(seen.insert(std::str::from_utf8(&message.payload).unwrap().parse().unwrap()));
    }
    assert!(seen.into_iter().eq(100..400), "every message came or was thrown away");

    // What was thrown away is gone: the session does not bring it back.
    core.cut(ID);
    assert!(client.connected().await);
    assert_eq!(client.rest().await, []);
}

#[tokio::test]
async fn qos_0_passes_and_counts_for_the_rate() {
    let broker = Broker::start().unwrap();
    let rate = Some(RateLimit { per_second: 1, burst: 10 });
    let core = IotCore::start_with(&broker, Rules { rate, ..Rules::default() }).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    let publisher = publisher(&broker);
    for _ in 0..20 {
        publisher.requests.publish(TOPIC, QoS::AtMostOnce, false, "0").await.unwrap();
    }
    let stats = dealt_with(&core, 20).await;
    assert!((7..=10).contains(&stats.thrown_away), "{stats:?}");
    let messages = client.messages(usize::try_from(stats.delivered).unwrap()).await;
    assert!(messages.iter().all(|message| message.qos == QoS::AtMostOnce));
}

#[tokio::test]
async fn a_second_copy_has_another_packet_id_and_both_are_acknowledged() {
    let broker = Broker::start().unwrap();
    let twice = Some(Twice { share: 0.5, after: Duration::from_millis(20), seed: 7 });
    let core = IotCore::start_with(&broker, Rules { twice, ..Rules::default() }).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    publisher(&broker).publish(0..200, AT_ONCE).await;
    let messages = client.rest_acked().await;
    let stats = core.stats(ID);
    assert!((70..=130).contains(&stats.sent_twice), "{stats:?}");
    assert_eq!(messages.len(), 200 + usize::try_from(stats.sent_twice).unwrap());
    assert!(messages.iter().all(|message| !message.dup));
    let ids: HashMap<u16, u32> =
        messages.iter().map(|message| message.pkid).zip(numbers(&messages)).collect();
    assert_eq!(ids.len(), messages.len(), "no packet id twice");
    assert!(numbers(&messages).into_iter().collect::<BTreeSet<_>>().into_iter().eq(0..200));
    assert_eq!((stats.acked, stats.acked_again, stats.unknown_acks), (200, stats.sent_twice, 0));
    assert_eq!((stats.unacked, stats.held), (0, 0));
}

#[tokio::test]
async fn what_is_not_acknowledged_in_time_comes_again_under_another_packet_id() {
    let broker = Broker::start().unwrap();
    let resend_after = Some(Duration::from_millis(300));
    let core = IotCore::start_with(&broker, Rules { resend_after, ..Rules::default() }).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    publisher(&broker).publish(0..2, AT_ONCE).await;
    let first = client.messages(2).await;
    let again = client.messages(2).await;
    assert_eq!((numbers(&first), numbers(&again)), (vec![0, 1], vec![0, 1]));
    assert!(again.iter().all(|message| !message.dup && first.iter().all(|old| old.pkid != message.pkid)));
    // The older id of one, the newer of the other, then the rest: all are known, each message is confirmed once.
    client.ack(&[first[0].clone(), again[1].clone(), again[0].clone(), first[1].clone()]).await;
    assert_eq!(client.rest().await, []);
    let stats = core.stats(ID);
    assert_eq!((stats.resent, stats.acked, stats.acked_again, stats.unknown_acks), (2, 2, 2, 0));
    core.cut(ID);
    assert!(client.connected().await);
    assert_eq!(client.rest().await, [], "confirmed to the broker too");
}

#[tokio::test]
async fn the_older_connection_of_a_client_id_is_told_that_it_is_taken_over() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut older = Client::subscriber(&broker, core.port(), ID).await;
    let mut newer = Client::new(&broker, core.port(), ID, "backend");
    assert!(newer.connected().await);
    let why = older.lost().await;
    drop(older);
    assert!(why.contains("SessionTakenOver"), "{why}");
    assert!(core.stats(ID).kicked >= 1);
}

#[tokio::test]
async fn the_brokers_own_disconnect_can_be_read() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    // Against the standard: no topic, and no alias for one.
    client.requests.publish("", QoS::AtLeastOnce, false, "").await.unwrap();
    let why = client.lost().await;
    assert!(why.contains("ProtocolError"), "{why}");
}

#[tokio::test]
async fn a_cut_brings_back_what_was_not_acknowledged() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    assert!(!core.cut(ID), "nobody to cut");
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    publisher(&broker).publish(0..150, AT_ONCE).await;
    let messages = client.messages(100).await;
    client.ack(&messages[..10]).await;
    client.messages(10).await;
    assert!(core.cut(ID));
    let why = client.lost().await;
    assert!(why.contains("ConnectionReset") || why.contains("ConnectionAborted"), "{why}");
    assert!(client.connected().await);
    let mut back = numbers(&client.messages_acked(140).await);
    back.sort_unstable();
    assert_eq!(back, all(10..150));
    assert_eq!((core.stats(ID).cuts, core.stats(ID).connects), (1, 2));
    assert_eq!((core.cut_all(), core.connected()), (1, 1));
}

#[tokio::test]
async fn random_cuts_lose_nothing() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    core.cut_randomly(Duration::from_millis(150), 3);
    publisher(&broker).publish(0..300, Duration::from_millis(4)).await;
    core.stop_cutting();
    let mut all = BTreeSet::new();
    while all.len() < 300 {
        let message = client.message().await;
        client.ack(std::slice::from_ref(&message)).await;
        all.insert(client::number(&message));
    }
    assert!(core.stats(ID).cuts >= 2, "{:?}", core.stats(ID));
}

#[tokio::test]
async fn a_lost_session_is_empty() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    let mut publisher = publisher(&broker);
    publisher.publish(0..10, AT_ONCE).await;
    client.messages(10).await;
    core.lose_sessions(SessionLoss::Next(1));
    core.cut_all();
    assert!(!client.connected().await, "no session present");
    publisher.publish(10..11, AT_ONCE).await;
    assert_eq!(client.rest().await, [], "neither messages nor subscriptions");
    core.cut_all();
    assert!(client.connected().await, "only one was to be lost");
    core.lose_sessions(SessionLoss::Share { share: 1.0, seed: 1 });
    core.cut_all();
    assert!(!client.connected().await);
    let stats = core.stats(ID);
    assert_eq!((stats.sessions_lost, stats.sessions_present), (2, 1));
}

#[tokio::test]
async fn a_subscription_is_refused_without_asking_the_broker() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    core.refuse_subscriptions(true);
    let mut client = Client::new(&broker, core.port(), ID, "backend");
    client.connected().await;
    assert_eq!(client.subscribe().await, [SubscribeReasonCode::NotAuthorized]);
    publisher(&broker).publish(0..1, AT_ONCE).await;
    assert_eq!(client.rest().await, []);
    core.refuse_subscriptions(false);
    assert_eq!(client.subscribe().await, [SubscribeReasonCode::Success(QoS::AtLeastOnce)]);
}

#[tokio::test]
async fn a_gateway_publishes_through_it_as_itself_and_a_delay_and_a_stall_hold_back() {
    let broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    let mut gateway = Client::new(&broker, core.port(), "gateway", "gw-1");
    gateway.publish(0..1, AT_ONCE).await;
    assert_eq!(client.message().await.payload, "0");

    core.delay(Duration::from_millis(200));
    let began = Instant::now();
    gateway.publish(1..2, AT_ONCE).await;
    assert!(began.elapsed() >= Duration::from_millis(200));
    client.message().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    core.delay(AT_ONCE);

    core.stall(true);
    sleep(QUIET).await;
    publisher(&broker).publish(2..12, AT_ONCE).await;
    assert_eq!(client.rest().await, []);
    assert_eq!(core.connected(), 2);
    core.stall(false);
    assert_eq!(numbers(&client.messages(10).await), all(2..12));
}

#[tokio::test]
async fn the_broker_comes_and_goes() {
    let mut broker = Broker::start().unwrap();
    let core = IotCore::start(&broker).unwrap();
    let mut client = Client::subscriber(&broker, core.port(), ID).await;
    publisher(&broker).publish(0..5, AT_ONCE).await;
    client.messages(5).await;
    broker.stop().unwrap();
    client.lost().await;
    client.lost().await;
    broker.start_again().unwrap();
    assert!(client.connected().await);
    client.messages_acked(5).await;
    let port = core.port();
    drop(core);
    client.lost().await;
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "gone when dropped");
}
