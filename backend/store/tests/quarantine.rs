//! The quarantine against a real Postgres: how replays are begun and ended, and what expires.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use vigia_model::{ReplayOutcome, Timestamp};
use vigia_store::rejection::QuarantineBounds;
use vigia_store::replay::Replayed;
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;

/// 2025-01-08T18:00:00Z.
const T0: i64 = 1_736_359_200_000;
const NOW: Timestamp = Timestamp::from_millis(T0 + 60_000);

struct Database {
    postgres: Postgres,
    store: Store,
}

impl Database {
    async fn start() -> Self {
        let postgres = Postgres::start().unwrap();
        postgres.create_database("vigia").unwrap();
        let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
        store.migrate().await.unwrap();
        Self { postgres, store }
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query("vigia", sql).unwrap()
    }

    fn one(&self, sql: &str) -> String {
        self.query(sql).join("\n")
    }

    /// Quarantines messages of `bytes` each, a millisecond apart, each with so many rejections.
    fn quarantine(&self, messages: u32, bytes: u32, rejections: u32) {
        self.query(&format!(
            "with q as (
                 insert into quarantined_messages (received_at, topic, payload)
                 select to_timestamp(({T0} + n) / 1000.0), 't', convert_to(repeat('x', {bytes}), 'UTF8')
                 from generate_series(1, {messages}) n
                 returning id
             )
             insert into rejections (message_id, sample_index, reason, detail)
             select q.id, n, 'not_json', '' from q, generate_series(1, {rejections}) n"
        ));
    }

    fn request_all(&self) {
        self.query("insert into replay_requests (message_id, requested_by) select id, 'ana' from quarantined_messages");
    }

    async fn begin(&self, max_messages: u32, max_bytes: i64) -> Vec<i64> {
        let begun = self.store.begin_replays(max_messages, max_bytes).await.unwrap();
        begun.iter().map(|message| message.id).collect()
    }

    async fn end(&self, message: i64) {
        self.store.end_replays(&[message], &[], NOW).await.unwrap();
    }
}

#[tokio::test]
async fn replays_are_begun_in_pieces_and_one_that_was_begun_before_alone() {
    let db = Database::start().await;
    db.quarantine(6, 1_000, 2);
    assert_eq!(db.begin(10, 10_000).await, [0_i64; 0]);
    db.request_all();
    assert_eq!(db.begin(2, 10_000).await, [1, 2]);
    assert_eq!(db.begin(10, 1_500).await, [3, 4], "until what is begun has as many bytes");
    assert_eq!(db.begin(10, 1).await, [5], "and one in any case");
    assert_eq!(db.begin(10, 10_000).await, [6]);
    // Nobody ended any of them: each may be the one on which the process died.
    assert_eq!(db.begin(10, 10_000).await, [1]);
    let begun = db.store.begin_replays(10, 10_000).await.unwrap();
    assert_eq!((begun[0].id, begun[0].entries.len()), (2, 2));
    assert_eq!(begun[0].entries[1].sample_index, Some(2));
    assert_eq!(begun[0].message.received_at, Timestamp::from_millis(T0 + 2));
    for message in 2..=6 {
        db.end(message).await;
    }
    for _ in 2..5 {
        assert_eq!(db.store.give_up_replays(NOW).await.unwrap(), 0);
        assert_eq!(db.begin(10, 10_000).await, [1]);
    }
    assert_eq!(db.store.give_up_replays(NOW).await.unwrap(), 2);
    assert_eq!(db.begin(10, 10_000).await, [0_i64; 0], "begun five times is enough");
    assert_eq!(
        db.one("select replay_outcome, replay_requested_by, count(*) from rejections where message_id = 1 group by 1, 2"),
        "given_up|ana|2"
    );
    assert_eq!(db.one("select count(*) from replay_requests"), "0");
}

