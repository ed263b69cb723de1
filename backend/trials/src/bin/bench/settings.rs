//! The database's settings that durability rests on, read back from where they are in force: a trigger notes what
//! the writer's own session has when it stores its first samples.

use crate::take::{Bench, load};
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;
use vigia_trials::load::{Flow, Load};

/// Setting → value.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Settings {
    pub(crate) server: BTreeMap<String, String>,
    pub(crate) writer: BTreeMap<String, String>,
}

const NAMES: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];
const NOTE: [&str; 3] = [
    "create table trial_settings (name text primary key, value text not null)",
    "create function trial_note_settings() returns trigger language plpgsql as $$
     begin
         insert into trial_settings
         select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')
         on conflict do nothing;
         return null;
     end $$",
    "create trigger trial_note_settings after insert on samples
     for each statement execute function trial_note_settings()",
];
/// How long the first message may take to be stored.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets Vigía store a few messages and reads the settings back.
pub(crate) async fn read(bench: &mut Bench) -> Result<()> {
    bench.say("reading the database's settings back from the writer's session");
    let load = Load { backlog: 100, ..load("load", 1) };
    let database = bench.bed.database()?;
    let broker = bench.bed.broker()?;
    let ledger = bench.bed.ledger("settings")?;
    let program = bench.bed.vigia(&broker, &database).await?;
    for statement in NOTE {
        bench.bed.postgres().query(&database, statement)?;
    }
    let flow = Flow::default();
    let until_stored = async {
        let stored = async {
            while program.messages().await? == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            anyhow::Ok(())
        };
        let stored = tokio::time::timeout(PATIENCE, stored).await.context("nothing was stored");
        flow.end();
        stored?
    };
    tokio::try_join!(load.publish(&broker, &ledger, &flow), until_stored)?;
    program.stop()?;
    let postgres = bench.bed.postgres();
    let mut settings = Settings::default();
    for name in NAMES {
        let server = postgres.query("postgres", &format!("show {name}"))?.concat();
        settings.server.insert(name.to_owned(), server);
        let noted = format!("select value from trial_settings where name = '{name}'");
        settings.writer.insert(name.to_owned(), postgres.query(&database, &noted)?.concat());
    }
    bench.report.settings = settings;
    bench.bed.drop_database(&database)
}
