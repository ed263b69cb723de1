//! What the system says of the process, under the names that Prometheus's own clients give it.

use std::fs;

/// Clock ticks a second in `/proc`, on every Linux.
const TICKS: f64 = 100.0;
/// `/proc` writes kB and means this.
const KIB: f64 = 1_024.0;

/// Figures of the process; those that cannot be read are missing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ProcessFigures {
    pub(super) resident_bytes: Option<f64>,
    pub(super) cpu_seconds: Option<f64>,
    pub(super) open_files: Option<usize>,
}

/// Reads them.
pub(super) fn figures() -> ProcessFigures {
    ProcessFigures {
        resident_bytes: fs::read_to_string("/proc/self/status").ok().and_then(|text| resident(&text)),
        cpu_seconds: fs::read_to_string("/proc/self/stat").ok().and_then(|text| cpu(&text)),
        open_files: fs::read_dir("/proc/self/fd").ok().map(Iterator::count),
    }
}

fn resident(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * KIB)
}

/// The program's name may hold anything, so what is read begins after its last bracket.
fn cpu(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut ticks = rest.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (ticks.next()?.parse().ok()?, ticks.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        assert_eq!(resident("Name:\tvigia\nVmRSS:\t   20480 kB\n"), Some(20_480.0 * 1_024.0));
        let stat = "1 (a) b) S 0 1 1 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 5 0 1 1 1";
        assert_eq!(cpu(stat), Some(3.0));
        let now = figures();
        assert!(now.resident_bytes.is_some_and(|bytes| bytes > 1_000_000.0), "{now:?}");
        assert!(now.cpu_seconds.is_some() && now.open_files.is_some_and(|files| files > 2), "{now:?}");
    }
}
