//! A simulated fleet with everything gateways do wrong, compared with what is stored, to the last bit.

use crate::app::TestApp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use vigia_model::{Clock, DataType, Quality, Sample, Timestamp, Value};
use vigia_simulator::ledger::{Published, SampleKey};
use vigia_simulator::message::ExpectedRejection;
use vigia_simulator::scenario::Faults;
use vigia_simulator::{Fleet, FleetOptions, Ledger, LedgerWriter, Options, Rate, Scenario, Stats, Tls};
use vigia_testkit::BrokerOptions;

/// Lets the demo's fleet publish `samples` a second for `seconds`; returns what it published.
async fn play(app: &TestApp, samples: f64, seconds: u64) -> Ledger {
    let scenario = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../simulator/scenarios/demo.toml");
    let mut scenario = Scenario::load(&scenario).unwrap();
    // Hours of trouble in a few seconds: outages with late bursts, sensors that fail, repeats, invalid messages.
    scenario.faults = Faults {
        plc_per_hour: 2_000.0,
        plc_s: 0.5,
        sensor_per_hour: 400.0,
        sensor_s: 0.5,
        outage_per_hour: 3_000.0,
        outage_s: 0.4,
        duplicate_share: 0.03,
        ..scenario.faults
    };
    scenario.invalid.share = 0.04;
    let start = Clock::System.now();
    let options = FleetOptions { rate: Rate::PerSecond(samples), ..FleetOptions::new(1, start) };
    let fleet = Fleet::new(&scenario, &options).unwrap();
    let identity = app.broker.pki().client("publisher").unwrap();
    let file = app.folder().join("ledger.jsonl");
    let options = Options {
        host: "localhost".to_owned(),
        port: app.broker.port(),
        tls: Tls { ca: identity.ca, cert: identity.cert, key: identity.key },
        connections: 2,
        client_id_prefix: "fleet".to_owned(),
        window: 50,
        ledger: Some(Arc::new(LedgerWriter::open(&file).unwrap())),
        paced: true,
        count: None,
        duration: Some(Duration::from_secs(seconds)),
    };
    vigia_simulator::publish(fleet, options, Arc::new(Stats::default()), CancellationToken::new())
        .await
        .unwrap();
    let ledger = Ledger::read(&file).unwrap();
    assert_eq!(ledger.pending().count(), 0, "everything was confirmed");
    ledger
}

/// Compares samples, hourly rows, last state and quarantine with the ledger.
async fn compare(app: &TestApp, ledger: &Ledger) {
    let expected = ledger.samples();
    app.until_query("select count(*) from samples", &expected.len().to_string()).await;
    let rejected = refusals(ledger);
    // A message that comes again after a kill may be refused twice.
    let refused =
        "select distinct m.topic || '|' || encode(m.payload, 'hex') || '|' || r.reason, r.sample_index
        from rejections r
        join quarantined_messages m on m.id = r.message_id";
    app.until_query(&format!("select count(*) from ({refused}) once"), &rejected.len().to_string()).await;
    assert!(
        expected.len() > 500 && !rejected.is_empty(),
        "{} samples, {} rejections",
        expected.len(),
        rejected.len()
    );

    same(
        "samples",
        expected.iter().map(|(key, sample)| format!("{}|{}|{}", series(key), key.ts.as_millis(), shown(sample))),
        app.query(
            "select t.code || '/' || p.code || '/' || c.plc_id || '/' || r.metric_id
                  , (extract(epoch from s.ts) * 1000)::bigint
                  , s.data_type
                  , s.quality
                  , case s.data_type when 'f' then encode(float8send(s.value), 'hex') when 's' then s.text_value else s.int_value::text end
             from samples s join series r on r.id = s.series_id join plcs c on c.id = r.plc_id
             join plants p on p.id = r.plant_id join tenants t on t.id = r.tenant_id",
        ),
    );
    same(
        "hourly rows",
        hours(&expected),
        app.query(
            "select t.code || '/' || p.code || '/' || c.plc_id || '/' || r.metric_id
                  , (extract(epoch from h.hour) * 1000)::bigint
                  , h.count, h.non_good
                  , encode(float8send(h.min), 'hex'), encode(float8send(h.max), 'hex')
                  , encode(float8send(h.first), 'hex'), encode(float8send(h.last), 'hex')
             from hourly h join series r on r.id = h.series_id join plcs c on c.id = r.plc_id
             join plants p on p.id = r.plant_id join tenants t on t.id = r.tenant_id",
        ),
    );
    let mut newest: BTreeMap<String, Timestamp> = BTreeMap::new();
    for key in expected.keys() {
        let ts = newest.entry(series(key)).or_insert(key.ts);
        *ts = key.ts.max(*ts);
    }
    same(
        "last state",
        newest.into_iter().map(|(series, ts)| format!("{series}|{}", ts.as_millis())),
        app.query(
            "select t.code || '/' || p.code || '/' || c.plc_id || '/' || r.metric_id, (extract(epoch from l.ts) * 1000)::bigint
             from series_last l join series r on r.id = l.series_id join plcs c on c.id = r.plc_id
             join plants p on p.id = r.plant_id join tenants t on t.id = r.tenant_id",
        ),
    );
    same("quarantine", rejected.into_iter(), app.query(refused));
}

