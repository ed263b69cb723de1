//! The live feed under load: a thousand viewers, each with a plant of 500 metrics before him, while ten thousand events
//! a second come in; then the same once more while a tenth of them read no more.
//!
//! Viewers, fleet, broker and database share the machine with the server. A value's delivery is from its source time,
//! which is when the fleet was due to send it, to its arrival at the viewer.

mod frame;
mod viewer;

use crate::outage::until_done;
use crate::report::{Row, Target};
use crate::take::{Bench, scenario};
use anyhow::{Result, bail};
use frame::Tally;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use viewer::{Phase, Viewer};
use vigia_testkit::{Postgres, session_token};
use vigia_trials::audit::{Expectation, audit};
use vigia_trials::cpu;
use vigia_trials::number::{float, per_second};
use vigia_trials::program::Program;

/// Samples a second, of 20 plants with 500 metrics each.
const RATE: u32 = 10_000;
const PLANTS: usize = 20;
const VIEWERS: usize = 1_000;
/// How many of them stop reading: the last ones, so some in every plant.
const STOPPING: usize = 100;
/// Feeds opened at once.
const OPENING: usize = 32;
/// From the fleet's first message to the first feed: names are registered by then.
const WARM_UP: Duration = Duration::from_secs(6);
/// After feeds were opened, closed or abandoned.
const SETTLE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(30);
const KIB: f64 = 1_024.0;

/// What was seen in one window.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FeedSeen {
    /// Viewers that read.
    viewers: usize,
    stopped: usize,
    frames_per_second: f64,
    bytes_per_second: f64,
    values_per_second: f64,
    /// Values that a newer one replaced before they were sent, as the server counts them.
    missed_per_second: f64,
    delivered_p50_ms: f64,
    delivered_p99_ms: f64,
    delivered_max_ms: f64,
    /// Messages stored meanwhile.
    ingested_per_second: f64,
    /// In cores.
    server_cpu: f64,
    viewers_cpu: f64,
    pub(crate) others_cpu: f64,
    /// The most seen.
    server_bytes: u64,
    /// What the kernel holds for sockets of the whole machine, at most.
    kernel_bytes: u64,
}

pub(crate) async fn measure(bench: &mut Bench) -> Result<()> {
    let window = bench.measure.feed_window();
    let mut stage = Stage::set(bench, window).await?;
    let silent = stage.idle().await?;
    let audience = stage.fill().await?;
    let watching = stage.bytes_each(VIEWERS);
    let phase = audience.phase.clone();
    let undisturbed = stage.watch(&phase, 1, window).await?;
    audience.stop_reading.cancel();
    tokio::time::sleep(SETTLE).await;
    let disturbed = stage.watch(&phase, 2, window).await?;
    let left = stage.program.open_feeds().await?;
    stage.clear()?;
    let tallies = audience.leave().await?;
    let first = undisturbed.seen(VIEWERS, 0, &tallies.first);
    let second = disturbed.seen(VIEWERS - STOPPING, STOPPING, &tallies.second);
    stage.end(bench).await?;
    for seen in [&first, &second] {
        bench.say(&format!(
            "{} read, {} do not: {:.0} frames/s, {:.0} values/s, {:.1} MiB/s, delivered {:.0} / {:.0} / {:.0} ms, merged {:.0}/s; \
             {:.0} messages/s taken in; server {:.2} cores, viewers {:.2}, others {:.2}; {:.1} MiB, kernel {:.1} MiB",
            seen.viewers,
            seen.stopped,
            seen.frames_per_second,
            seen.values_per_second,
            seen.bytes_per_second / KIB / KIB,
            seen.delivered_p50_ms,
            seen.delivered_p99_ms,
            seen.delivered_max_ms,
            seen.missed_per_second,
            seen.ingested_per_second,
            seen.server_cpu,
            seen.viewers_cpu,
            seen.others_cpu,
            float(seen.server_bytes) / KIB / KIB,
            float(seen.kernel_bytes) / KIB / KIB,
        ));
    }
    bench.say(&format!(
        "{} of {STOPPING} that read no more were given up; a silent one costs {:.1} KiB, a watching one {:.1} KiB",
        u64::try_from(VIEWERS)?.saturating_sub(left),
        silent / KIB,
        watching / KIB
    ));
    rows(bench, &first, &second, silent, watching);
    bench.report.feeds.extend([first, second]);
    Ok(())
}

