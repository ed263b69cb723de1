//! `vigia history`: every sample of a span, packed or not, for the terminal and for `\copy … from program`.

use crate::config::Config;
use crate::database::connect;
use anyhow::Context as _;
use clap::Args;
use std::io::{BufWriter, ErrorKind, Write as _};
use uuid::Uuid;
use vigia_api::{CSV_HEADER, write_csv};
use vigia_contract::http::UtcTime;
use vigia_model::{TenantScope, Timestamp};
use vigia_store::Store;

/// Which history.
#[derive(Debug, Clone, Args)]
pub(crate) struct Arguments {
    /// The PLC as `plant/PLC`, such as planta-1/plc-03, or by its uuid.
    #[arg(long)]
    plc: String,
    /// Whose plant it is, where several tenants have one of that name.
    #[arg(long)]
    tenant: Option<String>,
    /// One metric, or several separated by commas; all of the PLC without it.
    #[arg(long, value_delimiter = ',')]
    metric: Option<Vec<String>>,
    /// The first time: 2025-01-08, 2025-01-08T18:00:00Z, or milliseconds since 1970.
    #[arg(long)]
    from: UtcTime,
    /// The time after the last.
    #[arg(long)]
    to: UtcTime,
    /// As CSV with a line of names: the only format so far.
    #[arg(long, required = true)]
    csv: bool,
}

/// Writes the samples to standard output, the oldest first.
///
/// # Errors
/// When there is no such PLC, or the database fails.
pub(crate) async fn history(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let store = connect(&config.database).await?;
    let plc = find(&store, &arguments.plc, arguments.tenant.as_deref()).await?;
    let time = |time: UtcTime| Timestamp::from_millis(time.as_millis());
    let (from, to) = (time(arguments.from), time(arguments.to));
    anyhow::ensure!(from < to, "--from lies before --to");
    let mut export = store.export(TenantScope::All, plc, arguments.metric, from, to);
    let mut out = BufWriter::new(std::io::stdout());
    out.write_all(CSV_HEADER.as_bytes())?;
    loop {
        let samples = export.next().await?;
        if samples.is_empty() {
            break;
        }
        let mut lines = Vec::new();
        write_csv(&mut lines, samples);
        match out.write_all(&lines) {
            // Who reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    match out.flush() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        _ => {}
    }
    store.close().await;
    Ok(())
}

async fn find(store: &Store, plc: &str, tenant: Option<&str>) -> anyhow::Result<Uuid> {
    if let Ok(id) = plc.parse::<Uuid>() {
        return Ok(id);
    }
    let (site, name) = plc.split_once('/').with_context(|| {
        format!("--plc is plant/PLC, such as planta-1/plc-03, or a uuid, and {plc:?} is neither")
    })?;
    let mut found = store.find_plcs(&TenantScope::All, tenant, site, name).await?.into_iter();
    match (found.next(), found.next()) {
        (None, _) => anyhow::bail!("there is no plant {site}"),
        (Some(None), None) => anyhow::bail!("the plant {site} has no PLC {name}"),
        (Some(Some(id)), None) => Ok(id),
        (Some(_), Some(_)) => anyhow::bail!("several tenants have a plant {site}: say which with --tenant"),
    }
}
