//! Starting the pipeline, and stopping it in the order of the flow.

use crate::acknowledge::{ACK_QUEUE, Acknowledger};
use crate::batch::Batcher;
use crate::commit::Committer;
use crate::connect::{BrokerSettings, Connection, Finished, Purpose, QUEUE_PER_CONNECTION};
use crate::delivery::RECEIVE_MAXIMUM;
use crate::directory::Directory;
use crate::rules;
use crate::tls::{self, TlsFileError, TlsFiles};
use crate::validate::TimeWindow;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use vigia_live::board::ConnectionState;
use vigia_live::{GatewayPath, Live, PlcPath};
use vigia_model::{Clock, Mode};
use vigia_store::batch::QuarantineLimits;
use vigia_store::directory::Provisioning;
use vigia_store::mqtt_client::MqttClient;
use vigia_store::partition::KnownPartitions;
use vigia_store::{Store, StoreError};

const _: () = assert!(
    QUEUE_PER_CONNECTION >= RECEIVE_MAXIMUM,
    "the hand-over queue must hold a whole window, or polling would have to wait"
);

/// How the pipeline is set up.
#[derive(Debug, Clone)]
pub struct IngestSettings {
    pub host: String,
    pub port: u16,
    pub client_id: String,
    pub tls: TlsFiles,
    /// 1: the plain filters under exactly `client_id`; more: that many members of one shared subscription.
    pub connections: usize,
    pub share_group: String,
    pub filters: Vec<String>,
    pub default_mode: Mode,
    pub provisioning: Provisioning,
    pub max_sample_age: Duration,
    pub quarantine: QuarantineLimits,
}

impl IngestSettings {
    /// The client ids and filters of these settings, in order.
    fn clients(&self) -> Vec<MqttClient> {
        if self.connections <= 1 {
            return vec![MqttClient { client_id: self.client_id.clone(), filters: self.filters.clone() }];
        }
        let shared: Vec<String> =
            self.filters.iter().map(|filter| format!("$share/{}/{filter}", self.share_group)).collect();
        (0..self.connections)
            .map(|index| MqttClient {
                client_id: format!("{}-{index}", self.client_id),
                filters: shared.clone(),
            })
            .collect()
    }
}

/// Why the pipeline did not start.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    TlsFile(#[from] TlsFileError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The pipeline, ready to start: its files were checked.
#[derive(Debug)]
pub struct Ingest {
    settings: IngestSettings,
    broker: BrokerSettings,
}

/// What it needs from the process it runs in.
#[derive(Debug, Clone)]
pub struct StartedIngest {
    pub store: Store,
    pub live: Live,
    pub clock: Clock,
    pub tasks: TaskTracker,
    /// Stop taking messages, store and acknowledge what was taken, end.
    pub stop: CancellationToken,
    /// Stop waiting for a database that is away.
    pub give_up: CancellationToken,
}

impl Ingest {
    /// Reads and checks the certificate files.
    ///
    /// # Errors
    /// When one of them cannot be used; the text is one line naming the file and the fault.
    pub fn prepare(settings: IngestSettings, clock: &Clock) -> Result<Self, TlsFileError> {
        let config = tls::client_config(&settings.tls, settings.port, clock.now())?;
        let broker = BrokerSettings { host: settings.host.clone(), port: settings.port, tls: config };
        Ok(Self { settings, broker })
    }

    /// Fills the live state, reads the rules, then connects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(self, with: StartedIngest) -> Result<(), IngestError> {
        restore(&with.store, &with.live).await?;
        let rules = rules::load(&with.store, self.settings.default_mode).await?;
        let clients = self.settings.clients();
        let remembered = with.store.mqtt_clients().await?;
        let surplus: Vec<MqttClient> = remembered
            .iter()
            .filter(|known| !clients.iter().any(|client| client.client_id == known.client_id))
            .cloned()
            .collect();
        for client in &clients {
            with.store.remember_mqtt_client(client).await?;
        }

