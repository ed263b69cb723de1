//! CONNECT, SUBSCRIBE and UNSUBSCRIBE.

use super::broker::publish;
use super::*;

#[tokio::test(start_paused = true)]
async fn says_who_it_is_and_subscribes_by_eights() {
    let filters: Vec<String> = (0..10).map(|n| format!("f/{n}")).collect();
    let obsolete = vec!["old/#".to_owned()];
    let mut bench = start_with(Setup { filters, obsolete, ..Setup::default() });
    let mut broker = bench.broker().await;
    let connect = broker.accept(false).await;
    assert_eq!((connect.client_id.as_str(), connect.clean_start, connect.keep_alive), ("vigia", false, 30));
    let properties = connect.properties.unwrap();
    assert_eq!(properties.receive_maximum, Some(100));
    assert_eq!(properties.session_expiry_interval, Some(7 * 24 * 3_600));
    assert_eq!(properties.max_packet_size, Some(256 * 1024));
    let (first, second) = (broker.subscribe().await, broker.subscribe().await);
    assert_eq!((first.filters.len(), second.filters.len()), (8, 2));
    broker.suback(second.pkid, vec![GRANTED; 2]).await;
    settle().await;
    assert_eq!(bench.status().state, ConnectionState::Connected);
    assert_eq!(bench.subscriptions()[7..], ["pending", "granted", "granted"]);
    broker.suback(first.pkid, vec![GRANTED; 8]).await;
    // The obsolete filter goes only now.
    let Some(Packet::Unsubscribe(gone)) = broker.next().await else { panic!() };
    assert_eq!(gone.filters, ["old/#"]);
    settle().await;
    assert_eq!(bench.status().state, ConnectionState::Subscribed);
    assert_eq!(bench.status().session_present, Some(false));
    // And once, whatever the broker makes of it.
    drop(broker);
    let mut broker = bench.broker().await;
    broker.accept(true).await;
    for _ in 0..2 {
        let subscribe = broker.subscribe().await;
        broker.suback(subscribe.pkid, vec![GRANTED; subscribe.filters.len()]).await;
    }
    assert!(matches!(broker.next().await, Some(Packet::PingReq(_))));
}

#[tokio::test(start_paused = true)]
async fn a_refused_filter_is_shown_and_asked_again() {
    let mut bench = start_with(Setup { filters: vec!["a/#".into(), "b/#".into()], ..Setup::default() });
    for refusal in [SubscribeReasonCode::NotAuthorized, SubscribeReasonCode::Success(QoS::AtMostOnce)] {
        let mut broker = bench.broker().await;
        broker.accept(true).await;
        let subscribe = broker.subscribe().await;
        broker.suback(subscribe.pkid, vec![refusal, GRANTED]).await;
        assert_eq!(broker.next().await, None, "{refusal:?}");
        assert!(bench.error().contains("the broker refused the subscription to a/#: "), "{}", bench.error());
        assert!(bench.subscriptions()[0].starts_with("refused: "), "{:?}", bench.subscriptions());
    }
    assert!(bench.error().contains("granted at QoS 0 only"));
    let _broker = bench.subscribed().await;
    settle().await;
    assert_eq!(bench.status().state, ConnectionState::Subscribed);
    assert_eq!(bench.subscriptions(), ["granted", "granted"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_suback_is_not_waited_for_for_ever() {
    let mut bench = start();
    let mut broker = bench.broker().await;
    broker.accept(true).await;
    let asked = Instant::now();
    broker.subscribe().await;
    // Messages of the old session flow meanwhile.
    broker.send(&[publish(1, "kept")]).await;
    drop(bench.delivery().await);
    assert_eq!(broker.next().await, None);
    assert_eq!(asked.elapsed().as_secs(), 10);
    assert_eq!(bench.error(), "the broker did not confirm the subscription within 10 s");
    bench.subscribed().await;
}

#[tokio::test(start_paused = true)]
async fn a_session_nobody_needs_is_emptied_and_left() {
    let mut bench = start_with(Setup { purpose: Purpose::Retire, ..Setup::default() });
    let mut broker = bench.broker().await;
    broker.accept(true).await;
    let Some(Packet::Unsubscribe(asked)) = broker.next().await else { panic!() };
    assert_eq!(asked.filters, ["a/#"]);
    // An UNSUBACK with the code for success.
    let [high, low] = asked.pkid.to_be_bytes();
    broker.send_bytes(&[0xB0, 4, high, low, 0, 0]).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    broker.send(&[publish(1, "left over")]).await;
    drop(bench.delivery().await);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert!(!bench.task.is_finished(), "one is not acknowledged yet");
    bench.acknowledge(1, vec![1]).await;
    assert_eq!(broker.acks(1).await, [1]);
    assert!(matches!(broker.next().await, Some(Packet::Disconnect(_))));
    assert_eq!(bench.task.await.unwrap(), Finished::Retired);
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_does_not_want_us_says_why() {
    let mut bench = start();
    let refused = [0x20, 3, 0, 0x87, 0];
    let old_protocol = [0x20, 2, 0, 1];
    let good_bye = [0xE0, 1, 0x89];
    for (answer, error) in [
        (&refused[..], "the broker refused the connection: not authorized"),
        (&old_protocol, "the broker sent a malformed CONNACK: it ends too early"),
        (&good_bye, "the broker ended the session: server busy"),
        (&[0xD0, 0], "the broker answered CONNECT with a packet of another kind: ping resp"),
    ] {
        let mut broker = bench.broker().await;
        broker.next().await;
        broker.send_bytes(answer).await;
        assert_eq!(broker.next().await, None);
        assert_eq!(bench.error(), error);
    }
    let silent = bench.broker().await;
    let asked = Instant::now();
    while bench.status().last_error.is_none_or(|error| !error.contains("no answer within 10 s")) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(asked.elapsed().as_secs(), 10);
    drop(silent);
    assert_eq!(bench.status().reconnects, 0);
}
