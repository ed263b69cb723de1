//! The probe: a gateway of its own that publishes some fifty messages a second, each with its number as the value.

use anyhow::{Result, bail};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::{AsyncClient, Event, EventLoop, Incoming, MqttOptions};
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vigia_model::Clock;
use vigia_simulator::Tls;
use vigia_testkit::Broker;

const TOPIC: &str = "factory/probe/ba/probe-1/gateway/probe-gw/telemetry";
/// Between 14 and 26 ms apart, 20 on average: in step with nothing.
const GAPS_MS: [u64; 13] = [14, 19, 24, 16, 21, 26, 18, 23, 15, 20, 25, 17, 22];

/// When each message was due to leave, by its number; how many there will be, once that is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(Arc<Mutex<Times>>);

#[derive(Debug, Default)]
struct Times {
    left: Vec<Instant>,
    is_all: bool,
}

impl Sent {
    /// The number of the message that is due at this moment. From then on it is under way: a probe that comes late
    /// itself must not make it look quick.
    fn leave(&self, due: Instant) -> usize {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.left.push(due);
        times.left.len() - 1
    }

    fn all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_all = true;
    }

    /// How long ago, in milliseconds, this message left.
    pub(crate) fn milliseconds_since(&self, number: usize, now: Instant) -> Option<f64> {
        let left = *self.0.lock().unwrap_or_else(PoisonError::into_inner).left.get(number)?;
        Some(now.saturating_duration_since(left).as_secs_f64() * 1_000.0)
    }

    /// Whether so many are all there will be.
    pub(crate) fn is_all(&self, messages: usize) -> bool {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        times.is_all && times.left.len() <= messages
    }
}

/// A connected probe.
pub(crate) struct Probe {
    client: AsyncClient,
    events: EventLoop,
    sent: Sent,
}

impl Probe {
    /// Connects.
    pub(crate) async fn connect(broker: &Broker, sent: &Sent) -> Result<Self> {
        let (client, mut events) = client(broker)?;
        while !matches!(events.poll().await?, Event::Incoming(Incoming::ConnAck(_))) {}
        Ok(Self { client, events, sent: sent.clone() })
    }

    /// Publishes for so long; how many messages it were.
    pub(crate) async fn publish(mut self, lasting: Duration) -> Result<usize> {
        let (mut published, mut confirmed, mut at) = (0, 0, 0);
        let end = Instant::now() + lasting;
        let mut gaps = GAPS_MS.into_iter().cycle();
        let mut next = tokio::time::Instant::now();
        while confirmed < published || Instant::now() < end {
            // Never dropped half-way: what it was reading would be lost.
            let mut poll = pin!(self.events.poll());
            let event = loop {
                tokio::select! {
                    biased;
                    () = tokio::time::sleep_until(next), if Instant::now() < end => {
                        let due = next.into_std();
                        next += Duration::from_millis(gaps.next().unwrap_or(20));
                        // Late, two may leave in one millisecond; the second would contradict the first.
                        at = Clock::System.now().as_millis().max(at + 1);
                        let number = self.sent.leave(due);
                        if self.client.try_publish(TOPIC, QoS::AtLeastOnce, false, payload(at, number)).is_err() {
                            bail!("the probe cannot publish");
                        }
                        published += 1;
                    }
                    event = &mut poll => break event?,
                }
            };
            if let Event::Incoming(Incoming::PubAck(_)) = event {
                confirmed += 1;
            }
        }
        self.sent.all();
        Ok(published)
    }
}

fn payload(at: i64, number: usize) -> String {
    format!(
        r#"{{"schemaVersion":1,"timestamp":{at},"type":"telemetry","tenant":"probe","province":"ba","plant":"probe-1","gatewayId":"probe-gw","plcId":"probe","metricId":"number","value":{number},"dataType":"int","quality":"GOOD"}}"#
    )
}

fn client(broker: &Broker) -> Result<(AsyncClient, EventLoop)> {
    let identity = broker.pki().client("publisher")?;
    let tls = Tls { ca: identity.ca, cert: identity.cert, key: identity.key };
    let config = Arc::clone(tls.connector()?.config());
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    let mut options = MqttOptions::new("probe", "localhost", broker.port());
    options
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(config)))
        .set_network_options(network);
    Ok(AsyncClient::new(options, 100))
}
