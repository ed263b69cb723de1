//! What is wrong with a database that answers.

use super::GROUP;
use crate::doctor::finding::Finding;
use crate::doctor::{ago, bytes};
use vigia_model::Timestamp;
use vigia_store::CONNECTIONS;
use vigia_store::checkup::{Archiver, Rights, Schema, Server};

/// Releases our SQL is written for, and run with.
const MAJORS: std::ops::RangeInclusive<i32> = 15..=18;
/// PostgreSQL's own default.
const LEAST_BUFFERS: i64 = 128 << 20;
/// A transaction that lasts for longer keeps dead rows from being cleaned up.
const LONG_TRANSACTION_S: i64 = 3_600;
/// What a slot nobody uses may hold of the log.
const MUCH_WAL: i64 = 1 << 30;

pub(super) fn server(server: &Server, findings: &mut Vec<Finding>) {
    let version = &server.version;
    findings.push(if MAJORS.contains(&server.major) {
        Finding::ok(GROUP, "database-version", format!("PostgreSQL {version}"))
    } else {
        Finding::failure(
            GROUP,
            "database-version-unsupported",
            format!("PostgreSQL {version} is none of 15 to 18"),
        )
        .why("Statements may fail, or mean something else.")
        .mend("pg_upgradecluster, or a dump and restore into PostgreSQL 17")
        .compose("keep POSTGRES's image at major 17: docs/operations/upgrade.md")
    });
    if server.is_read_only {
        findings.push(
            Finding::failure(
                GROUP,
                "database-read-only",
                "the database takes no writes: a standby, or default_transaction_read_only is \
                on",
            )
            .why("Nothing can be stored; messages wait in the spool.")
            .mend(
                "point DB_HOST at the primary, or alter system reset \
                    default_transaction_read_only; select pg_reload_conf();",
            ),
        );
    }
    let settings = &server.settings;
    let unsafe_settings: Vec<&str> =
        [("fsync", settings.fsync), ("full_page_writes", settings.full_page_writes)]
            .into_iter()
            .filter_map(|(name, is_on)| (!is_on).then_some(name))
            .collect();
    if !unsafe_settings.is_empty() {
        let names = unsafe_settings.join(" and ");
        let sql: Vec<String> =
            unsafe_settings.iter().map(|name| format!("alter system set {name} = on;")).collect();
        findings.push(
            Finding::failure(GROUP, "database-not-durable", format!("{names} off"))
                .why(
                    "After a power cut the database may be beyond repair, and messages that \
                    were acknowledged are gone.",
                )
                .mend(format!("psql, as superuser: {} select pg_reload_conf();", sql.join(" "))),
        );
    }
    if !settings.data_checksums {
        findings.push(
            Finding::warning(GROUP, "database-no-checksums", "data checksums are off")
                .why("A disk that changes a byte is not noticed; it is read, and backed up.")
                .mend("stop PostgreSQL, then pg_checksums --enable -D <data folder>"),
        );
    }
    let (ours, theirs) = (i32::try_from(CONNECTIONS).unwrap_or(i32::MAX), settings.connections);
    if theirs < ours {
        findings.push(
            Finding::failure(
                GROUP,
                "database-few-connections",
                format!("there is room for {theirs} connections, and one process opens up to {ours}"),
            )
            .why("Some of what it does would find no connection just when there is much to do.")
            .mend(format!(
                "psql, as superuser: alter system set max_connections = {}; then restart PostgreSQL",
                4 * ours
            )),
        );
    } else if theirs < 2 * ours + 10 {
        findings.push(
            Finding::warning(
                GROUP,
                "database-few-connections",
                format!("there is room for {theirs} connections, and one process opens up to {ours}"),
            )
            .why("A standby, a second start during an upgrade, or your own psql may find no room.")
            .mend(format!(
                "psql, as superuser: alter system set max_connections = {}; then restart PostgreSQL",
                4 * ours
            )),
        );
    }
    if settings.shared_buffers < LEAST_BUFFERS {
        findings.push(
            Finding::warning(
                GROUP,
                "database-small-buffers",
                format!("shared_buffers is {}", bytes(settings.shared_buffers)),
            )
            .why("Pages are read from disk again and again; inserting slows down first.")
            .mend(
                "psql, as superuser: alter system set shared_buffers = '512MB'; (a \
                    quarter of the memory), then restart PostgreSQL",
            ),
        );
    }
}

pub(super) fn archiver(server: &Server, archiver: &Archiver, now: Timestamp, findings: &mut Vec<Finding>) {
    if !server.settings.archives {
        findings.push(
            Finding::warning(GROUP, "database-archives-nothing", "archive_mode is off")
                .why("What came since the last backup is lost with the disk.")
                .mend(
                    "set up pgBackRest, archive_mode = on and an archive_command: docs/operations/backup.md",
                )
                .compose("the service db archives by itself; is another configuration mounted over it?"),
        );
    } else if archiver.is_failing() {
        let file = archiver.failed_file.as_deref().unwrap_or("a file of the log");
        let since = archiver
            .archived_at
            .map_or_else(|| "it never did".to_owned(), |at| format!("it last did {}", ago(at, now)));
        findings.push(
            Finding::failure(
                GROUP,
                "database-archive-failing",
                format!("{file} cannot be archived; {since}"),
            )
            .why(
                "The log stays on the database's disk until it is full, and then the \
                    database stops. Backups have a hole meanwhile.",
            )
            .mend("the log of PostgreSQL has what archive_command said; is there room in the repository?")
            .compose("deploy/compose logs --tail 50 db; deploy/compose exec backup df -h"),
        );
    } else {
        let last = archiver.archived_at.map_or_else(|| "nothing yet".to_owned(), |at| ago(at, now));
        findings.push(Finding::ok(GROUP, "database-archive", format!("the log is archived; last: {last}")));
    }
}

