//! What a page of alarms costs, whoever else has how many.

use super::*;
use crate::connect::DatabaseSettings;
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::sync::Arc;
use vigia_model::Identifier;
use vigia_testkit::Postgres;

/// A loud tenant with many alarms, of whose PLCs one is calm, and a quiet one.
fn furnish(postgres: &Postgres) {
    for sql in [
        "insert into tenants (code) values ('loud'), ('quiet')",
        "insert into plants (tenant_id, code, province) select id, code, 'ba' from tenants",
        "insert into plcs (tenant_id, plant_id, plc_id)
         select p.tenant_id, p.id, n from plants p
         join (values ('loud', 'loud'), ('loud', 'calm'), ('quiet', 'quiet')) v(plant, n) on v.plant = p.code",
        "insert into alarms (plc_id, type, message, severity, ts, acknowledged)
         select (select id from plcs where plc_id = case n % 5000 when 0 then 'quiet' when 1 then 'calm' else 'loud' end)
              , 'test', 'x', (array['critical', 'high', 'medium', 'low'])[1 + n / 2 % 4]
              , now() - n * interval '1 second', n % 1000 <> 7
         from generate_series(1, 60000) n",
        "analyze",
    ] {
        postgres.query("vigia", sql).unwrap();
    }
}

#[tokio::test]
async fn a_page_reads_little_however_many_alarms_there_are() {
    let postgres = Postgres::start().unwrap();
    postgres.create_database("vigia").unwrap();
    let store = Store::connect(&DatabaseSettings::Url(postgres.url("vigia").into())).await.unwrap();
    store.migrate().await.unwrap();
    furnish(&postgres);
    let pages = |sql: &str| -> i64 { postgres.query("vigia", sql).unwrap()[0].parse().unwrap() };
    let table = pages("select relpages from pg_class where relname = 'alarms'");
    let calm: Uuid =
        postgres.query("vigia", "select id from plcs where plc_id = 'calm'").unwrap()[0].parse().unwrap();
    let quiet = TenantScope::Only(Arc::new([Identifier::new("quiet").unwrap()].into()));
    let open = AlarmQuery { acknowledged: Some(false), limit: 50, ..AlarmQuery::default() };
    let page = AlarmQuery { limit: 50, ..AlarmQuery::default() };
    let by_severity = AlarmQuery { order: AlarmOrder::BySeverity, ..page };
    let deep = store.alarms(&TenantScope::All, &AlarmQuery { limit: 20_000, ..by_severity }).await.unwrap();
    let last = deep.last().unwrap();
    let after = Some(AlarmKey { severity: last.severity, ts: last.ts, id: last.id });
    let of_calm = AlarmPlace { plc: Some(calm), tenant: Some("loud"), ..AlarmPlace::default() };
    for (name, scope, query) in [
        ("few among many", &quiet, page),
        ("all of the few", &quiet, AlarmQuery { limit: 1_000, ..page }),
        ("nobody acknowledged", &quiet, open),
        ("the newest", &TenantScope::All, page),
        ("by severity", &TenantScope::All, by_severity),
        ("a deep page", &TenantScope::All, AlarmQuery { after, ..by_severity }),
        ("open ones", &TenantScope::All, open),
        ("a calm PLC", &TenantScope::All, AlarmQuery { place: of_calm, ..page }),
    ] {
        let explain = AssertSqlSafe(format!("explain (analyze, buffers) {LIST}")).into_sql_str();
        let ranks = query.ranks();
        let plan: Vec<String> =
            bind_list!(sqlx::query_scalar(explain), scope, query, ranks).fetch_all(&store.api).await.unwrap();
        let buffers = plan.iter().find(|line| line.contains("Buffers:")).unwrap();
        let number = |word: &str| -> i64 {
            let rest = buffers.split_once(word).map_or("0", |(_, rest)| rest);
            rest.split(' ').next().unwrap().parse().unwrap()
        };
        let read = number("hit=") + number("read=");
        assert!(read < 150, "{name}: {read} blocks, and the table has {table}\n{}", plan.join("\n"));
    }
}
