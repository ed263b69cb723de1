//! What is found in the files, and who may try it when.

use super::*;
use crate::connect::{BrokerSettings, shake_hands};
use rcgen::{CertificateParams, KeyPair};
use std::fs;
use std::path::Path;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigia_live::Live;
use vigia_model::Clock;
use vigia_testkit::Broker;

/// Files in a folder, and somebody who looks at them.
struct Folder {
    dir: tempfile::TempDir,
    rotation: Arc<Rotation>,
    live: Live,
    clock: Clock,
    watching: Option<JoinHandle<()>>,
    stop: CancellationToken,
}

const NOW: i64 = 1_790_000_000_000; // September 2026
/// A time far away.
const FAR: Timestamp = Timestamp::from_millis(4_000_000_000_000);

fn pair(expires: i32) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["client".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(expires, 1, 1);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

impl Folder {
    #[expect(clippy::disallowed_methods, reason = "a test's own task")]
    fn watched() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = pair(2040);
        fs::write(dir.path().join("ca"), pair(2040).0).unwrap();
        fs::write(dir.path().join("certificate"), certificate).unwrap();
        fs::write(dir.path().join("key"), key).unwrap();
        let clock = Clock::manual(Timestamp::from_millis(NOW));
        let live = Live::new(clock.clone(), Duration::from_mins(1));
        live.board().set_role(Role::Active);
        let files = files(dir.path());
        let first = Credentials::of(&Material::read(&files).unwrap(), 8883, clock.now()).unwrap();
        let rotation = Arc::new(Rotation::new(first));
        let stop = CancellationToken::new();
        let watcher = Watcher {
            rotation: Arc::clone(&rotation),
            files,
            broker: BrokerSettings { host: "localhost".to_owned(), port: 8883 },
            live: live.clone(),
            clock: clock.clone(),
            stop: stop.clone(),
        };
        let watching = Some(tokio::spawn(watcher.run()));
        Self { dir, rotation, live, clock, watching, stop }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).unwrap();
    }

    /// So long passes; looking at files takes real time.
    async fn pass(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.clock.set(self.clock.now().plus(Duration::from_secs(1)));
            std::thread::sleep(Duration::from_millis(2));
            tokio::task::yield_now().await;
        }
    }

    fn standing(&self) -> (RotationState, String) {
        let status = self.live.board().rotation();
        (status.state, status.detail.unwrap_or_default().to_string())
    }
}

fn files(folder: &Path) -> TlsFiles {
    let at = |name: &str| folder.join(name);
    TlsFiles { certificate: at("certificate"), key: at("key"), ca: at("ca") }
}

