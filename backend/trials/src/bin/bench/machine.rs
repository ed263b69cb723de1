//! What it was measured on.

use anyhow::Result;
use serde::Serialize;
use std::fs;
use vigia_testkit::MosquittoTools;

/// The machine and the servers' versions.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) processor: String,
    pub(crate) memory_gib: u64,
    pub(crate) kernel: String,
    pub(crate) postgres: String,
    pub(crate) mosquitto: String,
}

impl Machine {
    pub(crate) fn read(postgres: &str) -> Result<Self> {
        let field = |file: &str, name: &str| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let kilobytes: u64 = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
        // `-h` ends with a failure and begins with "mosquitto version 2.0.11".
        let help = MosquittoTools::find()?.command().arg("-h").output()?;
        let help = String::from_utf8_lossy(&help.stdout).into_owned();
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: field("/proc/cpuinfo", "model name"),
            memory_gib: kilobytes.div_ceil(1_024 * 1_024),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            postgres: postgres.to_owned(),
            mosquitto: help.split_whitespace().nth(2).unwrap_or_default().to_owned(),
        })
    }
}
