//! A gateway that misbehaves beside thousands that do not: how much it slows the others.

use crate::report::{Row, Target};
use crate::take::{Bench, Subscriber, load};
use anyhow::Result;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vigia_simulator::message::Expected;
use vigia_simulator::{Message, Options, Stats, Tls};
use vigia_testkit::Broker;
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
    /// Messages that must be refused: 100 a second.
    Bad,
    /// NUL bytes, half surrogates, huge numbers, deep nesting, 128 KiB: 100 a second.
    Nasty,
}

impl Poison {
    const ALL: [Self; 4] = [Self::NewMetrics, Self::NewGateways, Self::Bad, Self::Nasty];

    const fn words(self) -> &'static str {
        match self {
            Self::NewMetrics => "beside 10 000 new metrics a minute",
            Self::NewGateways => "beside 10 000 new gateways a minute",
            Self::Bad => "beside 100 bad messages a second",
            Self::Nasty => "beside 100 nasty payloads a second",
        }
    }

    const fn per_second(self) -> u64 {
        match self {
            Self::NewMetrics | Self::NewGateways => 167,
            Self::Bad | Self::Nasty => 100,
        }
    }

    /// The `number`th message: the gateway's name and the payload.
    fn message(self, number: u64, now_ms: u128) -> (String, Vec<u8>) {
        let sample = |gateway: &str, metric: &str, value: &str| {
            format!(
                r#"{{"schemaVersion":1,"timestamp":{now_ms},"type":"telemetry","tenant":"evil","province":"xx","plant":"plant","gatewayId":"{gateway}","plcId":"plc","metricId":"{metric}","value":{value},"dataType":"float","quality":"GOOD"}}"#
            )
            .into_bytes()
        };
        let one = "evil-gw";
        match self {
            Self::NewMetrics => (one.to_owned(), sample(one, &format!("metric-{number}"), "1")),
            Self::NewGateways => {
                let gateway = format!("evil-{number}");
                let payload = sample(&gateway, "metric", "1");
                (gateway, payload)
            }
            Self::Bad => (one.to_owned(), sample(one, "metric", "\"no number\"")),
            Self::Nasty => {
                let payload = match number % 6 {
                    0 => sample(one, "metric", "\"a\\u0000b\""),
                    1 => sample(one, "metric", "\"\\ud800\""),
                    2 => sample(one, "metric", "1e999"),
                    3 => sample(one, "metric", &format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000))),
                    4 => vec![b'x'; 128 * 1_024],
                    _ => b"\xff\xfe\x00{".to_vec(),
                };
                (one.to_owned(), payload)
            }
        }
    }
}

/// The gateway, misbehaving until dropped.
#[derive(Debug)]
pub(crate) struct Poisoning {
    _tasks: JoinSet<()>,
}

impl Poisoning {
    pub(crate) fn start(poison: Poison, broker: &Broker) -> Result<Self> {
        let identity = broker.pki().client("publisher")?;
        let options = Options {
            host: "localhost".to_owned(),
            port: broker.port(),
            tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
            connections: 1,
            client_id_prefix: "evil".to_owned(),
            window: 100,
            ledger: None,
            paced: true,
            count: None,
            duration: None,
        };
        let messages = (1..).map(move |number| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let (gateway, payload) = poison.message(number, now.as_millis());
            Ok(Message {
                due: Duration::from_micros(number * 1_000_000 / poison.per_second()),
                gateway: 0,
                topic: format!("{TOPIC}{gateway}/telemetry").into(),
                payload: payload.into(),
                expected: Expected::default(),
                id: None,
            })
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let stats = Arc::new(Stats::default());
            if let Err(fault) =
                vigia_simulator::publish(messages, options, stats, CancellationToken::new()).await
            {
                eprintln!("the misbehaving gateway failed: {fault}");
            }
        });
        Ok(Self { _tasks: tasks })
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
        let rate = median(rates).unwrap_or(0.0);
        let row = Row::new(format!("good ones {}", poison.words()), "messages/s", rate);
        let row = row.beside(undisturbed, "undisturbed", rate / undisturbed);
        bench.report.rows.push(row.against(Target::RatioAtLeast(0.9)));
    }
    Ok(())
}