/// What must be in quarantine, each message and sample once.
fn refusals(ledger: &Ledger) -> BTreeSet<String> {
    let of = |published: &Published| {
        let mut payload = String::with_capacity(2 * published.payload.len());
        for byte in &published.payload {
            write!(payload, "{byte:02x}").unwrap();
        }
        let message = format!("{}|{payload}", published.topic);
        let refusal = |it: &ExpectedRejection| {
            format!(
                "{message}|{}|{}",
                it.reason.as_str(),
                it.index.map(|n| n.to_string()).unwrap_or_default()
            )
        };
        published.rejected.iter().map(refusal).collect::<Vec<_>>()
    };
    ledger.published.values().flat_map(of).collect()
}

fn same(what: &str, expected: impl Iterator<Item = String>, found: Vec<String>) {
    let expected: BTreeSet<String> = expected.collect();
    let found: BTreeSet<String> = found.into_iter().collect();
    let missing: Vec<_> = expected.difference(&found).take(5).collect();
    let extra: Vec<_> = found.difference(&expected).take(5).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{what}: missing {missing:#?}, not expected {extra:#?}");
}

fn series(key: &SampleKey) -> String {
    format!("{}/{}/{}/{}", key.tenant, key.plant, key.plc, key.metric)
}

fn shown(sample: &Sample) -> String {
    let data_type = match sample.data_type {
        DataType::Float => 'f',
        DataType::Int => 'i',
        DataType::Bool => 'b',
        DataType::Text => 's',
    };
    let quality = match sample.quality {
        Quality::Good => 'G',
        Quality::Uncertain => 'U',
        Quality::Bad => 'B',
    };
    let value = match &sample.value {
        Some(Value::Float(number)) => hex(*number),
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Bool(flag)) => u8::from(*flag).to_string(),
        Some(Value::Text(text)) => text.to_string(),
        None => String::new(),
    };
    format!("{data_type}|{quality}|{value}")
}

fn hex(number: f64) -> String {
    format!("{:016x}", number.to_bits())
}

/// What the contract says of each hour, computed the plain way.
fn hours(samples: &BTreeMap<SampleKey, Sample>) -> impl Iterator<Item = String> {
    /// Good values by time, and how many samples were not good.
    type Hour = (Vec<(Timestamp, f64)>, usize);
    let mut hours: BTreeMap<(String, i64), Hour> = BTreeMap::new();
    for (key, sample) in samples {
        let good = sample.good_statistic();
        let non_good = usize::from(sample.quality != Quality::Good);
        if good.is_none() && non_good == 0 {
            continue;
        }
        let hour = hours.entry((series(key), key.ts.hour().as_millis())).or_default();
        hour.0.extend(good.map(|number| (key.ts, number)));
        hour.1 += non_good;
    }
    hours.into_iter().map(|((series, hour), (mut good, non_good))| {
        good.sort_by_key(|(ts, _)| *ts);
        let extreme = |pick: fn(f64, f64) -> f64| {
            good.iter().map(|(_, number)| *number).reduce(pick).map(hex).unwrap_or_default()
        };
        let end =
            |sample: Option<&(Timestamp, f64)>| sample.map(|(_, number)| hex(*number)).unwrap_or_default();
        format!(
            "{series}|{hour}|{}|{non_good}|{}|{}|{}|{}",
            good.len(),
            extreme(f64::min),
            extreme(f64::max),
            end(good.first()),
            end(good.last())
        )
    })
}

#[tokio::test]
async fn what_a_fleet_published_is_what_is_stored() {
    let app = TestApp::start().await;
    let ledger = play(&app, 600.0, 5).await;
    compare(&app, &ledger).await;
}

#[tokio::test]
async fn also_when_the_program_is_killed_under_it() {
    let settings = [("PERSIST_DEFAULT_MODE", "both"), ("AWS_IOT_CONNECTIONS", "2")];
    let mut app = TestApp::prepare(&settings, BrokerOptions::default());
    // As on one machine: samples are copied in.
    app.set("DATABASE_URL", &app.postgres.socket_url("vigia"));
    app.run();
    app.until_ready().await;
    let program = app.process().id().to_string();
    let kill = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(Command::new("kill").args(["-9", &program]).status().unwrap().success());
    };
    let (ledger, ()) = tokio::join!(play(&app, 600.0, 5), kill);
    app.kill();
    app.run();
    app.until_ready().await;
    compare(&app, &ledger).await;
}