fn rows(bench: &mut Bench, first: &FeedSeen, second: &FeedSeen, silent: f64, watching: f64) {
    let offered = f64::from(RATE);
    let delivered = |figure: &str, seen: &FeedSeen| Row {
        vigia_median: Some(seen.delivered_p50_ms),
        ..Row::new(figure, "ms", seen.delivered_p99_ms)
    };
    let mib = |bytes: u64| float(bytes) / KIB / KIB;
    let rows = [
        Row::new("live feed: frames to 1 000 viewers", "frames/s", first.frames_per_second)
            .against(Target::AtLeast(20_000.0)),
        Row::new("live feed: values in them", "values/s", first.values_per_second),
        delivered("live feed: publish to viewer, p50 / p99", first).against(Target::AtMost(250.0)),
        delivered("the same while 100 of them read no more", second)
            .beside(first.delivered_p99_ms, "all read", second.delivered_p99_ms / first.delivered_p99_ms)
            .against(Target::AtMost(250.0)),
        Row::new("taken in meanwhile", "messages/s", first.ingested_per_second)
            .beside(offered, "offered", first.ingested_per_second / offered)
            .against(Target::RatioAtLeast(0.98)),
        Row::new("processor time of the server meanwhile", "cores", first.server_cpu),
        Row::new("memory of a silent feed", "KiB", silent / KIB),
        Row::new("memory of a watching feed", "KiB", watching / KIB),
        Row::new("memory while 100 read no more, most", "MiB", mib(second.server_bytes))
            .beside(
                mib(first.server_bytes),
                "all read",
                float(second.server_bytes) / float(first.server_bytes),
            )
            .against(Target::RatioAtMost(1.25)),
    ];
    bench.report.rows.extend(rows);
}

/// What runs while the feed is measured.
struct Stage {
    database: String,
    url: String,
    ledger: std::path::PathBuf,
    broker: vigia_testkit::Broker,
    fleet: vigia_testkit::Process,
    program: Program,
    port: u16,
    postgres: u32,
    /// The server's memory before anybody watched.
    empty: u64,
}

impl Stage {
    async fn set(bench: &mut Bench, window: Duration) -> Result<Self> {
        let (database, broker) = (bench.bed.database()?, bench.bed.broker()?);
        let limits = [("WS_MAX_PER_ADDRESS", "2000")];
        let program = bench.bed.vigia_with(&broker, &database, &limits).await?;
        let_in(bench.bed.postgres(), &database)?;
        let ledger = bench.bed.ledger("feed")?;
        // Longer than anything here takes: it is stopped when all is seen.
        let playing = window * 2 + Duration::from_mins(5);
        let fleet = bench.bed.fleet(&broker, &scenario("feed"), RATE, playing, &ledger)?;
        tokio::time::sleep(WARM_UP).await;
        let empty = cpu::resident_bytes(program.id());
        let postgres = bench.bed.postgres().process().map_or(0, |process| process.id());
        let (port, url) = (program.port(), bench.bed.postgres().url(&database));
        Ok(Self { database, url, ledger, broker, fleet, program, port, postgres, empty })
    }

    /// What a feed costs that has nothing to tell, in bytes.
    async fn idle(&mut self) -> Result<f64> {
        let feeds = self.open("/ws?site=nowhere").await?;
        tokio::time::sleep(LOOK * 4).await;
        let each = self.bytes_each(VIEWERS);
        drop(feeds);
        while self.program.open_feeds().await? > 0 {
            tokio::time::sleep(LOOK).await;
        }
        Ok(each)
    }

    /// Every viewer opens his plant.
    async fn fill(&mut self) -> Result<Audience> {
        let phase = Phase::default();
        let (stop_reading, leave) = (CancellationToken::new(), CancellationToken::new());
        let tasks = TaskTracker::new();
        let began = Instant::now();
        let watching = self
            .open("/ws?site=feed-")
            .await?
            .into_iter()
            .enumerate()
            .map(|(number, viewer)| {
                let stops = stops(number).then(|| stop_reading.clone());
                tasks.spawn(viewer.watch(phase.clone(), stops, leave.clone()))
            })
            .collect();
        eprintln!("         {VIEWERS} feeds opened in {:.1} s", began.elapsed().as_secs_f64());
        tokio::time::sleep(SETTLE).await;
        Ok(Audience { watching, phase, stop_reading, leave })
    }

    /// Opens all feeds; where the path ends in a dash, each of a plant by its number.
    async fn open(&self, path: &str) -> Result<Vec<Viewer>> {
        let port = self.port;
        let open = (0..VIEWERS).map(|number| async move {
            let plant = number % PLANTS + 1;
            let path = if path.ends_with('-') { format!("{path}{plant:02}") } else { path.to_owned() };
            Viewer::open(port, &path, &session_token(&viewers_email(number)), stops(number)).await
        });
        stream::iter(open).buffered(OPENING).try_collect().await
    }

    fn bytes_each(&self, feeds: usize) -> f64 {
        let more = cpu::resident_bytes(self.program.id()).saturating_sub(self.empty);
        float(more) / float(u64::try_from(feeds).unwrap_or(1))
    }

