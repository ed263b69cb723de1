//! A real cluster, started, stopped and killed.

use super::*;

fn count(postgres: &Postgres) -> Vec<String> {
    postgres.query("t", "select count(*), 'rows' from seen").unwrap()
}

fn with_rows(options: PostgresOptions) -> Postgres {
    let postgres = Postgres::start_with(options).unwrap();
    postgres.create_database("t").unwrap();
    postgres.query("t", "create table seen as select generate_series(1, 1000) as n").unwrap();
    postgres
}

#[test]
fn stop_and_kill_keep_what_was_committed() {
    let mut postgres = with_rows(PostgresOptions::default());
    let url = postgres.url("t");
    postgres.stop().unwrap();
    assert!(postgres.query("t", "select 1").is_err(), "still answers");
    postgres.start_again().unwrap();
    assert_eq!(count(&postgres), ["1000|rows"]);
    postgres.query("t", "insert into seen values (0)").unwrap();
    postgres.kill().unwrap();
    postgres.start_again().unwrap();
    assert_eq!(count(&postgres), ["1001|rows"]);
    assert_eq!(postgres.url("t"), url, "the address changed");
}

#[test]
fn durable_keeps_every_commit_through_a_kill() {
    let mut postgres = with_rows(PostgresOptions { durable: true, ..PostgresOptions::default() });
    for n in 0..20 {
        postgres.query("t", &format!("insert into seen values ({n})")).unwrap();
    }
    postgres.kill().unwrap();
    postgres.start_again().unwrap();
    assert_eq!(count(&postgres), ["1020|rows"]);
}

#[test]
fn a_kept_folder_is_opened_again_and_asks_for_its_password() {
    let account = Account::for_servers();
    let home = Scratch::new("kept", account).unwrap();
    let options = || PostgresOptions {
        durable: true,
        dir: Some(home.path().join("data")),
        password: Some("hunter2".to_owned()),
        ..PostgresOptions::default()
    };
    let postgres = with_rows(options());
    assert!(postgres.url("t").contains("vigia:hunter2@"));
    drop(postgres);
    let postgres = Postgres::start_with(options()).unwrap();
    assert_eq!(count(&postgres), ["1000|rows"]);
    let methods = "select distinct auth_method from pg_hba_file_rules where type = 'host' order by 1";
    assert_eq!(postgres.query("postgres", methods).unwrap(), ["scram-sha-256"]);
}

#[test]
fn dropping_leaves_nothing() {
    let mut postgres = Postgres::start().unwrap();
    let folder = postgres.scratch.path().to_owned();
    let pid = postgres.process().unwrap().id();
    drop(postgres);
    assert!(!folder.exists());
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn a_refused_statement_says_why() {
    let postgres = Postgres::start().unwrap();
    let error = postgres.query("postgres", "selec 1").unwrap_err().to_string();
    assert!(error.contains("42601") && error.contains("selec 1"), "{error}");
    postgres.ensure_database("odd \"name\"").unwrap();
    postgres.ensure_database("odd \"name\"").unwrap();
}
