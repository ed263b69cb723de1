//! A plant without AWS: the broker's configuration and the certificates of `deploy/mosquitto`, with a real Mosquitto.

use crate::app::{TOPIC, TestApp, now_ms, telemetry};
use crate::publisher::{Publisher, heard, is_let_in, is_stranger_let_in, is_taken};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use vigia_testkit::{Account, BrokerOptions, Identity, MosquittoTools, Pki, Process, Scratch, free_port};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/mosquitto");
const OTHER_TOPIC: &str = "factory/granix/ba/planta-2/gateway/gw_02/telemetry";
const PATIENCE: Duration = Duration::from_secs(20);

fn pki_in(secrets: &Path, arguments: &[&str]) -> Output {
    let mut pki = Command::new("bash");
    pki.arg(Path::new(FOLDER).join("pki.sh")).args(arguments).env("VIGIA_SECRETS", secrets);
    pki.output().unwrap()
}

/// A broker as the Compose file runs it, with an authority and two gateways.
struct Plant {
    broker: Option<Process>,
    scratch: Scratch,
    /// For gateways.
    port: u16,
    /// For the backend.
    inner: u16,
}

impl Plant {
    fn start() -> Self {
        let scratch = Scratch::new("plant", Account::for_servers()).unwrap();
        let mut plant =
            Self { broker: None, scratch, port: free_port().unwrap(), inner: free_port().unwrap() };
        plant.must(&["init"]);
        plant.must(&["server", "localhost", "127.0.0.1"]);
        plant.must(&["gateway", "granix", "ba", "planta-1", "granix-ba-gw-01"]);
        plant.must(&["gateway", "granix", "ba", "planta-2", "gw_02"]);
        plant.must(&["backend"]);
        plant.restart();
        plant
    }

    fn secrets(&self) -> PathBuf {
        self.scratch.path().join("secrets")
    }

    fn pki(&self, arguments: &[&str]) -> Output {
        pki_in(&self.secrets(), arguments)
    }

