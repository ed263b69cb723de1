//! What travels between the stages: a message on its way in, its receipt, and the acks on their way back.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use vigia_model::Timestamp;

/// Messages the broker may send without an ack: AWS IoT Core's own limit per client.
pub(crate) const RECEIVE_MAXIMUM: usize = 100;
/// Messages in one batch. Bounds the memory of a batch and the time one commit takes.
pub(crate) const MAX_MESSAGES: usize = 5_000;

/// A message as it came, on its way into the pipeline.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) connection: usize,
    pub(crate) generation: u64,
    /// 0 for QoS 0.
    pub(crate) packet_id: u16,
    pub(crate) topic: Bytes,
    pub(crate) payload: Bytes,
    pub(crate) received_at: Timestamp,
    pub(crate) ticket: Ticket,
}

/// What must be acknowledged once the message is durable.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) connection: usize,
    pub(crate) generation: u64,
    /// 0 for QoS 0, which has none.
    pub(crate) packet_id: u16,
    /// Held, and given back when the message has left the pipeline.
    pub(crate) ticket: Ticket,
}

/// Packet ids of one connection, durable and not yet acknowledged.
#[derive(Debug)]
pub(crate) struct Acks {
    pub(crate) generation: u64,
    pub(crate) packet_ids: Vec<u16>,
}

/// Proof that a message is in the pipeline; gives its place back when dropped.
#[derive(Debug)]
pub(crate) struct Ticket(Arc<AtomicUsize>);

impl Ticket {
    pub(crate) fn take(in_pipeline: &Arc<AtomicUsize>) -> Self {
        in_pipeline.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(in_pipeline))
    }

    /// How many messages of this connection are in the pipeline, this one included.
    pub(crate) fn in_pipeline(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
