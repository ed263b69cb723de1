//! Free ports which stay free: two test processes never pick the same one.
//!
//! Binding port 0 gives a port of the ephemeral range, and while a server is being restarted any outgoing
//! connection may take it. So we pick below that range, and hold a lock for as long as the port is in use:
//! an abstract Unix socket, which the kernel drops when the process ends, however it ends.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};

/// Below Linux's ephemeral range, above the ports of well-known servers.
const FIRST: u64 = 15_000;
const COUNT: u64 = 17_000;
const TRIES: u32 = 200;

/// A port on 127.0.0.1 that is ours for as long as this value lives.
#[derive(Debug)]
pub struct Port {
    number: u16,
    /// Its name is the lock; nobody ever connects.
    _lock: UnixListener,
}

impl Port {
    /// Picks a port nobody listens on.
    pub fn free() -> Result<Self> {
        (0..TRIES)
            .find_map(|_| Self::claim(u16::try_from(FIRST + random() % COUNT).ok()?))
            .ok_or(Error::NoPort { tried: TRIES })
    }

    /// Claims this very port, if no other process of ours has it and nobody listens on it.
    pub fn claim(number: u16) -> Option<Self> {
        let name = SocketAddr::from_abstract_name(format!("vigia-port-{number}")).ok()?;
        let lock = UnixListener::bind_addr(&name).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _lock: lock })
    }

    /// The port's number.
    pub fn number(&self) -> u16 {
        self.number
    }
}

/// A free port on 127.0.0.1, kept for the rest of this process.
pub fn free_port() -> Result<u16> {
    static KEPT: Mutex<Vec<Port>> = Mutex::new(Vec::new());
    let port = Port::free()?;
    let number = port.number();
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(port);
    Ok(number)
}

/// Chance enough for ports and folder names; not for secrets.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_out_once() {
        let port = Port::free().unwrap();
        assert!(Port::claim(port.number()).is_none(), "claimed twice");
        let number = port.number();
        drop(port);
        assert!(Port::claim(number).is_some(), "not given back");
    }
}
