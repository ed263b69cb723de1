//! The schema against a real Postgres: what an earlier release finds when one goes back to it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use vigia_store::{DatabaseSettings, Store};
use vigia_testkit::Postgres;

const LATER: &str = "
    insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    values (9999, 'of a later release', true, '\\x00', 0)";

#[tokio::test]
async fn the_schema_of_a_later_release_is_taken_and_an_edited_migration_is_not() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vigia").unwrap();
    let settings = DatabaseSettings::Url(postgres.url("vigia").into());
    Store::connect(&settings).await.unwrap().migrate().await.unwrap();

    postgres.query("vigia", LATER).unwrap();
    let store = Store::connect(&settings).await.unwrap();
    store.migrate().await.unwrap();
    store.ping().await.unwrap();

    postgres.query("vigia", "update _sqlx_migrations set checksum = '\\x00' where version = 1").unwrap();
    let refused = Store::connect(&settings).await.unwrap().migrate().await;
    assert!(refused.is_err(), "an edited migration passed");
}
