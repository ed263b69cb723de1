//! Where gateways stand, and the word that one was moved.

use super::GATEWAYS_CHANNEL;
use crate::connect::Store;
use crate::error::StoreError;
use crate::listen::{Heard, Listener};
use crate::state::{KnownGateway, known_gateways};

/// What was heard of gateways.
#[derive(Debug)]
pub enum PlaceNews {
    /// These were moved, admitted or removed.
    Changed(Vec<String>),
    /// Nothing for a while.
    None,
}

/// A subscription to where gateways stand.
#[derive(Debug)]
pub struct PlaceWatch(Listener);

impl Store {
    /// Starts listening for gateways that are moved, by whomever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_places(&self) -> Result<PlaceWatch, StoreError> {
        let listener = Listener::open(self, GATEWAYS_CHANNEL).await;
        listener.map(PlaceWatch).map_err(StoreError::on("listen for moved gateways"))
    }
}

impl PlaceWatch {
    /// Waits for news.
    ///
    /// # Errors
    /// When the connection is lost: what was said meanwhile was not heard.
    pub async fn next(&mut self) -> Result<PlaceNews, StoreError> {
        match self.0.next().await.map_err(StoreError::on("listen for moved gateways"))? {
            Heard::Said(gateways) => Ok(PlaceNews::Changed(gateways)),
            Heard::Alive(_) => Ok(PlaceNews::None),
        }
    }

    /// Where these gateways stand now, or all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places(&self, gateways: Option<&[String]>) -> Result<Vec<KnownGateway>, StoreError> {
        known_gateways(&self.0.pool, gateways).await
    }
}
