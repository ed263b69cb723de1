//! Acknowledge: tells each connection which of its messages are durable. The connection's own task sends the
//! PUBACKs; here they only travel, in order of receipt within a lane and marked with the generation they belong to.

use crate::delivery::{Acks, Receipt};
use tokio::sync::mpsc;

/// How many batches of acks may wait for a connection's task, which never waits for anything of ours.
pub(crate) const ACK_QUEUE: usize = 64;

/// The way back to every connection.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledger {
    pub(crate) connections: Vec<mpsc::Sender<Acks>>,
}

impl Acknowledger {
    /// Acknowledges messages in the order given. Those of a connection that is gone are redelivered by the broker.
    pub(crate) async fn acknowledge(&self, receipts: Vec<Receipt>) {
        let mut per_connection: Vec<Vec<Acks>> = self.connections.iter().map(|_| Vec::new()).collect();
        for receipt in receipts.iter().filter(|receipt| receipt.packet_id != 0) {
            let Some(acks) = per_connection.get_mut(receipt.connection) else { continue };
            match acks.last_mut() {
                Some(last) if last.generation == receipt.generation => {
                    last.packet_ids.push(receipt.packet_id);
                }
                _ => acks.push(Acks { generation: receipt.generation, packet_ids: vec![receipt.packet_id] }),
            }
        }
        for (sender, acks) in self.connections.iter().zip(per_connection) {
            for batch in acks {
                if sender.send(batch).await.is_err() {
                    break;
                }
            }
        }
        // Only now do the tickets go back: a connection that waits for them has its acks before it.
        drop(receipts);
    }
}
