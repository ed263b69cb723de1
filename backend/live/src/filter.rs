//! What a subscription wants to see of what it may see.

use crate::path::{GatewayPath, PlcPath};
use vigia_model::{Identifier, Pattern};

/// Which part of a scope is wanted; every field must match. `None` matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub tenant: Option<Pattern>,
    pub site: Option<Pattern>,
    pub plc: Option<Pattern>,
    pub metric: Option<Pattern>,
}

impl Filter {
    /// Matches everything.
    pub fn any() -> Self {
        Self::default()
    }

    pub(crate) fn matches_plc(&self, path: &PlcPath) -> bool {
        fits(self.tenant.as_ref(), &path.tenant)
            && fits(self.site.as_ref(), &path.site)
            && fits(self.plc.as_ref(), &path.plc)
    }

    /// A gateway belongs to a plant, so PLC and metric do not narrow it: who watches one PLC also learns that the
    /// plant's link is down.
    pub(crate) fn matches_gateway(&self, path: &GatewayPath) -> bool {
        fits(self.tenant.as_ref(), &path.tenant) && fits(self.site.as_ref(), &path.site)
    }

    pub(crate) fn matches_metric(&self, metric: &Identifier) -> bool {
        fits(self.metric.as_ref(), metric)
    }

    pub(crate) fn takes_every_metric(&self) -> bool {
        self.metric.as_ref().is_none_or(Pattern::is_any)
    }
}

fn fits(pattern: Option<&Pattern>, name: &Identifier) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(name.as_str()))
}
