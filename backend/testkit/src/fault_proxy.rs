//! A TCP proxy that cuts, refuses, stalls and delays, for what happens when a network fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::error::Result;
use crate::own_runtime::OwnRuntime;
use crate::port::Port;

mod pump;

/// Stands in front of a server on TCP, on a thread of its own; gone, with its connections, when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    // Fields drop in this order: first the thread ends, then its port is free.
    _runtime: OwnRuntime,
    port: Port,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Where the server is.
    target: String,
    faults: watch::Sender<Faults>,
    connections: AtomicU64,
    cuts: AtomicU64,
    refused: AtomicU64,
}

/// What is wrong with the network at present.
#[derive(Debug, Clone, Copy, Default)]
struct Faults {
    refuse: bool,
    stall: bool,
    delay: Duration,
    /// How often all connections were cut: a connection that sees it grow is one of them.
    cuts: u64,
    /// How often all connections were lost without a word, likewise.
    silences: u64,
}

impl FaultProxy {
    /// Starts in front of `target`, a `host:port`, which may come and go.
    pub fn start(target: impl Into<String>) -> Result<Self> {
        let port = Port::free()?;
        let shared = Arc::new(Shared {
            target: target.into(),
            faults: watch::Sender::default(),
            connections: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        });
        let served = Arc::clone(&shared);
        let runtime = OwnRuntime::serve(&port, |listener| serve(listener, served))?;
        Ok(Self { _runtime: runtime, port, shared })
    }

    /// The port on 127.0.0.1 to connect to.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Resets all present connections at once, on both sides.
    pub fn cut(&self) {
        self.shared.faults.send_modify(|faults| faults.cuts += 1);
    }

    /// From now on no byte passes over the present connections, and neither side hears why, as when a firewall forgets
    /// them or a machine is gone; new ones work.
    pub fn silence(&self) {
        self.shared.faults.send_modify(|faults| faults.silences += 1);
    }

    /// While true there is nobody: present connections are cut, new ones are reset at once.
    pub fn refuse(&self, refuse: bool) {
        self.shared.faults.send_modify(|faults| {
            faults.refuse = refuse;
            faults.cuts += u64::from(refuse);
        });
    }

    /// While true no byte passes, though connections stay open and new ones are taken. Afterwards all that was sent
    /// passes.
    pub fn stall(&self, stall: bool) {
        self.shared.faults.send_modify(|faults| faults.stall = stall);
    }

    /// How long a byte takes from one side to the other, both ways, from now on.
    pub fn delay(&self, delay: Duration) {
        self.shared.faults.send_modify(|faults| faults.delay = delay);
    }

    /// How many connections were made.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many connections were cut by [`cut`](Self::cut) and [`refuse`](Self::refuse).
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::Relaxed)
    }

    /// How many connections were refused.
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let faults = shared.faults.subscribe();
                let before = *faults.borrow();
                if before.refuse {
                    shared.refused.fetch_add(1, Ordering::Relaxed);
                    reset(&client);
                } else {
                    shared.connections.fetch_add(1, Ordering::Relaxed);
                    connections.spawn(connection(client, faults, before, Arc::clone(&shared)));
                }
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn connection(
    mut client: TcpStream,
    mut faults: watch::Receiver<Faults>,
    before: Faults,
    shared: Arc<Shared>,
) {
    let dialled = tokio::select! {
        dialled = TcpStream::connect(&shared.target) => dialled.ok(),
        _cut = faults.wait_for(|faults| faults.cuts > before.cuts) => {
            shared.cuts.fetch_add(1, Ordering::Relaxed);
            None
        }
    };
    let Some(mut server) = dialled else {
        return reset(&client);
    };
    match pump::pump(&mut client, &mut server, &mut faults, before).await {
        pump::End::Closed => {}
        pump::End::Broken => {
            reset(&client);
            reset(&server);
        }
        pump::End::Cut => {
            shared.cuts.fetch_add(1, Ordering::Relaxed);
            reset(&client);
            reset(&server);
        }
    }
}

/// Lets the socket end with a reset instead of a good-bye when it is dropped.
fn reset(stream: &TcpStream) {
    stream.set_zero_linger().ok();
}
