//! `vigia storage`: what history takes on disk, what a day adds, and how long the room will do.

use crate::config::Config;
use crate::database::connect;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::HashMap;
use vigia_contract::http::UtcTime;
use vigia_ingest::IngestSettings;
use vigia_model::{Clock, Days, Retention, RuleSet, SeriesId, Timestamp};
use vigia_store::retention::Beginning;
use vigia_store::storage::{Growth, Held, TableSize, days_left};
use vigia_store::{Store, StoreError};

/// Series that are named.
const MOST_SERIES: usize = 10;
/// From so many rows on a table tells what a row takes.
const ENOUGH_ROWS: i64 = 10_000;

/// What there is to say.
struct Report {
    taken: i64,
    on_disk: i64,
    max: Option<i64>,
    days_left: Option<i64>,
    retention: Retention,
    beginning: Beginning,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
    oldest_hour: Option<Timestamp>,
    tables: Vec<TableSize>,
    growth: Growth,
    names: HashMap<SeriesId, String>,
}

/// Reads the books of the database; as a table for people, or as JSON.
///
/// # Errors
/// When the database is not there, or was never migrated.
pub(crate) async fn report(config: &Config, as_json: bool) -> anyhow::Result<String> {
    let store = connect(&config.database).await?;
    let report = read(&store, config, Clock::System.now()).await?;
    store.close().await;
    Ok(if as_json { format!("{:#}", report.json()) } else { report.text() })
}

/// How long the room will do.
pub(crate) struct Outlook {
    pub(crate) taken: i64,
    pub(crate) on_disk: i64,
    pub(crate) days_left: Option<i64>,
    pub(crate) growth: Growth,
    oldest_hour: Option<Timestamp>,
}

/// Reckons how long the room will do.
///
/// # Errors
/// When the database fails, or was never migrated.
pub(crate) async fn outlook(
    store: &Store,
    settings: &IngestSettings,
    now: Timestamp,
) -> Result<Outlook, StoreError> {
    let in_use = store.storage_use().await?;
    let taken = in_use.taken();
    let partitions = store.raw_partitions().await?;
    let oldest_hour = store.oldest_hour().await?;
    let growth = store.growth(now).await?;
    let rules = RuleSet::new(store.rules().await?, settings.default_mode);
    let kept = store.kept_for(&rules, settings.retention).await?;
    let held = Held { partitions: &partitions, hourly_bytes: in_use.hourly, oldest_hour };
    let max = settings.storage_max_bytes;
    let days_left = max.and_then(|max| days_left(taken, max, &growth, &kept, &held, now));
    Ok(Outlook { taken, on_disk: in_use.bytes, days_left, growth, oldest_hour })
}

async fn read(store: &Store, config: &Config, now: Timestamp) -> anyhow::Result<Report> {
    let (max, retention) = (config.ingest.storage_max_bytes, config.ingest.retention);
    let Outlook { taken, on_disk, days_left, growth, oldest_hour } =
        outlook(store, &config.ingest, now).await?;
    let beginning = store.beginning().await?;
    let largest: Vec<SeriesId> = growth.series.iter().take(MOST_SERIES).map(|it| it.series).collect();
    Ok(Report {
        taken,
        on_disk,
        max,
        days_left,
        retention,
        beginning,
        oldest: store.oldest_sample().await?,
        newest: store.newest_sample().await?,
        oldest_hour,
        tables: store.table_sizes().await?,
        names: store.series_names(&largest).await?,
        growth,
    })
}

impl Report {
    /// What a row of `samples` takes; `None` as long as there are too few to tell.
    fn bytes_per_hot_sample(&self) -> Option<f64> {
        let samples = self.tables.iter().find(|table| table.name == "samples")?;
        (samples.rows >= ENOUGH_ROWS).then(|| float(samples.bytes) / float(samples.rows))
    }

    fn bytes_per_packed_sample(&self) -> Option<f64> {
        self.growth.bytes_per_sample().filter(|_| self.growth.is_packed)
    }

    fn bytes_per_day(&self) -> f64 {
        self.growth.raw_bytes() + self.growth.hourly_bytes()
    }

    /// Tenants with what they add in a day and which part of all that is, the one that adds most first.
    fn tenants(&self) -> Vec<(String, f64, f64)> {
        let all = self.bytes_per_day().max(1.0);
        let mut tenants: Vec<_> =
            self.growth.tenants().into_iter().map(|(tenant, bytes)| (tenant, bytes, bytes / all)).collect();
        tenants.sort_by_key(|(tenant, bytes, _)| (Reverse(whole(*bytes)), tenant.clone()));
        tenants
    }

    fn largest(&self) -> impl Iterator<Item = (&str, f64, f64)> {
        self.growth.series.iter().take(MOST_SERIES).map(|it| {
            let name = self.names.get(&it.series).map_or("", String::as_str);
            (name, it.samples, it.bytes())
        })
    }

