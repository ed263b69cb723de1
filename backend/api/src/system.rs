//! `GET /api/admin/system`: the status board. It answers as long as the process lives: what only the database knows is
//! missing while that is away.

use crate::Api;
use crate::caller::{Caller, Manager};
use crate::convert::utc;
use crate::error::ApiError;
use crate::health::{mqtt, spool, storage};
use axum::Json;
use axum::extract::State;
use std::collections::HashMap;
use vigia_contract::http::system::{
    BackupStatus, CertificateRotation, CertificateStatus, DatabaseStatus, IngestStatus, LetGoStatus,
    LoggedError, PackedSpan, PackingProgress, ProcessStatus, RepositoryBackups, RetentionInEffect,
    SystemStatus, TableSize, TenantStatus,
};
use vigia_live::board::{self, PackedTime, RepositoryStatus, StatusBoard};
use vigia_model::{Days, GatewayStatus, TenantScope, Timestamp};
use vigia_store::StoreError;

/// Tenants that are listed.
const MOST_TENANTS: u32 = 1_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// How everything is doing, as far as it is the caller's business.
pub(crate) async fn get_system(
    State(api): State<Api>,
    Manager(caller): Manager,
) -> Result<Json<SystemStatus>, ApiError> {
    let board = api.live.board();
    let now = api.clock.now();
    let not_ready = board.not_ready();
    let all = caller.scope == TenantScope::All;
    let database = if all { Some(database(&api, board).await?) } else { None };
    let seen = |errors: Vec<LoggedError>| if all { errors } else { Vec::new() };
    Ok(Json(SystemStatus {
        status: if not_ready.is_empty() { "ok" } else { "degraded" },
        not_ready,
        version: api.settings.version.clone(),
        commit: api.settings.commit.clone(),
        now: utc(now),
        process: all.then(|| process(board, now)),
        mqtt: all.then(|| mqtt(board)),
        ingest: all.then(|| ingest(board)),
        spool: all.then(|| spool(board.spool().status())),
        database,
        storage: board.storage().filter(|_| all).as_deref().map(storage),
        packing: if all { Some(packing(&api, board).await?) } else { None },
        retention: all.then(|| retention(&api, board)),
        backup: board.backup().filter(|_| all).map(|it| backup(&it, now)),
        certificates: if all { certificates(board, now) } else { Vec::new() },
        certificate_rotation: all.then(|| rotation(board)),
        errors: seen(errors(board)),
        tenants: while_away(tenants(&api, &caller, now).await)?,
    }))
}

/// Nothing while the database is away.
fn while_away<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Err(error) if error.is_transient() => Ok(None),
        answer => answer.map(Some),
    }
}

fn process(board: &StatusBoard, now: Timestamp) -> ProcessStatus {
    ProcessStatus {
        role: board.role().as_str(),
        started_at: utc(board.started_at()),
        uptime_sec: now.millis_since(board.started_at()) / 1_000,
        memory_bytes: resident_bytes(),
        ws_connections: board.ws_connections(),
    }
}

fn ingest(board: &StatusBoard) -> IngestStatus {
    IngestStatus {
        received: board.received(),
        processed: board.processed(),
        failed: board.failed(),
        messages_per_second: board.connections().iter().map(|connection| connection.rate).sum(),
        lag_ms: board.lag_ms(),
        last_message_at: board.last_message().map(utc),
    }
}

async fn database(api: &Api, board: &StatusBoard) -> Result<DatabaseStatus, StoreError> {
    let status = board.database();
    let size = while_away(api.store.database_size().await)?;
    let tables = match size {
        Some(_) => while_away(api.store.table_sizes().await)?.unwrap_or_default(),
        None => Vec::new(),
    };
    Ok(DatabaseStatus {
        state: if status.up { "up" } else { "down" },
        since: utc(status.since),
        last_error: status.last_error.map(|error| error.to_string()),
        bytes: size.as_ref().map(|size| size.bytes),
        version: size.map(|size| size.version),
        tables: tables
            .into_iter()
            .map(|table| TableSize { name: table.name, bytes: table.bytes, rows: table.rows })
            .collect(),
    })
}

async fn packing(api: &Api, board: &StatusBoard) -> Result<PackingProgress, StoreError> {
    let standing = while_away(api.store.packing_standing().await)?;
    let here = board.packing();
    let from = standing.and_then(|it| it.packed_from);
    let up_to = standing.and_then(|it| it.packed_up_to);
    let days_packed = standing.map(|it| match (it.packed_from, it.packed_up_to) {
        (Some(from), Some(up_to)) => (up_to.millis_since(from).div_euclid(DAY_MS) - it.due_days).max(0),
        _ => 0,
    });
    Ok(PackingProgress {
        after_sec: here.as_ref().map(|it| it.after.as_secs()),
        packed_from: from.map(utc),
        packed_up_to: up_to.map(utc),
        days_packed,
        days_behind: standing.map(|it| it.due_days),
        hours_due: standing.map(|it| it.due_hours),
        hours_waiting: standing.map(|it| it.waiting_hours),
        oldest_due: standing.and_then(|it| it.oldest_due).map(utc),
        caught_up_at: here.as_ref().and_then(|it| it.caught_up_at).map(utc),
        under_way: here.as_ref().and_then(|it| it.under_way).map(span),
        last: here.as_ref().and_then(|it| it.last).map(span),
        last_error: here.and_then(|it| it.last_error).map(|error| error.to_string()),
    })
}

