//! A plant without AWS, by the commands of docs/operations/on-premise.md: a broker of its own, whose authority signs for
//! gateways, for the program and for the page.

use super::build::TAG;
use super::heal::kill;
use super::padlock::TAKEN_WITHIN;
use super::prepare::prepare_secrets;
use super::start::examine;
use crate::aws::IMAGE;
use crate::command::{run, wait_for};
use crate::docker::docker;
use crate::load::Publisher;
use crate::second::{ON_PREMISE, Second};
use crate::stage::{Bench, HEALTHY_WITHIN, STORED_WITHIN};
use crate::web::{NAME, Web, shown};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::time::Duration;
use vigia_testkit::{Identity, free_port};

/// The first gateway of the load, and where it is.
const GATEWAY: &str = "load-gw-01";
/// One that comes later.
const OTHER: &str = "load-gw-02";
const PLANT: &str = "load ba load-1";
/// How long a gateway publishes before and after something happens.
const A_WHILE: Duration = Duration::from_secs(3);
/// What the broker answers: taken, taken while nobody listens, and not authorized.
const TAKEN: [&str; 2] = ["RC:0)", "RC:16)"];
const REFUSED: &str = "RC:135)";

pub(crate) async fn on_premise(bench: &mut Bench) -> Result<String> {
    let port = free_port()?;
    let settings = [
        ("VIGIA_VERSION", TAG.to_owned()),
        ("COMPOSE_PROFILES", "tls,on-premise".to_owned()),
        ("ACME", "off".to_owned()),
        ("AWS_IOT_ENDPOINT", "broker".to_owned()),
        ("AWS_IOT_PORT", "8883".to_owned()),
        ("MQTT_PORT", format!("127.0.0.1:{port}")),
    ];
    let plant = Plant { second: Second::check_out(bench, ON_PREMISE, &settings)?, port };
    let result = plant.run(bench).await;
    plant.second.end(result)
}

/// An installation with its own broker.
struct Plant {
    second: Second,
    /// Where gateways find the broker.
    port: u16,
}

impl Plant {
    async fn run(&self, bench: &Bench) -> Result<String> {
        let (project, second) = (&self.second.project, &self.second);
        // It makes the passwords, and says that the certificates are missing.
        let missing = prepare_secrets(project).err().context("prepare.sh misses nothing")?.to_string();
        ensure!(missing.contains("missing   secrets/certificate.pem.crt"), "prepare.sh says {missing}");
        for command in ["init", "server localhost 127.0.0.1", "backend", &gateway(GATEWAY)] {
            self.pki(command)?;
        }
        prepare_secrets(project)?;
        second.start().await?;
        let page = self.page(bench).await.context("the certificate of the page")?;

        second.load(self.publisher(GATEWAY), 2_001, Some(500))?.complete().await?;
        let stored = second.compared().await?;
        // A gateway is added while another one publishes.
        let load = second.load(self.publisher(GATEWAY), 2_002, None)?;
        tokio::time::sleep(A_WHILE).await;
        self.pki(&gateway(OTHER))?;
        let known = second.subscriptions()?;
        run(&mut project.compose(&["restart", "broker"]))?;
        second.subscribed_after(known).await?;
        tokio::time::sleep(A_WHILE).await;
        let confirmed = load.end().await?;
        second.compared().await.context("after the broker's restart")?;
        // What it passed on survives its death; docs/operations/on-premise.md says what waits in it does not.
        let load = second.load(self.publisher(GATEWAY), 2_003, None)?;
        tokio::time::sleep(A_WHILE).await;
        let known = second.subscriptions()?;
        let healed = kill(project, "broker").await?;
        second.subscribed_after(known).await?;
        tokio::time::sleep(A_WHILE).await;
        let through = load.end().await?;
        let all = second.compared().await.context("after the broker was killed")?;
        let rights = self.rights().await?;
        project.wait_healthy(&project.services()?, HEALTHY_WITHIN).await?;
        let doctor = examine(project)?;
        Ok(format!(
            "{stored} samples of a gateway with its certificate; the broker restarted under load for a new gateway ({confirmed} \
             messages), killed under load and healthy again in {:.0} s ({through} messages), nothing lost, {all} samples; {rights}; the plant's certificate on the \
             page after {page:.0} s; doctor: {doctor}",
            healed.as_secs_f64()
        ))
    }

