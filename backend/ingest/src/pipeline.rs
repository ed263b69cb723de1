//! One term of ingesting: from the moment this process holds the lease until it loses it or stops.

use crate::acknowledge::{ACK_QUEUE, Acknowledger};
use crate::batch::{Batcher, Lane, Waiting, Workbench};
use crate::commit::Committer;
use crate::connect::{BrokerSettings, Connection, Finished, Purpose, QUEUE_PER_CONNECTION};
use crate::delivery::RECEIVE_MAXIMUM;
use crate::keep::Keeper;
use crate::lease::Election;
use crate::pack::Packer;
use crate::replay::Replayer;
use crate::retain::Retainer;
use crate::rotation::Rotation;
use crate::settings::{IngestSettings, StartedIngest};
use crate::spool::SharedSpool;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use vigia_live::Live;
use vigia_live::board::ConnectionState;
use vigia_store::mqtt_client::MqttClient;
use vigia_store::{Store, StoreError};

const _: () = assert!(
    QUEUE_PER_CONNECTION >= RECEIVE_MAXIMUM,
    "the hand-over queue must hold a whole window, or polling would have to wait"
);

/// What one term works with.
#[derive(Debug)]
pub(crate) struct Pipeline<'a> {
    pub(crate) settings: &'a IngestSettings,
    pub(crate) broker: &'a BrokerSettings,
    pub(crate) rotation: &'a Arc<Rotation>,
    pub(crate) with: &'a StartedIngest,
    pub(crate) bench: &'a Workbench,
    pub(crate) committer: Committer,
    pub(crate) spool: &'a SharedSpool,
    pub(crate) election: &'a Election,
    pub(crate) tasks: TaskTracker,
    /// Stop taking messages, make safe and acknowledge what was taken, end.
    pub(crate) stop: CancellationToken,
}

impl Pipeline<'_> {
    /// Connects and starts every stage.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn start(self) -> Result<(), StoreError> {
        let clients = self.settings.clients();
        let remembered = self.with.store.mqtt_clients().await?;
        let surplus: Vec<MqttClient> = remembered
            .iter()
            .filter(|known| !clients.iter().any(|client| client.client_id == known.client_id))
            .cloned()
            .collect();
        for client in &clients {
            self.with.store.remember_mqtt_client(client).await?;
        }

        let total = clients.len() + surplus.len();
        let (hand_over, deliveries) = mpsc::channel(total * QUEUE_PER_CONNECTION);
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
                Purpose::Subscribe => self.with.live.board().connection(&client.client_id),
                // On no list: whether an old session can be emptied says nothing about being ready.
                Purpose::Retire => self.with.live.board().unlisted_connection(&client.client_id),
            };
            let connection = Connection {
                index,
                board,
                obsolete: obsolete_filters(&client, &remembered),
                client_id: client.client_id,
                filters: client.filters,
                purpose,
                broker: self.broker.clone(),
                rotation: Arc::clone(self.rotation),
                hand_over: hand_over.clone(),
                acks: ack_receiver,
                clock: self.with.clock.clone(),
                lease: self.election.confirmed.clone(),
                stop: self.stop.clone(),
            };
            self.spawn_connection(connection);
        }
        drop(hand_over);

        let acknowledger = Acknowledger { connections: acks };
        let keeper = |lane| Keeper::behind(lane, &self.committer, self.spool, &acknowledger);
        let ((known_keeper, known), (strange_keeper, strange)) = (keeper(Lane::known), keeper(Lane::strange));
        spawn_guarded(&self.tasks, &self.stop, "keep", known_keeper.run());
        spawn_guarded(&self.tasks, &self.stop, "keep new names", strange_keeper.run());
        let batching =
            Batcher { deliveries, known, strange, waiting: Waiting::default(), bench: self.bench.clone() };
        spawn_guarded(&self.tasks, &self.stop, "batch", batching.run());
        if let Some(after) = self.settings.pack_after {
            let packer = Packer {
                store: self.with.store.clone(),
                live: self.with.live.clone(),
                clock: self.with.clock.clone(),
                after,
                stop: self.stop.clone(),
            };
            spawn_guarded(&self.tasks, &self.stop, "pack", packer.run());
        }
        let retainer = Retainer {
            store: self.with.store.clone(),
            live: self.with.live.clone(),
            clock: self.with.clock.clone(),
            rules: Arc::clone(&self.bench.rules),
            packs: self.settings.pack_after.is_some(),
            max_bytes: self.settings.storage_max_bytes,
            stop: self.stop.clone(),
        };
        spawn_guarded(&self.tasks, &self.stop, "retain", retainer.run());
        let replayer = Replayer {
            // What is asked for stays asked for: a stop is not held up by it.
            committer: Committer { limits: None, give_up: self.stop.clone(), ..self.committer },
            stop: self.stop.clone(),
        };
        spawn_guarded(&self.tasks, &self.stop, "replay", replayer.run());
        Ok(())
    }

    fn spawn_connection(&self, connection: Connection) {
        let span = tracing::info_span!("connection", mqtt.client_id = connection.client_id);
        let store = self.with.store.clone();
        let (client_id, purpose) = (connection.client_id.clone(), connection.purpose);
        let guard = self.stop.clone().drop_guard();
        let (live, stop) = (self.with.live.clone(), self.stop.clone());
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
                    forget(&store, &client_id).await;
                }
            }
        };
        self.tasks.spawn(task.instrument(span));
    }
}

async fn forget(store: &Store, client_id: &str) {
    match store.forget_mqtt_client(client_id).await {
        Ok(()) => tracing::info!("drained and unsubscribed a session no longer needed"),
        Err(error) => tracing::warn!(error = %error, "will drain this session again at the next start"),
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

/// Runs a task whose end, for whatever reason, ends what `stop` stops.
pub(crate) fn spawn_guarded(
    tasks: &TaskTracker,
    stop: &CancellationToken,
    name: &'static str,
    task: impl Future<Output = ()> + Send + 'static,
) {
    let guard = stop.clone().drop_guard();
    let task = async move {
        let _guard = guard;
        task.await;
    };
    tasks.spawn(task.instrument(tracing::info_span!("ingest", task = name)));
}

/// Waits until every connection that is wanted has its subscription.
async fn until_subscribed(live: &Live) {
    const LOOK_AGAIN: Duration = Duration::from_millis(200);
    while live.board().connections().iter().any(|connection| connection.state != ConnectionState::Subscribed)
    {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
