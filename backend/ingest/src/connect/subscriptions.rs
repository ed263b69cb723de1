//! SUBSCRIBEs and UNSUBSCRIBEs, and which of them still wait for their answer.

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet, Subscribe, Unsubscribe};
use std::time::Duration;
use tokio::time::Instant;

/// AWS IoT Core's limit.
const FILTERS_PER_PACKET: usize = 8;
/// How long a SUBACK or UNSUBACK may take.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What was asked in this generation.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    last_id: u16,
    /// Packets without an answer, with their filters.
    asked: Vec<(u16, Vec<String>)>,
    answer_by: Option<Instant>,
}

impl Subscriptions {
    /// The packets that subscribe to these filters.
    pub(super) fn subscribe(&mut self, filters: &[String], now: Instant) -> Vec<Packet> {
        self.await_answer(filters, now, |pkid, chunk| {
            let filters = chunk.iter().map(|filter| Filter::new(filter.clone(), QoS::AtLeastOnce));
            Packet::Subscribe(Subscribe { pkid, filters: filters.collect(), properties: None })
        })
    }

    /// The packets that unsubscribe from these filters.
    pub(super) fn unsubscribe(&mut self, filters: &[String], now: Instant) -> Vec<Packet> {
        self.await_answer(filters, now, unsubscribe)
    }

    /// The same, whatever the answer.
    pub(super) fn drop_obsolete(&mut self, filters: &[String]) -> Vec<Packet> {
        filters.chunks(FILTERS_PER_PACKET).map(|chunk| unsubscribe(self.next_id(), chunk)).collect()
    }

    /// The filters of a packet that is answered now; `None` for one that waits for nothing.
    pub(super) fn answered(&mut self, packet_id: u16) -> Option<Vec<String>> {
        let at = self.asked.iter().position(|(asked, _)| *asked == packet_id)?;
        let (_, filters) = self.asked.remove(at);
        if self.asked.is_empty() {
            self.answer_by = None;
        }
        Some(filters)
    }

    pub(super) fn all_answered(&self) -> bool {
        self.asked.is_empty()
    }

    /// When to give up waiting.
    pub(super) fn answer_by(&self) -> Option<Instant> {
        self.answer_by
    }

    /// Nothing was read for a while: the answer may be among what was not.
    pub(super) fn wait_anew(&mut self, now: Instant) {
        self.answer_by = self.answer_by.map(|_| now + ANSWER_WITHIN);
    }

    fn await_answer(
        &mut self,
        filters: &[String],
        now: Instant,
        packet: impl Fn(u16, &[String]) -> Packet,
    ) -> Vec<Packet> {
        let mut packets = Vec::new();
        for chunk in filters.chunks(FILTERS_PER_PACKET) {
            let id = self.next_id();
            self.asked.push((id, chunk.to_vec()));
            self.answer_by = Some(now + ANSWER_WITHIN);
            packets.push(packet(id, chunk));
        }
        packets
    }

    /// We publish nothing, so every id is free for these.
    fn next_id(&mut self) -> u16 {
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        self.last_id
    }
}

fn unsubscribe(pkid: u16, filters: &[String]) -> Packet {
    Packet::Unsubscribe(Unsubscribe { pkid, filters: filters.to_vec(), properties: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_filters_a_packet_and_each_packet_waits_for_its_own_answer() {
        let now = Instant::now();
        let filters: Vec<String> = (0..17).map(|n| format!("f/{n}")).collect();
        let mut subscriptions = Subscriptions::default();
        let packets = subscriptions.subscribe(&filters, now);
        let counts: Vec<(u16, usize)> = packets
            .iter()
            .map(|packet| match packet {
                Packet::Subscribe(subscribe) => (subscribe.pkid, subscribe.filters.len()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(counts, [(1, 8), (2, 8), (3, 1)]);
        assert_eq!(subscriptions.answered(3), Some(vec!["f/16".to_owned()]));
        assert_eq!(subscriptions.answered(3), None);
        assert_eq!(subscriptions.answer_by(), Some(now + ANSWER_WITHIN));
        assert!(subscriptions.answered(1).is_some() && !subscriptions.all_answered());
        assert!(subscriptions.answered(2).is_some() && subscriptions.all_answered());
        assert_eq!(subscriptions.answer_by(), None);
        // An answer nobody waits for.
        assert_eq!(subscriptions.drop_obsolete(&filters).len(), 3);
        assert!(subscriptions.all_answered() && subscriptions.answered(4).is_none());
    }
}
