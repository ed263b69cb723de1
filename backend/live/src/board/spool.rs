//! The spool, on the status board: how much waits on disk, and how long it will.

use crate::whole;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vigia_model::{Clock, Timestamp};

/// What the spool is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpoolState {
    /// Not open: another process has it, or this one has just started.
    Closed,
    /// Nothing waits: messages go straight to the database.
    Empty,
    /// The database is away or behind: messages go to the disk.
    Filling,
    /// The database takes what waits; new messages go behind it.
    Draining,
    /// No room is left: no message is taken.
    Full,
    /// The disk refuses: no message is taken.
    Failed,
}

impl SpoolState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Empty => "empty",
            Self::Filling => "filling",
            Self::Draining => "draining",
            Self::Full => "full",
            Self::Failed => "failed",
        }
    }

    /// Whether messages cannot be taken because of it.
    pub const fn is_stuck(self) -> bool {
        matches!(self, Self::Full | Self::Failed)
    }
}

/// How much waits in the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpoolDepth {
    pub entries: u64,
    pub bytes: u64,
    /// Receipt of the oldest message that waits.
    pub oldest: Option<Timestamp>,
}

/// A copy of the spool's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpoolStatus {
    pub state: SpoolState,
    /// When it came to that state.
    pub since: Timestamp,
    pub depth: SpoolDepth,
    /// What it may hold.
    pub max_bytes: u64,
    /// How long until it is empty, at the rate of the last seconds; `None` while it does not shrink.
    pub drain_estimate: Option<Duration>,
    /// The last refusal, also after it has passed.
    pub last_error: Option<Arc<str>>,
}

/// Where the spool's writer and reader report.
#[derive(Debug)]
pub struct SpoolBoard {
    clock: Clock,
    figures: Mutex<Figures>,
}

#[derive(Debug)]
struct Figures {
    status: SpoolStatus,
    /// The depth at some moment of the last seconds, from which the rate is taken.
    mark: (Timestamp, u64),
    /// When anything last left it.
    drained_at: Timestamp,
}

/// Draining without anything leaving for so long is not draining.
const STALLED_AFTER: Duration = Duration::from_secs(10);
/// Over how long the rate of draining is measured.
const RATE_OVER: Duration = Duration::from_secs(2);

impl SpoolBoard {
    pub(super) fn new(clock: Clock) -> Self {
        let now = clock.now();
        let status = SpoolStatus {
            state: SpoolState::Closed,
            since: now,
            depth: SpoolDepth::default(),
            max_bytes: 0,
            drain_estimate: None,
            last_error: None,
        };
        Self { clock, figures: Mutex::new(Figures { status, mark: (now, 0), drained_at: now }) }
    }

    /// It is open, with what an earlier run left in it.
    pub fn opened(&self, depth: SpoolDepth, max_bytes: u64) {
        whole(self.figures.lock()).status.max_bytes = max_bytes;
        self.set(|| depth, |_| SpoolState::Draining);
    }

    /// Messages were written to it.
    ///
    /// The depth is asked for under the board's lock, here and below: what is shown last is what is so.
    pub fn filled(&self, depth: impl FnOnce() -> SpoolDepth) {
        self.set(depth, |state| {
            // While it drains too, new messages behind the old ones are no news.
            if state == SpoolState::Draining { SpoolState::Draining } else { SpoolState::Filling }
        });
    }

    /// The database took what waited longest.
    pub fn drained(&self, depth: impl FnOnce() -> SpoolDepth) {
        whole(self.figures.lock()).drained_at = self.clock.now();
        self.set(depth, |_| SpoolState::Draining);
    }

    /// Whether something waits in it and the database does not take it.
    pub fn is_held_up(&self) -> bool {
        let figures = whole(self.figures.lock());
        let silent_ms = self.clock.now().millis_since(figures.drained_at.max(figures.status.since));
        match figures.status.state {
            SpoolState::Filling => true,
            SpoolState::Draining => u128::try_from(silent_ms).is_ok_and(|ms| ms > STALLED_AFTER.as_millis()),
            _ => false,
        }
    }

    /// The database does not take what waits.
    pub fn held_up(&self) {
        let mut figures = whole(self.figures.lock());
        if figures.status.state == SpoolState::Draining && figures.status.depth.entries > 0 {
            let now = self.clock.now();
            figures.enter(SpoolState::Filling, now);
        }
    }

    /// It could not take messages, because it is full or because the disk refused.
    pub fn refused(&self, state: SpoolState, error: &str) {
        let now = self.clock.now();
        let mut figures = whole(self.figures.lock());
        figures.enter(state, now);
        figures.status.last_error = Some(error.into());
    }

    pub fn state(&self) -> SpoolState {
        whole(self.figures.lock()).status.state
    }

    pub fn status(&self) -> SpoolStatus {
        whole(self.figures.lock()).status.clone()
    }

    fn set(&self, depth: impl FnOnce() -> SpoolDepth, state: impl FnOnce(SpoolState) -> SpoolState) {
        let now = self.clock.now();
        let mut figures = whole(self.figures.lock());
        let (depth, state) = (depth(), state(figures.status.state));
        figures.enter(if depth.entries == 0 { SpoolState::Empty } else { state }, now);
        figures.status.depth = depth;
        figures.estimate(now);
    }
}

impl Figures {
    fn enter(&mut self, state: SpoolState, now: Timestamp) {
        if self.status.state != state {
            self.status.state = state;
            self.status.since = now;
        }
    }

    fn estimate(&mut self, now: Timestamp) {
        let left = self.status.depth.entries;
        let elapsed_ms = u64::try_from(now.millis_since(self.mark.0)).unwrap_or(0);
        if left == 0 {
            self.status.drain_estimate = None;
            self.mark = (now, 0);
        } else if u128::from(elapsed_ms) >= RATE_OVER.as_millis() {
            let gone = self.mark.1.checked_sub(left).filter(|gone| *gone > 0);
            self.status.drain_estimate =
                gone.map(|gone| Duration::from_millis(left.saturating_mul(elapsed_ms) / gone));
            self.mark = (now, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(entries: u64) -> SpoolDepth {
        SpoolDepth { entries, bytes: 400 * entries, oldest: Some(Timestamp::from_millis(5)) }
    }

    #[test]
    fn tells_filling_from_draining_and_how_long_it_takes() {
        let clock = Clock::manual(Timestamp::from_millis(1_000_000));
        let board = SpoolBoard::new(clock.clone());
        let state = || (board.state().as_str(), board.status().drain_estimate);
        assert_eq!(state(), ("closed", None));
        board.opened(depth(0), 1_000);
        assert_eq!(state(), ("empty", None));
        board.filled(|| depth(1_000));
        clock.set(clock.now().plus(Duration::from_secs(2)));
        board.filled(|| depth(5_000));
        assert_eq!(state(), ("filling", None));
        board.drained(|| depth(5_000));
        clock.set(clock.now().plus(Duration::from_secs(2)));
        board.drained(|| depth(3_000));
        assert_eq!(state(), ("draining", Some(Duration::from_secs(3))));
        board.filled(|| depth(3_100));
        assert_eq!(state().0, "draining");
        assert!(!board.is_held_up());
        clock.set(clock.now().plus(STALLED_AFTER + Duration::from_secs(1)));
        assert!(board.is_held_up(), "nothing has left it for long");
        board.held_up();
        assert_eq!(state().0, "filling");
        board.refused(SpoolState::Full, "no room");
        assert!(board.state().is_stuck());
        board.drained(|| depth(0));
        assert_eq!(state(), ("empty", None));
        assert_eq!(board.status().last_error.as_deref(), Some("no room"));
    }
}
