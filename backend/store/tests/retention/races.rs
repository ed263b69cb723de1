//! What may not be disturbed, and what may not come back.

use super::*;

#[tokio::test]
async fn a_late_sample_does_not_bring_back_what_was_dropped() {
    let db = Database::start().await;
    db.commit(&[row(1, 1, JANUARY + HOUR)]).await;
    db.clear(Vec::new(), days(Some(30), None), FEBRUARY + 31 * DAY).await;
    let refused = db.commit(&[row(1, 1, JANUARY + 2 * HOUR), row(2, 1, MARCH - DAY)]).await;
    assert_eq!((refused.stored, refused.rejections.len()), (1, 1));
    assert_eq!(refused.rejections[0].rejection.reason, RejectReason::TimestampOutOfRange);
    assert!(!db.is_there("samples_y2025m01"));
    // Nor does it hold up the others that come with it.
    let mut known = KnownPartitions::default();
    let times = [at(JANUARY), at(MARCH)];
    let missing = known.missing(Parted::Samples, times);
    db.store.ensure_partitions(&mut known, &missing).await.unwrap();
    assert_eq!(known.missing(Parted::Samples, times), [Partition::of(Parted::Samples, at(JANUARY))]);
    assert_eq!(db.commit(&[row(1, 1, MARCH)]).await.stored, 1);
}

