//! What people ask in psql, as the contract shows it.

use super::stock::{Stock, seconds};
use crate::report::{Row, Target};
use crate::take::Bench;
use anyhow::{Context, Result, ensure};
use sqlx::PgConnection;
use std::time::Instant;
use vigia_trials::number::quantile;

/// Asked so often, and noted so often after that.
const WARM_UP: usize = 3;
const TIMES: usize = 20;
const TARGET_MS: f64 = 1_000.0;

/// A statement, in words and in SQL.
fn statements(stock: &Stock) -> Vec<(&'static str, String)> {
    let (day, until) = (seconds(stock.day), seconds(stock.until()));
    let series = "(select r.id from series r join plcs c on c.id = r.plc_id where c.plc_id = 'plc-001' and r.metric_id = 'm01')";
    vec![
        ("the last 10 events", "select * from telemetry_events order by ts desc limit 10".to_owned()),
        (
            "the events of the last minute",
            format!(
                "select * from telemetry_events where ts >= to_timestamp({until} - 60) order by ts desc limit 100"
            ),
        ),
        (
            "packed hours of a series and day",
            format!(
                "select * from telemetry_packed where series_id = {series}
                 and hour >= to_timestamp({day}) - interval '1 day' and hour < to_timestamp({day})"
            ),
        ),
        (
            "all packed rows of a day, counted",
            format!(
                "select count(*), sum(count), sum(bytes) from telemetry_packed
                 where hour >= to_timestamp({day}) - interval '1 day' and hour < to_timestamp({day})"
            ),
        ),
        (
            "hours of a series, all of history",
            format!("select * from telemetry_hourly where series_id = {series} order by hour desc"),
        ),
        (
            "hours of all series, the last day",
            format!("select * from telemetry_hourly where hour >= to_timestamp({until}) - interval '1 day'"),
        ),
        ("the state of all PLCs", "select * from plc_state".to_owned()),
        ("the last 100 alarms", "select * from alarms order by ts desc limit 100".to_owned()),
    ]
}

pub(super) async fn measure(bench: &mut Bench, stock: &Stock, database: &mut PgConnection) -> Result<()> {
    for (words, statement) in statements(stock) {
        let mut times = Vec::new();
        for number in 0..WARM_UP + TIMES {
            let began = Instant::now();
            // Names and numbers are ours.
            let statement = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).persistent(false);
            let rows = statement.fetch_all(&mut *database).await.context(words)?;
            ensure!(!rows.is_empty(), "{words}: no row");
            if number >= WARM_UP {
                times.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
        }
        bench
            .report
            .rows
            .push(timed(&format!("SQL: {words}, p50 / p99"), &times)?.against(Target::AtMost(TARGET_MS)));
    }
    Ok(())
}

/// The row of so many answers.
pub(super) fn timed(figure: &str, times: &[f64]) -> Result<Row> {
    let of = |per_mille| quantile(times, per_mille).context("nothing was asked");
    Ok(Row { vigia_median: Some(of(500)?), ..Row::new(figure, "ms", of(990)?) }.of_runs(times.len()))
}