pub(super) fn schema(schema: &Schema, findings: &mut Vec<Finding>) {
    let list = |versions: &[i64]| versions.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let newest = schema.newest.map_or_else(|| "none".to_owned(), |newest| newest.to_string());
    if !schema.half_done.is_empty() {
        findings.push(
            Finding::failure(
                GROUP,
                "migration-half-done",
                format!("migration {} was begun and not finished", list(&schema.half_done)),
            )
            .why("The program does not start on a schema that is neither the old nor the new one.")
            .mend("restore the backup from before the upgrade: docs/operations/restore.md"),
        );
    }
    if !schema.unknown.is_empty() {
        findings.push(
            Finding::warning(
                GROUP,
                "database-from-newer-release",
                format!(
                    "the database has migration {}, which this release does not know",
                    list(&schema.unknown)
                ),
            )
            .why(
                "A newer release was here. One that is the last before it goes on with \
                    its schema; one that is older may not.",
            )
            .mend(
                "if this release was not put back on purpose, install the newer one \
                    again: docs/operations/upgrade.md",
            ),
        );
    }
    if !schema.changed.is_empty() {
        findings.push(
            Finding::failure(
                GROUP,
                "migration-changed",
                format!(
                    "migration {} was made from another text than this release has",
                    list(&schema.changed)
                ),
            )
            .why("The program was built from changed sources; it does not start.")
            .mend("run a release as it was published: vigia --version says which commit this is"),
        );
    }
    if !schema.pending.is_empty() {
        findings.push(
            Finding::warning(
                GROUP,
                "migrations-pending",
                format!(
                    "migration {} is still to be made; the newest that was is {newest}",
                    list(&schema.pending)
                ),
            )
            .why("It is made at the next start; until then vigia storage and others cannot read.")
            .mend("vigia migrate")
            .compose("deploy/compose run --rm api migrate"),
        );
    } else if schema.unknown.is_empty() && schema.half_done.is_empty() && schema.changed.is_empty() {
        findings.push(Finding::ok(
            GROUP,
            "migrations",
            format!("the schema is that of this release (migration {newest})"),
        ));
    }
}

pub(super) fn rights(rights: &Rights, findings: &mut Vec<Finding>) {
    let who = &rights.who;
    let schema = rights.schema.as_deref().unwrap_or("public");
    let mut lacks = Vec::new();
    if !rights.may_create {
        lacks.push(format!("create tables in the schema {schema}"));
    }
    if !rights.foreign_tables.is_empty() {
        lacks.push(format!("own the tables {}", rights.foreign_tables.join(", ")));
    }
    let grant = (!rights.may_create).then(|| format!("grant create on schema {schema} to \"{who}\";"));
    let owners = rights
        .foreign_tables
        .iter()
        .map(|table| format!("alter table \"{schema}\".\"{table}\" owner to \"{who}\";"));
    let cure: Vec<String> = grant.into_iter().chain(owners).collect();
    if lacks.is_empty() {
        findings.push(Finding::ok(
            GROUP,
            "database-rights",
            format!("{who} may make migrations and partitions"),
        ));
        return;
    }
    findings.push(
        Finding::failure(
            GROUP,
            "database-rights-missing",
            format!("{who} does not {}", lacks.join(", nor ")),
        )
        .why(
            "A partition is made for each week and month as it comes: at the first one \
                that cannot be, nothing new is stored.",
        )
        .mend(format!("psql, as superuser, in this database: {}", cure.join(" "))),
    );
}

pub(super) fn burdens(longest_s: i64, slots: &[(String, i64)], findings: &mut Vec<Finding>) {
    if longest_s > LONG_TRANSACTION_S {
        findings.push(
            Finding::warning(
                GROUP,
                "database-long-transaction",
                format!("a transaction has been open for {} min", longest_s / 60),
            )
            .why("Nothing that died since can be cleaned up: tables grow, and statements slow down.")
            .mend(
                "psql: select pid, usename, application_name, xact_start, left(query, \
                        60) from pg_stat_activity where xact_start < now() - interval '1 \
                        hour'; select pg_terminate_backend(<pid>); and see pg_prepared_xacts",
            ),
        );
    }
    for (name, held) in slots.iter().filter(|(_, held)| *held > MUCH_WAL) {
        findings.push(
            Finding::failure(
                GROUP,
                "database-slot-holds-log",
                format!(
                    "the replication slot {name} is used by nobody and holds {} of the log",
                    bytes(*held)
                ),
            )
            .why(
                "The log stays until the slot is read or dropped; in the end the disk is \
                    full and the database stops.",
            )
            .mend(format!(
                "psql, as superuser, if nobody will read it any more: select \
                    pg_drop_replication_slot('{name}');"
            )),
        );
    }
}
