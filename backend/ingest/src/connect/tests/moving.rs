//! New certificates while messages flow: the next connection stands before the old one ends.

use super::broker::publish;
use super::*;

/// A CONNACK that says "not authorized".
const NOT_AUTHORIZED: [u8; 5] = [0x20, 3, 0, 0x87, 0];

/// Another connection on the same certificates.
fn another(client_id: &'static str, bench: &Bench) -> Bench {
    start_with(Setup { client_id, rotation: Arc::clone(&bench.rotation), ..Setup::default() })
}

fn second(bench: &Bench) -> Bench {
    another("second", bench)
}

/// Takes the next CONNECT and refuses it.
async fn refuse(bench: &mut Bench) {
    let mut broker = bench.broker().await;
    broker.next().await;
    broker.send_bytes(&NOT_AUTHORIZED).await;
}

/// Refuses whatever comes, for so long.
async fn refuse_for(bench: &mut Bench, time: Duration) {
    let refusing = async {
        loop {
            refuse(bench).await;
        }
    };
    tokio::time::timeout(time, refusing).await.unwrap_err();
}

/// Keeps a connection alive, for so long.
async fn idle(broker: &mut Broker, time: Duration) {
    let answering = async {
        while broker.next().await.is_some() {
            broker.send(&[Packet::PingResp(PingResp)]).await;
        }
    };
    tokio::time::timeout(time, answering).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_is_acknowledged_on_the_old_connection_before_the_session_moves() {
    let mut bench = start();
    let mut old = bench.subscribed().await;
    old.send(&[publish(1, "a"), publish(2, "b")]).await;
    let taken = bench.take(2).await;
    tokio::time::sleep(SHORTEST).await;
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    settle().await;
    // TCP and TLS stand. What was taken is not safe yet, so nothing is asked of the broker, and nothing more is read.
    old.send(&[publish(3, "unread")]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(bench.is_idle());
    assert_eq!(bench.standing(), (RotationState::Trying, String::new()));
    bench.acknowledge(1, vec![1, 2]).await;
    assert_eq!(old.acks(2).await, [1, 2], "on the connection they came in");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!new.has_come(), "a message is in the pipeline");
    drop(taken);
    let connect = new.accept(true).await;
    assert_eq!((connect.client_id.as_str(), connect.clean_start), ("vigia", false));
    assert_eq!(old.next().await, None, "closed only now");
    // It is subscribed all the time, for the session has what it had.
    assert_eq!(bench.status().state, ConnectionState::Subscribed);
    assert_eq!(bench.subscriptions(), ["granted"]);
    let subscribe = new.subscribe().await;
    new.send(&[publish(1, "unread")]).await;
    let again = bench.delivery().await;
    assert_eq!((again.generation, &*again.payload), (2, &b"unread"[..]));
    assert_eq!(bench.rotation.in_use().number, 1, "not proven before it is subscribed");
    new.suback(subscribe.pkid, vec![GRANTED]).await;
    bench.acknowledge(2, vec![1]).await;
    drop(again);
    assert_eq!(new.acks(1).await, [1]);
    assert_eq!((bench.dialled(), bench.rotation.in_use().number), (vec![1, 2], 2));
    assert_eq!(bench.standing(), (RotationState::None, String::new()));
    assert_eq!((bench.status().reconnects, bench.status().last_error), (1, None));
    // Lost later, it comes back with what it has.
    drop(new);
    let _back = bench.subscribed().await;
    assert_eq!(bench.dialled(), [1, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_before_the_session_moves_disturbs_nothing() {
    let mut bench = start();
    let mut old = bench.subscribed().await;
    settle().await;
    let broken = std::io::Error::other(rustls::Error::DecryptError);
    *bench.refuse.lock().unwrap() = Some(SessionError::Connect(broken));
    bench.rotation.offer(certificates(2));
    settle().await;
    let (state, detail) = bench.standing();
    assert!(state == RotationState::Failed && detail.starts_with("vigia: cannot connect: "), "{detail}");
    // Tried again by itself, after half a minute; refused by an answer this time.
    tokio::time::timeout(Duration::from_secs(29), old.next_but_pings()).await.unwrap_err();
    assert!(bench.brokers.try_recv().is_err());
    old.send(&[Packet::PingResp(PingResp)]).await;
    let mut new = bench.broker().await;
    assert!(matches!(new.next().await, Some(Packet::Connect(..))));
    new.send_bytes(&NOT_AUTHORIZED).await;
    assert_eq!(new.next().await, None);
    let refused = "vigia: the broker refused the connection: not authorized".to_owned();
    assert_eq!(bench.standing(), (RotationState::Failed, refused));
    // The old one does all the while what it did.
    old.send(&[publish(1, "a")]).await;
    drop(bench.delivery().await);
    bench.acknowledge(1, vec![1]).await;
    assert_eq!(old.acks(1).await, [1]);
    assert_eq!((bench.status().reconnects, bench.status().last_error), (0, None));
    // Other files are tried at once.
    bench.rotation.offer(certificates(3));
    let mut new = bench.subscribed().await;
    settle().await;
    assert_eq!((bench.dialled(), bench.standing().0), (vec![1, 2, 2, 3], RotationState::None));
    new.send(&[publish(1, "b")]).await;
    assert_eq!(bench.delivery().await.generation, 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_subscription_goes_back_to_what_worked_at_once() {
    let mut bench = start();
    let _old = bench.subscribed().await;
    settle().await;
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    new.accept(true).await;
    let began = Instant::now();
    let subscribe = new.subscribe().await;
    // Of the session, before the answer.
    new.send(&[publish(1, "a")]).await;
    let early = bench.delivery().await;
    new.suback(subscribe.pkid, vec![SubscribeReasonCode::NotAuthorized]).await;
    assert_eq!(new.next().await, None);
    let (state, detail) = bench.standing();
    assert_eq!(state, RotationState::Failed);
    assert!(detail.contains("refused the subscription to a/#: not authorized"), "{detail}");
    assert_eq!(bench.rotation.in_use().number, 1);
    drop(early);
    let mut back = bench.subscribed().await;
    assert!(began.elapsed() <= Duration::from_millis(1_100), "a CONNECT a second: {:?}", began.elapsed());
    assert_eq!(bench.dialled(), [1, 2, 1]);
    back.send(&[publish(1, "a")]).await;
    assert_eq!(bench.delivery().await.generation, 3);
    // It costs something, so it is not tried again so soon.
    for _ in 0..7 {
        tokio::time::sleep(Duration::from_secs(15)).await;
        back.send(&[Packet::PingResp(PingResp)]).await;
    }
    assert_eq!(bench.dialled().len(), 3);
    tokio::time::sleep(Duration::from_secs(14)).await;
    back.send(&[Packet::PingResp(PingResp)]).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(bench.dialled(), [1, 2, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn one_goes_first_and_the_others_follow_only_when_it_is_proven() {
    let mut one = start();
    let mut two = second(&one);
    let _brokers = (one.subscribed().await, two.subscribed().await);
    settle().await;
    one.rotation.offer(certificates(2));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(one.dialled().len() + two.dialled().len(), 3, "one at a time");
    let (canary, other) = if one.dialled().len() == 2 { (&mut one, &mut two) } else { (&mut two, &mut one) };
    let mut new = canary.broker().await;
    new.accept(true).await;
    let subscribe = new.subscribe().await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(other.dialled().len(), 1, "let in is not yet proven");
    new.suback(subscribe.pkid, vec![GRANTED]).await;
    let _next = other.subscribed().await;
    settle().await;
    assert_eq!((other.dialled(), canary.dialled()), (vec![1, 2], vec![1, 2]));
    assert_eq!(canary.standing().0, RotationState::None);
}

#[tokio::test(start_paused = true)]
async fn nobody_follows_one_that_failed() {
    let mut one = start();
    let mut two = second(&one);
    let _brokers = (one.subscribed().await, two.subscribed().await);
    settle().await;
    one.rotation.offer(certificates(2));
    settle().await;
    let (canary, other) = if one.dialled().len() == 2 { (&mut one, &mut two) } else { (&mut two, &mut one) };
    let mut new = canary.broker().await;
    new.next().await;
    new.send_bytes(&NOT_AUTHORIZED).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!((canary.dialled(), other.dialled()), (vec![1, 2], vec![1]));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_lost_tries_what_worked_and_what_is_new_in_turns() {
    let mut bench = start();
    let old = bench.subscribed().await;
    settle().await;
    // The broker has revoked the old certificate, and does not know the new one yet.
    *bench.refuse.lock().unwrap() = Some(SessionError::ConnectTimeout);
    bench.rotation.offer(certificates(2));
    settle().await;
    drop(old);
    for _ in 0..3 {
        let mut broker = bench.broker().await;
        broker.next().await;
        broker.send_bytes(&NOT_AUTHORIZED).await;
    }
    assert_eq!(bench.dialled(), [1, 2, 1, 2, 1]);
    let _new = bench.subscribed().await;
    settle().await;
    assert_eq!((bench.dialled().pop(), bench.rotation.in_use().number), (Some(2), 2));
}

#[tokio::test(start_paused = true)]
async fn with_an_expired_certificate_new_ones_are_used_as_soon_as_they_come() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, Timestamp::from_millis(1))));
    let mut bench = start_with(Setup { rotation, ..Setup::default() });
    for _ in 0..8 {
        let mut broker = bench.broker().await;
        broker.next().await;
        broker.send_bytes(&NOT_AUTHORIZED).await;
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let offered = Instant::now();
    bench.rotation.offer(certificates(2));
    let _new = bench.subscribed().await;
    settle().await;
    assert!(
        offered.elapsed() < Duration::from_millis(200),
        "nothing else is waited for: {:?}",
        offered.elapsed()
    );
    assert_eq!((bench.dialled().pop(), bench.standing().0), (Some(2), RotationState::None));
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_not_safe_hold_the_move_up_and_are_not_held_up_for_long() {
    let mut bench = start();
    let mut old = bench.subscribed().await;
    old.send(&[publish(1, "a")]).await;
    let taken = bench.take(1).await;
    tokio::time::sleep(SHORTEST).await;
    bench.rotation.offer(certificates(2));
    let mut given_up = bench.broker().await;
    settle().await;
    old.send(&[publish(2, "b")]).await;
    assert_eq!(bench.delivery().await.packet_id, 2, "read again, on the old connection");
    assert_eq!(given_up.next().await, None, "without a CONNECT");
    assert_eq!(bench.standing().0, RotationState::Waiting);
    bench.acknowledge(1, vec![1, 2]).await;
    drop(taken);
    assert_eq!(old.acks(2).await, [1, 2]);
    let _new = bench.subscribed().await;
    assert_eq!((bench.dialled(), bench.status().last_error), (vec![1, 2, 2], None));
}

#[tokio::test(start_paused = true)]
async fn files_that_are_put_back_while_they_are_tried_are_used_again() {
    let mut bench = start();
    let _old = bench.subscribed().await;
    settle().await;
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    new.accept(true).await;
    bench.rotation.offer(certificates(1));
    let subscribe = new.subscribe().await;
    new.suback(subscribe.pkid, vec![GRANTED]).await;
    let _back = bench.subscribed().await;
    settle().await;
    assert_eq!((bench.dialled(), bench.standing().0), (vec![1, 2, 1], RotationState::None));
}

#[tokio::test(start_paused = true)]
async fn it_can_be_stopped_in_the_middle_of_a_move() {
    for is_asked in [false, true] {
        let mut bench = start();
        let mut old = bench.subscribed().await;
        old.send(&[publish(1, "a")]).await;
        let taken = bench.take(1).await;
        bench.rotation.offer(certificates(2));
        let mut new = bench.broker().await;
        if is_asked {
            bench.acknowledge(1, vec![1]).await;
            drop(taken);
            assert!(matches!(new.next().await, Some(Packet::Connect(..))));
            assert_eq!(old.acks(1).await, [1]);
        }
        bench.stop.cancel();
        drop(bench.acks.take());
        assert!(matches!(old.next().await, Some(Packet::Disconnect(_))));
        assert_eq!(bench.task.await.unwrap(), Finished::Stopped);
    }
}

#[tokio::test(start_paused = true)]
async fn one_whose_certificate_has_expired_comes_back_with_what_is_new_and_still_tries_both() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, Timestamp::from_millis(1))));
    let mut bench = start_with(Setup { rotation, ..Setup::default() });
    let old = bench.subscribed().await;
    settle().await;
    *bench.refuse.lock().unwrap() = Some(SessionError::ConnectTimeout);
    bench.rotation.offer(certificates(2));
    settle().await;
    drop(old);
    for _ in 0..2 {
        let mut broker = bench.broker().await;
        broker.next().await;
        broker.send_bytes(&NOT_AUTHORIZED).await;
    }
    assert_eq!(bench.dialled(), [1, 2, 2, 1], "our clock may be the one that is wrong");
    let _new = bench.subscribed().await;
    assert_eq!(bench.dialled().pop(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_another_client_takes_in_the_middle_says_nothing_about_the_files() {
    let mut bench = start();
    let _old = bench.subscribed().await;
    settle().await;
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    new.accept(true).await;
    new.subscribe().await;
    new.send_bytes(&[0xE0, 1, 0x8E]).await;
    assert_eq!(new.next().await, None);
    assert_eq!(bench.standing(), (RotationState::Waiting, String::new()));
}

#[tokio::test(start_paused = true)]
async fn one_that_is_refused_with_old_and_new_alike_holds_nobody_up_and_says_nothing_of_the_files() {
    let mut bench = start();
    let mut old = bench.subscribed().await;
    let mut down = another("down", &bench);
    // Held up for its first turn, so that the other one is refused with both before.
    old.send(&[publish(1, "a")]).await;
    let taken = bench.take(1).await;
    bench.rotation.offer(certificates(2));
    let given_up = bench.broker().await;
    refuse_for(&mut down, Duration::from_secs(10)).await;
    assert!(down.dialled().contains(&1) && down.dialled().contains(&2), "{:?}", down.dialled());
    drop((taken, given_up));
    bench.acknowledge(1, vec![1]).await;
    assert_eq!(old.acks(1).await, [1]);
    let (mut new, ()) = tokio::join!(bench.subscribed(), refuse_for(&mut down, Duration::from_secs(10)));
    assert_eq!((bench.dialled(), bench.standing()), (vec![1, 2, 2], (RotationState::None, String::new())));
    // From now on it presents what works for others.
    let before = down.dialled().len();
    tokio::join!(idle(&mut new, Duration::from_mins(3)), refuse_for(&mut down, Duration::from_mins(3)));
    assert!(down.dialled().len() > before + 4, "{:?}", down.dialled());
    assert!(down.dialled()[before..].iter().all(|number| *number == 2), "{:?}", down.dialled());
    assert_eq!(bench.standing(), (RotationState::None, String::new()));
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_network_is_not_held_against_the_files() {
    let mut bench = start();
    let mut old = bench.subscribed().await;
    *bench.refuse.lock().unwrap() = Some(SessionError::ConnectTimeout);
    bench.rotation.offer(certificates(2));
    settle().await;
    let why = "vigia: cannot connect: no answer within 10 s".to_owned();
    assert_eq!(bench.standing(), (RotationState::Waiting, why));
    idle(&mut old, Duration::from_secs(9)).await;
    let begun = Instant::now();
    let _new = bench.subscribed().await;
    settle().await;
    assert!(begun.elapsed() < Duration::from_millis(1_100), "soon again: {:?}", begun.elapsed());
    assert_eq!((bench.dialled(), bench.standing()), (vec![1, 2, 2], (RotationState::None, String::new())));
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_hangs_up_in_answer_to_connect_has_said_no() {
    let mut bench = start();
    let _old = bench.subscribed().await;
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    assert!(matches!(new.next().await, Some(Packet::Connect(..))));
    drop(new);
    settle().await;
    let (state, detail) = bench.standing();
    assert_eq!(state, RotationState::Failed);
    assert!(detail.starts_with("vigia: the broker closed the connection in answer to CONNECT; "), "{detail}");
}

#[tokio::test(start_paused = true)]
async fn between_two_connects_of_a_client_is_a_second_in_which_the_old_connection_reads_on() {
    let mut bench = start();
    bench.rotation.offer(certificates(2));
    let mut old = bench.subscribed().await;
    let mut begun = Instant::now();
    for number in 3..5 {
        bench.rotation.offer(certificates(number));
        let mut new = bench.broker().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        old.send(&[publish(1, "a")]).await;
        drop(bench.delivery().await);
        bench.acknowledge(number - 2, vec![1]).await;
        assert_eq!(old.acks(1).await, [1]);
        new.accept(true).await;
        assert!(begun.elapsed() >= SHORTEST, "{number}: {:?}", begun.elapsed());
        begun = Instant::now();
        let subscribe = new.subscribe().await;
        new.suback(subscribe.pkid, vec![GRANTED]).await;
        settle().await;
        old = new;
    }
    // After one that was refused too.
    bench.rotation.offer(certificates(5));
    refuse(&mut bench).await;
    let refused = Instant::now();
    settle().await;
    bench.rotation.offer(certificates(6));
    let mut new = bench.broker().await;
    new.accept(true).await;
    assert!(refused.elapsed() >= SHORTEST, "{:?}", refused.elapsed());
    drop(old);
}

#[tokio::test(start_paused = true)]
async fn one_that_was_down_and_may_not_subscribe_with_what_is_new_is_back_in_a_second() {
    let mut bench = start();
    for _ in 0..8 {
        refuse(&mut bench).await;
    }
    bench.rotation.offer(certificates(2));
    let mut new = bench.broker().await;
    assert_eq!(bench.dialled().pop(), Some(2));
    new.accept(true).await;
    let begun = Instant::now();
    let subscribe = new.subscribe().await;
    new.suback(subscribe.pkid, vec![SubscribeReasonCode::NotAuthorized]).await;
    let _back = bench.subscribed().await;
    assert_eq!(bench.dialled().pop(), Some(1));
    assert!(
        begun.elapsed() >= SHORTEST && begun.elapsed() < Duration::from_millis(1_100),
        "{:?}",
        begun.elapsed()
    );
}
