//! The last warnings and errors of the log, for people who have no shell.

use crate::whole;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use vigia_model::Timestamp;

/// How many are remembered: two screens of them.
const KEPT: usize = 50;
/// The longest text of one, in bytes; a statement that failed may be longer than anybody reads.
const MAX_BYTES: usize = 2_000;

/// Something that went wrong, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedError {
    /// Of the last one, when several alike came.
    pub at: Timestamp,
    /// `WARN` or `ERROR`.
    pub level: &'static str,
    /// The module that said it.
    pub target: Arc<str>,
    pub message: Arc<str>,
    /// How many of the same came one after the other.
    pub times: u64,
}

/// The last of them, the newest last.
#[derive(Debug, Default)]
pub struct ErrorBoard(Mutex<VecDeque<LoggedError>>);

impl ErrorBoard {
    /// Remembers one.
    pub fn note(&self, at: Timestamp, level: &'static str, target: &str, message: &str) {
        let message = cut(message);
        let mut errors = whole(self.0.lock());
        if let Some(last) = errors.back_mut()
            && (last.level, &*last.target, &*last.message) == (level, target, message)
        {
            last.at = at;
            last.times += 1;
            return;
        }
        if errors.len() == KEPT {
            errors.pop_front();
        }
        errors.push_back(LoggedError { at, level, target: target.into(), message: message.into(), times: 1 });
    }

    /// The newest first.
    pub fn recent(&self) -> Vec<LoggedError> {
        whole(self.0.lock()).iter().rev().cloned().collect()
    }
}

/// At most so much of a text, whole letters.
fn cut(text: &str) -> &str {
    let end = (0..=MAX_BYTES.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept_and_what_repeats_is_counted() {
        let board = ErrorBoard::default();
        let at = Timestamp::from_millis;
        for number in 0..60 {
            board.note(at(number), "WARN", "t", &format!("nº {number}"));
        }
        board.note(at(60), "WARN", "t", "nº 59");
        board.note(at(61), "ERROR", "t", &"ñ".repeat(3_000));
        let recent = board.recent();
        assert_eq!(recent.len(), KEPT);
        assert_eq!((recent[0].level, recent[0].message.len()), ("ERROR", MAX_BYTES));
        assert_eq!((&*recent[1].message, recent[1].times, recent[1].at), ("nº 59", 2, at(60)));
        assert_eq!(&*recent.last().unwrap().message, "nº 11");
    }
}
