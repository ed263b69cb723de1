//! Both directions of one connection, in one task.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;

use super::Faults;
use crate::outbox::Outbox;

/// Read at once.
const CHUNK: usize = 64 * 1024;

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Both sides said good-bye, and all they had sent has passed.
    Closed,
    /// A side went without a word.
    Broken,
    /// We cut it.
    Cut,
}

pub(super) async fn pump(
    client: &mut TcpStream,
    server: &mut TcpStream,
    faults: &mut watch::Receiver<Faults>,
    before: Faults,
) -> End {
    client.set_nodelay(true).ok();
    server.set_nodelay(true).ok();
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (mut up, mut down) = (Lane::new(), Lane::new());
    while !(up.out.closed && down.out.closed) {
        let Faults { stall, delay, cuts, silences, .. } = *faults.borrow_and_update();
        if cuts > before.cuts {
            return End::Cut;
        }
        let stall = stall || silences > before.silences;
        let passed = tokio::select! {
            changed = faults.changed() => changed.map_err(|_gone| io::ErrorKind::Interrupted.into()),
            read = read(&mut up.inbox, &mut from_client), if !stall && up.out.has_room() => {
                read.map(|bytes| up.take(bytes, delay))
            }
            read = read(&mut down.inbox, &mut from_server), if !stall && down.out.has_room() => {
                read.map(|bytes| down.take(bytes, delay))
            }
            written = up.out.write(&mut to_server), if !stall && up.out.has_work() => written,
            written = down.out.write(&mut to_client), if !stall && down.out.has_work() => written,
        };
        if passed.is_err() {
            return End::Broken;
        }
    }
    End::Closed
}

async fn read<R: AsyncRead + Unpin>(inbox: &mut BytesMut, from: &mut R) -> io::Result<usize> {
    inbox.reserve(CHUNK);
    from.read_buf(inbox).await
}

/// One direction.
struct Lane {
    inbox: BytesMut,
    out: Out,
}

struct Out {
    outbox: Outbox,
    /// The sender has sent its last byte.
    ended: bool,
    /// The receiver knows.
    closed: bool,
}

impl Lane {
    fn new() -> Self {
        Self { inbox: BytesMut::new(), out: Out { outbox: Outbox::new(), ended: false, closed: false } }
    }

    /// Takes what was read; nothing is the end, which takes its time as the bytes before it do.
    fn take(&mut self, bytes: usize, delay: Duration) {
        self.out.ended = bytes == 0;
        self.out.outbox.put(Instant::now() + delay, self.inbox.split().freeze());
    }
}

impl Out {
    fn has_room(&self) -> bool {
        !self.ended && !self.outbox.is_full()
    }

    fn has_work(&self) -> bool {
        !self.outbox.is_idle() || (self.ended && !self.closed)
    }

    async fn write<W: AsyncWrite + Unpin>(&mut self, to: &mut W) -> io::Result<()> {
        if self.outbox.is_idle() {
            to.shutdown().await?;
            self.closed = true;
            return Ok(());
        }
        self.outbox.write_to(to).await
    }
}
