//! Bytes on their way out of a proxy: each piece waits for its time, and none is lost when the waiting is cut short.

use std::collections::VecDeque;
use std::io;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

/// Whoever fills an outbox stops reading when it holds this much. Several of the largest MQTT packets.
const FULL_BYTES: usize = 1024 * 1024;

/// What is to be written to one socket, in order.
#[derive(Debug)]
pub(crate) struct Outbox {
    waiting: VecDeque<(Instant, Bytes)>,
    waiting_bytes: usize,
    due: BytesMut,
    /// TLS keeps the end of what was written until it is flushed.
    flushed: bool,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { waiting: VecDeque::new(), waiting_bytes: 0, due: BytesMut::new(), flushed: true }
    }

    /// Puts bytes at the end, to be written at this time or later.
    pub(crate) fn put(&mut self, at: Instant, bytes: Bytes) {
        self.waiting_bytes += bytes.len();
        self.waiting.push_back((at, bytes));
    }

    /// Forgets all that waits, but not the rest of what is half written, and puts these last bytes.
    pub(crate) fn end_with(&mut self, bytes: &[u8]) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.due.extend_from_slice(bytes);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting_bytes + self.due.len() >= FULL_BYTES
    }

    /// Whether all is written.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.due.is_empty() && self.flushed
    }

    /// Writes some of it as soon as it is time. Cancel safe.
    pub(crate) async fn write_to<W: AsyncWrite + Unpin>(&mut self, out: &mut W) -> io::Result<()> {
        self.take_due();
        if self.due.is_empty() && self.flushed {
            match self.waiting.front() {
                Some((at, _)) => sleep_until(*at).await,
                None => return Ok(()),
            }
            self.take_due();
        }
        if !self.due.is_empty() {
            self.flushed = false;
            if out.write_buf(&mut self.due).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        out.flush().await?;
        self.flushed = true;
        Ok(())
    }

    /// Writes everything, each piece at its time.
    pub(crate) async fn write_all_to<W: AsyncWrite + Unpin>(&mut self, out: &mut W) -> io::Result<()> {
        while !self.is_idle() {
            self.write_to(out).await?;
        }
        Ok(())
    }

    fn take_due(&mut self) {
        let now = Instant::now();
        while let Some((_, bytes)) = self.waiting.pop_front_if(|(at, _)| *at <= now) {
            self.waiting_bytes -= bytes.len();
            self.due.extend_from_slice(&bytes);
        }
    }
}
