//! What the pipeline is told: how it is set up, and what it shares with the process it runs in.

use crate::decide::Defaults;
use crate::spool::SpoolSettings;
use crate::tls::TlsFiles;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vigia_live::Live;
use vigia_model::{Clock, Mode, Retention};
use vigia_store::Store;
use vigia_store::batch::QuarantineLimits;
use vigia_store::directory::Provisioning;
use vigia_store::mqtt_client::MqttClient;

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
    /// How long what is kept stays, where no rule says otherwise.
    pub retention: Retention,
    /// What the database may take, in bytes; `None`: whatever it likes.
    pub storage_max_bytes: Option<i64>,
    pub provisioning: Provisioning,
    pub max_sample_age: Duration,
    pub quarantine: QuarantineLimits,
    /// How long an hour has to be over before its samples are packed; `None`: they never are.
    pub pack_after: Option<Duration>,
    pub spool: SpoolSettings,
}

impl IngestSettings {
    /// What holds where no rule says otherwise.
    pub(crate) fn defaults(&self) -> Defaults {
        Defaults { mode: self.default_mode, retention: self.retention }
    }

    /// The client ids and filters of these settings, in order.
    pub(crate) fn clients(&self) -> Vec<MqttClient> {
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

/// What it needs from the process it runs in.
#[derive(Debug, Clone)]
pub struct StartedIngest {
    pub store: Store,
    pub live: Live,
    pub clock: Clock,
    pub tasks: TaskTracker,
    /// Stop taking messages, make safe and acknowledge what was taken, end.
    pub stop: CancellationToken,
    /// Stop waiting for a database that is away.
    pub give_up: CancellationToken,
}
