//! MQTT client ids that have a session at the broker: remembered, so that a session nobody will read again can be
//! emptied and given up when the number of connections changes.

use crate::connect::Store;
use crate::error::StoreError;

const LIST: &str = "select client_id, filters from mqtt_clients order by client_id";
const REMEMBER: &str = "
    insert into mqtt_clients (client_id, filters)
    values ($1, $2)
    on conflict (client_id) do update
    set filters = (select array_agg(distinct f) from unnest(mqtt_clients.filters || excluded.filters) f)
      , updated_at = now()";
const FORGET: &str = "delete from mqtt_clients where client_id = $1";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 3] = [LIST, REMEMBER, FORGET];

/// A client id and every filter its session may still be subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MqttClient {
    pub client_id: String,
    pub filters: Vec<String>,
}

impl Store {
    /// Every client id that may have a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mqtt_clients(&self) -> Result<Vec<MqttClient>, StoreError> {
        sqlx::query_as(LIST).fetch_all(&self.ingest).await.map_err(StoreError::on("list the MQTT client ids"))
    }

    /// Notes, before it connects, that `client` will have a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remember_mqtt_client(&self, client: &MqttClient) -> Result<(), StoreError> {
        sqlx::query(REMEMBER)
            .bind(&client.client_id)
            .bind(&client.filters)
            .execute(&self.ingest)
            .await
            .map_err(StoreError::on("remember an MQTT client id"))?;
        Ok(())
    }

    /// Notes that the session of `client_id` is empty and unsubscribed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_mqtt_client(&self, client_id: &str) -> Result<(), StoreError> {
        sqlx::query(FORGET)
            .bind(client_id)
            .execute(&self.ingest)
            .await
            .map_err(StoreError::on("forget an MQTT client id"))?;
        Ok(())
    }
}
