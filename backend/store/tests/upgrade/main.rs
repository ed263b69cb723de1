//! Databases of earlier releases, brought up to date with data in them: step by step, and at once.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod contract;
mod data;

use data::{SEEDS, check_through_the_store};
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;

static ALL: Migrator = sqlx::migrate!("../../migrations");

/// What a step may take away: table and column, where the contract says which release stopped using it.
const CONTRACTED: [(&str, &str); 1] = [("retention", "hourly_row_bytes")];

/// Rows of each table, as JSON.
type Content = BTreeMap<String, Vec<serde_json::Value>>;

struct Old {
    postgres: Arc<Postgres>,
    database: String,
}

impl Old {
    fn empty() -> Self {
        Self::on(&Arc::new(Postgres::start().unwrap()), "vigia")
    }

    /// A database of its own on a server that others use too.
    fn on(postgres: &Arc<Postgres>, database: &str) -> Self {
        postgres.create_database(database).unwrap();
        Self { postgres: Arc::clone(postgres), database: database.to_owned() }
    }

    fn url(&self) -> String {
        self.postgres.url(&self.database)
    }

    async fn up_to(&self, version: i64) {
        let mut connection = PgConnection::connect(&self.url()).await.unwrap();
        ALL.run_to(version, &mut connection).await.unwrap_or_else(|error| panic!("{version}: {error}"));
        connection.close().await.unwrap();
    }

    async fn store(&self) -> Store {
        Store::connect(&DatabaseSettings::Url(self.url().into())).await.unwrap()
    }

    fn query(&self, sql: &str) -> Vec<String> {
        self.postgres.query(&self.database, sql).unwrap_or_else(|error| panic!("{sql}\n{error}"))
    }

    /// Writes what a release of that version would have, if the schema was new to it.
    fn seed(&self, version: i64) {
        for (since, sql) in SEEDS {
            if *since == version {
                self.query(sql);
            }
        }
    }

    fn content(&self) -> Content {
        let tables = "select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> '_sqlx_migrations'
            order by 1";
        let rows = |table: &String| {
            let rows = self.query(&format!("select to_jsonb(t) from {table} t order by to_jsonb(t)::text"));
            rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
        };
        self.query(tables).into_iter().map(|table| (table.clone(), rows(&table))).collect()
    }
}

/// That everything of before is there after, to the letter; new tables, columns and rows may be beside it.
fn keeps(before: &Content, after: &Content, step: i64) {
    for (table, rows) in before {
        let now = after.get(table).unwrap_or_else(|| panic!("{step}: {table} is gone"));
        let Some(first) = rows.first() else { continue };
        let columns = first.as_object().unwrap().keys();
        let columns: Vec<_> =
            columns.filter(|column| !CONTRACTED.contains(&(table.as_str(), column.as_str()))).collect();
        let only = |row: &serde_json::Value| -> Vec<String> {
            columns.iter().map(|column| format!("{column}: {:?}", row.get(column.as_str()))).collect()
        };
        let now: HashSet<Vec<String>> = now.iter().map(only).collect();
        let lost = rows.iter().map(only).find(|row| !now.contains(row));
        assert_eq!(lost, None, "{step}: {table} does not have it any more");
    }
}

fn newest() -> i64 {
    ALL.iter().map(|migration| migration.version).max().unwrap()
}

#[tokio::test]
async fn each_step_keeps_what_was_there() {
    let old = Old::empty();
    for version in 1..=newest() {
        let before = old.content();
        old.up_to(version).await;
        keeps(&before, &old.content(), version);
        old.seed(version);
    }
    let store = old.store().await;
    store.migrate().await.unwrap();
    check_through_the_store(&store, newest()).await;
}

#[tokio::test]
async fn a_database_of_any_age_comes_up_at_once() {
    let postgres = Arc::new(Postgres::start().unwrap());
    let ages = SEEDS.iter().map(|(version, _)| *version).chain([newest() - 1]);
    for begun in ages {
        let old = Old::on(&postgres, &format!("of-{begun}"));
        for version in 1..=begun {
            old.up_to(version).await;
            old.seed(version);
        }
        let before = old.content();
        let store = old.store().await;
        store.migrate().await.unwrap();
        keeps(&before, &old.content(), begun);
        check_through_the_store(&store, begun).await;
        store.close().await;
    }
}

#[tokio::test]
async fn two_programs_that_start_together_migrate_once() {
    let old = Old::empty();
    old.up_to(1).await;
    old.seed(1);
    let (one, other) = (old.store().await, old.store().await);
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    first.unwrap();
    second.unwrap();
    let applied = old.query("select count(*), count(distinct version) from _sqlx_migrations where success");
    assert_eq!(applied, [format!("{0}|{0}", ALL.iter().count())]);
    check_through_the_store(&one, 1).await;
}

#[tokio::test]
async fn a_migration_that_fails_half_way_leaves_the_old_schema_and_holds_up_nobody() {
    let old = Old::empty();
    old.up_to(3).await;
    for version in 1..=3 {
        old.seed(version);
    }
    // Somebody made a table of their own that a later migration wants to make.
    old.query("create table ingest_lease (mine text)");
    let before = old.content();
    let store = old.store().await;
    assert!(store.migrate().await.is_err());
    assert_eq!(old.content(), before);
    assert_eq!(old.query("select max(version) from _sqlx_migrations"), ["3"]);
    // What failed has let go of its lock, though its process lives on.
    old.query("drop table ingest_lease");
    let again = old.store().await;
    tokio::time::timeout(std::time::Duration::from_secs(30), again.migrate()).await.unwrap().unwrap();
    check_through_the_store(&again, 3).await;
    store.close().await;
}

#[tokio::test]
async fn the_release_before_runs_on_the_schema_of_the_next() {
    let old = Old::empty();
    let store = old.store().await;
    store.migrate().await.unwrap();
    let unknown = |version: i64| {
        format!(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values ({version}, 'what comes later', true, '\\x00', 0)"
        )
    };
    old.query(&unknown(newest() + 1));
    old.query("create table what_comes_later (id integer)");
    let before = old.store().await;
    before.migrate().await.unwrap();
    before.ping().await.unwrap();
    assert_eq!(old.query("select count(*) from what_comes_later"), ["0"]);

    // One in between that nobody knows: this is another program's database.
    old.query(&format!("delete from _sqlx_migrations where version = {}", newest() + 1));
    old.query("update _sqlx_migrations set version = 0 where version = 2");
    let error = before.migrate().await.unwrap_err();
    assert!(format!("{error:?}").contains("VersionMissing(0)"), "{error:?}");
    old.query("update _sqlx_migrations set version = 2 where version = 0");

    old.query("update _sqlx_migrations set checksum = '\\x00' where version = 1");
    let error = before.migrate().await.unwrap_err();
    assert!(format!("{error:?}").contains("VersionMismatch(1)"), "an edited migration passed: {error:?}");
}