        let total = clients.len() + surplus.len();
        let (hand_over, deliveries) = mpsc::channel(total * QUEUE_PER_CONNECTION);
        let (to_committer, batches) = mpsc::channel(1);
        let (done, committed) = mpsc::channel(1);
        let directory = Arc::new(Mutex::new(Directory::default()));
        let mut acks = Vec::with_capacity(total);
        for (index, (client, purpose)) in clients
            .into_iter()
            .map(|client| (client, Purpose::Subscribe))
            .chain(surplus.into_iter().map(|client| (client, Purpose::Retire)))
            .enumerate()
        {
            let (ack_sender, ack_receiver) = mpsc::channel(ACK_QUEUE);
            acks.push(ack_sender);
            let board = match purpose {
                Purpose::Subscribe => with.live.board().connection(&client.client_id),
                // On no list: whether an old session can be emptied says nothing about being ready.
                Purpose::Retire => with.live.board().unlisted_connection(&client.client_id),
            };
            let connection = Connection {
                index,
                board,
                obsolete: obsolete_filters(&client, &remembered),
                client_id: client.client_id,
                filters: client.filters,
                purpose,
                broker: self.broker.clone(),
                hand_over: hand_over.clone(),
                acks: ack_receiver,
                clock: with.clock.clone(),
                stop: with.stop.clone(),
            };
            spawn_connection(&with, connection);
        }
        drop(hand_over);

        let follow = rules::follow(
            with.store.clone(),
            self.settings.default_mode,
            Arc::clone(&rules),
            with.stop.clone(),
        );
        spawn_guarded(&with, "rules", follow);
        let batching = Batcher {
            deliveries,
            to_committer,
            committed,
            directory: Arc::clone(&directory),
            rules: Arc::clone(&rules),
            live: with.live.clone(),
            clock: with.clock.clone(),
            window: TimeWindow { max_age: self.settings.max_sample_age },
        };
        spawn_guarded(&with, "batch", batching.run());
        let committing = Committer {
            batches,
            done,
            store: with.store.clone(),
            directory,
            rules,
            live: with.live.clone(),
            clock: with.clock.clone(),
            provisioning: self.settings.provisioning,
            limits: self.settings.quarantine,
            partitions: KnownPartitions::default(),
            acknowledger: Acknowledger { connections: acks },
            give_up: with.give_up.clone(),
        };
        spawn_guarded(&with, "commit", committing.run());
        Ok(())
    }
}

/// The filters a client's session may still hold and should not.
fn obsolete_filters(client: &MqttClient, remembered: &[MqttClient]) -> Vec<String> {
    remembered
        .iter()
        .filter(|known| known.client_id == client.client_id)
        .flat_map(|known| &known.filters)
        .filter(|filter| !client.filters.contains(filter))
        .cloned()
        .collect()
}

/// Runs a task whose end, for whatever reason, stops the process.
fn spawn_guarded(with: &StartedIngest, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
    let guard = with.stop.clone().drop_guard();
    let task = async move {
        let _guard = guard;
        task.await;
    };
    with.tasks.spawn(task.instrument(tracing::info_span!("ingest", task = name)));
}

fn spawn_connection(with: &StartedIngest, connection: Connection) {
    let span = tracing::info_span!("connection", mqtt.client_id = connection.client_id);
    let store = with.store.clone();
    let (client_id, purpose) = (connection.client_id.clone(), connection.purpose);
    let guard = with.stop.clone().drop_guard();
    let (live, stop) = (with.live.clone(), with.stop.clone());
    let task = async move {
        if purpose == Purpose::Retire {
            // Until the new subscriptions hold, the old session is the only one that collects.
            tokio::select! {
                () = stop.cancelled() => {}
                () = until_subscribed(&live) => {}
            }
        }
        let finished = connection.run().await;
        if purpose == Purpose::Retire {
            guard.disarm();
            if finished == Finished::Retired {
                match store.forget_mqtt_client(&client_id).await {
                    Ok(()) => tracing::info!("drained and unsubscribed a session no longer needed"),
                    Err(error) => {
                        tracing::warn!(error = %error, "will drain this session again at the next start");
                    }
                }
            }
        }
    };
    with.tasks.spawn(task.instrument(span));
}

/// Waits until every connection that is wanted has its subscription.
async fn until_subscribed(live: &Live) {
    const LOOK_AGAIN: Duration = Duration::from_millis(200);
    while live.board().connections().iter().any(|connection| connection.state != ConnectionState::Subscribed)
    {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Fills the live memory with what was last known.
async fn restore(store: &Store, live: &Live) -> Result<(), StoreError> {
    for gateway in store.known_gateways().await? {
        let path = GatewayPath {
            tenant: gateway.tenant,
            province: gateway.province,
            site: gateway.plant,
            gateway: gateway.gateway,
        };
        live.restore_gateway(&path, gateway.health);
    }
    for last in store.last_values().await? {
        let plc = live.plc(&PlcPath { tenant: last.tenant, site: last.plant, plc: last.plc });
        let metric = plc.metric(&last.metric);
        live.apply(&plc, &[(metric, last.sample)]);
    }
    live.board().database_up();
    Ok(())
}
