//! The directory: from the names in topics and payloads to the ids samples are stored under. Unknown names are
//! registered on first sight, up to the limits an operator set; any number of them at once, with a statement a table.

mod gateways;
mod places;
mod series;
mod units;

use crate::connect::{Lent, Store};
use crate::error::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{GatewayHealth, Identifier, RejectReason, Rejection, SeriesId, Source};

/// Any fixed number: who holds this lock may register names, so that the limits hold exactly.
const LOCK: i64 = 0x7669_6769_6102;
/// The channel on which gateways are named that stand elsewhere now: by a trigger when one is moved or removed, and
/// when one is admitted by hand.
pub(crate) const GATEWAYS_CHANNEL: &str = "vigia_gateways";
const LOCK_SQL: &str = "select pg_advisory_xact_lock($1)";

pub use places::{PlaceNews, PlaceWatch};
pub use units::{MAX_UNITS_PER_TENANT, ResolvedUnit};

#[cfg(test)]
pub(crate) fn statements() -> Vec<&'static str> {
    [&[LOCK_SQL][..], &gateways::STATEMENTS, &series::STATEMENTS, &units::STATEMENTS].concat()
}

/// What may be registered on first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provisioning {
    /// `false`: only what an admin registered is taken.
    pub auto: bool,
    pub max_tenants: i64,
    pub max_gateways_per_tenant: i64,
    pub max_series_per_tenant: i64,
}

/// A gateway that may speak for its topic, and the ids of where it stands.
#[derive(Debug, Clone)]
pub struct BoundGateway {
    pub gateway_id: Uuid,
    /// The short number samples carry.
    pub gateway_num: i32,
    pub tenant_id: Uuid,
    pub plant_id: Uuid,
    /// What was known of its signs of life before this start.
    pub health: GatewayHealth,
}

/// A series by where it stands and its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesName {
    pub tenant_id: Uuid,
    pub plant_id: Uuid,
    pub plc: Identifier,
    pub metric: Identifier,
}

/// An id, or the reason why there is none.
pub type Resolved<T> = Result<T, Rejection>;

impl Store {
    /// The gateways of `sources`, in their order, registered now where they are new and may be.
    ///
    /// Refuses a gateway that is bound to another tenant or plant (`gateway_moved`), and new names beyond the
    /// limits (`not_provisioned`). A refusal leaves no trace in the directory.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_gateways(
        &self,
        sources: &[Source],
        provisioning: &Provisioning,
    ) -> Result<Vec<Resolved<BoundGateway>>, StoreError> {
        let resolved = async {
            let mut lent = Lent::from(&self.ingest).await?;
            let resolved = async {
                let mut tx = lent.begin().await?;
                let resolved = gateways::resolve(&mut tx, sources, provisioning).await?;
                tx.commit().await?;
                Ok(resolved)
            };
            let resolved = resolved.await;
            lent.give_back();
            resolved
        };
        resolved.await.map_err(StoreError::on("register gateways"))
    }

    /// The series of `names`, in their order; new ones are registered if they may be, otherwise refused
    /// (`series_limit`, `not_provisioned`).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_series(
        &self,
        names: &[SeriesName],
        provisioning: &Provisioning,
    ) -> Result<Vec<Resolved<SeriesId>>, StoreError> {
        let resolved = async {
            let mut lent = Lent::from(&self.ingest).await?;
            let resolved = async {
                let mut tx = lent.begin().await?;
                let resolved = series::resolve(&mut tx, names, provisioning).await?;
                tx.commit().await?;
                Ok(resolved)
            };
            let resolved = resolved.await;
            lent.give_back();
            resolved
        };
        resolved.await.map_err(StoreError::on("register series"))
    }

    /// The ids of units, each with a series it is sent for, in their order; registered where new, as far as the
    /// tenant may have more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resolve_units(&self, units: &[(SeriesId, &str)]) -> Result<Vec<ResolvedUnit>, StoreError> {
        let resolved = async {
            let mut lent = Lent::from(&self.ingest).await?;
            let resolved = async {
                let mut tx = lent.begin().await?;
                let resolved = units::resolve(&mut tx, units).await?;
                tx.commit().await?;
                Ok(resolved)
            };
            let resolved = resolved.await;
            lent.give_back();
            resolved
        };
        resolved.await.map_err(StoreError::on("register units"))
    }
}

impl Store {
    /// Counts the series of every tenant anew: an older version that ran meanwhile did not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount_series(&self) -> Result<(), StoreError> {
        let recounted = async {
            let mut tx = self.ingest.begin().await?;
            lock(&mut tx).await?;
            sqlx::query(series::RECOUNT).execute(&mut *tx).await?;
            tx.commit().await
        };
        recounted.await.map_err(StoreError::on("count series"))
    }
}

/// Lets one at a time register names.
pub(crate) async fn lock(tx: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(LOCK_SQL).bind(LOCK).execute(tx).await?;
    Ok(())
}

fn not_provisioned(detail: String) -> Rejection {
    Rejection::message(RejectReason::NotProvisioned, detail)
}
