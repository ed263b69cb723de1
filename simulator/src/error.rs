//! What can go wrong, each variant naming the operation and its object.

use std::path::PathBuf;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {what} {path}")]
    Read { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot write the ledger {path}")]
    WriteLedger { path: PathBuf, source: std::io::Error },
    #[error("{path} line {line} is not a line of a ledger")]
    LedgerLine { path: PathBuf, line: u64, source: serde_json::Error },
    #[error("{path} is not a scenario")]
    ScenarioSyntax { path: PathBuf, source: Box<toml::de::Error> },
    #[error("the scenario does not hold together: {0}")]
    Scenario(String),
    #[error("{path} line {line}: {problem}")]
    TableRow { path: PathBuf, line: u64, problem: String },
    #[error("cannot read the table {path}")]
    Table { path: PathBuf, source: csv::Error },
    #[error("{file}: {problem}")]
    Certificate { file: PathBuf, problem: String },
    #[error("{0:?} is not a host name")]
    HostName(String),
    #[error("cannot write a payload as JSON")]
    Payload { source: serde_json::Error },
    #[error("a publishing task ended early")]
    Task { source: tokio::task::JoinError },
}
