//! How often one address may try to log in. A factory shares one, so it is generous; each account has a limit of its own.

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

const PER_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("is not zero");
const AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("is not zero");
/// Addresses remembered before those that are quiet again are dropped.
const REMEMBERED: usize = 10_000;

/// The attempts of every address.
#[derive(Debug, Clone)]
pub(crate) struct Attempts(Arc<DefaultKeyedRateLimiter<IpAddr>>);

impl Attempts {
    pub(crate) fn new() -> Self {
        Self(Arc::new(RateLimiter::keyed(Quota::per_minute(PER_MINUTE).allow_burst(AT_ONCE))))
    }

    /// Counts one.
    ///
    /// # Errors
    /// How long to wait before the next.
    pub(crate) fn try_one(&self, address: IpAddr) -> Result<(), Duration> {
        if self.0.len() > REMEMBERED {
            self.0.retain_recent();
        }
        self.0
            .check_key(&household(address))
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }
}

/// Whoever has one address of version 6 has as many as there are in its network.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_waits_and_the_others_do_not() {
        let attempts = Attempts::new();
        let one: IpAddr = "203.0.113.5".parse().unwrap();
        for _ in 0..AT_ONCE.get() {
            assert!(attempts.try_one(one).is_ok());
        }
        let wait = attempts.try_one(one).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(3), "{wait:?}");
        assert!(attempts.try_one("203.0.113.6".parse().unwrap()).is_ok());
        let (here, there) = ("2001:db8::1".parse().unwrap(), "2001:db8::ffff:1".parse().unwrap());
        assert_eq!(household(here), household(there));
    }
}