#[tokio::test(start_paused = true)]
async fn half_replaced_files_are_waited_for_and_shown_and_whole_ones_offered() {
    let mut folder = Folder::watched();
    let (certificate, key) = pair(2041);
    folder.write("certificate", &certificate);
    folder.pass(Duration::from_secs(30)).await;
    assert_eq!(folder.rotation.newest(), 1);
    let (state, detail) = folder.standing();
    assert!(state == RotationState::Waiting && detail.contains("key does not match"), "{state:?} {detail}");
    assert_eq!(folder.live.board().warnings(), Vec::<&str>::new(), "whoever copies them is at it");
    folder.pass(Duration::from_mins(1)).await;
    assert_eq!(folder.live.board().warnings(), ["certificate"]);
    folder.write("key", &key);
    folder.pass(Duration::from_secs(8)).await;
    assert_eq!(folder.rotation.newest(), 2);
    let trial = Arc::clone(&folder.rotation).turn("vigia".to_owned(), 1).await;
    folder.pass(Duration::from_secs(3)).await;
    assert_eq!(folder.standing(), (RotationState::Trying, String::new()));
    trial.proven();
    folder.pass(Duration::from_secs(3)).await;
    assert_eq!(folder.standing(), (RotationState::None, String::new()));
    assert_eq!(
        folder.live.board().certificates()[0].certificate.not_after.as_millis(),
        2_240_611_200_000,
        "2041"
    );
    assert_eq!(folder.live.board().warnings(), Vec::<&str>::new());
    folder.stop.cancel();
    folder.watching.take().unwrap().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_link_that_points_elsewhere_and_a_new_root_are_new_and_expired_ones_are_not() {
    let folder = Folder::watched();
    let (certificate, key) = pair(2025);
    folder.write("certificate", &certificate);
    folder.write("key", &key);
    folder.pass(Duration::from_secs(8)).await;
    assert!(folder.standing().1.contains("expired on"), "{:?}", folder.standing());
    let (certificate, key) = pair(2041);
    folder.write("elsewhere", &certificate);
    folder.write("key", &key);
    let at = folder.dir.path().join("certificate");
    fs::remove_file(&at).unwrap();
    folder.pass(Duration::from_secs(8)).await;
    assert!(folder.standing().1.contains("cannot be read"), "{:?}", folder.standing());
    std::os::unix::fs::symlink("elsewhere", &at).unwrap();
    folder.pass(Duration::from_secs(8)).await;
    assert_eq!(folder.rotation.newest(), 2);
    folder.write("ca", &pair(2042).0);
    folder.pass(Duration::from_secs(8)).await;
    assert_eq!(folder.rotation.newest(), 3);
    // The same again is nothing new.
    folder.rotation.reread(&files(folder.dir.path()), 8883, folder.clock.now());
    assert_eq!(folder.rotation.newest(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_that_stands_by_shows_what_it_will_use() {
    let folder = Folder::watched();
    folder.live.board().set_role(Role::Standby);
    let (certificate, key) = pair(2041);
    folder.write("certificate", &certificate);
    folder.write("key", &key);
    folder.pass(Duration::from_secs(8)).await;
    assert_eq!(folder.live.board().certificates()[0].certificate.not_after.as_millis(), 2_240_611_200_000);
    assert_eq!(folder.standing().0, RotationState::None);
    folder.live.board().set_role(Role::Active);
    folder.pass(Duration::from_secs(3)).await;
    assert_eq!(folder.standing().0, RotationState::Waiting, "not proven yet");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_tried_again_more_and_more_seldom_and_soon_when_the_files_change() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, FAR)));
    rotation.offer(Credentials::made_up(2, FAR));
    let mut waits = Vec::new();
    for _ in 0..7 {
        let begun = Instant::now();
        let trial = Arc::clone(&rotation).turn("vigia".to_owned(), 1).await;
        waits.push(begun.elapsed().as_secs());
        trial.failed(&"refused", false);
    }
    assert_eq!(waits, [0, 30, 60, 120, 240, 480, 600]);
    rotation.offer(Credentials::made_up(3, FAR));
    let begun = Instant::now();
    let trial = Arc::clone(&rotation).turn("vigia".to_owned(), 1).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // Nobody else meanwhile; and who lets go of it leaves things as they were.
    let other =
        tokio::time::timeout(Duration::from_hours(1), Arc::clone(&rotation).turn("vigia".to_owned(), 1))
            .await;
    assert!(other.is_err());
    drop(trial);
    drop(Arc::clone(&rotation).turn("vigia".to_owned(), 1).await);
}

/// How it stands for a process that ingests.
fn shown(rotation: &Rotation) -> (RotationState, String) {
    let live = Live::new(Clock::System, Duration::from_mins(1));
    live.board().set_role(Role::Active);
    rotation.show(live.board());
    let status = live.board().rotation();
    (status.state, status.detail.unwrap_or_default().to_string())
}

#[tokio::test(start_paused = true)]
async fn whoever_is_down_keeps_nobody_from_his_turn() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, FAR)));
    rotation.offer(Credentials::made_up(2, FAR));
    let old = rotation.in_use();
    let down = || rotation.newer("down", &old, Preference::Newest).unwrap();
    for _ in 0..20 {
        down().failed(&"refused", false);
    }
    assert_eq!(shown(&rotation), (RotationState::Failed, "down: refused".to_owned()));
    let late = down();
    let begun = Instant::now();
    Arc::clone(&rotation).turn("up".to_owned(), 1).await.proven();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // What is in use has not failed, whatever becomes of a try that began before.
    late.failed(&"refused", false);
    assert_eq!(shown(&rotation), (RotationState::None, String::new()));
    assert_eq!(rotation.proven_since("down", &old).number, 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_alone_is_refused_waits_alone_and_keeps_what_it_has() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, FAR)));
    let turn = |client: &str| Arc::clone(&rotation).turn(client.to_owned(), 1);
    let old = rotation.in_use();
    rotation.offer(Credentials::made_up(2, FAR));
    turn("alone").await.failed(&"refused", false);
    // The next try is another's.
    tokio::select! {
        biased;
        _ = turn("alone") => panic!("the same again"),
        trial = turn("second") => trial.proven(),
    }
    assert_eq!(rotation.proven_since("alone", &old).number, 1, "it works for others");
    let begun = Instant::now();
    let mut waits = Vec::new();
    for client in ["alone", "third", "alone", "fourth", "alone"] {
        let trial = turn(client).await;
        waits.push(begun.elapsed().as_secs());
        if client == "alone" {
            trial.failed(&"refused", false);
            assert_eq!(shown(&rotation), (RotationState::Failed, "alone: refused".to_owned()));
        } else {
            trial.proven();
        }
    }
    assert_eq!(waits, [0, 0, 60, 60, 180]);
    assert_eq!(shown(&rotation), (RotationState::Failed, "alone: refused".to_owned()));
    assert_eq!(rotation.proven_since("alone", &old).number, 1);
    assert_eq!(rotation.proven_since("down", &old).number, 2);
    rotation.newer("alone", &old, Preference::Newest).unwrap().proven();
    assert_eq!(shown(&rotation), (RotationState::None, String::new()));
    assert_eq!(rotation.proven_since("alone", &old).number, 2);
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_of_the_files_keeps_no_other_from_his_turn() {
    let rotation = Arc::new(Rotation::new(Credentials::made_up(1, FAR)));
    rotation.offer(Credentials::made_up(2, FAR));
    let begun = Instant::now();
    Arc::clone(&rotation).turn("one".to_owned(), 1).await.postponed(Some(&"no route"));
    assert_eq!(shown(&rotation), (RotationState::Waiting, "one: no route".to_owned()));
    Arc::clone(&rotation).turn("two".to_owned(), 1).await.postponed(None);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(shown(&rotation), (RotationState::Waiting, String::new()));
    drop(Arc::clone(&rotation).turn("one".to_owned(), 1).await);
    assert_eq!(begun.elapsed().as_secs(), POSTPONED.as_secs());
}

