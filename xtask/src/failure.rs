//! Why a command ended early: a line for the person and a code for the shell.

use std::fmt::{self, Display, Formatter};

pub(crate) type Result<T> = std::result::Result<T, Failure>;

#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    pub(crate) code: u8,
}

impl Failure {
    /// Something did not work.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }

    /// The command was not understood.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Ctrl-C or `SIGTERM`.
    pub(crate) fn interrupted() -> Self {
        Self { message: "stopped".to_owned(), code: 130 }
    }

    pub(crate) fn is_interruption(&self) -> bool {
        self.code == 130
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
