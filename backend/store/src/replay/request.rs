//! Asking for replays. Asking twice changes nothing: a message has one request, and what a replay has stored is not
//! asked for again.

use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::error::StoreError;
use crate::rejection::{RejectionFilter, bind_filter, from_matching, settled};
use serde_json::{Value, json};
use vigia_model::{RejectionStatus, TenantScope};

/// Locks the messages, for one that expires at this moment cannot be asked for.
macro_rules! request {
    ($which:literal) => {
        concat!(
            "
    with chosen as (
            select r.message_id
                 , ",
            settled!(),
            " as settled",
            from_matching!(),
            $which,
            "
            for key share of q
    )
    , made as (
        insert into replay_requests (message_id, requested_by)
        select distinct c.message_id, $9
        from chosen c
        where not c.settled
        on conflict (message_id) do nothing
        returning message_id
    )
    select count(*) as matched
         , count(*) filter (where not c.settled and m.message_id is not null) as requested
         , count(*) filter (where not c.settled and m.message_id is null) as waiting
         , count(*) filter (where c.settled) as replayed
         , count(distinct m.message_id) as messages
    from chosen c
    left join made m on m.message_id = c.message_id"
        )
    };
}
pub(super) const REQUEST_IDS: &str = request!(
    "
              and r.id = any($8::bigint[])"
);
/// What was never replayed first, so that the same request again goes on where the one before ended.
pub(super) const REQUEST_MATCHING: &str = request!(
    "
            order by r.replayed_at nulls first, r.id
            limit $8"
);

/// Which entries are to be replayed.
#[derive(Debug, Clone, Copy)]
pub enum ReplayRequest<'a> {
    Ids(&'a [i64]),
    /// At most `limit` of those that match and, unless the filter says otherwise, are open.
    Matching {
        filter: RejectionFilter<'a>,
        limit: u32,
    },
}

/// What a request came to, counted in entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct RequestedReplays {
    /// Found, of those named or matching.
    pub matched: i64,
    /// Asked for now.
    pub requested: i64,
    /// Were asked for before, and are still to be done.
    pub waiting: i64,
    /// Stored by an earlier replay: there is nothing to do.
    pub replayed: i64,
    /// How many messages those asked for now belong to.
    pub messages: i64,
}

impl Store {
    /// Marks entries for replay, with one row in the audit log for all that were not marked before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_replays(
        &self,
        scope: &TenantScope,
        request: ReplayRequest<'_>,
        actor: &Actor,
    ) -> Result<RequestedReplays, StoreError> {
        let requested = async {
            let mut tx = self.api.begin().await?;
            let requested: RequestedReplays = match request {
                ReplayRequest::Ids(ids) => {
                    bind_filter!(sqlx::query_as(REQUEST_IDS), scope, RejectionFilter::default())
                        .bind(ids)
                        .bind(&actor.name)
                        .fetch_one(&mut *tx)
                        .await?
                }
                ReplayRequest::Matching { filter, limit } => {
                    let open = filter.status.or(Some(RejectionStatus::Open));
                    let filter = RejectionFilter { status: open, ..filter };
                    bind_filter!(sqlx::query_as(REQUEST_MATCHING), scope, filter)
                        .bind(i64::from(limit))
                        .bind(&actor.name)
                        .persistent(false)
                        .fetch_one(&mut *tx)
                        .await?
                }
            };
            if requested.requested > 0 {
                let (subject, what) = shown(request);
                let deed = Deed {
                    action: "rejection.replay",
                    subject_kind: if matches!(request, ReplayRequest::Ids([_])) {
                        "rejection"
                    } else {
                        "rejections"
                    },
                    subject: &subject,
                    after: Some(json!({ "of": what, "requested": requested.requested })),
                    ..Deed::default()
                };
                audit::note(&mut tx, actor, deed).await?;
            }
            tx.commit().await?;
            Ok(requested)
        };
        requested.await.map_err(StoreError::on("ask for replays"))
    }
}

/// A request as the audit log tells it.
fn shown(request: ReplayRequest<'_>) -> (String, Value) {
    match request {
        ReplayRequest::Ids([id]) => (id.to_string(), Value::Null),
        ReplayRequest::Ids(ids) => ("ids".to_owned(), json!(ids)),
        ReplayRequest::Matching { filter, .. } => ("filter".to_owned(), filter.shown()),
    }
}
