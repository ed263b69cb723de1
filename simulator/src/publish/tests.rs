//! Publishing against a broker that misbehaves on command: what it did not confirm must come again, in order.

mod broker;

use crate::ledger::{Ledger, LedgerWriter};
use crate::message::Expected;
use crate::resend::{self, Which};
use crate::{Message, Options, Result, Stats, publish};
use broker::{Broker, Turn};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn messages(count: usize) -> impl Iterator<Item = Result<Message>> + Send {
    (0..count).map(|number| {
        Ok(Message {
            due: Duration::ZERO,
            gateway: 0,
            topic: "factory/granix/ba/planta-1/gateway/gw/telemetry".into(),
            payload: format!("{{\"n\":{number}}}").into(),
            expected: Expected::default(),
            id: None,
        })
    })
}

fn payloads(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("{{\"n\":{number}}}")).collect()
}

fn options(broker: &Broker) -> Options {
    Options {
        host: "localhost".into(),
        port: broker.port,
        tls: broker.tls(),
        connections: 1,
        client_id_prefix: "test".into(),
        window: 100,
        ledger: Some(Arc::new(LedgerWriter::open(&broker.ledger()).unwrap())),
        paced: false,
        count: None,
        duration: None,
    }
}

async fn play(broker: &Broker, count: usize) -> Arc<Stats> {
    let stats = Arc::new(Stats::default());
    let publishing = publish(messages(count), options(broker), Arc::clone(&stats), CancellationToken::new());
    tokio::time::timeout(Duration::from_secs(20), publishing).await.unwrap().unwrap();
    stats
}

#[tokio::test]
async fn everything_arrives_once_in_order_and_is_confirmed() {
    let broker = Broker::start(100, [Turn::Obey]).await;
    let stats = play(&broker, 5_000).await.snapshot();
    assert_eq!(broker.sessions(), [payloads(0..5_000)]);
    assert_eq!((stats.published, stats.acked, stats.pending(), stats.reconnects), (5_000, 5_000, 0, 0));
    let ledger = Ledger::read(&broker.ledger()).unwrap();
    assert_eq!((ledger.published.len(), ledger.pending().count()), (5_000, 0));
}

#[tokio::test]
async fn what_a_cut_left_unconfirmed_comes_again_first_and_in_order() {
    let broker = Broker::start(5, [Turn::CutAfter(7), Turn::CutAfter(0), Turn::Obey]).await;
    let stats = play(&broker, 40).await.snapshot();
    // 7 confirmed and 5 more under way, which is all the broker asked for; then the same 5; then these and the rest.
    assert_eq!(broker.sessions(), [payloads(0..12), payloads(7..12), payloads(7..40)]);
    assert_eq!((stats.acked, stats.resent, stats.reconnects), (40, 10, 2));
    assert_eq!(Ledger::read(&broker.ledger()).unwrap().pending().count(), 0);
}

#[tokio::test]
async fn a_refused_message_stays_pending_and_stops_nothing() {
    let broker = Broker::start(100, [Turn::RefuseThird, Turn::Obey]).await;
    let stats = play(&broker, 10).await.snapshot();
    assert_eq!((stats.acked, stats.refused, stats.pending()), (9, 1, 0));
    let pending: Vec<u64> = Ledger::read(&broker.ledger()).unwrap().pending().map(|it| it.id).collect();
    assert_eq!(pending, [3]);
    // A resend brings exactly those bytes.
    let again = resend::messages(&broker.ledger(), Which::Pending).unwrap();
    publish(again, options(&broker), Arc::default(), CancellationToken::new()).await.unwrap();
    assert_eq!(broker.sessions()[1], payloads(2..3));
    assert_eq!(Ledger::read(&broker.ledger()).unwrap().pending().count(), 0);
}

#[tokio::test]
async fn a_stop_waits_for_confirmations_but_not_for_ever() {
    let broker = Broker::start(3, [Turn::Ignore]).await;
    let (stats, stop) = (Arc::new(Stats::default()), CancellationToken::new());
    let publishing = publish(messages(100_000), options(&broker), Arc::clone(&stats), stop.clone());
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
    };
    let both = async { tokio::join!(publishing, stopping).0 };
    tokio::time::timeout(Duration::from_secs(8), both).await.unwrap().unwrap();
    assert_eq!(broker.sessions(), [payloads(0..3)]);
    let ledger = Ledger::read(&broker.ledger()).unwrap();
    assert!(ledger.published.len() < 2_000, "no more than the queues hold: {}", ledger.published.len());
    assert_eq!(ledger.pending().count(), ledger.published.len());
}

#[tokio::test]
async fn bad_certificate_files_are_named() {
    let broker = Broker::start(3, [Turn::Obey]).await;
    let mut options = options(&broker);
    options.tls.key = broker.other_key();
    let fault =
        publish(messages(1), options.clone(), Arc::default(), CancellationToken::new()).await.unwrap_err();
    assert!(fault.to_string().contains("other.key: is not the key of"), "{fault}");
    options.tls.ca = broker.other_key();
    let fault = publish(messages(1), options, Arc::default(), CancellationToken::new()).await.unwrap_err();
    assert!(fault.to_string().contains("other.key: holds no certificate"), "{fault}");
}
