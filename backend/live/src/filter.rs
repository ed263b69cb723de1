//! What a subscription wants to see of what it may see.

use crate::path::{GatewayPath, PlcPath};
use vigia_model::{Alarm, Identifier, Pattern};

/// Which part of a scope is wanted; every field must match. `None` matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub tenant: Option<Pattern>,
    pub site: Option<Pattern>,
    pub plc: Option<Pattern>,
    pub metric: Option<Pattern>,
    pub kinds: Kinds,
}

/// What of a part of the scope is wanted. Who only looks after alarms need not be told every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    pub telemetry: bool,
    pub gateways: bool,
    pub alarms: bool,
}

impl Default for Kinds {
    /// All.
    fn default() -> Self {
        Self { telemetry: true, gateways: true, alarms: true }
    }
}

impl Filter {
    /// Matches everything.
    pub fn any() -> Self {
        Self::default()
    }

    pub(crate) fn matches_plc(&self, path: &PlcPath) -> bool {
        self.kinds.telemetry
            && fits(self.tenant.as_ref(), path.tenant.as_str())
            && fits(self.site.as_ref(), path.site.as_str())
            && fits(self.plc.as_ref(), path.plc.as_str())
    }

    /// A gateway belongs to a plant, so PLC and metric do not narrow it: who watches one PLC also learns that the
    /// plant's link is down.
    pub(crate) fn matches_gateway(&self, path: &GatewayPath) -> bool {
        self.kinds.gateways
            && fits(self.tenant.as_ref(), path.tenant.as_str())
            && fits(self.site.as_ref(), path.site.as_str())
    }

    /// A metric narrows only alarms that are about one: what concerns the whole PLC concerns whoever watches any of it.
    pub(crate) fn matches_alarm(&self, alarm: &Alarm) -> bool {
        self.kinds.alarms
            && fits(self.tenant.as_ref(), &alarm.tenant)
            && fits(self.site.as_ref(), &alarm.site)
            && fits(self.plc.as_ref(), &alarm.plc)
            && alarm.metric.as_deref().is_none_or(|metric| fits(self.metric.as_ref(), metric))
    }

    pub(crate) fn matches_metric(&self, metric: &Identifier) -> bool {
        fits(self.metric.as_ref(), metric.as_str())
    }

    pub(crate) fn takes_every_metric(&self) -> bool {
        self.metric.as_ref().is_none_or(Pattern::is_any)
    }
}

fn fits(pattern: Option<&Pattern>, name: &str) -> bool {
    pattern.is_none_or(|pattern| pattern.matches(name))
}
