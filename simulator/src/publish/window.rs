//! Publishes under way on one connection: which packet id stands for which message. Pure.

use crate::message::Message;
use std::collections::VecDeque;

/// A bounded set of unconfirmed publishes.
#[derive(Debug)]
pub(super) struct Window {
    /// By packet id - 1, with the order of sending.
    slots: Vec<Option<(u64, Message)>>,
    /// Packet ids not in use, the longest unused first.
    free: VecDeque<u16>,
    sent: u64,
}

impl Window {
    pub(super) fn new(limit: u16) -> Self {
        let limit = limit.max(1);
        Self { slots: vec![None; usize::from(limit)], free: (1..=limit).collect(), sent: 0 }
    }

    /// Whether a quarter is free. Below that it is better to wait for more confirmations (they will come: the rest is
    /// under way) than to send one message at a time, each in a TLS record and a system call of its own.
    pub(super) fn has_room(&self) -> bool {
        self.free.len() >= (self.slots.len() / 4).max(1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.free.len() == self.slots.len()
    }

    /// Takes the next message in, if there is one and room for it, and gives the packet id to send it under.
    pub(super) fn add(&mut self, waiting: &mut VecDeque<Message>) -> Option<(u16, &Message)> {
        let packet_id = *self.free.front()?;
        let slot = self.slots.get_mut(usize::from(packet_id) - 1)?;
        let message = waiting.pop_front()?;
        self.free.pop_front();
        self.sent += 1;
        Some((packet_id, &slot.insert((self.sent, message)).1))
    }

    /// Gives back the message a confirmation is for; `None` for an id not under way.
    pub(super) fn take(&mut self, packet_id: u16) -> Option<Message> {
        let slot = self.slots.get_mut(usize::from(packet_id).checked_sub(1)?)?;
        let (_, message) = slot.take()?;
        self.free.push_back(packet_id);
        Some(message)
    }

    /// Gives back everything unconfirmed, in the order it was sent.
    pub(super) fn drain(&mut self) -> Vec<Message> {
        let mut messages: Vec<(u64, Message)> = self.slots.iter_mut().filter_map(Option::take).collect();
        messages.sort_by_key(|(order, _)| *order);
        self.free = (1..=u16::try_from(self.slots.len()).unwrap_or(u16::MAX)).collect();
        messages.into_iter().map(|(_, message)| message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Expected;
    use std::time::Duration;

    fn messages(ids: std::ops::RangeInclusive<u64>) -> VecDeque<Message> {
        let message = |id| Message {
            due: Duration::ZERO,
            gateway: 0,
            topic: "t".into(),
            payload: "{}".into(),
            expected: Expected::default(),
            id: Some(id),
        };
        ids.map(message).collect()
    }

    #[test]
    fn holds_no_more_than_its_limit_and_gives_back_what_was_confirmed() {
        let mut window = Window::new(2);
        let mut waiting = messages(1..=3);
        assert_eq!(window.add(&mut waiting).unwrap().0, 1);
        let (second, sent) = window.add(&mut waiting).unwrap();
        assert_eq!((second, sent.id), (2, Some(2)));
        assert!(!window.has_room() && window.add(&mut waiting).is_none());
        assert_eq!(waiting.len(), 1, "what does not fit goes on waiting");
        assert_eq!(window.take(2).and_then(|message| message.id), Some(2));
        assert_eq!(window.take(2), None, "confirmed twice");
        assert_eq!((window.take(0), window.take(9)), (None, None));
        assert!(!window.is_empty());
    }

    #[test]
    fn what_was_not_confirmed_comes_back_in_the_order_it_was_sent() {
        let mut window = Window::new(3);
        let mut waiting = messages(1..=4);
        while window.add(&mut waiting).is_some() {}
        window.take(1).unwrap();
        window.add(&mut waiting).unwrap();
        let ids: Vec<_> = window.drain().into_iter().filter_map(|message| message.id).collect();
        assert_eq!(ids, [2, 3, 4]);
        assert!(window.is_empty());
    }
}