    fn pki(&self, command: &str) -> Result<String> {
        self.second.project.shell(&format!("deploy/mosquitto/pki.sh {command}"))
    }

    /// A certificate of the plant's authority for the page; after how many seconds it is shown.
    async fn page(&self, bench: &Bench) -> Result<f64> {
        let (_, https) = bench.ports;
        let own = shown(https)?;
        self.pki(&format!("web {NAME}"))?;
        self.second.project.shell(&format!(
            r#"name={NAME}
            tar -C secrets/web --mode=0600 -c fullchain.pem privkey.pem | \
              deploy/compose run --rm --no-deps -T --entrypoint sh certbot -c \
              "umask 077; mkdir -p /etc/letsencrypt/live/$name && tar -x -C /etc/letsencrypt/live/$name""#
        ))?;
        let web = Web::signed_by(bench.ports, self.second.project.dir.join("secrets/broker-ca/ca.pem"));
        Ok(web.until_trusted(&own, TAKEN_WITHIN).await?.as_secs_f64())
    }

    /// A gateway speaks for itself alone.
    async fn rights(&self) -> Result<String> {
        let project = &self.second.project;
        for (gateway, topic) in [(GATEWAY, OTHER), (OTHER, GATEWAY)] {
            let said = self.say(gateway, topic)?;
            ensure!(said.contains(REFUSED), "{gateway} on the topic of {topic} was answered {said:?}");
        }
        let said = self.say(OTHER, OTHER)?;
        ensure!(TAKEN.iter().any(|code| said.contains(code)), "{OTHER} was answered {said:?}");
        // The message says nothing, and is kept as such; those that were refused never came.
        let mut rejected = String::new();
        wait_for("the message in the quarantine", STORED_WITHIN, || {
            rejected = project.sql("select count(*) from rejections")?;
            Ok((rejected != "0").then_some(()))
        })
        .await?;
        ensure!(rejected == "1", "{rejected} messages are in the quarantine, not 1");
        Ok(format!("{OTHER} is heard on its own topic, and refused on that of {GATEWAY}"))
    }

    /// Publishes one message as the documentation tries it; what the client says of it.
    fn say(&self, gateway: &str, topic: &str) -> Result<String> {
        let files = format!("{}:/gateway:ro", self.folder(gateway).display());
        let (port, topic) = (self.port, PLANT.replace(' ', "/") + "/gateway/" + topic);
        let command = format!(
            "mosquitto_pub -V mqttv5 -q 1 -d -h localhost -p {port} --cafile AmazonRootCA1.pem --cert certificate.pem.crt \
             --key private.pem.key -t factory/{topic}/telemetry -m '{{}}' 2>&1"
        );
        let run_in = ["run", "--rm", "--network", "host", "--volume", &files, "--workdir", "/gateway", IMAGE];
        let output = docker(&run_in).args(["sh", "-c", &command]).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn folder(&self, gateway: &str) -> PathBuf {
        self.second.project.dir.join("secrets/gateways").join(gateway)
    }

    fn publisher(&self, gateway: &str) -> Publisher {
        let file = |name: &str| self.folder(gateway).join(name);
        let identity = Identity {
            ca: file("AmazonRootCA1.pem"),
            cert: file("certificate.pem.crt"),
            key: file("private.pem.key"),
        };
        Publisher { port: self.port, identity, connections: 1, gateways: Some(1) }
    }
}

/// The words that make a gateway's certificate.
fn gateway(name: &str) -> String {
    format!("gateway {PLANT} {name}")
}