    fn json(&self) -> Value {
        let days = |days: Option<Days>| days.map(Days::get);
        json!({
            "bytes": self.taken,
            "bytesOnDisk": self.on_disk,
            "maxBytes": self.max,
            "bytesPerDay": whole(self.bytes_per_day()),
            "daysLeft": self.days_left,
            "bytesPerSampleHot": self.bytes_per_hot_sample(),
            "bytesPerSamplePacked": self.bytes_per_packed_sample(),
            "rawRetentionDays": days(self.retention.raw),
            "hourlyRetentionDays": days(self.retention.hourly),
            "rawOldest": self.oldest.map(date),
            "rawNewest": self.newest.map(date),
            "hourlyOldest": self.oldest_hour.map(date),
            "rawDroppedBefore": self.beginning.raw_dropped_before().map(date),
            "hourlyDroppedBefore": self.beginning.hourly_dropped_before().map(date),
            "reckonedFrom": date(self.growth.day),
            "tables": self.tables.iter()
                .map(|table| json!({ "name": table.name, "bytes": table.bytes, "rows": table.rows }))
                .collect::<Vec<_>>(),
            "tenants": self.tenants().into_iter()
                .map(|(tenant, bytes, share)| json!({ "tenant": tenant, "bytesPerDay": whole(bytes), "share": share }))
                .collect::<Vec<_>>(),
            "series": self.largest()
                .map(|(name, samples, bytes)| {
                    json!({ "series": name, "samplesPerDay": whole(samples), "bytesPerDay": whole(bytes) })
                })
                .collect::<Vec<_>>(),
        })
    }

    fn text(&self) -> String {
        let line = |name: &str, said: String| format!("{name:<14}{said}");
        let budget = match self.max {
            None => "; no limit (STORAGE_MAX_BYTES)".to_owned(),
            Some(max) => {
                let percent = self.taken.saturating_mul(100) / max;
                format!(" of {} ({percent} %)", bytes(float(max)))
            }
        };
        let left = match (self.max, self.days_left) {
            (None, _) => String::new(),
            (Some(_), None) => "; at this rate the room always does".to_owned(),
            (Some(_), Some(days)) => format!("; {days} days left"),
        };
        let each = |weight: Option<f64>, how: &str| {
            weight.map_or_else(String::new, |weight| format!("; {weight:.1} bytes each {how}"))
        };
        let from = |oldest: Option<Timestamp>| {
            oldest.map_or_else(|| "none".to_owned(), |oldest| format!("from {}", date(oldest)))
        };
        let to = |newest: Timestamp| format!(" to {}", date(newest));
        let newest = self.newest.filter(|_| self.oldest.is_some()).map_or_else(String::new, to);
        let (samples, hours) = (from(self.oldest) + &newest, from(self.oldest_hour));
        let (hot, packed) = (self.bytes_per_hot_sample(), self.bytes_per_packed_sample());
        let (hot, packed) = (each(hot, "as they come"), each(packed, "packed"));
        let (raw_days, hourly_days) = (kept(self.retention.raw), kept(self.retention.hourly));
        let added = bytes(self.bytes_per_day());
        let head = [
            line("database", bytes(float(self.taken)) + &budget),
            line("a day adds", format!("{added}, as {} did{left}", date(self.growth.day))),
            line("samples", format!("{samples}; kept {raw_days}{hot}{packed}")),
            line("hourly rows", format!("{hours}; kept {hourly_days}")),
        ];
        let tables = self
            .tables
            .iter()
            .map(|table| [table.name.clone(), bytes(float(table.bytes)), table.rows.to_string()]);
        let tenants = self
            .tenants()
            .into_iter()
            .map(|(tenant, added, share)| [tenant, bytes(added), format!("{:.1} %", share * 100.0)]);
        let series = self
            .largest()
            .map(|(name, samples, added)| [name.to_owned(), bytes(added), whole(samples).to_string()]);
        let parts = [
            head.join("\n"),
            columns(["table", "size", "rows, about"], tables),
            columns(["tenant", "a day adds", "share"], tenants),
            columns(["series that add most", "a day adds", "samples a day"], series),
        ];
        parts.join("\n\n")
    }
}

/// Names to the left, figures to the right.
fn columns(head: [&str; 3], rows: impl Iterator<Item = [String; 3]>) -> String {
    let rows: Vec<[String; 3]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let width = |pick: fn(&[String; 3]) -> &String| {
        rows.iter().map(|row| pick(row).chars().count()).max().unwrap_or(0)
    };
    let (first, second, third) = (width(|[it, _, _]| it), width(|[_, it, _]| it), width(|[_, _, it]| it));
    let line =
        |[name, size, number]: &[String; 3]| format!("{name:<first$}  {size:>second$}  {number:>third$}");
    rows.iter().map(line).collect::<Vec<String>>().join("\n")
}

fn kept(days: Option<Days>) -> String {
    days.map_or_else(|| "for ever".to_owned(), |days| format!("{} days", days.get()))
}

/// The UTC day.
fn date(ts: Timestamp) -> String {
    let time = serde_json::to_value(UtcTime::from_millis(ts.as_millis())).unwrap_or_default();
    time.as_str().and_then(|time| time.split('T').next()).unwrap_or_default().to_owned()
}

/// A size as people read it.
pub(crate) fn bytes(number: f64) -> String {
    let mut number = number;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if number < 1_024.0 {
            return if unit == "B" { format!("{number:.0} {unit}") } else { format!("{number:.1} {unit}") };
        }
        number /= 1_024.0;
    }
    format!("{number:.1} TiB")
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "for people")]
pub(crate) fn float(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "an estimate")]
pub(crate) fn whole(number: f64) -> i64 {
    number.round() as i64
}
