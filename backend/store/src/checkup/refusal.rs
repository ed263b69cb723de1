//! Why a connection to the database does not come about.

use std::io;
use std::time::Duration;

/// Why there is no connection. What the server said is kept in its own words; it names no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody listens there.
    NobodyListens(String),
    /// The name of the host leads nowhere.
    UnknownHost(String),
    /// Nothing came back in time.
    Silent(Duration),
    /// The password, or the way of asking for it, is wrong.
    Password(String),
    /// No rule of the server lets this user in from here.
    NoRule(String),
    UnknownDatabase(String),
    /// It starts, stops or recovers.
    NotReady(String),
    /// All its places are taken.
    Full(String),
    Tls(String),
    Other(String),
}

impl Refusal {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => {
                let said = database.message().to_owned();
                match database.code().as_deref() {
                    Some("28P01") => Self::Password(said),
                    Some("28000") if said.contains("role") => Self::Password(said),
                    Some("28000") => Self::NoRule(said),
                    Some("3D000") => Self::UnknownDatabase(said),
                    Some("57P03") => Self::NotReady(said),
                    Some("53300") => Self::Full(said),
                    _ => Self::Other(said),
                }
            }
            sqlx::Error::Io(error) => Self::of_io(error),
            sqlx::Error::Tls(error) => Self::Tls(error.to_string()),
            other => Self::Other(other.to_string()),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        let said = error.to_string();
        match error.kind() {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Self::NobodyListens(said),
            io::ErrorKind::TimedOut => Self::Silent(super::CONNECT_WITHIN),
            // A handshake that failed comes as this, in the words of TLS.
            io::ErrorKind::InvalidData => Self::Tls(said),
            // The resolver's errors have no kind of their own.
            _ if said.contains("lookup address") => Self::UnknownHost(said),
            _ => Self::Other(said),
        }
    }
}
