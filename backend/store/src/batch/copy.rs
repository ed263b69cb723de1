//! `COPY` in Postgres's binary format: half of what an `INSERT` of the same rows costs the server. It takes no row that
//! is there already.

use super::SampleRow;
use crate::convert::{ValueColumns, data_type_letter, quality_letter};
use sqlx::PgConnection;
use vigia_model::Timestamp;

const COPY: &str = "
    copy samples
        (ts, received_at, value, int_value, series_id, gateway_num, unit_id, data_type, quality, in_history, in_hourly, text_value)
    from stdin (format binary)";
const COLUMNS: i16 = 12;
/// What a file of this format begins with: a signature, no flags, no extension.
const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: i16 = -1;
/// Postgres counts from 2000: 946 684 800 s after Unix time.
const EPOCH_MS: i64 = 946_684_800_000;
/// The most bytes of a row without its text.
const ROW_BYTES: usize = 2 + 12 * 4 + 3 * 8 + 3 * 4 + 4;

/// Fewer rows than this are no faster this way.
pub(super) const WORTH_IT: usize = 50;

/// Copies the rows in; a unique violation if one of them is there already.
pub(super) async fn copy<'a>(
    tx: &mut PgConnection,
    rows: impl Iterator<Item = &'a SampleRow>,
    count: usize,
) -> Result<(), sqlx::Error> {
    let mut bytes = Vec::with_capacity(HEADER.len() + count * ROW_BYTES + 2);
    bytes.extend_from_slice(HEADER);
    for row in rows {
        write(&mut bytes, row);
    }
    bytes.extend_from_slice(&TRAILER.to_be_bytes());
    let mut copy = tx.copy_in_raw(COPY).await?;
    copy.send(bytes).await?;
    copy.finish().await?;
    Ok(())
}

fn write(out: &mut Vec<u8>, row: &SampleRow) {
    let sample = &row.sample;
    out.extend_from_slice(&COLUMNS.to_be_bytes());
    field(out, &micros(sample.ts).to_be_bytes());
    field(out, &micros(row.received_at).to_be_bytes());
    let (float, int, text) = ValueColumns::of(sample.value.as_ref());
    optional(out, float.map(f64::to_be_bytes));
    optional(out, int.map(i64::to_be_bytes));
    field(out, &row.series.0.to_be_bytes());
    field(out, &row.gateway_num.to_be_bytes());
    optional(out, row.unit_id.map(i32::to_be_bytes));
    field(out, &data_type_letter(sample.data_type).to_be_bytes());
    field(out, &quality_letter(sample.quality).to_be_bytes());
    field(out, &[u8::from(row.mode.in_history())]);
    field(out, &[u8::from(row.mode.in_hourly())]);
    optional(out, text.map(str::as_bytes));
}

fn micros(ts: Timestamp) -> i64 {
    ts.as_millis().saturating_sub(EPOCH_MS).saturating_mul(1_000)
}

fn optional(out: &mut Vec<u8>, value: Option<impl AsRef<[u8]>>) {
    match value {
        Some(value) => field(out, value.as_ref()),
        None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
    }
}

fn field(out: &mut Vec<u8>, value: &[u8]) {
    let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
}
