//! The fastest second of late: a broker that throws away what is above its limit looks at seconds, and an average over
//! minutes hides them.

use std::array::from_fn;
use vigia_model::Timestamp;

/// The fastest second of each of the last sixty spans of time.
#[derive(Debug)]
struct Spans {
    millis: i64,
    /// Which span, counted since 1970, and the most messages of a second in it.
    spans: [(i64, u32); 60],
}

impl Spans {
    fn new(millis: i64) -> Self {
        Self { millis, spans: from_fn(|_| (i64::MIN, 0)) }
    }

    fn note(&mut self, now: Timestamp, rate: u32) {
        let span = self.span(now);
        let place = usize::try_from(span.rem_euclid(60)).ok().and_then(|at| self.spans.get_mut(at));
        let Some(place) = place else { return };
        *place = if place.0 == span { (span, place.1.max(rate)) } else { (span, rate) };
    }

    /// The most in the last sixty of them, the present one included.
    fn most(&self, now: Timestamp) -> u32 {
        let last = self.span(now);
        // By a clock that is put back what was noted ahead of it counts no more.
        let late = self.spans.iter().filter(|(span, _)| (last - 59..=last).contains(span));
        late.map(|(_, rate)| *rate).max().unwrap_or(0)
    }

    fn span(&self, at: Timestamp) -> i64 {
        at.as_millis().div_euclid(self.millis)
    }
}

/// The fastest seconds of the last minute and of the last hour.
#[derive(Debug)]
pub(super) struct Peaks {
    minute: Spans,
    hour: Spans,
}

impl Peaks {
    pub(super) fn new() -> Self {
        Self { minute: Spans::new(1_000), hour: Spans::new(60_000) }
    }

    /// So many messages came in the second just passed.
    pub(super) fn note(&mut self, now: Timestamp, rate: u32) {
        self.minute.note(now, rate);
        self.hour.note(now, rate);
    }

    pub(super) fn of_minute(&self, now: Timestamp) -> u32 {
        self.minute.most(now)
    }

    pub(super) fn of_hour(&self, now: Timestamp) -> u32 {
        self.hour.most(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_forgotten_after_a_minute_and_after_an_hour() {
        let at = |seconds: i64| Timestamp::from_millis(1_736_359_200_000 + seconds * 1_000);
        let mut peaks = Peaks::new();
        assert_eq!((peaks.of_minute(at(0)), peaks.of_hour(at(0))), (0, 0));
        for second in 0..200 {
            peaks.note(at(second), if second == 100 { 95 } else { 20 });
            let expected = if (100..160).contains(&second) { 95 } else { 20 };
            assert_eq!(peaks.of_minute(at(second)), expected, "{second}");
        }
        assert_eq!((peaks.of_minute(at(199)), peaks.of_hour(at(199))), (20, 95));
        // Nothing came since: nobody noted a second.
        assert_eq!((peaks.of_minute(at(3_000)), peaks.of_hour(at(3_000))), (0, 95));
        assert_eq!(peaks.of_hour(at(100 + 3_600 + 60)), 20, "the fast second is over, the slow ones are not");
        peaks.note(at(10_000), 7);
        assert_eq!((peaks.of_minute(at(10_000)), peaks.of_hour(at(10_000))), (7, 7));
    }
}
