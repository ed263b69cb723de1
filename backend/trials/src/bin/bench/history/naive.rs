//! The same charts computed the plain way: every sample of the span, taken by the export, counted into the buckets that the answer
//! names. Peaks and counts must be equal. Beside that, what the export took.

use super::request::chart_path;
use super::stock::{Stock, WITHOUT_HOURS};
use crate::report::{Row, Target};
use crate::take::Bench;
use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use vigia_model::Timestamp;
use vigia_testkit::session_token;
use vigia_trials::bed::ADMIN;
use vigia_trials::cpu::resident_bytes;
use vigia_trials::number::{float, per_second};
use vigia_trials::program::Program;

/// What the export may hold, all in.
const MOST_HELD: f64 = 50.0;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chart {
    bucket_seconds: f64,
    /// Where the first bucket begins and the last one ends, which may lie beyond what was asked for.
    from: chrono::DateTime<chrono::Utc>,
    to: chrono::DateTime<chrono::Utc>,
    samples: u64,
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct Column {
    times: Vec<i64>,
    min: Vec<Option<f64>>,
    max: Vec<Option<f64>>,
    count: Vec<Option<u64>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    min: f64,
    max: f64,
    count: u64,
}

pub(super) async fn compare(bench: &mut Bench, stock: &Stock, program: &Program) -> Result<()> {
    let day = Duration::from_hours(24);
    let until = stock.until();
    for (words, series, from, to, points) in [
        ("24 h", 5, until.minus(day), until, 2_000),
        ("all of history, packed", WITHOUT_HOURS, stock.from, stock.day, 2_000),
        ("all of history, every sample decoded", WITHOUT_HOURS, stock.from, stock.day, 10_000),
    ] {
        let path =
            chart_path(series, from, to, &format!("resolution=auto&layout=columns&maxPoints={points}"));
        let chart: Chart = ask(program, &path).await?.json().await?;
        let width_ms = chart.bucket_seconds * 1_000.0;
        let edge = |edge: chrono::DateTime<chrono::Utc>| Timestamp::from_millis(edge.timestamp_millis());
        let export = chart_path(series, edge(chart.from), edge(chart.to), "").replace('?', "/export?");
        let (plain, took) = plain(program, export.trim_end_matches('&'), width_ms).await?;
        let [column] = chart.columns.as_slice() else { bail!("{words}: {} columns", chart.columns.len()) };
        let shown = column.times.iter().zip(&column.min).zip(&column.max).zip(&column.count);
        let shown: BTreeMap<i64, Bucket> = shown
            .filter_map(|(((time, min), max), count)| {
                Some((*time, Bucket { min: (*min)?, max: (*max)?, count: (*count)? }))
            })
            .collect();
        let count: u64 = plain.values().map(|bucket| bucket.count).sum();
        bench.say(&format!(
            "{words}: {} buckets of {count} samples, exported in {:.1} s",
            shown.len(),
            took.elapsed.as_secs_f64()
        ));
        if shown != plain || chart.samples != count {
            let differ = plain.iter().filter(|(time, bucket)| shown.get(*time) != Some(*bucket)).count();
            bench
                .report
                .faults
                .push(format!("{words}: {differ} of {} buckets are not what all samples say", plain.len()));
        }
        if points > 2_000 {
            let held = float(took.held) / 1_048_576.0;
            let rows = &mut bench.report.rows;
            rows.push(Row::new("export of a span as CSV", "samples/s", per_second(count, took.elapsed)));
            rows.push(Row::new("memory it took at most", "MiB", held).against(Target::AtMost(MOST_HELD)));
        }
    }
    Ok(())
}

struct Took {
    elapsed: Duration,
    held: u64,
}

async fn ask(program: &Program, path: &str) -> Result<reqwest::Response> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client.get(program.url("http", path)).bearer_auth(session_token(ADMIN)).send().await?;
    Ok(answer.error_for_status()?)
}

/// Every sample, counted into buckets of that length since 1970.
async fn plain(program: &Program, path: &str, width_ms: f64) -> Result<(BTreeMap<i64, Bucket>, Took)> {
    let before = resident_bytes(program.id());
    let began = Instant::now();
    let mut answer = ask(program, path).await?;
    let mut buckets = BTreeMap::new();
    let (mut rest, mut held, mut is_first) = (Vec::new(), 0, true);
    while let Some(piece) = answer.chunk().await? {
        held = held.max(resident_bytes(program.id()).saturating_sub(before));
        rest.extend_from_slice(&piece);
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
        let lines = rest.drain(..=end).collect::<Vec<u8>>();
        for line in std::str::from_utf8(&lines)?.lines() {
            if std::mem::take(&mut is_first) {
                continue;
            }
            count(line, width_ms, &mut buckets)?;
        }
    }
    ensure!(rest.is_empty(), "the export ends within a line");
    Ok((buckets, Took { elapsed: began.elapsed(), held }))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "far below 2^53"
)]
fn count(line: &str, width_ms: f64, buckets: &mut BTreeMap<i64, Bucket>) -> Result<()> {
    let mut fields = line.split(',');
    let (ts, value) = (fields.next().unwrap_or_default(), fields.nth(1).unwrap_or_default());
    let ts = chrono::DateTime::parse_from_rfc3339(ts).with_context(|| line.to_owned())?.timestamp_millis();
    let number = match value {
        "true" => 1.0,
        "false" => 0.0,
        value => value.parse().with_context(|| line.to_owned())?,
    };
    let start = ((ts as f64 / width_ms).floor() * width_ms) as i64;
    let bucket = buckets.entry(start).or_insert(Bucket { min: number, max: number, count: 0 });
    *bucket = Bucket { min: bucket.min.min(number), max: bucket.max.max(number), count: bucket.count + 1 };
    Ok(())
}
