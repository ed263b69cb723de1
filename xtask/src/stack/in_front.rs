//! Nginx in front of a running stack, as in production: TLS, the built pages in their compressed forms, the policy.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::failure::{Failure, Result};
use crate::project;

const SCRIPT: &str = include_str!("nginx.sh");

/// A running Nginx; stopped when this value or its process is gone.
pub(super) struct InFront(Child);

impl InFront {
    /// Starts it on this port; its files are in `dir` until it ends.
    pub(super) fn start(dir: &Path, port: u16, backend: &str) -> Result<Self> {
        let mut script = Command::new("bash");
        script.args(["-c", SCRIPT, "bash"]).arg(project::root()).arg(dir.join("nginx"));
        script.args([port.to_string().as_str(), backend]).process_group(0);
        script.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = script.spawn().map_err(|error| Failure::new(format!("cannot run bash: {error}")))?;
        let mut nginx = Self(child);
        let output = nginx.0.stdout.take().map(BufReader::new);
        let is_ready = output.is_some_and(|output| {
            let mut lines = output.lines().map_while(std::result::Result::ok);
            lines.any(|line| line == "ready")
        });
        if is_ready { Ok(nginx) } else { Err(Failure::new("Nginx did not start in front of the stack")) }
    }
}

impl Drop for InFront {
    fn drop(&mut self) {
        // The script waits for the end of its standard input.
        drop(self.0.stdin.take());
        self.0.wait().ok();
    }
}

/// The first of three ports that are free now, and below those that connections take.
pub(super) fn free_ports() -> Result<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let start = 10_000 + u16::try_from(std::process::id() % 4_000).unwrap_or_default();
    let found = (start..15_000).step_by(3).find(|port| (*port..port + 3).all(is_free));
    found.ok_or_else(|| Failure::new("there are no three free ports in a row"))
}
