//! What stands in for AWS IoT Core: a Mosquitto in a network of its own that asks for client certificates. What a
//! certificate may do is as in the policies: the backend reads, a gateway publishes.

use crate::command::{run, wait_for};
use crate::docker::{docker, hand_over};
use crate::load::Publisher;
use anyhow::{Context, Result};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;
use vigia_testkit::{Identity, Pki, free_port};

/// The network that the broker and the program share.
pub(crate) const NETWORK: &str = "vigia-deploy-test-aws";
/// The name the program connects to.
pub(crate) const ENDPOINT: &str = "endpoint.iot.test";
/// The client id and the common name that may read.
pub(crate) const BACKEND: &str = "vigia-backend";
pub(crate) const CONTAINER: &str = "vigia-deploy-test-aws";
/// The account in the image.
const MOSQUITTO: u32 = 1_883;
pub(crate) const IMAGE: &str = "eclipse-mosquitto:2.0.22";

const CONFIG: &str = "\
listener 8883
cafile /mosquitto/config/ca.pem
certfile /mosquitto/config/server.pem
keyfile /mosquitto/config/server.key
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file /mosquitto/config/acl
max_queued_messages 0
max_inflight_messages 100
max_packet_size 139264
set_tcp_nodelay true
persistence false
log_dest stderr
log_type error
log_type warning
log_type notice
";
const ACL: &str = "\
user vigia-backend
topic read factory/#
user fleet
topic write factory/+/+/+/gateway/+/telemetry
";

/// The broker. Removed by `remove`.
#[derive(Debug)]
pub(crate) struct Aws {
    /// The authority of this test.
    pub(crate) pki: Pki,
    /// Where it is reached from this machine.
    port: u16,
}

impl Aws {
    /// Makes certificates, and starts the broker.
    pub(crate) async fn start(dir: &Path) -> Result<Self> {
        remove();
        let pki = Pki::open_or_create(&dir.join("pki"))?;
        let server = pki.server("endpoint", &[ENDPOINT, "localhost"])?;
        let config = dir.join("config");
        let files = [
            ("mosquitto.conf", CONFIG.to_owned()),
            ("acl", ACL.to_owned()),
            ("ca.pem", fs::read_to_string(&server.ca)?),
            ("server.pem", fs::read_to_string(&server.cert)?),
            ("server.key", fs::read_to_string(&server.key)?),
        ];
        hand_over(&config, MOSQUITTO, &files)?;
        let port = free_port()?;
        run(&mut docker(&["network", "create", NETWORK]))?;
        let publish = format!("127.0.0.1:{port}:8883");
        let mount = format!("{}:/mosquitto/config:ro", config.display());
        let args =
            ["run", "--detach", "--name", CONTAINER, "--network", NETWORK, "--network-alias", ENDPOINT];
        run(docker(&args).args(["--user", "1883:1883", "--publish", &publish, "--volume", &mount, IMAGE]))?;
        let aws = Self { pki, port };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        wait_for("the broker", Duration::from_secs(30), || Ok(TcpStream::connect(address).ok())).await?;
        Ok(aws)
    }

    /// What the program is known by.
    pub(crate) fn backend(&self) -> Result<Identity> {
        self.pki.client(BACKEND).context("no certificate for the program")
    }

    /// The same after it was renewed.
    pub(crate) fn renewed_backend(&self) -> Result<Identity> {
        self.pki.renewed_client(BACKEND).context("no new certificate for the program")
    }

    /// All gateways of the fleet, with one certificate.
    pub(crate) fn fleet(&self) -> Result<Publisher> {
        let identity = self.pki.client("fleet").context("no certificate for the fleet")?;
        Ok(Publisher { port: self.port, identity, connections: 2, gateways: None })
    }
}

/// Removes the broker and its network, as far as they are there.
pub(crate) fn remove() {
    run(&mut docker(&["rm", "--force", "--volumes", CONTAINER])).ok();
    run(&mut docker(&["network", "rm", NETWORK])).ok();
}
