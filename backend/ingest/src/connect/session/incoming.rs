//! What the broker sends, packet by packet.

use super::{Purpose, Running, SessionError};
use crate::connect::words;
use crate::delivery::{Delivery, Ticket};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, SubAck};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;
use vigia_live::board::SubscriptionState;

impl<'d, S: AsyncRead + AsyncWrite + Unpin + Send + 'd> Running<'_, 'd, S> {
    /// Takes every whole packet of what was read, until one has to wait.
    pub(super) fn take_in(&mut self) -> Result<(), SessionError> {
        let (mut received, mut resent) = (0, 0);
        while self.waiting.is_none() {
            let Some(packet) = self.wire.next_packet()? else { break };
            match packet {
                Packet::Publish(publish) => match self.hand_over(publish) {
                    Taken::New => received += 1,
                    Taken::Resent => resent += 1,
                    Taken::Left => {}
                },
                Packet::SubAck(ack) => self.confirm(&ack)?,
                // The quiet that says a retired session is empty begins when nothing is subscribed any more.
                Packet::UnsubAck(ack) if self.subscriptions.answered(ack.pkid).is_some() => {
                    if let Some(reason) = words::kept(&ack.reasons) {
                        // It would go on collecting, and nobody would read it.
                        return Err(SessionError::UnsubscribeRefused(reason));
                    }
                    self.last_delivery = Instant::now();
                }
                Packet::Disconnect(bye) => return Err(SessionError::Ended(Box::new(bye))),
                // Answers to pings, which are as good as any bytes.
                _ => {}
            }
        }
        if received + resent > 0 {
            self.with.board.count_received(received);
            self.with.board.count_resent(resent);
            self.show_in_flight();
        }
        Ok(())
    }

    fn hand_over(&mut self, publish: Publish) -> Taken {
        self.last_delivery = self.read_at;
        // What the broker throws away is counted by deliveries, so second copies count too.
        self.with.rate.count();
        let Some(hand_over) = self.with.hand_over.as_ref() else {
            // Stopping: what is not acknowledged comes again after the next start.
            return Taken::Left;
        };
        let packet_id = if publish.qos == QoS::AtMostOnce { 0 } else { publish.pkid };
        if packet_id != 0 && !self.outstanding.insert(packet_id) {
            return Taken::Resent;
        }
        let delivery = Delivery {
            connection: self.with.connection,
            generation: self.with.generation,
            packet_id,
            topic: publish.topic,
            payload: publish.payload,
            received_at: self.received_at,
            ticket: Ticket::take(self.with.in_pipeline),
        };
        match hand_over.try_send(delivery) {
            Err(TrySendError::Full(_)) if packet_id == 0 => crate::metrics::dropped_qos0(),
            // A broker that honours receive-maximum never gets us here; Mosquitto before 2.0.13, with a backlog, does.
            Err(TrySendError::Full(delivery)) => self.waiting = Some(delivery),
            // Closed: the pipeline has ended; what it did not take comes again.
            Ok(()) | Err(TrySendError::Closed(_)) => {}
        }
        Taken::New
    }

    /// Every code of a SUBACK is looked at, and shown.
    fn confirm(&mut self, ack: &SubAck) -> Result<(), SessionError> {
        let Some(filters) = self.subscriptions.answered(ack.pkid) else { return Ok(()) };
        let mut refused = None;
        for (index, filter) in filters.into_iter().enumerate() {
            let shown = std::slice::from_ref(&filter);
            match words::refusal(ack.return_codes.get(index)) {
                None => self.with.board.set_subscriptions(shown, &SubscriptionState::Granted),
                Some(reason) => {
                    let state = SubscriptionState::Refused(reason.as_str().into());
                    self.with.board.set_subscriptions(shown, &state);
                    refused = refused.or(Some(SessionError::SubscriptionRefused { filter, reason }));
                }
            }
        }
        if let Some(error) = refused {
            return Err(error);
        }
        if self.subscriptions.all_answered() && self.with.purpose == Purpose::Subscribe {
            self.subscribed();
            // What a session was once subscribed to it keeps, however the settings change. Given up only now that
            // the new filters hold, and asked once: a broker that ends the connection for it must not be asked again.
            if !self.with.obsolete_asked.swap(true, Ordering::Relaxed) {
                for packet in self.subscriptions.drop_obsolete(self.with.obsolete) {
                    self.wire.put(&packet)?;
                }
            }
        }
        Ok(())
    }
}

/// What became of a PUBLISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    New,
    /// A second copy of one that is outstanding.
    Resent,
    Left,
}
