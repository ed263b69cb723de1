//! Faults of the database.

use super::bed::Bed;
use crate::app::eventually;
use std::path::Path;
use vigia_testkit::{Identity, Pki, Postgres, PostgresOptions, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn why_it_cannot_be_reached_is_told_apart() {
    let bed = Bed::start().await;
    let url = bed.database_url();
    let port = bed.app.postgres.port().to_string();
    bed.breaks(
        &[("DATABASE_URL", &url.replace(&port, &free_port().unwrap().to_string()))],
        "database-not-listening",
    );
    bed.breaks(&[("DATABASE_URL", &url.replace("4711", "4712"))], "database-password-wrong");
    bed.breaks(&[("DATABASE_URL", &bed.app.postgres.url("nothing"))], "database-unknown");
    bed.breaks(&[("DATABASE_URL", &url.replace("127.0.0.1", "nowhere.invalid"))], "database-unknown-host");
    let parts = [
        ("DATABASE_URL", ""),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", port.as_str()),
        ("DB_NAME", "vigia"),
        ("DB_USER", "vigia"),
    ];
    let file = bed.folder().join("db_password.txt");
    std::fs::write(&file, "wrong\n").unwrap();
    let file_name = file.to_str().unwrap().to_owned();
    let parts = [&parts[..], &[("DB_PASSWORD_FILE", file_name.as_str())]].concat();
    let seen = bed.doctor(&[], &parts);
    assert_eq!(seen.failures(), ["database-password-wrong", "secret-open-to-all"], "{}", seen.text);
    std::fs::write(&file, "\n").unwrap();
    let seen = bed.doctor(&["--only", "environment"], &parts);
    assert!(
        seen.find("variable-wrong")["what"].as_str().unwrap().contains("is an empty file"),
        "{}",
        seen.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_inside_is_named() {
    let bed = Bed::start().await;
    let postgres = &bed.app.postgres;
    let run = |sql: &str| postgres.query("vigia", sql).unwrap();
    // Backups, by the books that whoever makes them keeps.
    bed.warns(&[], "backup-never");
    run("insert into backups (repository, kind, started_at, finished_at, ok) values
             ('local', 'full', now() - interval '40 h', now() - interval '37 h', true),
             ('local', 'verification', now() - interval '2 d', now() - interval '2 d', true)");
    bed.breaks(&[], "backup-old");
    run("insert into backups (repository, kind, started_at, finished_at, ok) values \
            ('local', 'incremental', now() - interval '3 h', now() - interval '2 h', true)");
    assert_eq!(bed.doctor(&[], &[]).failures(), [""; 0]);
    run("insert into backups (repository, kind, started_at, finished_at, ok, detail) \
            values ('local', 'full', now(), now(), false, 'repository is full')");
    let seen = bed.breaks(&[], "backup-failed");
    assert_eq!(seen.find("backup-failed")["details"][0], "repository is full");
    // S3 failed six days ago and was not tried since, while the local repository has a row every few minutes.
    run(
        "delete from backups where not ok; insert into backups (repository, kind, started_at, finished_at, ok, detail) \
            select 'local', 'incremental', now() - n * interval '10 min', now() - n * interval '10 min', true, '' \
            from generate_series(1, 700) n; \
            insert into backups (repository, kind, started_at, finished_at, ok, detail) values \
            ('s3', 'full', now() - interval '7 d', now() - interval '7 d', true, ''), \
            ('s3', 'full', now() - interval '6 d', now() - interval '6 d', false, 'no such bucket')",
    );
    let seen = bed.doctor(&["--only", "backup"], &[]);
    assert_eq!(seen.failures(), ["backup-failed", "backup-old"], "{}", seen.text);
    assert_eq!(seen.find("backup-failed")["what"], "the last s3 backup failed 6 days ago");
    // They came with the data of another installation: where backups are off nobody makes new ones.
    let seen = bed.doctor(&["--only", "backup,database"], &[("BACKUP", "off")]);
    assert_eq!((seen.failures(), seen.level("backup")), (vec![], "skipped"), "{}", seen.text);
    assert!(!seen.text.contains("database-archives-nothing"), "{}", seen.text);
    run("delete from backups where repository = 's3'; update backups set finished_at = now() - \
            interval '10 d' where kind = 'verification'");
    bed.warns(&[], "backup-unverified");

    // Migrations.
    run("insert into _sqlx_migrations (version, description, success, checksum, \
            execution_time) values (9001, 'of tomorrow', true, '\\x00', 0)");
    bed.warns(&[], "database-from-newer-release");
    run("update _sqlx_migrations set version = 9002, success = false where version = 9001");
    bed.breaks(&[], "migration-half-done");
    run("delete from _sqlx_migrations where version = 9002");
    postgres.create_database("fresh").unwrap();
    let seen = bed.warns(&[("DATABASE_URL", &postgres.url("fresh"))], "migrations-pending");
    assert_eq!(seen.level("backup"), "skipped", "{}", seen.text);

    // Rights: tables of another program are none of ours, and only ours that belong to somebody else are named.
    run(
        "create role somebody; create table of_another_program (x int); alter table of_another_program owner to somebody; \
            create role limited login password 'hush-hush-4711'; grant create, usage on schema public to limited",
    );
    run("do $$ declare t text; begin for t in select tablename from pg_tables where schemaname = 'public' \
            and tablename not in ('of_another_program', 'alarms') loop \
            execute format('alter table %I owner to limited', t); end loop; end $$");
    let url = bed.database_url().replace("//vigia:", "//limited:");
    let seen = bed.doctor(&["--only", "database"], &[("DATABASE_URL", &url)]);
    let finding = seen.find("database-rights-missing");
    assert_eq!(finding["what"], "limited does not own the tables alarms", "{finding}");
    assert!(
        finding["mend"]
            .as_str()
            .unwrap()
            .ends_with("alter table \"public\".\"alarms\" owner to \"limited\";")
    );
    run("alter table alarms owner to limited");
    let seen = bed.doctor(&["--only", "database"], &[("DATABASE_URL", &url)]);
    assert_eq!(seen.level("database-rights"), "ok", "{}", seen.text);

    // Rights: somebody who may read and write, and not make partitions.
    run("create role reader login password 'hush-hush-4711'; grant select, insert, \
            update, delete on all tables in schema public to reader");
    let url = bed.database_url().replace("//vigia:", "//reader:");
    bed.breaks(&[("DATABASE_URL", &url)], "database-rights-missing");

    run("alter database vigia set default_transaction_read_only = on");
    bed.breaks(&[], "database-read-only");
    postgres.query("postgres", "alter database vigia reset default_transaction_read_only").unwrap();

    let quick = Postgres::start_with(PostgresOptions {
        password: Some("hush-hush-4711".to_owned()),
        ..PostgresOptions::default()
    })
    .unwrap();
    quick.create_database("vigia").unwrap();
    bed.breaks(&[("DATABASE_URL", &quick.url("vigia"))], "database-not-durable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_fails_is_named() {
    let mut bed = Bed::start().await;
    let sql = ["alter system set archive_mode = on", "alter system set archive_command = 'false'"];
    for sql in sql {
        bed.app.postgres.query("postgres", sql).unwrap();
    }
    bed.app.postgres.stop().unwrap();
    bed.app.postgres.start_again().unwrap();
    bed.app.postgres.query("vigia", "create table something (x int); select pg_switch_wal()").unwrap();
    eventually("archiving fails", async || {
        let failed =
            bed.app.postgres.query("vigia", "select failed_count > 0 from pg_stat_archiver").unwrap();
        (failed == ["t"]).then_some(())
    })
    .await;
    bed.app.until_ready().await;
    bed.breaks(&[], "database-archive-failing");
}

/// Has the running cluster speak TLS with this certificate, whose files only its own account may read.
fn speak_tls(postgres: &Postgres, server: &Identity) {
    for (file, name) in [(&server.cert, "server.crt"), (&server.key, "server.key")] {
        let lines = format!("unnest(string_to_array('{}', e'\\n'))", std::fs::read_to_string(file).unwrap());
        let program = format!("cat >{name} && chmod 600 {name}");
        postgres.query("postgres", &format!("copy (select {lines}) to program '{program}'")).unwrap();
    }
    postgres.query("postgres", "alter system set ssl = on").unwrap();
    postgres.query("postgres", "select pg_reload_conf()").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_an_authority_of_its_own_is_believed_by_that_alone() {
    let mut bed = Bed::start().await;
    let pki = |name: &str| Pki::open_or_create(&bed.folder().join(name)).unwrap();
    let (ours, other) = (pki("database-pki"), pki("other-pki"));
    let with = |mode: &str, file: &Path| {
        format!("{}?sslmode={mode}&sslrootcert={}", bed.database_url(), file.display())
    };
    let full = with("verify-full", &ours.ca());
    let seen = bed.breaks(&[("DATABASE_URL", &full)], "database-tls-failed");
    assert!(seen.text.contains("ssl = on"), "{}", seen.text);

    // For another name than the one it is reached by.
    speak_tls(&bed.app.postgres, &ours.server("database", &["db.example.net"]).unwrap());
    let told = |words: &str| {
        let seen = bed.doctor(&["--only", "database"], &[("DATABASE_URL", &full)]);
        seen.text.contains(words).then_some(())
    };
    eventually("TLS is spoken", async || told("is for another name")).await;
    let seen = bed.doctor(&[], &[("DATABASE_URL", &with("verify-ca", &ours.ca()))]);
    assert_eq!(seen.failures(), [""; 0], "{}", seen.text);

    speak_tls(&bed.app.postgres, &ours.server("here", &["127.0.0.1"]).unwrap());
    eventually("the new certificate is shown", async || {
        told("\"id\": \"database-tls-failed\"").is_none().then_some(())
    })
    .await;
    assert_eq!(bed.doctor(&["--only", "database"], &[("DATABASE_URL", &full)]).code, 0);
    let seen = bed.breaks(&[("DATABASE_URL", &with("verify-full", &other.ca()))], "database-tls-failed");
    assert!(seen.text.contains("an authority that is not known here"), "{}", seen.text);
    // Without an authority those of the machine are asked, and none of them knows it.
    let known = format!("{}?sslmode=verify-full", bed.database_url());
    bed.breaks(&[("DATABASE_URL", &known)], "database-tls-failed");
    // These ask for TLS, or take it, and look at no certificate.
    for mode in ["require", "prefer"] {
        let url = format!("{}?sslmode={mode}", bed.database_url());
        assert_eq!(bed.doctor(&["--only", "database"], &[("DATABASE_URL", &url)]).code, 0, "{mode}");
    }

    // What cannot be right stops the start, in one line that names the file and not the password.
    let empty = bed.folder().join("empty.pem");
    std::fs::write(&empty, "no certificate\n").unwrap();
    for (url, words) in [
        (
            with("verify-full", Path::new("/nowhere/ca.pem")),
            "sslrootcert=/nowhere/ca.pem, which cannot be read: No such file",
        ),
        (with("verify-full", &empty), "which holds no certificate in PEM"),
        (with("require", &ours.ca()), "which nobody looks at without sslmode=verify-full"),
    ] {
        for arguments in [&["check-config"][..], &["serve"]] {
            let (code, said) = bed.said(arguments, &[("DATABASE_URL", &url)]);
            assert!(code != 0 && said.contains("DATABASE_URL names ") && said.contains(words), "{said}");
        }
        let seen = bed.doctor(&["--only", "environment"], &[("DATABASE_URL", &url)]);
        assert!(seen.find("variable-wrong")["what"].as_str().unwrap().contains(words), "{}", seen.text);
    }

    // The program itself, over TLS in every connection.
    bed.app.stop();
    bed.app.set("DATABASE_URL", &full);
    bed.app.run();
    bed.app.until_ready().await;
    let plain = "select count(*) from pg_stat_activity join pg_stat_ssl using (pid) \
        where application_name = 'vigia' and not ssl";
    let encrypted = plain.replace("not ssl", "ssl");
    assert_eq!(bed.app.postgres.query("vigia", plain).unwrap(), ["0"]);
    assert_ne!(bed.app.postgres.query("vigia", &encrypted).unwrap(), ["0"]);
}
