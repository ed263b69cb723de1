use super::*;
use crate::iot_core::chance::chance;
use rumqttc::v5::mqttbytes::QoS;

/// Packet ids of the broker start here, to be told from ours.
const BROKERS: u16 = 7_000;

struct Test {
    window: Window,
    rules: Rules,
    now: Instant,
    chance: rand_chacha::ChaCha8Rng,
}

impl Test {
    fn new(rules: Rules, messages: u16) -> Self {
        let mut window = Window::new(u16::MAX);
        (0..messages).for_each(|n| window.hold(publish(n)));
        Self { window, rules, now: Instant::now(), chance: chance(1, "test", 0) }
    }

    /// The packet ids sent after so many milliseconds.
    fn after(&mut self, milliseconds: u64) -> Vec<(u16, Copy)> {
        self.now += Duration::from_millis(milliseconds);
        std::iter::from_fn(|| self.window.next(self.now, &self.rules, &mut self.chance))
            .map(|(publish, copy)| {
                assert!(!publish.dup);
                (publish.pkid, copy)
            })
            .collect()
    }
}

/// As the broker sends it.
fn publish(n: u16) -> Publish {
    Publish { qos: QoS::AtLeastOnce, pkid: BROKERS + n, dup: true, ..Publish::default() }
}

fn message(n: u16) -> Acked {
    Acked::Message(Box::new(publish(n)))
}

fn all_twice() -> Rules {
    let after = Duration::from_millis(10);
    Rules { twice: Some(Twice { share: 1.0, after, seed: 1 }), window: 3, ..Rules::default() }
}

#[test]
fn no_more_than_the_window_is_sent_until_it_is_acknowledged() {
    let mut test = Test::new(Rules { window: 2, ..Rules::default() }, 5);
    assert_eq!(test.after(0), [(1, Copy::First), (2, Copy::First)]);
    assert_eq!(test.window.acknowledge(2), message(1));
    assert_eq!(test.window.acknowledge(2), Acked::Unknown);
    assert_eq!(test.after(0), [(3, Copy::First)]);
    test.rules.window = 4;
    assert_eq!(test.after(0), [(4, Copy::First), (5, Copy::First)]);
    assert_eq!((test.window.unacked(), test.window.held(), test.window.unacked_to_broker()), (4, 0, 4));
}

#[test]
fn a_clients_own_maximum_counts_if_it_is_lower() {
    let mut test = Test::new(Rules::default(), 5);
    test.window.receive_maximum = 3;
    assert_eq!(test.after(0).len(), 3);
}

#[test]
fn a_second_copy_takes_a_place_and_either_confirms() {
    let mut test = Test::new(all_twice(), 3);
    assert_eq!(test.after(0).len(), 3);
    assert_eq!(test.after(20), [], "the window is full");
    assert_eq!(test.window.due(test.now, &test.rules), Some(test.now + Duration::from_millis(29_980)));
    assert_eq!(test.window.acknowledge(2), message(1));
    assert_eq!(test.after(0), [(4, Copy::Second)]);
    assert_eq!(test.window.acknowledge(4), message(0));
    assert_eq!(test.window.acknowledge(1), Acked::Before);
    assert_eq!(test.after(0), [(5, Copy::Second), (6, Copy::Second)]);
    assert_eq!(test.window.acknowledge(5), Acked::Before, "a copy of what was confirmed long ago");
}

#[test]
fn what_is_not_acknowledged_is_sent_again_and_an_old_id_confirms_nothing_else() {
    let mut test = Test::new(Rules { window: 2, ..Rules::default() }, 4);
    assert_eq!(test.after(0), [(1, Copy::First), (2, Copy::First)]);
    assert_eq!(test.after(29_000), []);
    assert_eq!(test.window.acknowledge(2), message(1));
    assert_eq!(test.after(0), [(3, Copy::First)]);
    assert_eq!(test.window.due(test.now, &test.rules), Some(test.now + Duration::from_secs(1)));
    assert_eq!(test.after(1_000), [(4, Copy::Again)]);
    assert_eq!(test.window.unacked(), 2);
    assert_eq!(test.window.acknowledge(1), message(0), "the older copy counts as well");
    assert_eq!(test.window.acknowledge(4), Acked::Before);
    assert_eq!(test.after(0), [(5, Copy::First)]);
}

#[test]
fn an_id_given_up_is_not_given_out_again_while_it_is_remembered() {
    let mut test = Test::new(Rules { window: 1, ..Rules::default() }, 2);
    assert_eq!(test.after(0), [(1, Copy::First)]);
    assert_eq!(test.after(30_000), [(2, Copy::Again)]);
    test.window.last_id = u16::MAX;
    assert_eq!(test.after(30_000), [(3, Copy::Again)]);
    assert_eq!(test.window.acknowledge(1), message(0));
}

#[test]
fn a_second_copy_nobody_acknowledges_gives_its_place_up() {
    let mut test = Test::new(all_twice(), 1);
    assert_eq!(test.after(0), [(1, Copy::First)]);
    assert_eq!(test.after(10), [(2, Copy::Second)]);
    assert_eq!(test.window.acknowledge(1), message(0));
    assert_eq!(test.window.unacked(), 1);
    assert_eq!(test.after(30_000), []);
    assert_eq!(test.window.unacked(), 0);
}
