//! The rows as one table.

use crate::measure::Row;

const COLUMNS: [&str; 9] =
    ["signal", "pace", "codec", "B/sample", "in a table", "target", "met", "encode ns", "decode ns"];
/// The first so many are words.
const WORDS: usize = 3;

/// Prints it on standard output.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "encode and decode are nanoseconds a sample; decoding gives times and floats, of texts whole samples"
    );
    println!("\"in a table\" is what Postgres itself says: rows, TOAST and their indexes");
    println!();
    let rows: Vec<[String; 9]> =
        std::iter::once(COLUMNS.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in &rows {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let gap = " ".repeat(width(column) - cell.chars().count());
            if column < WORDS { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

fn cells(row: &Row) -> [String; 9] {
    let met = row.target.map(|target| if row.bytes_in_a_table <= target { "yes" } else { "NO" });
    [
        row.signal.to_owned(),
        row.pace.to_owned(),
        row.codec.name().to_owned(),
        format!("{:.2}", row.bytes),
        format!("{:.2}", row.bytes_in_a_table),
        row.target.map(|target| format!("≤ {target}")).unwrap_or_default(),
        met.unwrap_or_default().to_owned(),
        format!("{:.1}", row.encode_ns),
        format!("{:.1}", row.decode_ns),
    ]
}
