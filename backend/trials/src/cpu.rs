//! How much processor time a process has used, from `/proc`.

use std::fs;
use std::time::Duration;

/// One tick of `/proc/<pid>/stat`: Linux shows 100 a second to programs, whatever the kernel's own clock.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of a process, of its children that have ended and of those that live (Postgres has a
/// process per connection). Zero if it is gone.
pub fn of(pid: u32) -> Duration {
    let own = stat(pid).unwrap_or_default();
    children(pid).into_iter().filter_map(stat).map(|child| child.own).sum::<Duration>() + own.own + own.ended
}

/// The same of this process alone: what it started is looked at by itself.
pub fn of_self() -> Duration {
    stat(std::process::id()).unwrap_or_default().own
}

/// What all processes of the machine have used together, the kernel's own work included.
pub fn of_machine() -> Duration {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks = |line: &str| -> u32 {
        // user, nice, system, idle, iowait, irq, softirq; what a hypervisor stole is no process's.
        let fields = line.split_whitespace().skip(1).zip(0..7);
        let busy = fields.filter(|(_, place)| ![3, 4].contains(place));
        busy.filter_map(|(field, _)| field.parse::<u32>().ok()).sum()
    };
    TICK * stat.lines().next().map_or(0, ticks)
}

/// Memory a process occupies now, in bytes; its children not included.
pub fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1_024
}

/// Memory the kernel holds for the TCP sockets of the whole machine, in bytes.
pub fn kernel_socket_bytes() -> u64 {
    const PAGE: u64 = 4_096;
    let stat = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let line = stat.lines().find_map(|line| line.strip_prefix("TCP:"));
    let pages = line.and_then(|line| line.split_whitespace().skip_while(|word| *word != "mem").nth(1));
    PAGE * pages.and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0)
}

#[derive(Debug, Clone, Copy, Default)]
struct Times {
    own: Duration,
    /// Of children that were waited for.
    ended: Duration,
}

fn stat(pid: u32) -> Option<Times> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; fields are counted behind it, from "state", the third.
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: Vec<u32> = fields.split(' ').skip(11).take(4).filter_map(|field| field.parse().ok()).collect();
    match ticks.as_slice() {
        [user, system, ended_user, ended_system] => {
            Some(Times { own: TICK * (user + system), ended: TICK * (ended_user + ended_system) })
        }
        _ => None,
    }
}

fn children(pid: u32) -> Vec<u32> {
    let list = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    list.split_whitespace().filter_map(|child| child.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_time_and_memory_are_seen() {
        let before = of(std::process::id());
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_millis(100) {
            std::hint::spin_loop();
        }
        assert!(of(std::process::id()) > before);
        assert!(resident_bytes(std::process::id()) > 100_000);
        assert_eq!(of(u32::MAX), Duration::ZERO);
    }
}
