//! Where a table keeps what.

use crate::error::{Error, Result};
use std::fs::File;
use std::path::Path;

/// Where in a row to find what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) time: usize,
    pub(super) plc: usize,
    pub(super) metric: usize,
    pub(super) value: usize,
    pub(super) unit: Option<usize>,
    pub(super) quality: Option<usize>,
}

/// Opens the file and finds its columns.
pub(super) fn open(path: &Path) -> Result<(csv::Reader<File>, Columns)> {
    let fault = |source| Error::Table { path: path.to_owned(), source };
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_path(path).map_err(fault)?;
    let header = rows.headers().map_err(fault)?;
    let find = |name: &str| {
        header
            .iter()
            .position(|column| column.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
    };
    let need = |name: &str| {
        find(name).ok_or_else(|| Error::TableRow {
            path: path.to_owned(),
            line: 1,
            problem: format!("there is no column {name}"),
        })
    };
    let columns = Columns {
        time: need("time")?,
        plc: need("plc")?,
        metric: need("metric")?,
        value: need("value")?,
        unit: find("unit"),
        quality: find("quality"),
    };
    Ok((rows, columns))
}
