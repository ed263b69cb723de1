//! What a page asks of the API, over one connection that stays open.

use super::naive;
use super::statement::timed;
use super::stock::{SITE, Stock, TENANT, WITHOUT_HOURS, place};
use crate::report::Target;
use crate::rest::Client;
use crate::take::Bench;
use anyhow::Result;
use std::time::{Duration, Instant};
use vigia_model::Timestamp;
use vigia_testkit::session_token;
use vigia_trials::bed::ADMIN;

const WARM_UP: usize = 3;
const TIMES: usize = 50;

/// A request and how long its answer may take.
struct Ask {
    words: &'static str,
    path: String,
    target_ms: f64,
}

/// All that is asked: the place for further questions.
fn requests(stock: &Stock) -> Vec<Ask> {
    let (day, all) = (Duration::from_hours(24), Duration::from_hours(24 * u64::from(stock.days)));
    let chart = chart_path;
    let (plc, _) = place(1);
    let until = stock.until();
    let ask = |words, path, target_ms| Ask { words, path, target_ms };
    vec![
        ask(
            "24 h of a 1 Hz metric",
            chart(1, until.minus(day), until, "resolution=auto&layout=columns&maxPoints=2000"),
            150.0,
        ),
        ask(
            "all of history, hourly rows",
            chart(1, until.minus(all), until, "resolution=auto&layout=columns&maxPoints=2000"),
            50.0,
        ),
        // Packed days alone, of a series without hourly rows.
        ask(
            "all of history, packed",
            chart(WITHOUT_HOURS, stock.from, stock.day, "resolution=auto&layout=columns&maxPoints=2000"),
            300.0,
        ),
        // So fine that no packed hour's statistics serve: every sample of ninety days is decoded.
        ask(
            "all of history, every sample decoded",
            chart(WITHOUT_HOURS, stock.from, stock.day, "resolution=auto&layout=columns&maxPoints=10000"),
            300.0,
        ),
        ask("a page of 1 000 samples", chart(1, stock.from, until, "limit=1000"), 50.0),
        ask("latest 100 events", "/api/telemetry/latest?limit=100".to_owned(), 5.0),
        ask("state of a PLC", format!("/api/plcs/{SITE}/{plc}/state?tenant={TENANT}"), 5.0),
    ]
}

/// The history of one series.
pub(super) fn chart_path(series: i32, from: Timestamp, to: Timestamp, rest: &str) -> String {
    let (plc, metric) = place(series);
    let (from, to) = (iso(from), iso(to));
    format!("/api/telemetry/{SITE}/{plc}?tenant={TENANT}&metric={metric}&from={from}&to={to}&{rest}")
}

pub(super) async fn measure(bench: &mut Bench, stock: &Stock, database: &str) -> Result<()> {
    let broker = bench.bed.broker()?;
    let program = bench.bed.vigia(&broker, database).await?;
    for Ask { words, path, target_ms } in requests(stock) {
        let mut client = Client::connect(program.port(), &session_token(ADMIN), None).await?;
        let mut times = Vec::new();
        let mut bytes = 0;
        let mut answered = Ok(());
        for number in 0..WARM_UP + TIMES {
            let began = Instant::now();
            match client.get(&path).await {
                Ok(answer) => bytes = answer.len(),
                Err(fault) => {
                    answered = Err(fault);
                    break;
                }
            }
            if number >= WARM_UP {
                times.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
        }
        if let Err(fault) = answered {
            bench.report.faults.push(format!("{words}: {fault:#}"));
            continue;
        }
        bench.say(&format!("{words}: {bytes} bytes"));
        bench
            .report
            .rows
            .push(timed(&format!("API: {words}, p50 / p99"), &times)?.against(Target::AtMost(target_ms)));
    }
    naive::compare(bench, stock, &program).await?;
    program.stop()
}

fn iso(ts: Timestamp) -> String {
    let ts = chrono::DateTime::from_timestamp_millis(ts.as_millis()).unwrap_or_default();
    ts.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
