//! What each command does.

use crate::cli::{Broker, Command, FleetArgs, Print, ReplayCsv, Resend, Run};
use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use vigia_model::{Clock, Timestamp};
use vigia_simulator::resend::{self, Which};
use vigia_simulator::table::{Table, TableOptions};
use vigia_simulator::{
    Fleet, FleetOptions, LedgerWriter, Message, Options, Rate, Scenario, Stats, Tls, publish,
};

/// A connection per gateway, as in life, up to this many.
const MOST_CONNECTIONS: usize = 64;
const REPORT_EVERY: Duration = Duration::from_secs(5);

pub(crate) async fn play(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run(args).await,
        Command::ReplayCsv(args) => replay(args).await,
        Command::Resend(args) => resend_ledger(args).await,
        Command::Print(args) => print(&args),
    }
}

async fn run(args: Run) -> Result<()> {
    let fleet = fleet(&args.fleet, Clock::System.now())?;
    let connections = args.connections.unwrap_or(MOST_CONNECTIONS).min(fleet.gateways());
    let ledger = match (&args.ledger, args.ledger_max_bytes) {
        (Some(path), Some(max_bytes)) => Some(LedgerWriter::open_rotating(path, max_bytes)?),
        (path, _) => whole_ledger(path.as_deref())?,
    };
    let mut options = options(&args.broker, connections, ledger);
    options.paced = args.fleet.rate != Some(Rate::Max);
    options.count = args.count;
    options.duration = args.duration.map(Duration::try_from_secs_f64).transpose().context("--duration")?;
    send(fleet, options, args.broker.quiet).await
}

async fn replay(args: ReplayCsv) -> Result<()> {
    let table_options = TableOptions {
        tenant: args.tenant,
        province: args.province,
        plant: args.plant,
        gateway: args.gateway,
        schema: args.schema,
        batch_max: 500,
        keep_times: args.keep_times,
        speed: args.speed,
        start: Clock::System.now(),
    };
    let table = Table::open(&args.file, table_options)?;
    let mut options = options(&args.broker, 1, whole_ledger(args.ledger.as_deref())?);
    options.paced = args.speed.is_some();
    send(table, options, args.broker.quiet).await
}

async fn resend_ledger(args: Resend) -> Result<()> {
    let which = match args.since {
        Some(moment) => Which::Since(moment),
        None if args.all => Which::All,
        None => Which::Pending,
    };
    let messages = resend::messages(&args.ledger, which)?;
    let options = options(&args.broker, args.connections, whole_ledger(Some(&args.ledger))?);
    send(messages, options, args.broker.quiet).await
}

/// Writes to standard output; a reader that goes away (`| head`) ends it.
fn print(args: &Print) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for message in fleet(&args.fleet, args.start)?.take(args.count) {
        let message = message?;
        let (topic, payload) =
            (String::from_utf8_lossy(&message.topic), String::from_utf8_lossy(&message.payload));
        let reasons: Vec<&str> = message.expected.rejected.iter().map(|it| it.reason.as_str()).collect();
        let rejected = if reasons.is_empty() { String::new() } else { format!("  [{}]", reasons.join(" ")) };
        let duplicate = if message.expected.duplicate { "  [duplicate]" } else { "" };
        if writeln!(out, "{:9.3} {topic} {payload}{rejected}{duplicate}", message.due.as_secs_f64()).is_err()
        {
            break;
        }
    }
    Ok(())
}

fn fleet(args: &FleetArgs, start: Timestamp) -> Result<Fleet> {
    let scenario = Scenario::load(&args.scenario)?;
    let rate = args.rate.unwrap_or(Rate::Scenario);
    let options = FleetOptions { rate, schema: args.schema, ..FleetOptions::new(args.seed, start) };
    Ok(Fleet::new(&scenario, &options)?)
}

fn whole_ledger(path: Option<&Path>) -> Result<Option<LedgerWriter>> {
    Ok(path.map(LedgerWriter::open).transpose()?)
}

fn options(broker: &Broker, connections: usize, ledger: Option<LedgerWriter>) -> Options {
    let Broker { host, port, ca, cert, key, window, client_id_prefix, .. } = broker;
    Options {
        host: host.clone(),
        port: *port,
        tls: Tls { ca: ca.clone(), cert: cert.clone(), key: key.clone() },
        connections,
        client_id_prefix: client_id_prefix.clone(),
        window: *window,
        ledger: ledger.map(Arc::new),
        paced: false,
        count: None,
        duration: None,
    }
}

/// Publishes, tells how it goes, and stops at SIGINT or SIGTERM.
async fn send<S>(source: S, options: Options, quiet: bool) -> Result<()>
where
    S: Iterator<Item = vigia_simulator::Result<Message>> + Send,
{
    let stats = Arc::new(Stats::default());
    let stop = CancellationToken::new();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let began = Instant::now();
    let publishing = publish(source, options, Arc::clone(&stats), stop.clone());
    tokio::pin!(publishing);
    let mut report = Report { stats: &stats, quiet, last: (began, 0) };
    let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + REPORT_EVERY, REPORT_EVERY);
    let ended = loop {
        tokio::select! {
            ended = &mut publishing => break ended,
            _ = interrupt.recv() => stop.cancel(),
            _ = terminate.recv() => stop.cancel(),
            _ = tick.tick() => report.tell(),
        }
    };
    if ended.is_ok() {
        report.last = (began, 0);
        report.tell();
    }
    Ok(ended?)
}

/// Figures for whoever watches.
struct Report<'a> {
    stats: &'a Stats,
    quiet: bool,
    /// When it last told, and how many were confirmed then.
    last: (Instant, u64),
}

impl Report<'_> {
    fn tell(&mut self) {
        let now = self.stats.snapshot();
        let (then, acked) = self.last;
        let per_mille = u128::from(now.acked.saturating_sub(acked)) * 1_000;
        let rate = per_mille / then.elapsed().as_millis().max(1);
        self.last = (Instant::now(), now.acked);
        if self.quiet {
            return;
        }
        let fault =
            self.stats.take_fault().map(|fault| format!(" (last fault: {fault})")).unwrap_or_default();
        // Nobody may be reading any more.
        writeln!(std::io::stderr(), "{now} at {rate}/s{fault}").unwrap_or_default();
    }
}
