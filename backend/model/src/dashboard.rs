//! Dashboards: what a widget shows, where it stands, and which addresses an icon may have.

mod icon;

pub use icon::{IconUrl, InvalidIconUrl};

/// How many columns the grid has.
pub const GRID_COLUMNS: u16 = 12;
/// The lowest row in which a widget may begin.
pub const MAX_ROW: u16 = 10_000;
/// The most rows a widget is high.
pub const MAX_HEIGHT: u16 = 50;
/// The most widgets on a dashboard: some twenty screens of the smallest. Nobody reads more, and each follows live values.
pub const MAX_WIDGETS: usize = 200;

/// What a widget shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WidgetKind {
    Value,
    Bar,
    Gauge,
    Trend,
    Sparkline,
    Lamp,
    /// A word for each value.
    StateText,
    Table,
    AlarmList,
    GatewayStatus,
    CameraSnapshot,
    /// A note or a link.
    Text,
}

impl WidgetKind {
    pub const ALL: [Self; 12] = [
        Self::Value,
        Self::Bar,
        Self::Gauge,
        Self::Trend,
        Self::Sparkline,
        Self::Lamp,
        Self::StateText,
        Self::Table,
        Self::AlarmList,
        Self::GatewayStatus,
        Self::CameraSnapshot,
        Self::Text,
    ];

    /// The wire's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Bar => "bar",
            Self::Gauge => "gauge",
            Self::Trend => "trend",
            Self::Sparkline => "sparkline",
            Self::Lamp => "lamp",
            Self::StateText => "state_text",
            Self::Table => "table",
            Self::AlarmList => "alarm_list",
            Self::GatewayStatus => "gateway_status",
            Self::CameraSnapshot => "camera_snapshot",
            Self::Text => "text",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// Whether it shows exactly one metric, and so must name it.
    pub const fn needs_metric(self) -> bool {
        matches!(self, Self::Value | Self::Bar | Self::Gauge | Self::Sparkline | Self::Lamp | Self::StateText)
    }

    /// Columns and rows below which it cannot be read: its size where nobody says another.
    pub const fn least_size(self) -> (u16, u16) {
        match self {
            Self::Lamp | Self::Text => (1, 1),
            Self::Value | Self::Bar | Self::Gauge | Self::Sparkline | Self::StateText => (2, 1),
            Self::GatewayStatus => (2, 2),
            Self::CameraSnapshot => (3, 3),
            Self::Trend | Self::Table | Self::AlarmList => (4, 3),
        }
    }
}

/// Where a widget stands on the grid, and how large it is. Holding one proves that it lies on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    x: u16,
    y: u16,
    w: u16,
    h: u16,
}

/// Why four numbers are not a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLayout {
    #[error("x + w must not exceed the {GRID_COLUMNS} columns; x begins at 0, w at 1")]
    Columns,
    #[error("y lies between 0 and {MAX_ROW}")]
    Row,
    #[error("h lies between 1 and {MAX_HEIGHT}")]
    Height,
}

impl Layout {
    /// Checks the numbers, as somebody sent them.
    ///
    /// # Errors
    /// The first bound they break.
    pub fn new(x: i64, y: i64, w: i64, h: i64) -> Result<Self, InvalidLayout> {
        let column = |number: i64| u16::try_from(number).ok().filter(|number| *number <= GRID_COLUMNS);
        let (x, w) = column(x).zip(column(w)).ok_or(InvalidLayout::Columns)?;
        if w == 0 || x + w > GRID_COLUMNS {
            return Err(InvalidLayout::Columns);
        }
        let y = u16::try_from(y).ok().filter(|y| *y <= MAX_ROW).ok_or(InvalidLayout::Row)?;
        let h = u16::try_from(h).ok().filter(|h| (1..=MAX_HEIGHT).contains(h));
        Ok(Self { x, y, w, h: h.ok_or(InvalidLayout::Height)? })
    }

    /// The place for a widget of this kind at the left of row `y`; none when the grid ends above it.
    pub fn at_row(kind: WidgetKind, y: u16) -> Option<Self> {
        let (w, h) = kind.least_size();
        (y <= MAX_ROW).then_some(Self { x: 0, y, w, h })
    }

    /// Columns from the left.
    pub const fn x(self) -> u16 {
        self.x
    }

    /// Rows from the top.
    pub const fn y(self) -> u16 {
        self.y
    }

    /// Columns wide.
    pub const fn w(self) -> u16 {
        self.w
    }

    /// Rows high.
    pub const fn h(self) -> u16 {
        self.h
    }

    /// The first row below it.
    pub const fn bottom(self) -> u16 {
        self.y + self.h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_back_and_fit_the_grid() {
        for kind in WidgetKind::ALL {
            assert_eq!(WidgetKind::parse(kind.as_str()), Some(kind));
            let (w, h) = kind.least_size();
            assert!(Layout::new(0, 0, w.into(), h.into()).is_ok());
        }
        assert_eq!(WidgetKind::parse("Value"), None);
    }

    #[test]
    fn the_grid_has_edges() {
        for good in [(0, 0, 12, 50), (11, 10_000, 1, 1), (5, 3, 7, 2)] {
            let layout = Layout::new(good.0, good.1, good.2, good.3).unwrap();
            let read = (layout.x(), layout.y(), layout.w(), layout.h());
            assert_eq!((read.0.into(), read.1.into(), read.2.into(), read.3.into()), good);
        }
        for (x, y, w, h, why) in [
            (0, 0, 13, 1, InvalidLayout::Columns),
            (11, 0, 2, 1, InvalidLayout::Columns),
            (12, 0, 0, 1, InvalidLayout::Columns),
            (-1, 0, 1, 1, InvalidLayout::Columns),
            (i64::MAX, 0, i64::MAX, 1, InvalidLayout::Columns),
            (0, -1, 1, 1, InvalidLayout::Row),
            (0, 10_001, 1, 1, InvalidLayout::Row),
            (0, 0, 1, 0, InvalidLayout::Height),
            (0, 0, 1, 51, InvalidLayout::Height),
        ] {
            assert_eq!(Layout::new(x, y, w, h), Err(why), "{x} {y} {w} {h}");
        }
        assert_eq!(Layout::at_row(WidgetKind::Text, MAX_ROW + 1), None);
    }
}
