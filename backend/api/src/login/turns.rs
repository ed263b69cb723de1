//! Requests of one user or key at a time. The database answers a few at once; somebody whose page, or program, asks for
//! much at once waits for himself and not everybody for him.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// As many as a browser asks at once under HTTP/1.1, and fewer than the database answers.
const AT_ONCE: usize = 6;

/// Whose requests are under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>);

/// A turn, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Turns,
    owner: Uuid,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits for a turn.
    pub(crate) async fn take(&self, owner: Uuid) -> Turn {
        let own = Arc::clone(self.all().entry(owner).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))));
        // None is ever closed.
        let permit = own.acquire_owned().await.ok();
        Turn { turns: self.clone(), owner, permit }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Semaphore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut all = self.turns.all();
        drop(self.permit.take());
        // Whoever waits holds it too; with nobody left it is forgotten.
        if all.get(&self.owner).is_some_and(|own| Arc::strong_count(own) == 1) {
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
        let mut waiting = Box::pin(turns.take(busy));
        assert!((&mut waiting).now_or_never().is_none());
        assert!(turns.take(other).now_or_never().is_some());
        held.pop();
        held.push((&mut waiting).now_or_never().expect("his turn"));
        // Somebody who gives up waiting leaves nothing behind.
        drop(turns.take(busy).now_or_never());
        held.clear();
        drop(waiting);
        drop(turns.take(busy).await);
        assert!(turns.all().is_empty());
    }
}
