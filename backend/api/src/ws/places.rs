//! How many feeds may be open: in all, of one user or key, and from one address.

use crate::Api;
use crate::caller::Caller;
use crate::login::household;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;
use vigia_live::Live;

/// Who holds the open feeds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    in_all: u32,
    by_user: HashMap<Uuid, u32>,
    by_address: HashMap<IpAddr, u32>,
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    live: Live,
    user: Uuid,
    address: IpAddr,
}

/// A limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full {
    pub(crate) of: Limit,
    most: u32,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Server,
    User,
    Address,
}

impl Limit {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::User => "user",
            Self::Address => "address",
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.most;
        match self.of {
            Limit::Server => write!(f, "this server has {most} WebSockets open and opens no more"),
            Limit::User => write!(f, "one user or key may have {most} WebSockets open"),
            Limit::Address => write!(f, "one address may have {most} WebSockets open"),
        }
    }
}

impl Places {
    /// Takes a place for one more connection of this caller.
    ///
    /// # Errors
    /// The limit that is reached; nothing was taken then.
    pub(super) fn take(&self, api: &Api, caller: &Caller) -> Result<Place, Full> {
        let limits = api.settings.ws_limits;
        let (user, address) = (caller.identity.owner(), household(caller.address));
        let mut taken = self.taken();
        let holds = [
            (Limit::Server, taken.in_all, limits.in_all),
            (Limit::User, count(&taken.by_user, &user), limits.per_user),
            (Limit::Address, count(&taken.by_address, &address), limits.per_address),
        ];
        if let Some((of, _, most)) = holds.into_iter().find(|(_, open, most)| open >= most) {
            return Err(Full { of, most });
        }
        taken.in_all += 1;
        *taken.by_user.entry(user).or_default() += 1;
        *taken.by_address.entry(address).or_default() += 1;
        api.live.board().count_ws(1);
        Ok(Place { places: self.clone(), live: api.live.clone(), user, address })
    }

    /// Whether nobody holds any.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        let taken = self.taken();
        taken.in_all == 0 && taken.by_user.is_empty() && taken.by_address.is_empty()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.in_all = taken.in_all.saturating_sub(1);
        release(&mut taken.by_user, &self.user);
        release(&mut taken.by_address, &self.address);
        self.live.board().count_ws(-1);
    }
}

fn count<K: Eq + Hash>(open: &HashMap<K, u32>, key: &K) -> u32 {
    open.get(key).copied().unwrap_or(0)
}

/// Whoever has none left is forgotten.
fn release<K: Eq + Hash>(open: &mut HashMap<K, u32>, key: &K) {
    if let Some(left) = open.get_mut(key) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            open.remove(key);
        }
    }
}
