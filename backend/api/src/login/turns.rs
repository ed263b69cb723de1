//! Requests of one user or key at a time. The database answers a few at once; somebody whose page, or program, asks for
//! much at once waits for himself and not everybody for him.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Fewer than the database has connections for history, which is what takes longest.
const AT_ONCE: usize = 4;
/// So many more may wait; who asks for even more is told to wait himself.
const WAITING: usize = 28;

/// Whose requests are under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<Uuid, Arc<Own>>>>);

/// Of one user or key.
#[derive(Debug)]
struct Own {
    turns: Semaphore,
    /// Those that have a turn, or wait for one.
    places: Semaphore,
}

/// A turn, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Turns,
    owner: Uuid,
    own: Option<Arc<Own>>,
    is_due: bool,
}

impl Turns {
    /// Waits for a turn; `None` when too many of the same wait already.
    pub(crate) async fn take(&self, owner: Uuid) -> Option<Turn> {
        let own = Arc::clone(self.all().entry(owner).or_insert_with(|| {
            Arc::new(Own { turns: Semaphore::new(AT_ONCE), places: Semaphore::new(AT_ONCE + WAITING) })
        }));
        own.places.try_acquire().ok()?.forget();
        // From here on it is given back, also by somebody who gives up waiting.
        let mut turn = Turn { turns: self.clone(), owner, own: Some(Arc::clone(&own)), is_due: false };
        own.turns.acquire().await.ok()?.forget();
        turn.is_due = true;
        Some(turn)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Own>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.turns.all();
        if let Some(own) = self.own.take() {
            own.turns.add_permits(usize::from(self.is_due));
            own.places.add_permits(1);
        }
        // Nobody has a place there any more.
        if all.get(&self.owner).is_some_and(|own| own.places.available_permits() == AT_ONCE + WAITING) {
            all.remove(&self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn one_waits_for_himself_alone_and_is_forgotten() {
        let turns = Turns::default();
        let (busy, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(turns.take(busy).now_or_never().expect("there is room"));
        }
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(turns.take(busy))).collect();
        for one in &mut waiting {
            assert!(one.now_or_never().is_none());
        }
        assert!(turns.take(busy).now_or_never().expect("no waiting").is_none(), "too many wait");
        assert!(turns.take(other).now_or_never().is_some());
        held.pop();
        held.push((&mut waiting[0]).now_or_never().expect("his turn"));
        // Those who give up waiting leave their places.
        drop(waiting);
        assert!(turns.take(busy).now_or_never().is_none(), "there is a place to wait again");
        held.clear();
        assert!(turns.all().is_empty());
    }
}
