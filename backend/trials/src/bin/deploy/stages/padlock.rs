//! The certificate that browsers see: fetched by ACME through Nginx, which takes it without a restart, and renewed when it is
//! due and when one asks for it.

use crate::acme;
use crate::command::{run, wait_for};
use crate::docker::{address, life, wrote};
use crate::stage::Bench;
use crate::web::{NAME, Web, shown};
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// A try, or a few: the authority refuses some requests at random, as it says in the standard that it may.
const TRIED_WITHIN: Duration = Duration::from_mins(1);
/// Nginx looks every ten seconds.
pub(crate) const TAKEN_WITHIN: Duration = Duration::from_secs(15);
/// What certbot says when it has a new certificate, and when it needs none.
const FETCHED: &str = "Successfully received certificate";
const NOT_DUE: &str = "not yet due for renewal";
/// As in docs/operations/certificate-renewal.md.
const CERTBOT: &str = "certbot --config-dir /etc/letsencrypt --work-dir /tmp/work --logs-dir /tmp/log";

pub(crate) async fn padlock(bench: &mut Bench) -> Result<String> {
    let (web, https) = (bench.project.container("web"), bench.ports.1);
    // Nobody is there yet, and pages are served all the same.
    until(bench, "no certificate for", 0).await?;
    let before = life(&web)?;
    let own = shown(https)?;
    let edge = bench.project.network("edge");
    let folder = bench.args.scratch.join("acme");
    let root = acme::start(&folder, &bench.aws.pki, &edge, (NAME, &address(&web, &edge)?)).await?;
    let browser = Web::signed_by(bench.ports, root.clone());
    refuses(&browser).await.context("a certificate that Nginx made itself")?;

    restart(bench)?;
    until(bench, FETCHED, 0).await?;
    let first = browser.until_trusted(&own, TAKEN_WITHIN).await.context("the first certificate")?;
    let looked = ["\"path\":\"/.well-known/acme-challenge/", "\"status\":200", "Pebble"];
    let asked = wrote(&web, &looked)?;
    ensure!(asked > 0, "the authority never asked Nginx for what certbot put there");
    let foreign = Web::signed_by(bench.ports, bench.aws.pki.ca());
    refuses(&foreign).await.context("a client that does not know the authority")?;
    browser.feed(bench.token()?).await.context("the live feed")?;
    closed(bench)?;

    let fetched = shown(https)?;
    restart(bench)?;
    until(bench, NOT_DUE, 0).await?;
    renew(bench, &format!("--dry-run --server {}", acme::DIRECTORY))?;
    ensure!(shown(https)? == fetched, "a new certificate came before its time");

    // Now it is: so near is its end.
    due(bench, true)?;
    restart(bench)?;
    until(bench, FETCHED, 1).await?;
    due(bench, false)?;
    let second = browser.until_trusted(&fetched, TAKEN_WITHIN).await.context("the renewed certificate")?;

    let renewed = shown(https)?;
    renew(bench, "--force-renewal")?;
    let third = browser.until_trusted(&renewed, TAKEN_WITHIN).await.context("the forced certificate")?;
    closed(bench)?;
    ensure!(wrote(&web, &looked)? > asked, "the authority did not look before it renewed");
    ensure!(life(&web)? == before, "Nginx was started again");
    // From now on nobody takes less.
    bench.authority = Some(root);
    Ok(format!(
        "signed by ACME after {asked} looks through Nginx, trusted by who trusts that root alone, page and live feed; taken by \
         Nginx after {:.0} s, renewed when due after {:.0} s, by the runbook after {:.0} s, without a restart; the key is for its \
         user alone",
        first.as_secs_f64(),
        second.as_secs_f64(),
        third.as_secs_f64()
    ))
}

/// Who looks at the certificate does not take it.
async fn refuses(web: &Web) -> Result<()> {
    let error = web.connect().await.err().context("the certificate is trusted")?;
    ensure!(format!("{error:#}").contains("invalid peer certificate"), "something else is wrong: {error:#}");
    Ok(())
}

/// It looks at once then, not in hours.
fn restart(bench: &Bench) -> Result<()> {
    run(&mut bench.project.compose(&["restart", "certbot"])).map(drop)
}

/// Waits until certbot has said something more often than so many times.
async fn until(bench: &Bench, words: &str, times: usize) -> Result<()> {
    let certbot = bench.project.container("certbot");
    wait_for(&format!("certbot to say {words:?}"), TRIED_WITHIN, || {
        Ok((wrote(&certbot, &[words])? > times).then_some(()))
    })
    .await
}

/// As the runbook says; without a terminal certbot would wait some minutes first, lest all the world comes at once.
fn renew(bench: &Bench, how: &str) -> Result<()> {
    let command = format!("{CERTBOT} renew {how} --no-random-sleep-on-renew");
    bench.project.shell(&format!("deploy/compose exec -T certbot {command}")).map(drop)
}

/// Lets the certificate be due at once, or again when certbot thinks so.
fn due(bench: &Bench, at_once: bool) -> Result<()> {
    let file = format!("/etc/letsencrypt/renewal/{NAME}.conf");
    let none = format!("sed -i /renew_before_expiry/d {file}");
    let change = if at_once {
        format!("{none} && sed -i '1s/^/renew_before_expiry = 100 days\\n/' {file}")
    } else {
        none
    };
    bench.project.exec("certbot", &["sh", "-c", &change]).map(drop)
}

/// The private key is its user's alone: certbot's and Nginx's copy of it.
fn closed(bench: &Bench) -> Result<()> {
    for key in [&format!("/etc/letsencrypt/live/{NAME}/privkey.pem"), "/tmp/vigia-web/tls/privkey.pem"] {
        let mode = bench.project.exec("web", &["stat", "-Lc", "%u %a", key])?;
        ensure!(mode == "101 600", "{key} is {mode}, not 101 600");
        let others = ["exec", "--no-TTY", "--user", "10001:10001", "web", "cat", key];
        ensure!(run(&mut bench.project.compose(&others)).is_err(), "another user can read {key}");
    }
    Ok(())
}
