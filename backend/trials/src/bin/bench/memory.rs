//! Ingest fed from memory, without a broker: what decode, validate, decide, batch and commit alone can do.

use crate::take::Bench;
use anyhow::{Result, bail};

/// Not there yet: the ingest crate has no way in for messages that come from no broker. Shown nowhere until then.
pub(crate) fn measure(bench: &Bench) -> Result<()> {
    bench.say("ingest fed from memory");
    bail!("messages can come only from a broker yet")
}
