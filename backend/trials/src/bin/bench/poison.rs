//! A gateway that misbehaves beside thousands that do not: how much it slows the others.

use crate::report::{Row, Target};
use crate::take::{Bench, Subscriber, load};
use anyhow::Result;
use std::time::{SystemTime, UNIX_EPOCH};
use vigia_testkit::Broker;
use vigia_trials::beside::Beside;
use vigia_trials::number::median;

const TOPIC: &str = "factory/evil/xx/plant/gateway/";
/// Enough for a median.
const MOST_RUNS: u32 = 3;

/// How it misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    /// A metric nobody heard of in each message: 10 000 a minute.
    NewMetrics,
    /// A gateway nobody heard of in each message: 10 000 a minute.
    NewGateways,
    /// A unit nobody heard of in each message: 10 000 a minute.
    NewUnits,
    /// Messages that must be refused: 100 a second, which is past what is kept of an hour within ten seconds.
    Bad,
    /// NUL bytes, half surrogates, huge numbers, deep nesting, 128 KiB: 100 a second.
    Nasty,
    /// Every second message of its own count never arrives: 100 a second.
    Gaps,
}

impl Poison {
    const ALL: [Self; 6] =
        [Self::NewMetrics, Self::NewGateways, Self::NewUnits, Self::Bad, Self::Nasty, Self::Gaps];

    const fn words(self) -> &'static str {
        match self {
            Self::NewMetrics => "beside 10 000 new metrics a minute",
            Self::NewGateways => "beside 10 000 new gateways a minute",
            Self::NewUnits => "beside 10 000 new units a minute",
            Self::Bad => "beside 100 bad messages a second",
            Self::Nasty => "beside 100 nasty payloads a second",
            Self::Gaps => "beside a count full of gaps",
        }
    }

    const fn per_second(self) -> u32 {
        match self {
            Self::NewMetrics | Self::NewGateways | Self::NewUnits => 167,
            Self::Bad | Self::Nasty | Self::Gaps => 100,
        }
    }

    /// The `number`th message: the gateway's name and the payload.
    fn message(self, number: u64, now_ms: u128) -> (String, Vec<u8>) {
        let one = "evil-gw".to_owned();
        let float = |metric: &str, value: &str| sample(&one, now_ms, metric, value, "float", "");
        let payload = match self {
            Self::NewMetrics => float(&format!("metric-{number}"), "1"),
            Self::NewGateways => {
                let gateway = format!("evil-{number}");
                let payload = sample(&gateway, now_ms, "metric", "1", "float", "");
                return (gateway, payload.into_bytes());
            }
            Self::NewUnits => {
                sample(&one, now_ms, "metric", "1", "float", &format!(r#","unit":"unit-{number}""#))
            }
            Self::Bad => float("metric", "\"no number\""),
            Self::Gaps => {
                let seq = format!(r#","bootId":"b1","seq":{}"#, 2 * number);
                sample(&one, now_ms, "metric", "1", "float", &seq)
            }
            Self::Nasty => return (one.clone(), nasty(&one, number, now_ms)),
        };
        (one, payload.into_bytes())
    }
}

/// What a parser, a text column or a buffer might not like.
fn nasty(gateway: &str, number: u64, now_ms: u128) -> Vec<u8> {
    let text = |value: &str| sample(gateway, now_ms, "metric", value, "string", "").into_bytes();
    let float = |value: &str| sample(gateway, now_ms, "metric", value, "float", "").into_bytes();
    match number % 8 {
        0 => text("\"a\\u0000b\""),
        1 => text("\"\\ud800\""),
        2 => float("1e999"),
        3 => float(&format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000))),
        4 => vec![b'x'; 128 * 1_024],
        5 => b"\xff\xfe\x00{".to_vec(),
        // Good, but large.
        6 => many_texts(gateway, now_ms),
        _ => text(&format!("\"{}\"", "ñ".repeat(4_096))),
    }
}

/// A valid message of nearly 128 KiB.
fn many_texts(gateway: &str, now_ms: u128) -> Vec<u8> {
    let samples = |number: usize| {
        format!(
            r#"{{"plcId":"plc","metricId":"text-{number}","value":"{}","dataType":"string","quality":"GOOD"}}"#,
            "x".repeat(4_000)
        )
    };
    let samples: Vec<String> = (0..30).map(samples).collect();
    format!(
        r#"{{"schemaVersion":2,"timestamp":{now_ms},"type":"telemetry","tenant":"evil","province":"xx","plant":"plant","gatewayId":"{gateway}","samples":[{}]}}"#,
        samples.join(",")
    )
    .into_bytes()
}

fn sample(gateway: &str, now_ms: u128, metric: &str, value: &str, data_type: &str, more: &str) -> String {
    format!(
        r#"{{"schemaVersion":1,"timestamp":{now_ms},"type":"telemetry","tenant":"evil","province":"xx","plant":"plant","gatewayId":"{gateway}","plcId":"plc","metricId":"{metric}","value":{value},"dataType":"{data_type}","quality":"GOOD"{more}}}"#
    )
}

impl Poison {
    /// Misbehaves from now on.
    pub(crate) fn start(self, broker: &Broker) -> Result<Beside> {
        Beside::start(broker, self.per_second(), move |number| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let (gateway, payload) = self.message(number, now.as_millis());
            (format!("{TOPIC}{gateway}/telemetry"), payload)
        })
    }
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let runs = if bench.measure.quick { 1 } else { bench.measure.runs().min(MOST_RUNS) };
    let load = load("load", 1);
    let mut clean = Vec::new();
    let mut beside: Vec<Vec<f64>> = Poison::ALL.iter().map(|_| Vec::new()).collect();
    for number in 1..=runs {
        clean.push(bench.take(Subscriber::Vigia, "undisturbed", &load, number).await?);
        for (poison, rates) in Poison::ALL.into_iter().zip(&mut beside) {
            let run =
                bench.take_beside(Subscriber::Vigia, poison.words(), &load, number, Some(poison)).await?;
            rates.push(run.seen.messages_per_second);
        }
    }
    let undisturbed = median(clean.iter().map(|run| run.seen.messages_per_second)).unwrap_or(f64::INFINITY);
    for (poison, rates) in Poison::ALL.into_iter().zip(beside) {
        // Each beside the undisturbed run of its own turn.
        let ratios = clean.iter().zip(&rates).map(|(clean, rate)| rate / clean.seen.messages_per_second);
        let (ratio, taken) = (median(ratios).unwrap_or(0.0), rates.len());
        let row =
            Row::new(format!("good ones {}", poison.words()), "messages/s", median(rates).unwrap_or(0.0));
        let row = row.beside(undisturbed, "undisturbed", ratio).of_runs(taken);
        bench.report.rows.push(row.against(Target::RatioAtLeast(0.9)));
    }
    Ok(())
}
