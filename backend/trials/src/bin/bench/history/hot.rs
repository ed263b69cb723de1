//! Samples that are not packed: one a second of every series, copied in in the order in which they would have come.

use super::signal::Signal;
use super::stock::{SECOND_MS, SERIES, kind};
use anyhow::Result;
use sqlx::PgConnection;
use std::fmt::Write;
use std::time::Duration;
use vigia_model::{Timestamp, Value};
use vigia_store::Store;
use vigia_store::partition::{KnownPartitions, Parted};

const COPY: &str = "
    copy samples
        (ts, received_at, value, int_value, series_id, gateway_num, unit_id, data_type, quality, in_history, in_hourly)
    from stdin";
/// So many seconds go in one transaction.
const AT_ONCE: i64 = 60;

/// Fills so many seconds; how many samples that is.
pub(super) async fn fill(
    database: &mut PgConnection,
    store: &Store,
    from: Timestamp,
    seconds: i64,
) -> Result<u64> {
    let mut known = KnownPartitions::default();
    let until = from.plus(Duration::from_secs(u64::try_from(seconds)?));
    let months = known.missing(Parted::Samples, [from, until]);
    store.ensure_partitions(&mut known, &months).await?;
    let mut signals: Vec<(i32, Signal)> =
        (1..=SERIES).map(|series| (series, Signal::new(kind(series), series))).collect();
    let mut second = 0;
    let mut text = String::new();
    while second < seconds {
        text.clear();
        for _ in 0..AT_ONCE.min(seconds - second) {
            let due = Timestamp::from_millis(from.as_millis() + second * SECOND_MS);
            for (series, signal) in &mut signals {
                line(&mut text, *series, signal, due)?;
            }
            second += 1;
        }
        let mut copy = database.copy_in_raw(COPY).await?;
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
    }
    Ok(u64::try_from(seconds)? * u64::try_from(SERIES)?)
}

fn line(text: &mut String, series: i32, signal: &mut Signal, due: Timestamp) -> Result<()> {
    for kept in signal.samples(due, SECOND_MS, 1) {
        let at = chrono::DateTime::from_timestamp_millis(kept.ts.as_millis()).unwrap_or_default();
        let at = at.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        write!(text, "{at}\t{at}\t")?;
        match kept.reading.and_then(|reading| reading.value) {
            Some(Value::Float(float)) => writeln!(text, "{float}\t\\N\t{series}\t1\t1\tf\tG\tt\tt")?,
            Some(Value::Int(int)) => writeln!(text, "\\N\t{int}\t{series}\t1\t1\ti\tG\tt\tt")?,
            Some(Value::Bool(flag)) => {
                writeln!(text, "\\N\t{}\t{series}\t1\t1\tb\tG\tt\tt", u8::from(flag))?;
            }
            Some(Value::Text(_)) | None => {}
        }
    }
    Ok(())
}