#[tokio::test]
async fn ingest_goes_on_while_partitions_are_dropped() {
    let db = Database::start().await;
    for week in 0..40 {
        db.store.make_ahead(Partition::of(Parted::Packed, at(JANUARY + week * 7 * DAY))).await.unwrap();
    }
    for month in 0..10 {
        db.fill(1, JANUARY + month * 31 * DAY, JANUARY + month * 31 * DAY + DAY).await;
    }
    let now = JANUARY + 400 * DAY;
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..2 {
        let (store, over) = (db.store.clone(), Arc::clone(&over));
        writers.spawn(async move {
            let (mut longest, mut commits) = (Duration::ZERO, 0);
            while !over.load(Ordering::Relaxed) {
                let from = now + commits * 200 + writer * 100;
                let rows: Vec<_> = (0..100).map(|n| row(1 + i32::from(n % 20 == 0), 1, from + n)).collect();
                let begun = Instant::now();
                commit(&store, &rows).await.unwrap();
                longest = longest.max(begun.elapsed());
                commits += 1;
            }
            (longest, commits)
        });
    }
    // And somebody reads all of it, for two seconds.
    let reader = {
        let sql = "begin; select count(*) from samples; select pg_sleep(2); commit";
        let postgres = db.postgres.url("vigia");
        tokio::task::spawn_blocking(move || {
            std::process::Command::new("psql").arg(postgres).args(["-qAtc", sql]).output().unwrap()
        })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    db.clear(Vec::new(), days(Some(30), None), now).await;
    let took = begun.elapsed();
    over.store(true, Ordering::Relaxed);
    assert!(reader.await.unwrap().status.success());
    assert_eq!(db.one("select count(*) from pg_partition_tree('packed') where isleaf"), "0");
    assert_eq!(db.one("select count(*) from pg_partition_tree('samples') where isleaf"), "1");
    while let Some(written) = writers.join_next().await {
        let (longest, commits) = written.unwrap();
        assert!(
            longest < A_COMMIT && commits > 20,
            "dropped in {took:?}; {commits} commits meanwhile, the longest {longest:?}"
        );
    }
}

#[tokio::test]
async fn who_reads_for_long_delays_it_and_nobody_else() {
    let db = Database::start().await;
    db.fill(1, JANUARY, JANUARY + DAY).await;
    let url = db.postgres.url("vigia");
    let sql = "begin; select count(*) from samples; select pg_sleep(8); commit";
    let reader = tokio::task::spawn_blocking(move || {
        std::process::Command::new("psql").arg(url).args(["-qAtc", sql]).output().unwrap()
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let january = Partition::of(Parted::Samples, at(JANUARY));
    db.store.begin_raw_at(at(FEBRUARY)).await.unwrap();
    let cut_short = db.store.detach_partition(january).await.unwrap_err();
    assert!(cut_short.is_transient(), "{cut_short:?}");
    assert_eq!(db.store.being_dropped().await.unwrap(), Some(january));
    assert_eq!(db.one("select count(*) from samples"), "0", "it is gone for those who come now");
    let begun = Instant::now();
    assert_eq!(db.commit(&[row(1, 1, MARCH)]).await.stored, 1);
    assert!(begun.elapsed() < A_COMMIT, "{:?}", begun.elapsed());
    assert!(reader.await.unwrap().status.success());
    db.store.detach_partition(january).await.unwrap();
    assert!(db.store.drop_detached().await.unwrap() > 0);
    assert!(!db.is_there("samples_y2025m01"));
}

#[tokio::test]
async fn what_was_cut_short_comes_to_its_end() {
    let db = Database::start().await;
    let setting = days(Some(30), None);
    let now = FEBRUARY + 40 * DAY;
    // After the partition was detached.
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.store.begin_raw_at(at(FEBRUARY)).await.unwrap();
    db.query("update retention set dropping = 'samples_y2025m01'");
    db.query("alter table samples detach partition samples_y2025m01");
    // Nobody makes it again meanwhile.
    db.store.make_ahead(Partition::of(Parted::Samples, at(JANUARY))).await.unwrap();
    assert_eq!(db.one("select count(*) from samples"), "0");
    db.clear(Vec::new(), setting, now).await;
    assert!(!db.is_there("samples_y2025m01"));
    assert_eq!(db.one("select dropping is null from retention"), "t");
}

#[tokio::test]
async fn what_a_rule_keeps_is_never_detached_nor_emptied() {
    let db = Database::start().await;
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.fill(2, JANUARY, JANUARY + DAY).await;
    let january = Partition::of(Parted::Samples, at(JANUARY));
    db.store.detach_partition(january).await.unwrap();
    assert_eq!(db.store.being_dropped().await.unwrap(), None, "not all history begins after it");
    let cutoff = |series, raw| Cutoff { series: SeriesId(series), raw: at(raw), hourly: at(0) };
    let cutoffs = |first| Cutoffs { series: vec![cutoff(1, first), cutoff(2, FEBRUARY)], all: begin(0, 0) };
    assert_eq!(db.store.empty_partition(january, &cutoffs(0)).await.unwrap(), 0);
    assert_eq!(db.count("samples", 1), 24 * 60);

    // A series that nobody knew of when it was judged.
    db.commit(&[row(3, 1, JANUARY)]).await;
    assert_eq!(db.store.empty_partition(january, &cutoffs(FEBRUARY)).await.unwrap(), 0);
    db.query("delete from samples where series_id = 3");

    let freed = db.store.empty_partition(january, &cutoffs(FEBRUARY)).await.unwrap();
    assert!(freed > 100_000, "{freed}");
    assert!(db.is_there("samples_y2025m01"), "what is kept longer still finds its place");
    assert_eq!(db.commit(&[row(1, 1, JANUARY)]).await.stored, 1);
    assert_eq!(db.store.empty_partition(january, &cutoffs(0)).await.unwrap(), 0);
}

/// What is kept of a series that has nothing there goes in while all else of the month leaves, and somebody reads.
#[tokio::test]
async fn late_samples_that_are_kept_are_stored_while_their_month_is_emptied() {
    let db = Database::start().await;
    let setting = days(Some(30), None);
    let rules = || vec![rule("m2", "*", days(Some(3650), None))];
    db.fill(1, JANUARY, JANUARY + 4 * DAY).await;
    let url = db.postgres.url("vigia");
    let reader = tokio::task::spawn_blocking(move || {
        let sql = "begin; select count(*) from samples; select pg_sleep(3); commit";
        std::process::Command::new("psql").arg(url).args(["-qAtc", sql]).output().unwrap()
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let cutoffs = db.store.cutoffs(&RuleSet::new(rules(), Mode::Both), setting, at(MARCH + 40 * DAY)).await;
    let cutoffs = cutoffs.unwrap();
    db.store.let_go(&cutoffs).await.unwrap();
    let january = Partition::of(Parted::Samples, at(JANUARY));
    let held_up = db.store.empty_partition(january, &cutoffs).await.unwrap_err();
    assert!(held_up.is_transient(), "{held_up:?}");
    assert_eq!(db.commit(&[row(2, 1, JANUARY + HOUR), row(1, 1, JANUARY + HOUR)]).await.stored, 1);
    assert!(reader.await.unwrap().status.success());
    db.clear(rules(), setting, MARCH + 40 * DAY).await;
    assert_eq!((db.count("samples", 1), db.count("samples", 2)), (0, 1));
}

/// Who paused in the middle of it, while another came to the end, and the partition was made anew.
#[tokio::test]
async fn no_partition_is_dropped_by_its_name_alone() {
    let db = Database::start().await;
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.query("alter table samples_y2025m01 rename to gone_samples_y2025m01_1");
    assert_eq!(db.store.drop_detached().await.unwrap(), 0, "it is a partition still");
    assert_eq!(db.count("samples", 1), 24 * 60);
}

/// Somebody's view hangs on a partition.
#[tokio::test]
async fn what_cannot_be_dropped_holds_up_nothing_else() {
    let db = Database::start().await;
    db.fill(1, JANUARY, JANUARY + DAY).await;
    db.fill(1, FEBRUARY, FEBRUARY + DAY).await;
    db.query("create view mine as select * from samples_y2025m01");
    db.clear(Vec::new(), days(Some(30), None), MARCH + 40 * DAY).await;
    assert_eq!(db.count("samples", 1), 0);
    assert!(!db.is_there("samples_y2025m01") && !db.is_there("samples_y2025m02"));
    assert_eq!(db.store.being_dropped().await.unwrap(), None);
    assert_eq!(db.one("select count(*) from mine"), (24 * 60).to_string());
    db.query("drop view mine");
    assert!(db.store.drop_detached().await.unwrap() > 0);
    assert_eq!(db.one("select count(*) from pg_class where relname like 'gone%'"), "0");
}

#[tokio::test]
async fn packing_goes_on_when_its_hours_were_dropped() {
    let db = Database::start().await;
    let hour: Vec<_> = (0..400).map(|n| row(1, 1, JANUARY + n * 1_000)).collect();
    db.commit(&hour).await;
    db.store.advance_packing(at(JANUARY + HOUR)).await.unwrap();
    let due = db.store.next_due(Vec::new()).await.unwrap().unwrap();
    let lots = db.store.lots(&due).await.unwrap();
    assert_eq!(lots.lots.len(), 1);

    // The week may go though the month of samples stays.
    db.store.begin_raw_at(at(JANUARY + 10 * DAY)).await.unwrap();
    assert_eq!(db.one("select count(*) from packing_due"), "0");
    let packed = db.store.pack(&due, &lots.lots[0]).await.unwrap();
    assert_eq!((packed.samples, db.count("packed", 1)), (0, 0));
    db.store.finish_due(&due, lots.leaves_some).await.unwrap();
    assert_eq!(db.store.next_due(Vec::new()).await.unwrap(), None);

    // And the month, while the packer holds what it found there.
    db.store.begin_raw_at(at(FEBRUARY)).await.unwrap();
    let january = Partition::of(Parted::Samples, at(JANUARY));
    db.store.detach_partition(january).await.unwrap();
    db.store.drop_detached().await.unwrap();
    assert_eq!(db.store.pack(&due, &lots.lots[0]).await.unwrap().samples, 0);
    db.store.vacuum_samples(at(JANUARY)).await.unwrap();
}
