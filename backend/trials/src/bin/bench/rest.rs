//! The API beside the database it asks: the same questions over HTTP and straight in SQL, from as many connections, in
//! turns. The SQL is prepared once on each connection and its rows are received and thrown away.

mod http;
mod question;
mod stock;

use crate::report::Row;
use crate::take::Bench;
use anyhow::{Context, Result, ensure};
pub(crate) use http::Client;
use question::Question;
use serde::Serialize;
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use stock::Stock;
use tokio_util::task::TaskTracker;
use vigia_trials::number::{median, per_second, quantile};

/// Who ask at once.
const ASKING: u32 = 8;
/// Before each window; it fills caches and prepares statements.
const WARM_UP: Duration = Duration::from_millis(500);
/// Whose answer is also asked for compressed, once.
const COMPRESSED: Question = Question::Raw;

/// What came of one window.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asked {
    question: &'static str,
    /// `http`, `http+gzip` or `sql`.
    way: &'static str,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Of one answer, as it came; 0 where it is not known.
    bytes: usize,
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let samples = if bench.measure.quick { 300_000 } else { 3_000_000 };
    let (database, broker) = (bench.bed.database()?, bench.bed.broker()?);
    bench.say("filling a database for the API to be asked");
    let stock = stock::fill(bench.bed.postgres(), &database, samples).await?;
    bench.bed.settle()?;
    let url = bench.bed.postgres().socket_url(&database);
    let program = bench.bed.vigia(&broker, &database).await?;
    bench.say(&format!("{} samples are there", stock.samples));
    let stand = Stand { stock, url, port: program.port(), window: bench.measure.rest_window() };
    let runs = if bench.measure.quick { 1 } else { bench.measure.runs().min(3) };
    for question in Question::ALL {
        let (mut api, mut sql) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            api.push(stand.over_http(question, None).await?);
            sql.push(stand.in_sql(question).await?);
        }
        for asked in api.iter().chain(&sql) {
            told(bench, asked);
        }
        rows(bench, question, &api, &sql)?;
        if question == COMPRESSED {
            let squeezed = stand.over_http(question, Some("gzip")).await?;
            told(bench, &squeezed);
            let plain = median(api.iter().map(|asked| asked.per_second)).unwrap_or(f64::INFINITY);
            let row = Row::new("the same compressed", "requests/s", squeezed.per_second);
            bench.report.rows.push(row.beside(plain, "as it is", squeezed.per_second / plain));
            bench.report.asked.push(squeezed);
        }
        bench.report.asked.extend(api.into_iter().chain(sql));
    }
    program.stop()?;
    bench.bed.drop_database(&database)
}

fn told(bench: &Bench, asked: &Asked) {
    bench.say(&format!(
        "{}, {}: {:.0}/s, {:.2} / {:.2} ms, {} bytes",
        asked.question, asked.way, asked.per_second, asked.p50_ms, asked.p99_ms, asked.bytes
    ));
}

fn rows(bench: &mut Bench, question: Question, api: &[Asked], sql: &[Asked]) -> Result<()> {
    let middle =
        |of: &[Asked], pick: fn(&Asked) -> f64| median(of.iter().map(pick)).context("nothing was asked");
    let ratio = |pick: fn(&Asked) -> f64| {
        median(api.iter().zip(sql).map(|(api, sql)| pick(api) / pick(sql))).context("nothing was asked")
    };
    let words = question.words();
    let rate = Row::new(format!("API: {words}"), "requests/s", middle(api, |asked| asked.per_second)?)
        .beside(middle(sql, |asked| asked.per_second)?, "the same in SQL", ratio(|asked| asked.per_second)?)
        .of_runs(api.len());
    let late = Row::new(format!("{words}, p50 / p99"), "ms", middle(api, |asked| asked.p99_ms)?);
    let late = Row { vigia_median: Some(middle(api, |asked| asked.p50_ms)?), ..late }
        .beside(middle(sql, |asked| asked.p99_ms)?, "the same in SQL", ratio(|asked| asked.p99_ms)?)
        .of_runs(api.len());
    bench.report.rows.extend([rate, late]);
    Ok(())
}

