//! `GET /api/telemetry/:site/:plcId/export`: any span of a PLC's history as a file. It is read piece by piece as the client
//! takes it: no more than a piece is ever held, no transaction is open in between, and when the client leaves nothing
//! is read any more.

use super::csv::{CSV_HEADER, write_csv};
use super::{DEFAULT_SPAN, read_metrics};
use crate::Api;
use crate::answer::Csv;
use crate::caller::Caller;
use crate::convert::span;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use axum::body::{Body, Bytes};
use axum::extract::State;
use futures_util::stream::try_unfold;
use std::io;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use vigia_contract::http::telemetry::ExportQuery;
use vigia_model::MAX_AHEAD;
use vigia_store::telemetry::{Export, HistorySample};

/// Every sample of a span, the oldest first, as CSV.
pub(crate) async fn export_telemetry(
    State(api): State<Api>,
    caller: Caller,
    Path((site, plc_id)): Path<(String, String)>,
    Query(query): Query<ExportQuery>,
) -> Result<Csv, ApiError> {
    let metrics = query.metric.as_deref().map(read_metrics).transpose()?;
    let (from, to) = span(query.from, query.to)?;
    let now = api.clock.now();
    let from = from.unwrap_or_else(|| to.unwrap_or(now).minus(DEFAULT_SPAN));
    let to = to.unwrap_or_else(|| now.plus(MAX_AHEAD));
    let plc = caller.plc(&api, &site, &plc_id, query.tenant.as_deref()).await?;
    // Held until the last line is sent.
    let place = Arc::clone(&api.doors.exports).try_acquire_owned().map_err(|_full| ApiError::Overloaded)?;
    let mut export = api.store.export(caller.scope, plc, metrics, from, to);
    // A database that is away is told with a status, as long as nothing was sent.
    let first = export.next().await?;
    let begin = Reading { api, export, _place: place };
    let pieces = try_unfold((begin, Some(Piece::First(first))), |(mut reading, piece)| async move {
        let mut text = Vec::new();
        let samples = match piece {
            None => return Ok::<_, io::Error>(None),
            Some(Piece::First(samples)) => {
                text.extend_from_slice(CSV_HEADER.as_bytes());
                samples
            }
            Some(Piece::Further) => reading.next().await?,
        };
        let next = (!samples.is_empty()).then_some(Piece::Further);
        write_csv(&mut text, samples);
        Ok(Some((Bytes::from(text), (reading, next))))
    });
    Ok(Csv { name: format!("{plc_id}.csv"), body: Body::from_stream(pieces) })
}

/// What comes next.
enum Piece {
    First(Vec<HistorySample>),
    Further,
}

struct Reading {
    api: Api,
    export: Export,
    _place: OwnedSemaphorePermit,
}

impl Reading {
    /// What fails now can only cut the answer short, which the client sees.
    async fn next(&mut self) -> Result<Vec<HistorySample>, io::Error> {
        tokio::select! {
            () = self.api.shutdown.cancelled() => Err(io::Error::other("the server is shutting down")),
            piece = self.export.next() => piece.map_err(|error| {
                tracing::warn!(cause = %error.database_message(), "an export of history was cut short");
                io::Error::other(error)
            }),
        }
    }
}