    fn must(&self, arguments: &[&str]) -> String {
        let output = self.pki(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of, in a line.
    fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.pki(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        text
    }

    /// Starts the broker, or has it read its files again.
    fn restart(&mut self) {
        if let Some(mut broker) = self.broker.take() {
            assert!(broker.stop(PATIENCE).unwrap().expect("it stops").success());
        }
        let (account, dir) = (Account::for_servers(), self.secrets().join("broker"));
        // Here its user is another one than in the container.
        for path in fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).chain([dir.clone()]) {
            account.own(&path).unwrap();
        }
        let data = self.scratch.path().join("data");
        fs::create_dir_all(&data).unwrap();
        account.own(&data).unwrap();
        let config = fs::read_to_string(Path::new(FOLDER).join("mosquitto.conf")).unwrap();
        let config = config
            .replace("/mosquitto/pki", dir.to_str().unwrap())
            .replace("/mosquitto/data", data.to_str().unwrap())
            .replace("listener 8883", &format!("listener {} 127.0.0.1", self.inner))
            .replace("listener 8884", &format!("listener {} 127.0.0.1", self.port));
        let file = self.scratch.path().join("mosquitto.conf");
        fs::write(&file, config).unwrap();
        let mut command = MosquittoTools::find().unwrap().command();
        command.arg("-c").arg(&file);
        let log = self.scratch.path().join("broker.log");
        let mut broker = self.scratch.spawn("mosquitto", "TERM", account, &command, &log).unwrap();
        let listens = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        let (port, inner) = (self.port, self.inner);
        broker.wait_ready(PATIENCE, || listens(port) && listens(inner)).unwrap();
        self.broker = Some(broker);
    }

    fn identity(&self, folder: &str) -> Identity {
        let at = |name: &str| self.secrets().join(folder).join(name);
        Identity { ca: at("AmazonRootCA1.pem"), cert: at("certificate.pem.crt"), key: at("private.pem.key") }
    }

    fn gateway(&self, name: &str) -> Identity {
        self.identity(&format!("gateways/{name}"))
    }

    fn backend(&self) -> Identity {
        self.identity("")
    }

    /// The program, connected to this broker.
    async fn app(&self) -> TestApp {
        let mut app = TestApp::prepare(&[("PERSIST_DEFAULT_MODE", "both")], BrokerOptions::default());
        app.set("AWS_IOT_PORT", &self.inner.to_string());
        app.set("AWS_IOT_CONNECTIONS", "2");
        app.set_identity(&self.backend());
        app.run();
        app.until_ready().await;
        app
    }
}

#[tokio::test]
async fn a_gateway_speaks_for_itself_and_hears_nothing() {
    let plant = Plant::start();
    let app = plant.app().await;
    let (first, second) = (plant.gateway("granix-ba-gw-01"), plant.gateway("gw_02"));
    let message = telemetry(now_ms(), "a", "1", "int");
    for (who, topic) in [
        (&second, TOPIC),
        (&first, OTHER_TOPIC),
        (&first, "factory/granix/ba/planta-2/gateway/granix-ba-gw-01/telemetry"),
        (&first, "factory/other/ba/planta-1/gateway/granix-ba-gw-01/telemetry"),
        (&first, "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/commands"),
        (&plant.backend(), TOPIC),
    ] {
        assert!(!is_taken(plant.port, who, topic, &message).await, "{topic}");
    }
    let published = async {
        assert!(is_taken(plant.port, &first, TOPIC, &message).await);
        app.until_query("select count(*) from samples", "1").await;
    };
    assert_eq!(Box::pin(heard(plant.port, &second, "factory/#", published)).await, 0);
    assert_eq!(app.one("select count(*) from rejections"), "0", "what was refused never came");
    assert_eq!(app.one("select gateway_id from gateways"), "granix-ba-gw-01");
}

#[tokio::test]
async fn what_comes_while_the_backend_is_away_waits_through_a_restart_of_the_broker() {
    let mut plant = Plant::start();
    let mut app = plant.app().await;
    app.stop();
    let mut publisher = Publisher::connect(plant.port, &plant.gateway("granix-ba-gw-01")).await;
    let begin = now_ms();
    // More than Mosquitto keeps by itself.
    for n in 0..3_000 {
        publisher.send(TOPIC, telemetry(begin + n, "a", &n.to_string(), "int")).await;
    }
    publisher.flush().await;
    drop(publisher);
    plant.restart();
    app.run();
    app.until_query("select count(*) from samples", "3000").await;
}

#[tokio::test]
async fn a_gateway_does_not_take_the_place_of_the_backend_or_of_another_gateway() {
    let plant = Plant::start();
    let mut app = plant.app().await;
    let (first, second) = (plant.gateway("granix-ba-gw-01"), plant.gateway("gw_02"));
    app.stop();
    assert!(is_taken(plant.port, &first, TOPIC, &telemetry(now_ms(), "a", "1", "int")).await);
    // Each would end a session of that id, and with it what waits there.
    for id in ["vigia-test-0", "vigia-test-1", "vigia-test", "granix-ba-gw-01"] {
        assert!(is_let_in(plant.port, &second, id).await, "{id}");
    }
    app.run();
    app.until_query("select count(*) from samples", "1").await;
    let log = fs::read_to_string(plant.scratch.path().join("broker.log")).unwrap();
    let taken = log.lines().filter(|line| line.contains("u'gw_02'"));
    assert!(taken.clone().count() >= 4 && taken.clone().all(|line| line.contains(" as gw_02 (")), "{log}");
}

#[tokio::test]
async fn without_a_certificate_of_the_plant_nobody_gets_in() {
    let mut plant = Plant::start();
    let (first, second) = (plant.gateway("granix-ba-gw-01"), plant.gateway("gw_02"));
    let foreign = Pki::open_or_create(&plant.scratch.path().join("foreign")).unwrap();
    let foreign = Identity { ca: first.ca.clone(), ..foreign.client("granix-ba-gw-01").unwrap() };
    assert!(is_let_in(plant.port, &first, "first").await && is_let_in(plant.port, &second, "second").await);
    assert!(!is_let_in(plant.port, &foreign, "foreign").await, "the right name of a foreign authority");
    assert!(!is_stranger_let_in(plant.port, &first.ca).await, "no certificate at all");

    plant.must(&["revoke", "gw_02"]);
    plant.restart();
    assert!(!is_let_in(plant.port, &second, "second").await, "revoked");
    assert!(is_let_in(plant.port, &first, "first").await);
    assert!(plant.must(&["list"]).lines().any(|line| line.starts_with("revoked") && line.contains("gw_02")));

    let anew = ["gateway", "granix", "ba", "planta-2", "gw_02"];
    assert!(plant.refuses(&anew).contains("--force"), "what was revoked does not come back by itself");
    plant.must(&[&anew[..], &["--force"]].concat());
    plant.restart();
    assert!(is_taken(plant.port, &second, OTHER_TOPIC, "{}").await);
}

#[test]
fn running_it_twice_changes_nothing_and_keys_are_for_their_readers() {
    let plant = Plant::start();
    let keys = || -> BTreeMap<PathBuf, Vec<u8>> {
        let secrets = plant.secrets();
        let names =
            ["broker-ca/ca.key", "broker/server.key", "private.pem.key", "gateways/gw_02/private.pem.key"];
        names.map(|name| (secrets.join(name), fs::read(secrets.join(name)).unwrap())).into()
    };
    let (before, rights) = (keys(), plant.secrets().join("broker/acl"));
    let acl = fs::read_to_string(&rights).unwrap();
    plant.must(&["init"]);
    plant.must(&["server", "localhost"]);
    plant.must(&["gateway", "granix", "ba", "planta-2", "gw_02"]);
    plant.must(&["backend"]);
    assert_eq!(keys(), before);
    let lines = |text: &str| -> Vec<String> {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&fs::read_to_string(&rights).unwrap()), lines(&acl));
    assert!(!acl.contains("pattern") && acl.matches("topic write").count() == 2, "{acl}");
    for path in before.keys() {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert!([0o600, 0o640].contains(&mode), "{} has {mode:o}", path.display());
    }
    for (arguments, complaint) in [
        (&["gateway", "granix", "ba", "planta-1", "gw_02"][..], "already"),
        (&["gateway", "granix", "ba", "planta-1", "#"], "is no gateway"),
        (&["gateway", "granix", "ba", "planta-1", "../ca"], "is no gateway"),
        (&["gateway", "granix", "ba", "+", "gw_03"], "is no plant"),
        (&["gateway", "granix", "ba", "planta-1", "backend"], "not a gateway"),
        (&["gateway", "granix", "ba", "planta-1", "vigia-backend-1"], "client id"),
        (&["gateway", "granix", "ba", "planta-1"], "four names"),
        (&["revoke", "nobody"], "no certificate"),
        (&["revoke", "backend"], "--force"),
        (&["revoke", "broker"], "--force"),
        (&["server"], "which names"),
        (&["dance"], "--help"),
    ] {
        let text = plant.refuses(arguments);
        assert!(text.contains(complaint), "{arguments:?}: {text}");
    }
    // A key of AWS is nobody's to overwrite.
    fs::write(plant.secrets().join("certificate.pem.crt"), "of another authority").unwrap();
    assert!(plant.refuses(&["backend"]).contains("--force"));
}

#[test]
fn a_plant_that_was_moved_signs_and_revokes_and_says_what_fails() {
    let plant = Plant::start();
    let moved = plant.scratch.path().join("moved");
    fs::rename(plant.secrets(), &moved).unwrap();
    for arguments in [&["gateway", "granix", "ba", "planta-1", "gw_03"][..], &["revoke", "gw_02"]] {
        let output = pki_in(&moved, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let rights = || fs::read_to_string(moved.join("broker/acl")).unwrap();
    assert!(rights().contains("gw_03") && !rights().contains("gw_02"), "{}", rights());
    // What OpenSSL cannot do it says, and the rights are gone all the same.
    fs::remove_dir_all(moved.join("broker-ca/issued")).unwrap();
    let output = pki_in(&moved, &["revoke", "gw_03"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("/issued/") && said.contains("is not revoked"),
        "{said}"
    );
    assert!(!rights().contains("gw_03"), "{}", rights());
}
