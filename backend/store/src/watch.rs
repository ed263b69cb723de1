//! Listening for what others have written.

use crate::connect::{Store, pool};
use crate::error::{Operation, StoreError};
use sqlx::postgres::PgListener;

/// A subscription to the notifications of one channel.
#[derive(Debug)]
pub struct Watch {
    listener: PgListener,
    operation: Operation,
}

impl Watch {
    /// Starts listening. On a pool of its own, gone with it: a listener whose connection fell silent waits for it when it
    /// is dropped.
    pub(crate) async fn open(store: &Store, channel: &str, operation: Operation) -> Result<Self, StoreError> {
        let options = store.control.connect_options();
        let own = pool(1).connect_lazy_with((*options).clone());
        let mut listener = PgListener::connect_with(&own).await.map_err(StoreError::on(operation))?;
        listener.listen(channel).await.map_err(StoreError::on(operation))?;
        Ok(Self { listener, operation })
    }

    /// Returns when something may have changed: on a notification, and after a lost connection came back, for what was
    /// said meanwhile was not heard.
    ///
    /// # Errors
    /// When the connection cannot be restored.
    pub async fn changed(&mut self) -> Result<(), StoreError> {
        self.listener.try_recv().await.map_err(StoreError::on(self.operation))?;
        Ok(())
    }
}
