//! One client's connection and its continuation to the broker: all four directions in one task, so that a connection
//! can be ended at any moment, however its sides stand.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::{client, server};

use super::frames::{Frames, taken_over};
use super::link::Link;
use super::rules::Rules;
use super::shared::End;
use super::stats::locked;

/// How long the last bytes to either side may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The two streams, and what was read of the client's with its CONNECT.
pub(super) struct Sides {
    pub(super) client: server::TlsStream<TcpStream>,
    pub(super) from_client: Frames,
    pub(super) broker: client::TlsStream<TcpStream>,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// From outside, or by chance.
    By(End),
    /// The client is gone, with or without a DISCONNECT.
    Client,
    /// The broker is gone, or has said DISCONNECT.
    Broker,
}

/// Runs until either side, the rules or somebody from outside ends it.
pub(super) async fn run(
    mut link: Link<'_>,
    sides: Sides,
    mut end: watch::Receiver<Option<End>>,
    mut rules: watch::Receiver<Rules>,
) {
    let Sides { client, mut from_client, broker } = sides;
    let mut from_broker = Frames::default();
    let (mut client_in, mut client_out) = split(client);
    let (mut broker_in, mut broker_out) = split(broker);
    let ended = loop {
        if let Some(why) = *end.borrow() {
            break Ended::By(why);
        }
        if link.send().is_err() {
            break Ended::Broker;
        }
        let flows = !link.rules.stall;
        let due = link.due();
        let step = tokio::select! {
            why = ended(&mut end) => Err(Ended::By(why)),
            Ok(()) = rules.changed() => {
                link.change_rules(&rules.borrow_and_update());
                Ok(())
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if link.is_to_be_cut() { Err(Ended::By(End::Cut)) } else { Ok(()) }
            }
            written = link.to_client.write_to(&mut client_out), if flows && !link.to_client.is_idle() => {
                written.map_err(|_gone| Ended::Client)
            }
            written = link.to_broker.write_to(&mut broker_out), if !link.to_broker.is_idle() => {
                written.map_err(|_gone| Ended::Broker)
            }
            frame = from_client.next(&mut client_in), if flows && !link.to_broker.is_full() => {
                // What was changed before this was sent holds for it.
                link.change_rules(&rules.borrow_and_update());
                frame.and_then(|frame| link.client_says(frame)).map_err(|_lost| Ended::Client)
            }
            frame = from_broker.next(&mut broker_in), if link.takes_more() => {
                link.change_rules(&rules.borrow_and_update());
                frame.and_then(|frame| link.broker_says(frame)).map_err(|_lost| Ended::Broker)
            }
        };
        if let Err(ended) = step {
            break ended;
        }
    };
    finish(link, ended, client_in.unsplit(client_out), &mut broker_out).await;
}

/// Waits until the connection is ended from outside.
pub(super) async fn ended(end: &mut watch::Receiver<Option<End>>) -> End {
    match end.wait_for(Option::is_some).await {
        Ok(end) => end.unwrap_or(End::Cut),
        Err(_) => End::Cut,
    }
}

async fn finish(
    mut link: Link<'_>,
    ended: Ended,
    mut client: server::TlsStream<TcpStream>,
    broker: &mut WriteHalf<client::TlsStream<TcpStream>>,
) {
    let flows = !link.rules.stall;
    let told = match ended {
        Ended::By(End::Cut) => {
            locked(&link.counted).cuts += 1;
            false
        }
        Ended::By(End::TakenOver) => match taken_over() {
            Ok(bytes) if flows => {
                link.to_client.end_with(&bytes);
                say_goodbye(&mut link, &mut client, GOODBYE).await.is_ok()
            }
            _ => false,
        },
        Ended::Client => true,
        Ended::Broker => {
            let patience = link.rules.delay + GOODBYE;
            flows && say_goodbye(&mut link, &mut client, patience).await.is_ok()
        }
    };
    if !told {
        client.get_ref().0.set_zero_linger().ok();
    }
    drop(client);
    if ended != Ended::Broker {
        // The acknowledgements that had come, and the DISCONNECT if the client said one.
        timeout(GOODBYE, link.to_broker.write_all_to(broker)).await.ok();
    }
}

async fn say_goodbye(
    link: &mut Link<'_>,
    client: &mut server::TlsStream<TcpStream>,
    patience: Duration,
) -> io::Result<()> {
    let saying = async {
        link.to_client.write_all_to(client).await?;
        client.shutdown().await
    };
    timeout(patience, saying).await?
}
