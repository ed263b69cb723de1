//! What a sample weighs, by Postgres's own word.

use super::signal::Kind;
use super::stock::{PACES, Pace, SERIES, Stock, kind, run, seconds};
use crate::report::{Row, Target};
use crate::take::Bench;
use anyhow::{Context, Result};
use sqlx::PgConnection;
use vigia_trials::number::float;

/// Heap, TOAST and all indexes of a table with all its parts, and how many samples stand in it.
const HOT: &str = "
    select sum(pg_total_relation_size(inhrelid))::int8, (select count(*) from samples)
    from pg_inherits
    where inhparent = 'samples'::regclass";
const PACKED: &str = "
    select sum(pg_total_relation_size(inhrelid))::int8, (select sum(count + hidden)::int8 from packed)
    from pg_inherits
    where inhparent = 'packed'::regclass";
const HOURLY: &str = "select pg_total_relation_size('hourly'), (select count(*) from hourly)";
const WEIGHED: &str =
    "select pg_total_relation_size('weighed'), (select sum(count + hidden)::int8 from weighed)";
/// What is weighed of a kind; and as if there were more such series, so that there are at least so many rows.
const LAST_DAYS: i64 = 30;
const LEAST_ROWS: i64 = 4_000;

/// Of samples that are not packed, before any of them was.
pub(super) async fn hot(bench: &mut Bench, database: &mut PgConnection) -> Result<()> {
    let hot = each(database, HOT).await?;
    bench.report.rows.push(Row::new("a sample not packed", "bytes", hot).against(Target::AtMost(145.0)));
    Ok(())
}

/// Of packed ones, all together and each kind by itself.
pub(super) async fn packed(bench: &mut Bench, stock: &Stock, database: &mut PgConnection) -> Result<()> {
    let packed = each(database, PACKED).await?;
    bench.report.rows.push(Row::new("a packed sample, over all", "bytes", packed));
    run(database, "create table weighed (like packed including indexes)".to_owned()).await?;
    for pace in PACES {
        for of in Kind::ALL {
            copy(database, stock, pace, of).await?;
            let row = Row::new(
                format!("a packed sample: {}, {}", of.words(), pace.words),
                "bytes",
                each(database, WEIGHED).await?,
            );
            bench.report.rows.push(match target(pace, of) {
                Some(most) => row.against(Target::AtMost(most)),
                None => row,
            });
        }
    }
    run(database, "drop table weighed".to_owned()).await?;
    let hourly = each(database, HOURLY).await?;
    bench.report.rows.push(Row::new("an hourly row", "bytes", hourly));
    Ok(())
}

/// What the product promises.
fn target(pace: Pace, of: Kind) -> Option<f64> {
    match (pace.every_ms, of) {
        (1_000, Kind::Tenths) => Some(2.0),
        (60_000, Kind::Tenths) => Some(3.0),
        (1_000, Kind::Noise) => Some(7.0),
        _ => None,
    }
}

/// Puts rows of this pace and kind alone into a table of their own, in the order in which they were packed.
async fn copy(database: &mut PgConnection, stock: &Stock, pace: Pace, of: Kind) -> Result<()> {
    let series: Vec<String> = (pace.first..=pace.last)
        .filter(|series| kind(*series) == of)
        .map(|series| series.to_string())
        .collect();
    let (from, to) = (seconds(stock.day) - LAST_DAYS * 86_400, seconds(stock.day));
    let series = series.join(", ");
    let of = format!(
        "from packed p where p.series_id in ({series}) and p.start >= to_timestamp({from}) and p.start < to_timestamp({to})"
    );
    run(database, "truncate weighed".to_owned()).await?;
    run(
        database,
        format!(
            "insert into weighed
             select p.start, p.min, p.max, p.first, p.last, p.sum, p.series_id + {SERIES} * n.copy, p.count, p.numbers, p.non_good, p.hidden, p.hours, p.data
             from (select p.* {of}) p
             cross join generate_series(0, {LEAST_ROWS} / (select count(*) {of})) n(copy)
             order by p.start, n.copy, p.series_id"
        ),
    )
    .await
}

/// Bytes divided by what there is.
async fn each(database: &mut PgConnection, statement: &'static str) -> Result<f64> {
    let (bytes, count): (Option<i64>, Option<i64>) = sqlx::query_as(statement).fetch_one(database).await?;
    let whole = |number: Option<i64>| {
        let number = u64::try_from(number.context("there is nothing to weigh")?)?;
        anyhow::Ok(float(number))
    };
    Ok(whole(bytes)? / whole(count)?)
}
