//! How many connections each address has.

use crate::login::{TrustedProxies, household};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who is connected, and how often.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    most: u32,
    /// Everybody comes through them.
    proxies: TrustedProxies,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// The place of one connection of an address, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat(Option<(Peers, IpAddr)>);

impl Peers {
    pub(super) fn new(most: u32, proxies: TrustedProxies) -> Self {
        Self { most, proxies, open: Arc::default() }
    }

    /// A place for one more connection, unless this address has as many as it may have.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Seat> {
        let peer = peer.to_canonical();
        if self.proxies.trusts(peer) {
            return Some(Seat(None));
        }
        let peer = household(peer);
        let mut open = self.open();
        let count = open.entry(peer).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat(Some((self.clone(), peer))))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((peers, peer)) = &self.0 else { return };
        let mut open = peers.open();
        if let Some(count) = open.get_mut(peer) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_a_proxy_everybodys() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = TrustedProxies::read(&["10.0.0.0/8".to_owned()]).unwrap();
        let peers = Peers::new(2, proxies);
        let seats = [peers.take(address("203.0.113.1")), peers.take(address("::ffff:203.0.113.1"))];
        assert!(seats.iter().all(Option::is_some));
        assert!(peers.take(address("203.0.113.1")).is_none());
        assert!(peers.take(address("203.0.113.2")).is_some());
        let proxied: Vec<_> = (0..9).filter_map(|_| peers.take(address("10.1.2.3"))).collect();
        assert_eq!(proxied.len(), 9);
        drop(seats);
        assert!(peers.take(address("203.0.113.1")).is_some());
        assert!(peers.open().is_empty(), "nobody is remembered");
    }
}
