use super::*;

fn board(at: i64) -> (StatusBoard, Clock) {
    let clock = Clock::manual(Timestamp::from_millis(at));
    (StatusBoard::new(clock.clone(), Arc::default()), clock)
}

#[test]
fn ready_only_when_active_with_database_and_every_connection_subscribed() {
    let (board, _) = board(1);
    assert_eq!(board.not_ready(), ["starting", "database"]);
    board.database_up();
    board.set_role(Role::Standby);
    assert_eq!(board.not_ready(), ["standby"], "a standby needs no broker");
    board.set_role(Role::Active);
    assert_eq!(board.not_ready(), ["mqtt"], "no connection at all");
    let (one, two) = (board.connection("vigia-0"), board.connection("vigia-1"));
    one.set_state(ConnectionState::Subscribed);
    two.set_state(ConnectionState::Connected);
    assert_eq!(board.not_ready(), ["mqtt"]);
    two.set_state(ConnectionState::Subscribed);
    assert!(board.not_ready().is_empty());
    one.down("connection reset");
    board.database_down("no route to host");
    assert_eq!(board.not_ready(), ["database", "mqtt"]);
}

#[test]
fn since_moves_with_the_state_and_the_last_error_stays() {
    let (board, clock) = board(10);
    let connection = board.connection("vigia");
    clock.set(Timestamp::from_millis(20));
    connection.down("refused");
    clock.set(Timestamp::from_millis(30));
    connection.down("refused again");
    connection.set_in_flight(7);
    connection.count_received(1);
    let status = board.connections().remove(0);
    assert_eq!((status.since.as_millis(), status.in_flight, status.received), (20, 7, 1));
    connection.set_state(ConnectionState::Subscribed);
    let status = connection.status();
    assert_eq!((status.since.as_millis(), status.last_error.as_deref()), (30, Some("refused again")));
    // A connection that is being wound up is on no list.
    board.unlisted_connection("vigia-0").set_state(ConnectionState::Connecting);
    assert_eq!(board.connections().len(), 1);
}

#[test]
fn counters() {
    let (board, _) = board(0);
    assert_eq!(board.last_message(), None);
    board.messages_received(1, Timestamp::from_millis(50));
    board.messages_received(1, Timestamp::from_millis(40));
    board.messages_processed(2);
    board.messages_failed(1);
    assert_eq!((board.received(), board.processed(), board.failed()), (2, 2, 1));
    assert_eq!(board.last_message(), Some(Timestamp::from_millis(50)));
    assert_eq!((board.count_ws(1), board.count_ws(1), board.count_ws(-1)), (1, 2, 1));
}
