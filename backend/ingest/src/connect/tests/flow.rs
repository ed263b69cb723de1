//! Messages in, acks out.

use super::broker::publish;
use super::*;
use bytes::BytesMut;

#[tokio::test(start_paused = true)]
async fn many_messages_in_one_read_and_their_acks_in_one_write() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    let sent: Vec<Packet> = (1..=100).map(|id| publish(id, &format!("message {id}"))).collect();
    broker.send(&sent).await;
    let taken = bench.take(100).await;
    assert_eq!(ids(&taken), (1..=100).collect::<Vec<u16>>());
    assert_eq!((&*taken[41].topic, &*taken[41].payload), (&b"a/b"[..], &b"message 42"[..]));
    assert_eq!((bench.status().in_flight, bench.status().window), (100, 100));
    let before = broker.writes();
    bench.acknowledge(1, (1..=60).collect()).await;
    bench.acknowledge(1, (61..=100).collect()).await;
    assert_eq!(broker.acks(100).await, (1..=100).collect::<Vec<u16>>());
    assert_eq!(broker.writes() - before, 1, "two commits that are waiting are one write");
    let status = bench.status();
    assert_eq!((status.in_flight, status.received, status.acknowledged), (0, 100, 100));
}

#[tokio::test(start_paused = true)]
async fn a_message_split_over_reads_is_whole() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    let mut bytes = BytesMut::new();
    publish(1, &"x".repeat(100_000)).write(&mut bytes, None).unwrap();
    publish(2, "short").write(&mut bytes, None).unwrap();
    for part in bytes.chunks(33_333) {
        assert!(bench.is_idle());
        broker.send_bytes(part).await;
        // Acks that come between two parts cost neither of them anything.
        bench.acknowledge(1, vec![]).await;
        settle().await;
    }
    let taken = bench.take(2).await;
    assert_eq!((taken[0].payload.len(), &*taken[1].payload), (100_000, &b"short"[..]));
}

#[tokio::test(start_paused = true)]
async fn a_second_copy_of_an_outstanding_message_is_not_handed_over() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    broker.send(&[publish(7, "first"), publish(7, "first"), publish(0, "no id"), publish(0, "no id")]).await;
    assert_eq!(ids(&bench.take(3).await), [7, 0, 0]);
    settle().await;
    assert!(bench.is_idle());
    assert_eq!((bench.status().received, bench.status().resent), (3, 1));
    bench.acknowledge(1, vec![7]).await;
    assert_eq!(broker.acks(1).await, [7]);
    // Acknowledged, the id is another message's.
    broker.send(&[publish(7, "second")]).await;
    assert_eq!(&*bench.delivery().await.payload, b"second");
    bench.acknowledge(1, vec![7]).await;
    assert_eq!(broker.acks(1).await, [7]);
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_overruns_the_window_loses_nothing() {
    let mut bench = start_with(Setup { queue: 50, ..Setup::default() });
    let mut broker = bench.subscribed().await;
    let sent: Vec<Packet> = (1..=500).map(|id| publish(id, "overrun")).collect();
    broker.send(&sent).await;
    // For longer than a ping or a SUBACK may take, the pipeline takes nothing; acks and pings flow all the same.
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert_eq!(bench.status().last_error, None);
    let first = bench.take(50).await;
    bench.acknowledge(1, ids(&first)).await;
    assert_eq!(broker.acks(50).await, ids(&first));
    let mut rest = Vec::new();
    for _ in 0..9 {
        rest.extend(ids(&bench.take(50).await));
    }
    assert_eq!(rest, (51..=500).collect::<Vec<u16>>());
    assert_eq!((bench.status().received, bench.status().reconnects), (500, 0));
}

#[tokio::test(start_paused = true)]
async fn acks_of_a_connection_that_is_gone_are_not_sent() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    broker.send(&[publish(1, "a"), publish(2, "b")]).await;
    let taken = bench.take(2).await;
    drop(broker);
    settle().await;
    bench.acknowledge(1, vec![1]).await;
    drop(taken);
    let mut broker = bench.subscribed().await;
    broker.send(&[publish(1, "a"), publish(2, "b")]).await;
    let again = bench.take(2).await;
    assert_eq!(again.iter().map(|delivery| delivery.generation).collect::<Vec<_>>(), [2, 2]);
    bench.acknowledge(1, vec![2]).await;
    bench.acknowledge(2, vec![1]).await;
    assert_eq!(broker.acks(1).await, [1]);
    settle().await;
    assert_eq!(bench.status().in_flight, 1);
    assert_eq!((bench.error().as_str(), bench.status().reconnects), ("the broker closed the connection", 1));
}

#[tokio::test(start_paused = true)]
async fn a_backlog_is_estimated_after_a_break() {
    let mut bench = start();
    let mut broker = bench.subscribed().await;
    let mut id = 0;
    let mut second = async |bench: &mut Bench, broker: &mut Broker, generation, messages: u16| {
        for _ in 0..messages {
            id += 1;
            broker.send(&[publish(id, "one of many")]).await;
            bench.delivery().await;
            bench.acknowledge(generation, vec![id]).await;
            broker.acks(1).await;
        }
        broker.send(&[Packet::PingResp(PingResp)]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    for _ in 0..20 {
        second(&mut bench, &mut broker, 1, 20).await;
    }
    assert_eq!((bench.status().rate, bench.status().rate_limit), (20, 100));
    assert_eq!(bench.status().drain_estimate, None);
    drop(broker);
    let mut broker = bench.subscribed().await;
    for _ in 0..4 {
        second(&mut bench, &mut broker, 2, 22).await;
    }
    // Away for a second or two at 20/s, and two a second are taken off.
    let estimate = bench.status().drain_estimate.unwrap().as_secs();
    assert!((4..=20).contains(&estimate), "{estimate}");
}