/// What is asked, and where.
struct Stand {
    stock: Stock,
    url: String,
    port: u16,
    window: Duration,
}

impl Stand {
    async fn over_http(&self, question: Question, encoding: Option<&'static str>) -> Result<Asked> {
        let tasks = TaskTracker::new();
        let mut asking = Vec::new();
        let (stock, window) = (self.stock, self.window);
        let mut bytes = 0;
        for first in 0..ASKING {
            let mut client = Client::connect(self.port, &stock::token(), encoding).await?;
            let answer = client.get(&question.path(stock, first)).await?;
            bytes = answer.len();
            let found = answer.windows(question.mark().len()).filter(|part| *part == question.mark()).count();
            ensure!(
                encoding.is_some() || found == question.rows(),
                "{found} rows came, not {}: {}",
                question.rows(),
                String::from_utf8_lossy(answer)
            );
            asking.push(tasks.spawn(async move {
                let mut times = Times::new(window);
                let mut number = first;
                while let Some(began) = times.next() {
                    client.get(&question.path(stock, number)).await?;
                    times.took(began);
                    number += ASKING;
                }
                anyhow::Ok(times)
            }));
        }
        let mut all = Vec::new();
        for times in asking {
            all.push(times.await??);
        }
        let way = if encoding.is_some() { "http+gzip" } else { "http" };
        summary(question, way, bytes, &all)
    }

    async fn in_sql(&self, question: Question) -> Result<Asked> {
        let tasks = TaskTracker::new();
        let mut asking = Vec::new();
        let (stock, window) = (self.stock, self.window);
        for first in 0..ASKING {
            let mut database = PgConnection::connect(&self.url).await?;
            sqlx::query("set jit = off").execute(&mut database).await?;
            let rows = question.sql(stock, first).fetch_all(&mut database).await?.len();
            ensure!(rows == question.rows(), "{rows} rows came, not {}", question.rows());
            asking.push(tasks.spawn(async move {
                let mut times = Times::new(window);
                let mut number = first;
                while let Some(began) = times.next() {
                    question.sql(stock, number).fetch_all(&mut database).await?;
                    times.took(began);
                    number += ASKING;
                }
                database.close().await?;
                anyhow::Ok(times)
            }));
        }
        let mut all = Vec::new();
        for times in asking {
            all.push(times.await??);
        }
        summary(question, "sql", 0, &all)
    }
}

fn summary(question: Question, way: &'static str, bytes: usize, all: &[Times]) -> Result<Asked> {
    let figures: Vec<f64> = all.iter().flat_map(|times| &times.milliseconds).copied().collect();
    let lasted = all.iter().map(|times| times.end - times.begin).max().unwrap_or_default();
    let of = |per_mille| quantile(&figures, per_mille).context("nothing was asked");
    Ok(Asked {
        question: question.words(),
        way,
        per_second: per_second(u64::try_from(figures.len())?, lasted),
        p50_ms: of(500)?,
        p99_ms: of(990)?,
        bytes,
    })
}

/// How long the answers to one of those who ask took.
struct Times {
    /// Of the window; what was asked before it is not noted.
    begin: Instant,
    end: Instant,
    milliseconds: Vec<f64>,
}

impl Times {
    fn new(window: Duration) -> Self {
        let begin = Instant::now() + WARM_UP;
        Self { begin, end: begin + window, milliseconds: Vec::new() }
    }

    /// When the next question is asked; `None` when the window is over.
    fn next(&self) -> Option<Instant> {
        Some(Instant::now()).filter(|now| *now < self.end)
    }

    fn took(&mut self, began: Instant) {
        if began >= self.begin {
            self.milliseconds.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
}
