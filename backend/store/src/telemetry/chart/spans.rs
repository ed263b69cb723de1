//! Spans of time: hours within buckets, and gaps.

use super::Cell;
use std::iter;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use vigia_model::Timestamp;

const HOUR: Duration = Duration::from_hours(1);
/// So many spans of one series are asked for at once.
const MOST_SPANS: usize = 64;

/// Whether every bucket begins and ends with a UTC hour.
pub(super) fn are_whole_hours(edges: &[Timestamp]) -> bool {
    edges.iter().all(|edge| edge.hour() == *edge)
}

/// The hours of buckets of whole hours, as edges.
pub(super) fn hours(edges: &[Timestamp]) -> Arc<[Timestamp]> {
    let (first, last) =
        (edges.first().copied().unwrap_or_default(), edges.last().copied().unwrap_or_default());
    iter::successors(Some(first), |hour| Some(hour.plus(HOUR))).take_while(|hour| *hour <= last).collect()
}

/// The edges, and every UTC hour between them.
pub(super) fn with_hours(edges: &[Timestamp]) -> Arc<[Timestamp]> {
    let (first, last) =
        (edges.first().copied().unwrap_or_default(), edges.last().copied().unwrap_or_default());
    let hours = iter::successors(Some(first.hour().plus(HOUR)), |hour| Some(hour.plus(HOUR)));
    let mut grid: Vec<Timestamp> =
        edges.iter().copied().chain(hours.take_while(|hour| *hour < last)).collect();
    grid.sort_unstable();
    grid.dedup();
    grid.into()
}

/// Puts cells of a finer grid into buckets.
pub(super) fn regroup(cells: &[Cell], grid: &[Timestamp], edges: &[Timestamp]) -> Vec<Cell> {
    let mut of_grid = grid.iter().zip(cells).peekable();
    let bucket = |end: &Timestamp| {
        let mut bucket = Cell::default();
        while let Some((_, cell)) = of_grid.next_if(|(start, _)| *start < end) {
            bucket.add(cell);
        }
        bucket
    };
    edges.iter().skip(1).map(bucket).collect()
}

/// Spans in order, those that touch made one; if they are too many, those that nearly touch too.
pub(super) fn joined(spans: impl Iterator<Item = Range<Timestamp>>) -> Vec<Range<Timestamp>> {
    let mut joined = join(spans, 0);
    let mut near: i64 = 3_600_000;
    while joined.len() > MOST_SPANS {
        joined = join(joined.into_iter(), near);
        near = near.saturating_mul(4);
    }
    joined
}

fn join(spans: impl Iterator<Item = Range<Timestamp>>, near: i64) -> Vec<Range<Timestamp>> {
    let mut joined: Vec<Range<Timestamp>> = Vec::new();
    for span in spans {
        match joined.last_mut().filter(|last| span.start.millis_since(last.end) <= near) {
            Some(last) => last.end = span.end,
            None => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> Range<Timestamp> {
        Timestamp::from_millis(start)..Timestamp::from_millis(end)
    }

    #[test]
    fn spans_that_touch_are_one() {
        assert_eq!(joined([span(0, 5), span(5, 9), span(10, 11)].into_iter()), [span(0, 9), span(10, 11)]);
        assert_eq!(joined(iter::empty()), []);
    }

    #[test]
    fn too_many_spans_are_joined_and_none_is_lost() {
        let hour = 3_600_000;
        let spans: Vec<_> = (0..500).map(|n| span(3 * n * hour, (3 * n + 1) * hour)).collect();
        let joined = joined(spans.iter().cloned());
        assert!(joined.len() <= MOST_SPANS);
        assert!(
            spans
                .iter()
                .all(|span| joined.iter().any(|wide| wide.start <= span.start && span.end <= wide.end))
        );
    }
}
