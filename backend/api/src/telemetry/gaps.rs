//! Gaps: where nothing came for much longer than usual, a chart is not to draw a line.

use vigia_model::Timestamp;

/// A gap is so many times as long as nine of ten distances are, or longer.
const MUCH_LONGER: i64 = 3;

/// Points in order of time, and between them, as `None`, the middles of gaps.
pub(super) fn marked<T>(points: Vec<T>, time: impl Fn(&T) -> Timestamp) -> Vec<(Timestamp, Option<T>)> {
    let distances =
        points.iter().zip(points.iter().skip(1)).map(|(one, next)| time(next).millis_since(time(one)));
    let usual = usual(distances.collect());
    let mut marked: Vec<(Timestamp, Option<T>)> = Vec::with_capacity(points.len());
    for point in points {
        let at = time(&point);
        if let Some((before, _)) = marked.last() {
            let distance = at.millis_since(*before);
            if usual.is_some_and(|usual| distance > usual.saturating_mul(MUCH_LONGER)) {
                let middle = Timestamp::from_millis(before.as_millis() + distance / 2);
                marked.push((middle, None));
            }
        }
        marked.push((at, Some(point)));
    }
    marked
}

/// What nine of ten distances do not exceed; of few points nothing is usual.
fn usual(mut distances: Vec<i64>) -> Option<i64> {
    let place = distances.len().checked_sub(2)? * 9 / 10;
    let (_, usual, _) = distances.select_nth_unstable(place);
    Some(*usual)
}

/// Points with their times.
pub(super) trait Spaced {
    /// In milliseconds since 1970.
    fn times(&self) -> Vec<i64>;
}

impl<T> Spaced for Vec<(Timestamp, T)> {
    fn times(&self) -> Vec<i64> {
        self.iter().map(|(at, _)| at.as_millis()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [i64; 0] = [];

    fn marks(times: &[i64]) -> Vec<i64> {
        let points = times.iter().copied().map(Timestamp::from_millis).collect();
        marked(points, |at| *at)
            .into_iter()
            .filter(|(_, point)| point.is_none())
            .map(|(at, _)| at.as_millis())
            .collect()
    }

    #[test]
    fn a_gap_is_much_longer_than_usual() {
        assert_eq!(marks(&[0, 10, 20, 30, 40, 70]), NONE);
        assert_eq!(marks(&[0, 10, 20, 30, 40, 71]), [55]);
        assert_eq!(marks(&[0, 10, 20, 90, 100, 110, 200, 210]), [55, 155]);
    }

    #[test]
    fn of_few_points_nothing_is_known() {
        assert_eq!(marks(&[]), NONE);
        assert_eq!(marks(&[5]), NONE);
        assert_eq!(marks(&[5, 90_000]), NONE);
        assert_eq!(marks(&[0, 10, 90_000]), [45_005]);
    }

    #[test]
    fn who_sends_on_change_has_no_usual_distance_to_speak_of() {
        assert_eq!(marks(&[0, 5, 500, 900, 1_000, 2_000, 2_100, 3_400]), NONE);
    }
}