#[tokio::test]
async fn a_certificate_of_the_broker_that_ends_soon_is_looked_at_again() {
    const DAY: Duration = Duration::from_hours(24);
    let mut broker = Broker::start().unwrap();
    let show = |broker: &mut Broker, days: u32| {
        let life = days * DAY + DAY / 2;
        let shown = broker.pki().short_lived_server("broker", &["localhost"], life).unwrap();
        broker.stop().unwrap();
        broker.present(&shown).unwrap();
        broker.start_again().unwrap();
    };
    let client = broker.pki().client("vigia").unwrap();
    let files = TlsFiles { certificate: client.cert, key: client.key, ca: client.ca };
    let (clock, place) =
        (Clock::System, BrokerSettings { host: "localhost".to_owned(), port: broker.port() });
    let first = Credentials::of(&Material::read(&files).unwrap(), place.port, clock.now()).unwrap();
    let rotation = Arc::new(Rotation::new(first));
    let live = Live::new(clock.clone(), Duration::from_mins(1));
    live.board().set_role(Role::Active);
    let watcher = Watcher {
        rotation: Arc::clone(&rotation),
        files,
        broker: place.clone(),
        live: live.clone(),
        clock: clock.clone(),
        stop: CancellationToken::new(),
    };
    let days_left = || {
        rotation.show(live.board());
        let shown = live.board().certificates();
        let mut brokers = shown.iter().filter(|one| one.kind == CertificateKind::Broker);
        brokers.next().map(|one| one.certificate.days_left(clock.now()))
    };
    assert!(!watcher.look_at_broker().await, "nothing is known yet: connecting will tell");

    show(&mut broker, 20);
    shake_hands(place, rotation.in_use()).await.unwrap();
    assert_eq!(days_left(), Some(20));
    show(&mut broker, 400);
    live.board().set_role(Role::Standby);
    assert!(!watcher.look_at_broker().await, "another process ingests");
    live.board().set_role(Role::Active);
    assert_eq!(days_left(), Some(20));
    assert!(watcher.look_at_broker().await);
    assert_eq!(days_left(), Some(400));
    assert!(!watcher.look_at_broker().await, "it lasts");
}
