//! What one address may hold of something that all need.

use super::limit::household;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much each address holds, and the most it may.
#[derive(Debug, Clone)]
pub(crate) struct Shares {
    most: u32,
    held: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// One of those an address holds, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    shares: Shares,
    address: IpAddr,
}

impl Shares {
    pub(crate) fn new(most: u32) -> Self {
        Self { most, held: Arc::default() }
    }

    /// One more for this address, unless it holds as many as it may.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Share> {
        let address = household(address);
        let mut held = self.held();
        let count = held.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), address })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        if let Some(count) = held.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_nobody_without_one_is_remembered() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let shares = Shares::new(2);
        let held = [shares.take(address("2001:db8::1")), shares.take(address("2001:db8::2"))];
        assert!(held.iter().all(Option::is_some));
        assert!(shares.take(address("2001:db8::3")).is_none());
        assert!(shares.take(address("203.0.113.2")).is_some());
        drop(held);
        assert!(shares.take(address("2001:db8::1")).is_some());
        assert!(shares.held().is_empty());
    }
}
