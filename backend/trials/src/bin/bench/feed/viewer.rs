//! A viewer: the least a program can do that reads a live feed, so that a thousand of them fit beside the server.

use super::frame::Tally;
use anyhow::{Context, Result, bail, ensure};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;
use vigia_model::Clock;

/// What is read at once.
const BUFFER_BYTES: usize = 16 * 1_024;
/// What the kernel takes for a viewer that is going to read no more: little, so that it shows soon.
const FEW_BYTES: u32 = 4 * 1_024;

const TEXT: u8 = 0x81;
const PING: u8 = 0x89;
const CLOSE: u8 = 0x88;
/// An empty pong, masked with zeros.
const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

/// Which window is being measured: its number from 1 on, or 0 between them.
#[derive(Debug, Clone, Default)]
pub(super) struct Phase(Arc<AtomicU8>);

impl Phase {
    const OVER: u8 = u8::MAX;

    pub(super) fn set(&self, window: u8) {
        self.0.store(window, Ordering::Relaxed);
    }

    /// Whoever still reads leaves with the next frame; a tick comes every second.
    pub(super) fn end(&self) {
        self.set(Self::OVER);
    }

    fn now(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A viewer with its feed open.
#[derive(Debug)]
pub(super) struct Viewer {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
    /// By window.
    tallies: [Tally; 2],
}

impl Viewer {
    /// Opens a feed at a path with a token; `hesitant` ones leave little room for what they do not read.
    pub(super) async fn open(port: u16, path: &str, token: &str, hesitant: bool) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if hesitant {
            socket.set_recv_buffer_size(FEW_BYTES)?;
        }
        let stream = socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        stream.set_nodelay(true)?;
        let mut viewer =
            Self { stream, buffer: vec![0; BUFFER_BYTES], filled: 0, tallies: <[Tally; 2]>::default() };
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        viewer.stream.write_all(request.as_bytes()).await?;
        let head = loop {
            viewer.read().await?;
            let read = viewer.buffer.get(..viewer.filled).unwrap_or_default();
            if let Some(end) = read.windows(4).position(|part| part == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let answer = String::from_utf8_lossy(viewer.buffer.get(..head).unwrap_or_default()).into_owned();
        ensure!(answer.starts_with("HTTP/1.1 101"), "the feed was refused: {answer}");
        viewer.discard(head);
        Ok(viewer)
    }

    /// Reads until the end, or until told to read no more; then it holds the feed open until `leave`. What was seen in
    /// each window.
    pub(super) async fn watch(
        mut self,
        phase: Phase,
        stop_reading: Option<CancellationToken>,
        leave: CancellationToken,
    ) -> Result<[Tally; 2]> {
        match stop_reading {
            None => self.read_on(&phase).await?,
            Some(stop) => {
                if let Some(ended) = stop.run_until_cancelled(self.read_on(&phase)).await {
                    ended?;
                }
                leave.cancelled().await;
            }
        }
        Ok(self.tallies)
    }

    async fn read_on(&mut self, phase: &Phase) -> Result<()> {
        loop {
            self.read().await?;
            if phase.now() == Phase::OVER {
                return Ok(());
            }
            let (now, window) = (Clock::System.now().as_millis(), phase.now());
            let mut begin = 0;
            while let Some((kind, from, to)) = frame(self.buffer.get(begin..self.filled).unwrap_or_default())
            {
                let payload = self.buffer.get(begin + from..begin + to).unwrap_or_default();
                match kind {
                    TEXT => {
                        let tally =
                            usize::from(window).checked_sub(1).and_then(|at| self.tallies.get_mut(at));
                        if let Some(tally) = tally {
                            tally.take(payload, now);
                        }
                    }
                    PING => self.stream.write_all(&PONG).await?,
                    CLOSE => bail!("the feed was closed: {}", String::from_utf8_lossy(payload)),
                    other => bail!("a frame of the kind {other:#x}"),
                }
                begin += to;
            }
            self.discard(begin);
            if self.filled == self.buffer.len() {
                // A snapshot, larger than anything that comes after it.
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        let room = self.buffer.get_mut(self.filled..).context("the buffer is full")?;
        let count = self.stream.read(room).await?;
        ensure!(count > 0, "the feed ended");
        self.filled += count;
        Ok(())
    }

    fn discard(&mut self, bytes: usize) {
        if bytes > 0 {
            self.buffer.copy_within(bytes..self.filled, 0);
            self.filled -= bytes;
        }
    }
}

/// The first frame of these bytes, if it is there whole: its kind, and where its payload begins and ends.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (kind, short) = (*bytes.first()?, *bytes.get(1)?);
    let (from, length) = match short {
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        length => (2, u64::from(length)),
    };
    let to = from + usize::try_from(length).ok()?;
    (bytes.len() >= to).then_some((kind, from, to))
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn frames_are_found_whole_or_not_at_all() {
        assert_eq!(frame(&[0x81, 2, b'o', b'k', 0x89]), Some((0x81, 2, 4)));
        assert_eq!(frame(&[0x89, 0]), Some((0x89, 2, 2)));
        assert_eq!(frame(&[0x81, 2, b'o']), None);
        assert_eq!(frame(&[0x81]), None);
        let long = [[0x81, 126, 1, 0].as_slice(), &[b'x'; 256]].concat();
        assert_eq!(frame(&long), Some((0x81, 4, 260)));
        let longer = [[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0].as_slice(), &vec![b'x'; 65_536]].concat();
        assert_eq!(frame(&longer), Some((0x81, 10, 65_546)));
    }
}
