//! The stages, in order. Each says in one line what it found, or why it failed, with the logs.

mod prepare;
mod build;
mod start;
mod telemetry;
mod padlock;
mod hardening;
mod heal;
mod rotate;
mod backup;
mod stop;
mod alert;
mod upgrade;
mod on_premise;

pub(crate) use prepare::settings;

use crate::acme;
use crate::args::Args;
use crate::aws;
use crate::command::is_interrupted;
use crate::docker::logs;
use crate::second;
use crate::stage::Bench;
use anyhow::{Result, ensure};
use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

type Step = for<'a> fn(&'a mut Bench) -> Pin<Box<dyn Future<Output = Result<String>> + Send + 'a>>;

/// A stage: its name, whether the later ones stand on it, and what it does.
struct Stage(&'static str, bool, Step);

const STAGES: [Stage; 17] = [
    Stage("build", true, |bench| Box::pin(async move { build::build(bench) })),
    Stage("up", true, |bench| Box::pin(async move { start::up(bench) })),
    Stage("healthy", true, |bench| Box::pin(start::healthy(bench))),
    Stage("login", true, |bench| Box::pin(start::login(bench))),
    Stage("telemetry", false, |bench| Box::pin(telemetry::telemetry(bench))),
    Stage("watch", false, |bench| Box::pin(telemetry::watch(bench))),
    Stage("padlock", false, |bench| Box::pin(padlock::padlock(bench))),
    Stage("hardening", false, |bench| Box::pin(async move { hardening::hardening(bench) })),
    Stage("heal", false, |bench| Box::pin(heal::heal(bench))),
    Stage("rotate", false, |bench| Box::pin(rotate::rotate(bench))),
    Stage("doctor", false, |bench| Box::pin(async move { start::doctor(bench) })),
    Stage("backup", false, |bench| Box::pin(async move { backup::backup(bench) })),
    Stage("restore", false, |bench| Box::pin(backup::restore(bench))),
    Stage("stop", false, |bench| Box::pin(stop::stop(bench))),
    Stage("alert", false, |bench| Box::pin(alert::alert(bench))),
    Stage("upgrade", false, |bench| Box::pin(upgrade::upgrade(bench))),
    Stage("on-premise", false, |bench| Box::pin(on_premise::on_premise(bench))),
];

/// Runs the stages that were asked for; whether all went well.
pub(crate) async fn run(args: &Args) -> Result<bool> {
    for name in &args.only {
        let known = STAGES.iter().any(|Stage(stage, ..)| stage == name);
        ensure!(known || name == "prepare", "there is no stage {name:?}");
    }
    let began = Instant::now();
    let prepared = Instant::now();
    let mut bench = match prepare::prepare(args).await {
        Ok((bench, said)) => {
            tell("prepare", prepared, &said);
            bench
        }
        Err(error) => {
            aws::remove();
            return Err(error.context("prepare"));
        }
    };
    let failed = stages(&mut bench).await;
    if args.keep && !is_interrupted() {
        println!(
            "── kept: docker compose --project-name {} … in {}",
            bench.project.name,
            bench.project.dir.display()
        );
    } else {
        let down = Instant::now();
        let said = take_down(&bench)?;
        tell("down", down, &said);
    }
    let verdict =
        if failed.is_empty() { "all well".to_owned() } else { format!("FAILED: {}", failed.join(", ")) };
    println!("── deploy-test: {verdict}, in {:.0} s", began.elapsed().as_secs_f64());
    Ok(failed.is_empty())
}

/// Runs them; the names of those that failed. What others stand on ends it, and what nobody stands on does not.
async fn stages(bench: &mut Bench) -> Vec<&'static str> {
    let only = bench.args.only.clone();
    let mut failed = Vec::new();
    for Stage(name, is_base, step) in STAGES {
        if !(is_base || only.is_empty() || only.iter().any(|wanted| wanted == name)) {
            continue;
        }
        if is_interrupted() {
            failed.push("stopped by a signal");
            break;
        }
        let began = Instant::now();
        println!("── {name}");
        match step(bench).await {
            Ok(said) => tell(name, began, &said),
            Err(error) => {
                println!("{}", bench.project.show_logs());
                println!(
                    "── the broker in the place of AWS\n{}",
                    crate::command::tail(&logs(aws::CONTAINER).unwrap_or_default())
                );
                eprintln!("── {name}: FAILED after {:.1} s: {error:#}", began.elapsed().as_secs_f64());
                failed.push(name);
                if is_base {
                    break;
                }
            }
        }
    }
    failed
}

fn tell(name: &str, began: Instant, said: &str) {
    println!("── {name}: ok in {:.1} s: {said}", began.elapsed().as_secs_f64());
}

/// Nothing is left: no container, network, volume or broker.
fn take_down(bench: &Bench) -> Result<String> {
    second::take_down(&bench.args.scratch);
    acme::remove();
    bench.project.down()?;
    aws::remove();
    let mut said = "containers, networks and volumes removed".to_owned();
    if !bench.args.keep_images {
        build::remove_images();
        said += ", and images";
    }
    Ok(said)
}
