//! Samples counted into buckets of time, series by series.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use vigia_model::{SeriesId, Sum, Timestamp};
use vigia_pack::{Block, Malformed, Point};

/// What a chart knows of the samples of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cell {
    /// How many samples there are. Good texts count here only if all samples were looked at.
    pub count: i64,
    /// Those that are good and numeric or bool: what the figures are over.
    pub numbers: i64,
    /// Those that are not good, of any type.
    pub non_good: i64,
    /// The least and the greatest number.
    pub extent: Option<(f64, f64)>,
    pub sum: Sum,
}

impl Cell {
    pub(super) const fn of(
        count: i64,
        numbers: i64,
        non_good: i64,
        extent: Option<(f64, f64)>,
        sum: f64,
    ) -> Self {
        Self { count, numbers, non_good, extent, sum: Sum::of(sum) }
    }

    /// The mean of the numbers.
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a mean is a float, counts are far below 2^53"
    )]
    pub fn mean(&self) -> Option<f64> {
        (self.numbers > 0).then(|| self.sum.total() / self.numbers as f64)
    }

    fn show(&mut self, point: Point) {
        self.count += 1;
        match point {
            Point::Number(number) => {
                let (min, max) = self.extent.unwrap_or((number, number));
                self.extent = Some((min.min(number), max.max(number)));
                self.numbers += 1;
                self.sum.add(number);
            }
            Point::NotGood => self.non_good += 1,
            Point::Other => {}
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.numbers += other.numbers;
        self.non_good += other.non_good;
        self.extent = match (self.extent, other.extent) {
            (Some((min, max)), Some((lower, higher))) => Some((min.min(lower), max.max(higher))),
            (one, other) => one.or(other),
        };
        self.sum.add(other.sum.total());
    }

    /// Samples that both hourly rows and packed ones count.
    const fn known(&self) -> i64 {
        self.numbers + self.non_good
    }
}

/// A row of cells for each series.
#[derive(Debug)]
pub(super) struct Cells {
    /// Where the cells begin, and where the last one ends.
    edges: Arc<[Timestamp]>,
    series: HashMap<SeriesId, Vec<Cell>>,
}

impl Cells {
    pub(super) fn new(series: &[i32], edges: &Arc<[Timestamp]>) -> Self {
        let row = vec![Cell::default(); edges.len().saturating_sub(1)];
        let series = series.iter().map(|series| (SeriesId(*series), row.clone())).collect();
        Self { edges: Arc::clone(edges), series }
    }

    /// From the first edge to the last.
    pub(super) fn span(&self) -> Range<Timestamp> {
        let (first, last) = (self.edges.first(), self.edges.last());
        first.copied().unwrap_or_default()..last.copied().unwrap_or_default()
    }

    /// Adds what is known of the samples of a time, all of which lie in the cell in which it begins.
    pub(super) fn add(&mut self, series: SeriesId, start: Timestamp, known: &Cell) {
        if let Some(cell) = self.cell(series, start) {
            cell.add(known);
        }
    }

    pub(super) fn show(&mut self, series: SeriesId, ts: Timestamp, point: Point) {
        if let Some(cell) = self.cell(series, ts) {
            cell.show(point);
        }
    }

    /// Counts the samples of a block, which are in order.
    pub(super) fn add_block(&mut self, series: SeriesId, block: &Block<'_>) -> Result<(), Malformed> {
        let Some(cells) = self.series.get_mut(&series) else { return Ok(()) };
        let edges = &self.edges;
        // The cell of the sample before, and where it ends.
        let mut current: Range<Timestamp> = Timestamp::default()..Timestamp::default();
        let mut place = 0;
        block.points(|ts, point| {
            if !current.contains(&ts) {
                place = edges.partition_point(|edge| *edge <= ts);
                let edge = |place: usize| edges.get(place).copied();
                let Some((start, end)) = place.checked_sub(1).and_then(edge).zip(edge(place)) else { return };
                current = start..end;
            }
            if let Some(cell) = place.checked_sub(1).and_then(|place| cells.get_mut(place)) {
                cell.show(point);
            }
        })
    }

    /// The span from first to last, of every series.
    pub(super) fn whole_spans(&self) -> Vec<(SeriesId, Range<Timestamp>)> {
        self.series.keys().map(|series| (*series, self.span())).collect()
    }

    /// The spans of each series in which nothing is known, and perhaps some of what lies between them if they were too many.
    pub(super) fn empty_spans(&self) -> Vec<(SeriesId, Range<Timestamp>)> {
        let of_series = |(series, cells): (&SeriesId, &Vec<Cell>)| {
            let bounds = self.edges.iter().zip(self.edges.iter().skip(1));
            let empty = bounds.zip(cells).filter(|(_, cell)| cell.count == 0);
            let spans = super::spans::joined(empty.map(|((start, end), _)| *start..*end));
            let series = *series;
            spans.into_iter().map(move |span| (series, span))
        };
        self.series.iter().flat_map(of_series).collect()
    }

    /// Hour by hour ours, or if there is nothing, what `hours` knows of it; and whether any is of those.
    pub(super) fn filled_by(self, mut hours: Self) -> HashMap<SeriesId, (bool, Vec<Cell>)> {
        let edges = Arc::clone(&self.edges);
        let fill = |(series, mut ours): (SeriesId, Vec<Cell>)| {
            let theirs = hours.series.remove(&series).unwrap_or_default();
            let mut is_filled = false;
            let known = theirs.iter().zip(edges.iter()).enumerate().filter(|(_, (cell, _))| cell.count > 0);
            for (place, (cell, start)) in known {
                let end = edges.partition_point(|edge| edge.hour() <= start.hour()).min(ours.len());
                let of_hour = ours.get_mut(place..end).unwrap_or_default();
                if of_hour.iter().all(|cell| cell.count == 0)
                    && let Some(first) = of_hour.first_mut()
                {
                    *first = *cell;
                    is_filled = true;
                }
            }
            (series, (is_filled, ours))
        };
        self.series.into_iter().map(fill).collect()
    }

    /// Cell by cell ours, or theirs if they know of more samples; and whether any is ours.
    pub(super) fn better(self, mut theirs: Self) -> HashMap<SeriesId, (bool, Vec<Cell>)> {
        let choose = |(series, ours): (SeriesId, Vec<Cell>)| {
            let theirs = theirs.series.remove(&series).unwrap_or_default();
            let mut is_ours = false;
            let cells = ours.into_iter().zip(theirs).map(|(ours, theirs)| {
                let take_ours = ours.count > 0 && ours.known() >= theirs.known();
                is_ours |= take_ours;
                if take_ours { ours } else { theirs }
            });
            let cells = cells.collect();
            (series, (is_ours, cells))
        };
        self.series.into_iter().map(choose).collect()
    }

    fn cell(&mut self, series: SeriesId, ts: Timestamp) -> Option<&mut Cell> {
        let place = self.edges.partition_point(|edge| *edge <= ts).checked_sub(1)?;
        self.series.get_mut(&series)?.get_mut(place)
    }
}
