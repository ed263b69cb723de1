//! Deals messages out to the connections as they fall due, after they were written to the ledger.

use super::{LEDGER_FLUSH, Options};
use crate::error::Result;
use crate::message::Message;
use crate::stats::Stats;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigia_model::Clock;

/// Messages handed to a connection in one go: enough to fill its write, few enough to be made in under a millisecond.
const BATCH: usize = 256;
/// Goes on until the source ends, a limit is reached or a stop is asked for.
pub(super) async fn deal<S>(
    source: S,
    options: &Options,
    stats: &Stats,
    stop: &CancellationToken,
    queues: Vec<mpsc::Sender<Vec<Message>>>,
) -> Result<()>
where
    S: Iterator<Item = Result<Message>> + Send,
{
    let start = Instant::now();
    let end = options.duration.map(|duration| start + duration);
    let mut left = options.count.unwrap_or(u64::MAX);
    let mut source = source.peekable();
    while !stop.is_cancelled() && left > 0 && end.is_none_or(|end| Instant::now() < end) {
        let elapsed = start.elapsed();
        let is_due = |message: &Result<Message>| match message {
            Ok(message) => !options.paced || message.due <= elapsed,
            Err(_) => true,
        };
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(BATCH * queues.len());
        let mut batch = Vec::with_capacity(most.min(BATCH));
        while batch.len() < most
            && let Some(message) = source.next_if(is_due)
        {
            batch.push(message?);
        }
        left -= u64::try_from(batch.len()).unwrap_or(left);
        if batch.is_empty() {
            let due = match source.peek() {
                None => break,
                Some(Ok(message)) => start + message.due,
                Some(Err(_)) => continue,
            };
            wait(due.min(end.unwrap_or(due)), options, stop).await?;
            continue;
        }
        if let Some(ledger) = &options.ledger {
            ledger.publish(Clock::System.now(), &mut batch)?;
        }
        let bytes = batch.iter().map(|message| message.payload.len()).sum::<usize>();
        stats.add_published(u64::try_from(batch.len()).unwrap_or(0), u64::try_from(bytes).unwrap_or(0));
        for (queue, share) in queues.iter().zip(split(batch, queues.len())) {
            if share.is_empty() {
                continue;
            }
            tokio::select! {
                sent = queue.send(share) => if sent.is_err() { return Ok(()) },
                // Already in the ledger, as pending.
                () = stop.cancelled() => return Ok(()),
            }
        }
    }
    Ok(())
}

/// Sleeps until `due`, writing confirmations down meanwhile.
async fn wait(due: Instant, options: &Options, stop: &CancellationToken) -> Result<()> {
    loop {
        let until = due.min(Instant::now() + LEDGER_FLUSH);
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            () = stop.cancelled() => return Ok(()),
        }
        if until == due {
            return Ok(());
        }
        if let Some(ledger) = &options.ledger {
            ledger.flush(Clock::System.now())?;
        }
    }
}

/// Each gateway's messages to its own connection, in order.
fn split(batch: Vec<Message>, connections: usize) -> Vec<Vec<Message>> {
    if connections == 1 {
        return vec![batch];
    }
    let mut shares = vec![Vec::new(); connections];
    for message in batch {
        if let Some(share) = shares.get_mut(message.gateway % connections) {
            share.push(message);
        }
    }
    shares
}
