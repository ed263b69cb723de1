//! How a connection ends: by us, by the broker, or by itself.

use super::broker::publish;
use super::*;

fn taken_over() -> Packet {
    let properties = DisconnectProperties {
        session_expiry_interval: None,
        reason_string: Some("DUPLICATE_CLIENTID".into()),
        user_properties: Vec::new(),
        server_reference: None,
    };
    let reason_code = DisconnectReasonCode::SessionTakenOver;
    Packet::Disconnect(Disconnect { reason_code, properties: Some(properties) })
}

#[tokio::test(start_paused = true)]
async fn a_session_taken_over_is_not_taken_back_before_the_lease_is_confirmed() {
    let mut bench = start();
    // With and without properties: Mosquitto gives none.
    for end in 0..2 {
        let mut broker = bench.subscribed().await;
        settle().await;
        if end == 0 {
            broker.send(&[taken_over()]).await;
        } else {
            broker.send_bytes(&[0xE0, 1, 0x8E]).await;
        }
        assert_eq!(broker.next().await, None);
        let error = bench.error();
        assert!(error.contains("session taken over by another client with this id"), "{error}");
        assert_eq!(error.contains("DUPLICATE_CLIENTID"), end == 0);
        // Confirmed, but before it was taken.
        bench.lease.send_replace(Instant::now().checked_sub(Duration::from_millis(2)).unwrap());
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert!(bench.brokers.try_recv().is_err());
        assert_eq!(bench.status().state, ConnectionState::Down);
        bench.lease.send_replace(Instant::now());
    }
    bench.subscribed().await;
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_for_the_lease_can_be_stopped() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    broker.send(&[taken_over()]).await;
    broker.next().await;
    settle().await;
    drop(bench.lease);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(!bench.task.is_finished());
    bench.stop.cancel();
    assert_eq!(bench.task.await.unwrap(), Finished::Stopped);
}

#[tokio::test(start_paused = true)]
async fn other_ends_need_no_lease_and_are_named() {
    let mut bench = start();
    for (bytes, error) in [
        (&[0xE0, 2, 0x87, 0][..], "the broker ended the session: not authorized"),
        (&[0xE0, 0], "the broker ended the session: no reason given"),
        (&[0x32, 4, 0, 1, b'a', 0], "the broker sent a malformed PUBLISH: "),
        (&[0x32, 0xFF, 0xFF, 0x7F], "the broker sent a packet of 2097151 bytes, more than the 262144"),
    ] {
        let mut broker = bench.subscribed().await;
        broker.send_bytes(bytes).await;
        assert_eq!(broker.next().await, None);
        assert!(bench.error().starts_with(error), "{}", bench.error());
    }
}

#[tokio::test(start_paused = true)]
async fn a_ping_without_an_answer_is_the_end() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    let began = Instant::now();
    // Any packet is an answer.
    for answer in [Packet::PingResp(PingResp), publish(1, "alive")] {
        assert!(matches!(broker.next().await, Some(Packet::PingReq(_))));
        broker.send(&[answer]).await;
    }
    assert_eq!(began.elapsed().as_secs(), 30);
    drop(bench.delivery().await);
    assert!(matches!(broker.next().await, Some(Packet::PingReq(_))));
    assert_eq!(broker.next().await, None);
    assert_eq!(began.elapsed().as_secs(), 60);
    assert_eq!(bench.error(), "the broker did not answer a ping within 15 s");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_takes_nothing_is_given_up_and_its_last_words_are_heard() {
    let mut bench = start_with(Setup { pipe: 256, ..Setup::default() });
    for last_words in [false, true] {
        let mut broker = bench.subscribed().await;
        for id in 1..=100 {
            broker.send(&[publish(id, "x")]).await;
            drop(bench.delivery().await);
        }
        bench.acknowledge(1 + u64::from(last_words), (1..=100).collect()).await;
        if last_words {
            broker.send(&[taken_over()]).await;
        }
        tokio::time::sleep(Duration::from_millis(10_500)).await;
        let expected = if last_words { "session taken over" } else { "the broker took nothing for 10 s" };
        assert!(bench.error().contains(expected), "{}", bench.error());
    }
}

#[tokio::test(start_paused = true)]
async fn stopping_acknowledges_what_is_in_the_pipeline_and_says_good_bye() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    broker.send(&[publish(1, "a"), publish(2, "b")]).await;
    let taken = bench.take(2).await;
    bench.stop.cancel();
    settle().await;
    // What comes from now on is left to the next start.
    broker.send(&[publish(3, "c")]).await;
    settle().await;
    assert!(bench.deliveries.take().unwrap().recv().await.is_none(), "the pipeline sees the end");
    assert!(!bench.task.is_finished());
    bench.acknowledge(1, vec![1]).await;
    bench.acknowledge(1, vec![2]).await;
    drop(taken);
    drop(bench.acks.take());
    assert_eq!(broker.acks(2).await, [1, 2]);
    let Some(Packet::Disconnect(bye)) = broker.next().await else { panic!() };
    assert_eq!(bye.reason_code, DisconnectReasonCode::NormalDisconnection);
    assert_eq!(broker.next().await, None);
    assert_eq!(bench.task.await.unwrap(), Finished::Stopped);
    assert_eq!(bench.live.board().connections()[0].acknowledged, 2);
}

#[tokio::test(start_paused = true)]
async fn stopping_while_a_message_waits_for_room_leaves_it_to_the_next_start() {
    let mut bench = start_with(Setup { queue: 1, ..Setup::default() });
    let mut broker = bench.subscribed().await;
    broker.send(&[publish(1, "a"), publish(2, "waits"), publish(3, "unread")]).await;
    settle().await;
    bench.stop.cancel();
    assert_eq!(bench.delivery().await.packet_id, 1);
    assert!(bench.deliveries.as_mut().unwrap().recv().await.is_none());
    bench.acknowledge(1, vec![1]).await;
    drop(bench.acks.take());
    assert_eq!(broker.acks(1).await, [1]);
    assert!(matches!(broker.next().await, Some(Packet::Disconnect(_))));
    assert_eq!(bench.task.await.unwrap(), Finished::Stopped);
}
