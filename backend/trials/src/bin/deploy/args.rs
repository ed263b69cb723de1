//! The command line.

use clap::Parser;
use std::path::PathBuf;

/// Brings an installation up from the Compose file, tries it, and takes it down.
#[derive(Debug, Clone, Parser)]
#[command(name = "deploy", about)]
pub(crate) struct Args {
    /// The repository
    #[arg(long, value_name = "DIR")]
    pub(crate) root: PathBuf,
    /// Where everything is written
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: PathBuf,
    /// Only these stages, comma-separated, and what they stand on
    #[arg(long, value_delimiter = ',', value_name = "STAGE")]
    pub(crate) only: Vec<String>,
    /// Images that cannot be had here: services that would run them are left out
    #[arg(long, value_delimiter = ',', value_name = "IMAGE")]
    pub(crate) without: Vec<String>,
    /// Build nothing: the images of an earlier run, which kept them, are tried
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Leave it running at the end
    #[arg(long)]
    pub(crate) keep: bool,
    /// Leave the built images for the next time
    #[arg(long)]
    pub(crate) keep_images: bool,
}
