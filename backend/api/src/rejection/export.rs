//! `GET /api/admin/rejections/export`: the quarantine as a file, one entry a line. It is read page by page as the client
//! takes it: no more than one page is ever held, no transaction is open in between, and when the client leaves nothing
//! is read any more.

use super::filter::{Filter, of_query};
use super::wire::wire;
use crate::Api;
use crate::answer::JsonLines;
use crate::caller::Admin;
use crate::error::ApiError;
use crate::extract::Query;
use axum::body::{Body, Bytes};
use axum::extract::State;
use futures_util::stream::try_unfold;
use std::io;
use vigia_contract::http::rejection::ExportQuery;
use vigia_model::TenantScope;
use vigia_store::StoreError;
use vigia_store::order::TimeOrder;
use vigia_store::rejection::{RejectionPage, RejectionQuery};

/// Entries read at once; fewer when their payloads are large.
const AT_ONCE: u32 = 500;

/// Every entry that matches, newest first, as JSON Lines.
pub(crate) async fn export_rejections(
    State(api): State<Api>,
    Admin(caller): Admin,
    Query(query): Query<ExportQuery>,
) -> Result<JsonLines, ApiError> {
    let filter = Filter::read(
        query.reason.as_deref(),
        query.topic,
        query.gateway,
        query.from,
        query.to,
        query.status.as_deref(),
    )
    .map_err(of_query)?;
    let export = Export { api, scope: caller.scope, filter };
    // A database that is away is told with a status, as long as nothing was sent.
    let first = export.page(None).await?;
    let pages = try_unfold((export, Next::Ready(first)), |(export, next)| async move {
        let page = match next {
            Next::Ready(page) => page,
            Next::Before(id) => export.next(id).await?,
            Next::Nothing => return Ok::<_, io::Error>(None),
        };
        let next = match page.items.last() {
            Some(last) if page.has_more => Next::Before(last.id),
            _ => Next::Nothing,
        };
        Ok(Some((lines(page)?, (export, next))))
    });
    Ok(JsonLines { name: "rejections.jsonl", body: Body::from_stream(pages) })
}

/// What is exported.
struct Export {
    api: Api,
    scope: TenantScope,
    filter: Filter,
}

/// What comes next of it.
enum Next {
    Ready(RejectionPage),
    Before(i64),
    Nothing,
}

impl Export {
    async fn page(&self, before: Option<i64>) -> Result<RejectionPage, StoreError> {
        let query = RejectionQuery {
            filter: self.filter.stored(),
            order: TimeOrder::NewestFirst,
            after: before,
            limit: AT_ONCE,
        };
        self.api.store.rejections(&self.scope, &query).await
    }

    /// A further page. What fails now can only cut the answer short, which the client sees.
    async fn next(&self, before: i64) -> Result<RejectionPage, io::Error> {
        tokio::select! {
            () = self.api.shutdown.cancelled() => Err(io::Error::other("the server is shutting down")),
            page = self.page(Some(before)) => page.map_err(|error| {
                tracing::warn!(cause = %error.database_message(), "an export of the quarantine was cut short");
                io::Error::other(error)
            }),
        }
    }
}

fn lines(page: RejectionPage) -> Result<Bytes, io::Error> {
    let mut text = Vec::new();
    for entry in page.items {
        serde_json::to_writer(&mut text, &wire(entry))?;
        text.push(b'\n');
    }
    Ok(text.into())
}
