//! The session against a broker that follows a script, over streams in memory.
//!
//! Time is paused: it moves on when every task waits, so no test waits for real.

mod broker;

use super::*;
use broker::{Broker, Counted};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    Disconnect, DisconnectProperties, DisconnectReasonCode, Packet, PingResp, SubscribeReasonCode,
};
use std::sync::Mutex;
use tokio::task::JoinHandle;
use vigia_live::Live;
use vigia_live::board::{ConnectionStatus, Role, RotationState};
use vigia_model::Timestamp;

const GRANTED: SubscribeReasonCode = SubscribeReasonCode::Success(QoS::AtLeastOnce);

/// A connection under test, the pipeline behind it and the broker before it.
struct Bench {
    live: Live,
    deliveries: Option<mpsc::Receiver<Delivery>>,
    acks: Option<mpsc::Sender<Acks>>,
    lease: watch::Sender<Instant>,
    rotation: Arc<Rotation>,
    /// The certificates each dial was made with, by the number that stands in their subject.
    dialled: Arc<Mutex<Vec<u64>>>,
    /// What the next dial comes to in place of a stream.
    refuse: Arc<Mutex<Option<SessionError>>>,
    stop: CancellationToken,
    brokers: mpsc::Receiver<Broker>,
    task: JoinHandle<Finished>,
}

/// How the connection is set up.
struct Setup {
    client_id: &'static str,
    filters: Vec<String>,
    obsolete: Vec<String>,
    purpose: Purpose,
    queue: usize,
    /// Bytes that fit between the two ends.
    pipe: usize,
    rotation: Arc<Rotation>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            client_id: "vigia",
            filters: vec!["a/#".into()],
            obsolete: Vec::new(),
            purpose: Purpose::Subscribe,
            queue: QUEUE_PER_CONNECTION,
            pipe: 256 * 1024,
            rotation: Arc::new(Rotation::new(certificates(1))),
        }
    }
}

/// Certificates that end far away.
fn certificates(number: u64) -> Credentials {
    Credentials::made_up(number, Timestamp::from_millis(4_000_000_000_000))
}

#[expect(clippy::disallowed_methods, reason = "a test's own task")]
fn start_with(setup: Setup) -> Bench {
    let clock = Clock::System;
    let live = Live::new(clock.clone(), Duration::from_mins(1));
    let (hand_over, deliveries) = mpsc::channel(setup.queue);
    let (acks, ack_receiver) = mpsc::channel(64);
    let (lease, confirmed) = watch::channel(Instant::now());
    let (to_test, brokers) = mpsc::channel(4);
    let stop = CancellationToken::new();
    let connection = Connection {
        index: 0,
        client_id: setup.client_id.into(),
        filters: setup.filters,
        obsolete: setup.obsolete,
        purpose: setup.purpose,
        broker: BrokerSettings { host: "localhost".into(), port: 0 },
        rotation: Arc::clone(&setup.rotation),
        hand_over,
        acks: ack_receiver,
        lease: confirmed,
        board: live.board().connection(setup.client_id),
        clock,
        stop: stop.clone(),
    };
    let (dialled, refuse) = (Arc::<Mutex<Vec<u64>>>::default(), Arc::<Mutex<Option<_>>>::default());
    let (numbers, refusal) = (Arc::clone(&dialled), Arc::clone(&refuse));
    let dial = move |credentials: Arc<Credentials>| {
        let subject = &credentials.certificates()[0].certificate.subject;
        numbers.lock().unwrap().push(subject.trim_start_matches("CN=number ").parse().unwrap());
        let refused = refusal.lock().unwrap().take();
        let (ours, theirs) = tokio::io::duplex(setup.pipe);
        let (stream, writes) = Counted::new(ours);
        let to_test = to_test.clone();
        async move {
            if let Some(error) = refused {
                return Err(error);
            }
            let broker = Broker::new(theirs, writes);
            to_test.send(broker).await.map_err(|_| SessionError::Closed)?;
            Ok(stream)
        }
    };
    let task = tokio::spawn(connection.run_over(dial));
    Bench {
        live,
        deliveries: Some(deliveries),
        acks: Some(acks),
        lease,
        rotation: setup.rotation,
        dialled,
        refuse,
        stop,
        brokers,
        task,
    }
}

fn start() -> Bench {
    start_with(Setup::default())
}

impl Bench {
    async fn broker(&mut self) -> Broker {
        self.brokers.recv().await.unwrap()
    }

    /// The next connection, accepted and subscribed.
    async fn subscribed(&mut self) -> Broker {
        let mut broker = self.broker().await;
        broker.accept(true).await;
        let subscribe = broker.subscribe().await;
        let codes = vec![GRANTED; subscribe.filters.len()];
        broker.suback(subscribe.pkid, codes).await;
        broker
    }

    async fn delivery(&mut self) -> Delivery {
        self.deliveries.as_mut().unwrap().recv().await.unwrap()
    }

    async fn take(&mut self, count: usize) -> Vec<Delivery> {
        let mut taken = Vec::new();
        for _ in 0..count {
            taken.push(self.delivery().await);
        }
        taken
    }

    fn is_idle(&mut self) -> bool {
        self.deliveries.as_mut().unwrap().try_recv().is_err()
    }

    async fn acknowledge(&self, generation: u64, packet_ids: Vec<u16>) {
        self.acks.as_ref().unwrap().send(Acks { generation, packet_ids }).await.unwrap();
    }

    fn dialled(&self) -> Vec<u64> {
        self.dialled.lock().unwrap().clone()
    }

    /// How replaced files stand, and why.
    fn standing(&self) -> (RotationState, String) {
        self.live.board().set_role(Role::Active);
        self.rotation.show(self.live.board());
        let status = self.live.board().rotation();
        (status.state, status.detail.unwrap_or_default().to_string())
    }

    fn status(&self) -> ConnectionStatus {
        self.live.board().connections().remove(0)
    }

    fn error(&self) -> String {
        self.status().last_error.unwrap_or_default().to_string()
    }

    fn subscriptions(&self) -> Vec<String> {
        self.status().subscriptions.iter().map(|one| one.state.to_string()).collect()
    }
}

/// Lets every other task run until it waits.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

fn ids(deliveries: &[Delivery]) -> Vec<u16> {
    deliveries.iter().map(|delivery| delivery.packet_id).collect()
}

mod ending;
mod flow;
mod moving;
mod subscribing;