#[tokio::test]
async fn an_outcome_is_noted_once_and_never_for_what_is_gone() {
    let db = Database::start().await;
    db.quarantine(2, 10, 1);
    db.request_all();
    assert_eq!(db.begin(10, 10_000).await, [1, 2]);
    db.query("delete from quarantined_messages where id = 2");
    let note = async |outcome| {
        let entries = [(1, Replayed::As(outcome)), (2, Replayed::As(outcome))];
        db.store.end_replays(&[1, 2], &entries, NOW).await.unwrap();
        db.one("select replay_outcome from rejections")
    };
    assert_eq!(note(ReplayOutcome::Stored).await, "stored");
    assert_eq!(note(ReplayOutcome::Duplicate).await, "stored", "its request is gone");
}

#[tokio::test]
async fn the_oldest_expire_piece_by_piece_until_the_rest_is_small_enough() {
    let db = Database::start().await;
    db.quarantine(9_000, 100, 1);
    // 100 bytes, a topic of one, 200 for the row; and 160 for the rejection.
    let each = 461;
    let gone = db
        .store
        .expire_quarantine(bounds(Timestamp::from_millis(T0), i64::MAX - 1, 5_000 * each))
        .await
        .unwrap();
    assert_eq!(
        (gone, db.one("select count(*), min(id) from quarantined_messages")),
        (4_000, "5000|4001".into())
    );
    assert_eq!(db.one("select count(*) from rejections"), "5000");
    // On disk it takes no less now, and nothing more has to go.
    assert_eq!(
        db.store
            .expire_quarantine(bounds(Timestamp::from_millis(T0), i64::MAX - 1, 5_000 * each))
            .await
            .unwrap(),
        0
    );
    let gone = db
        .store
        .expire_quarantine(bounds(Timestamp::from_millis(T0 + 8_000), i64::MAX - 1, i64::MAX))
        .await
        .unwrap();
    assert_eq!((gone, db.one("select count(*) from quarantined_messages")), (3_999, "1001".into()));
}

#[tokio::test]
async fn of_too_many_the_oldest_go() {
    let db = Database::start().await;
    db.quarantine(5_000, 1, 1);
    let some = |most| bounds(Timestamp::from_millis(T0), most, i64::MAX);
    assert_eq!(db.store.expire_quarantine(some(5_000)).await.unwrap(), 0);
    assert_eq!(db.store.expire_quarantine(some(1_200)).await.unwrap(), 3_800);
    assert_eq!(db.one("select count(*), min(id) from quarantined_messages"), "1200|3801");
    // Ids that lie far apart are no reason to drop anything.
    db.query("delete from quarantined_messages where id > 3900 and id < 4900");
    assert_eq!(db.store.expire_quarantine(some(300)).await.unwrap(), 0);
    assert_eq!(db.store.expire_quarantine(some(1)).await.unwrap(), 200);
}

fn bounds(oldest: Timestamp, max_messages: i64, max_bytes: i64) -> QuarantineBounds {
    QuarantineBounds { oldest, max_messages, max_bytes }
}

/// What waited in the spool for weeks comes late into the quarantine, and is old when it comes.
#[tokio::test]
async fn an_old_message_that_came_late_takes_no_younger_one_with_it() {
    let db = Database::start().await;
    db.quarantine(3, 10, 2_000);
    db.query(&format!(
        "update quarantined_messages set received_at = to_timestamp(({T0} - 1) / 1000.0) where id = 3"
    ));
    assert_eq!(
        db.store.expire_quarantine(bounds(Timestamp::from_millis(T0), i64::MAX - 1, i64::MAX)).await.unwrap(),
        1
    );
    assert_eq!(db.query("select id from quarantined_messages order by 1"), ["1", "2"]);
    assert_eq!(
        db.store.expire_quarantine(bounds(Timestamp::from_millis(T0), i64::MAX - 1, 1)).await.unwrap(),
        2
    );
    assert_eq!(db.one("select count(*) from rejections"), "0");
}