fn span(packed: PackedTime) -> PackedSpan {
    PackedSpan { from: utc(packed.from), to: utc(packed.to), at: utc(packed.at), samples: packed.samples }
}

fn retention(api: &Api, board: &StatusBoard) -> RetentionInEffect {
    let here = board.retention();
    let days = |days: Days| i32::from(days.get());
    let setting = api.settings.retention;
    let last = here.as_ref().and_then(|it| it.last.clone());
    RetentionInEffect {
        raw_days: setting.raw.map(days),
        hourly_days: setting.hourly.map(days),
        max_bytes: here.as_ref().and_then(|it| it.max_bytes),
        last_run_at: here.as_ref().and_then(|it| it.cleared_at).map(utc),
        next_run_at: here.as_ref().and_then(|it| it.next_at).map(utc),
        held_until: here.as_ref().and_then(|it| it.held_until).map(utc),
        is_left: here.as_ref().map(|it| it.is_left),
        last_let_go: last.map(|it| LetGoStatus {
            at: utc(it.at),
            table: it.table,
            bytes: it.bytes,
            rows: it.rows,
        }),
        last_error: here.and_then(|it| it.last_error).map(|error| error.to_string()),
    }
}

fn backup(status: &board::BackupStatus, now: Timestamp) -> BackupStatus {
    let repository = |one: &RepositoryStatus| RepositoryBackups {
        repository: one.repository.clone(),
        last_success_at: one.last_success_at.map(utc),
        last_kind: one.last_kind.clone(),
        bytes: one.last_bytes,
        last_verified_at: one.last_verified_at.map(utc),
        last_error: one.error().map(str::to_owned),
    };
    BackupStatus {
        state: status.state(now).as_str(),
        last_success_at: status.last_success_at().map(utc),
        last_verified_at: status.last_verified_at().map(utc),
        last_error: status.repositories.iter().find_map(RepositoryStatus::error).map(str::to_owned),
        last_archived_at: status.archiving.and_then(|it| it.last_success_at).map(utc),
        last_archive_failure_at: status.archiving.and_then(|it| it.last_failure_at).map(utc),
        repositories: status.repositories.iter().map(repository).collect(),
    }
}

fn certificates(board: &StatusBoard, now: Timestamp) -> Vec<CertificateStatus> {
    let certificates = board.certificates().into_iter();
    certificates
        .map(|board::CertificateStatus { kind, certificate }| CertificateStatus {
            days_left: certificate.days_left(now),
            kind: kind.as_str(),
            subject: certificate.subject,
            issuer: certificate.issuer,
            not_after: utc(certificate.not_after),
        })
        .collect()
}

fn rotation(board: &StatusBoard) -> CertificateRotation {
    let rotation = board.rotation();
    CertificateRotation {
        state: rotation.state.as_str(),
        since: utc(rotation.since),
        detail: rotation.detail.map(|detail| detail.to_string()),
    }
}

fn errors(board: &StatusBoard) -> Vec<LoggedError> {
    let errors = board.errors().recent().into_iter();
    errors
        .map(|error| LoggedError {
            at: utc(error.at),
            level: error.level,
            target: error.target.to_string(),
            message: error.message.to_string(),
            times: error.times,
        })
        .collect()
}

async fn tenants(api: &Api, caller: &Caller, now: Timestamp) -> Result<Vec<TenantStatus>, StoreError> {
    let tenants = api.store.tenants(&caller.scope, None, None, MOST_TENANTS).await?;
    let samples = api.live.traffic().per_tenant(&caller.scope, now);
    let mut online = HashMap::<_, i64>::new();
    for view in api.live.gateway_snapshots(&caller.scope) {
        if view.status == GatewayStatus::Online {
            *online.entry(view.path.tenant.clone()).or_default() += 1;
        }
    }
    let growth = api.live.board().storage();
    let of_all =
        growth.as_ref().map(|growth| growth.bytes_per_day).filter(|_| caller.scope == TenantScope::All);
    let per_day = |tenant: &str| growth.as_ref().map(|it| it.tenants.get(tenant).copied().unwrap_or(0));
    let status = |tenant: vigia_store::tenant::Tenant| TenantStatus {
        bytes_per_day: per_day(&tenant.code),
        storage_share: of_all.and_then(|all| share(per_day(&tenant.code)?, all)),
        gateways_online: online.get(tenant.code.as_str()).copied().unwrap_or(0),
        samples_last_day: samples.get(tenant.code.as_str()).copied().unwrap_or(0),
        tenant: tenant.code,
        name: tenant.name,
        plants: tenant.plants,
        gateways: tenant.gateways,
        series: tenant.series,
    };
    Ok(tenants.into_iter().map(status).collect())
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a share of an estimate")]
fn share(part: i64, all: i64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

/// What of this process is in memory, by Linux's own account.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}