    /// One window.
    async fn watch(&mut self, phase: &Phase, number: u8, lasting: Duration) -> Result<Window> {
        let mut bytes = (0, 0);
        let before = self.mark().await?;
        phase.set(number);
        while before.at.elapsed() < lasting {
            tokio::time::sleep(LOOK).await;
            bytes.0 = cpu::resident_bytes(self.program.id()).max(bytes.0);
            bytes.1 = cpu::kernel_socket_bytes().max(bytes.1);
        }
        phase.set(0);
        Ok(Window { before, after: self.mark().await?, bytes })
    }

    async fn mark(&mut self) -> Result<Mark> {
        let servers =
            [self.fleet.id(), self.broker.process().map_or(0, |process| process.id()), self.postgres];
        Ok(Mark {
            at: Instant::now(),
            messages: self.program.messages().await?,
            server: cpu::of(self.program.id()),
            viewers: cpu::of_self(),
            servers: servers.into_iter().map(cpu::of).sum(),
            machine: cpu::of_machine(),
        })
    }

    /// Stops the fleet.
    fn clear(&mut self) -> Result<()> {
        match self.fleet.stop(PATIENCE)? {
            Some(ended) if ended.success() => Ok(()),
            Some(ended) => Err(self.fleet.died(ended).into()),
            None => bail!("the fleet did not end in time"),
        }
    }

    /// Compares what is stored with what was published.
    async fn end(self, bench: &mut Bench) -> Result<()> {
        until_done(&self.program).await?;
        let expectation = Expectation::read(&self.ledger)?;
        self.program.stop()?;
        let verdict = audit(&expectation, &self.url).await?;
        bench.say(&format!("the live feed: {verdict}"));
        bench.report.judge("the live feed", &verdict);
        bench.bed.drop_database(&self.database)
    }
}

/// The viewers.
struct Audience {
    watching: Vec<JoinHandle<Result<[Tally; 2]>>>,
    phase: Phase,
    stop_reading: CancellationToken,
    leave: CancellationToken,
}

/// What they saw in each window; in the second without those that stopped.
#[derive(Default)]
struct Tallies {
    first: Tally,
    second: Tally,
}

impl Audience {
    async fn leave(self) -> Result<Tallies> {
        self.phase.end();
        self.leave.cancel();
        let mut all = Tallies::default();
        for viewer in self.watching {
            let [first, second] = viewer.await??;
            all.first.add(&first);
            all.second.add(&second);
        }
        Ok(all)
    }
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Instant,
    messages: u64,
    server: Duration,
    viewers: Duration,
    servers: Duration,
    machine: Duration,
}

struct Window {
    before: Mark,
    after: Mark,
    bytes: (u64, u64),
}

impl Window {
    fn seen(&self, viewers: usize, stopped: usize, tally: &Tally) -> FeedSeen {
        let time = self.after.at - self.before.at;
        let cores = |pick: fn(&Mark) -> Duration| {
            pick(&self.after).saturating_sub(pick(&self.before)).as_secs_f64() / time.as_secs_f64()
        };
        let (server_cpu, viewers_cpu) = (cores(|mark| mark.server), cores(|mark| mark.viewers));
        FeedSeen {
            viewers,
            stopped,
            frames_per_second: per_second(tally.frames, time),
            bytes_per_second: per_second(tally.bytes, time),
            values_per_second: per_second(tally.values, time),
            missed_per_second: per_second(tally.missed, time),
            delivered_p50_ms: tally.quantile(500),
            delivered_p99_ms: tally.quantile(990),
            delivered_max_ms: tally.quantile(1_000),
            ingested_per_second: per_second(self.after.messages - self.before.messages, time),
            server_cpu,
            viewers_cpu,
            others_cpu: cores(|mark| mark.machine) - server_cpu - viewers_cpu - cores(|mark| mark.servers),
            server_bytes: self.bytes.0,
            kernel_bytes: self.bytes.1,
        }
    }
}

const fn stops(number: usize) -> bool {
    number >= VIEWERS - STOPPING
}

fn viewers_email(number: usize) -> String {
    format!("viewer-{number:04}@example.com")
}

/// Gives every viewer an account of his own in the tenant, logged in.
fn let_in(postgres: &Postgres, database: &str) -> Result<()> {
    let last = VIEWERS - 1;
    postgres.query(database, "insert into tenants (code) values ('feed')")?;
    postgres.query(
        database,
        &format!(
            "with people as (
                 insert into users (email, vouched)
                 select format('viewer-%s@example.com', lpad(n::text, 4, '0')), true from generate_series(0, {last}) n
                 returning id, email
             ), members as (
                 insert into memberships (user_id, tenant_id, role)
                 select p.id, t.id, 'viewer' from people p, tenants t
             )
             insert into sessions (token_hash, user_id, created_at, last_used_at, expires_at, address, user_agent)
             select sha256(('vgs_' || rpad(regexp_replace(email, '[^a-z0-9]', '-', 'g'), 43, '0'))::bytea), id
                  , now(), now(), now() + interval '30 days', '', 'bench'
             from people"
        ),
    )?;
    Ok(())
}
