//! What can go wrong while starting a server, each naming the operation and the object.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a server, a certificate or a folder is not there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read, written, copied or given away.
    #[error("cannot {action} {}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },

    /// A program could not be started at all.
    #[error("cannot run {program}")]
    Run { program: String, source: io::Error },

    /// A program ran and failed.
    #[error("{program} failed ({status}): {output}")]
    Failed { program: String, status: ExitStatus, output: String },

    /// The machine lacks a program.
    #[error("{what} not found (looked in {looked_in}); `cargo xtask setup` installs it")]
    Missing { what: &'static str, looked_in: String },

    /// A server ended although nobody asked it to.
    #[error("{server} ended by itself ({status}); the end of its log:\n{log}")]
    Died { server: String, status: ExitStatus, log: String },

    /// A server runs but does not answer.
    #[error("{server} was not ready within {seconds} s; the end of its log:\n{log}")]
    NotReady { server: String, seconds: u64, log: String },

    /// Postgres refused a statement.
    #[error("postgres refused `{statement}`: {message}")]
    Statement { statement: String, message: String },

    /// The connection to Postgres broke.
    #[error("cannot talk to postgres on {}", socket.display())]
    Connection { socket: PathBuf, source: io::Error },

    /// A certificate or key could not be made or read back.
    #[error("cannot {action} the certificate of {name}")]
    Certificate { action: &'static str, name: String, source: rcgen::Error },

    /// No free port was found.
    #[error("no free port on 127.0.0.1 after {tried} tries")]
    NoPort { tried: u32 },

    /// The port that was asked for is in use.
    #[error("port {number} on 127.0.0.1 is already in use")]
    PortTaken { number: u16 },

    /// A proxy could not be started.
    #[error("cannot {action} for the proxy on port {port}")]
    Proxy { action: &'static str, port: u16, source: io::Error },

    /// A certificate, its key or its authority could not be used for TLS.
    #[error("cannot {action} for TLS")]
    Tls { action: &'static str, source: Box<dyn std::error::Error + Send + Sync> },

    /// The data folder was made by another major version, and that version is not installed.
    #[error("{} was made by PostgreSQL {made_by}, which is not installed (found: {found})", dir.display())]
    OtherVersion { dir: PathBuf, made_by: String, found: String },
}

impl Error {
    /// For `map_err`: names what was done to which path.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    /// For `map_err`: names what was tried with a certificate.
    pub(crate) fn tls<E>(action: &'static str) -> impl FnOnce(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        move |source| Self::Tls { action, source: Box::new(source) }
    }
}
