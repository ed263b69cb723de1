//! What the stages share, and how one is run and told.

use crate::args::Args;
use crate::aws::Aws;
use crate::load::Load;
use crate::project::Project;
use crate::web::Web;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::time::Duration;

/// How long a container may take to become healthy: it starts, and its check runs every ten seconds, or thirty.
pub(crate) const HEALTHY_WITHIN: Duration = Duration::from_mins(3);
/// How long it may take until all that was published is stored.
pub(crate) const STORED_WITHIN: Duration = Duration::from_mins(2);
/// The name of the project under test.
pub(crate) const PROJECT: &str = "vigia-deploy-test";

/// An installation under test.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) args: Args,
    pub(crate) project: Project,
    pub(crate) aws: Aws,
    pub(crate) ports: (u16, u16),
    /// The session of an internal admin.
    pub(crate) token: Option<String>,
    pub(crate) ledger: PathBuf,
    /// Each load has another stream of values.
    pub(crate) seed: u64,
    pub(crate) commit: String,
    /// Who signed the certificate of the page, once somebody has.
    pub(crate) authority: Option<PathBuf>,
}

impl Bench {
    /// The way in. Nginx makes a certificate of its own whenever it starts, as long as it has none of an authority.
    pub(crate) fn web(&self) -> Result<Web> {
        match &self.authority {
            Some(root) => Ok(Web::signed_by(self.ports, root.clone())),
            None => Web::as_shown(self.ports, self.args.scratch.join("web.pem")),
        }
    }

    pub(crate) fn token(&self) -> Result<&str> {
        self.token.as_deref().context("nobody has logged in yet")
    }

    /// Gateways begin to publish.
    pub(crate) fn load(&mut self, count: Option<u64>) -> Result<Load> {
        self.seed += 1;
        Load::start(&self.args.root, self.aws.fleet()?, &self.ledger, self.seed, count)
    }

    /// What is stored must be what was published; how many samples that is.
    pub(crate) async fn compared(&self) -> Result<u64> {
        let url = self.project.database_url()?;
        Ok(crate::load::compare(&self.ledger, &url, STORED_WITHIN).await?.stored)
    }
}
