//! Every statement, prepared against the migrated schema: a column renamed in a migration and not in a query, or
//! the other way round, fails here and not at night.

use crate::connect::{DatabaseSettings, Store};
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
use vigia_testkit::Postgres;

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vigia").unwrap();
    let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    let statements = [
        crate::state::STATEMENTS.as_slice(),
        &crate::partition::STATEMENTS,
        &crate::rule::statements(),
        &crate::mqtt_client::STATEMENTS,
        &crate::lease::STATEMENTS,
        &crate::history::STATEMENTS,
        &crate::site::STATEMENTS,
        &crate::plc::STATEMENTS,
        &crate::gateway::statements(),
        &crate::telemetry::statements(),
        &crate::rejection::statements(),
        &crate::replay::STATEMENTS,
        &crate::listen::STATEMENTS,
        &crate::alarm::statements(),
        &crate::audit::STATEMENTS,
        &crate::session::STATEMENTS,
        &crate::session::attempt::STATEMENTS,
        &crate::user::STATEMENTS,
        &crate::user::edit::STATEMENTS,
        &crate::user::password::STATEMENTS,
        &crate::api_key::STATEMENTS,
        &crate::tenant::STATEMENTS,
        &crate::storage::statements(),
        &crate::backup::STATEMENTS,
        &crate::dashboard::STATEMENTS,
        &crate::plant::STATEMENTS,
        &crate::directory::statements(),
        &crate::batch::statements(),
        &crate::packing::statements(),
        &crate::retention::statements(),
        &crate::checkup::statements(),
    ]
    .concat();
    assert!(statements.len() > 35);
    for statement in statements {
        let prepared = store.api.prepare(AssertSqlSafe(statement).into_sql_str()).await;
        assert!(prepared.is_ok(), "{statement}\n{}", prepared.err().unwrap());
    }
}

#[tokio::test]
async fn history_is_asked_on_connections_that_are_open() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vigia").unwrap();
    let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(store.archive.size(), 0, "whoever never asks opens none");
    store.keep_archive_warm().await.unwrap();
    assert_eq!(store.archive.size(), 4);
}
