//! The telemetry topic: `factory/{tenant}/{province}/{plant}/gateway/{thingName}/telemetry`.

/// The filter a backend subscribes to unless told otherwise.
pub const TELEMETRY_FILTER: &str = "factory/+/+/+/gateway/+/telemetry";

/// The four names of a telemetry topic, not yet checked as identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TelemetryTopic<'a> {
    pub tenant: &'a str,
    pub province: &'a str,
    pub plant: &'a str,
    pub gateway: &'a str,
}

impl<'a> TelemetryTopic<'a> {
    /// Splits a topic; `None` when it has another form.
    pub fn parse(topic: &'a str) -> Option<Self> {
        let mut levels = topic.split('/');
        let mut next = || levels.next();
        let parsed = match (next()?, next()?, next()?, next()?, next()?, next()?, next()?) {
            ("factory", tenant, province, plant, "gateway", gateway, "telemetry") => {
                Self { tenant, province, plant, gateway }
            }
            _ => return None,
        };
        levels.next().is_none().then_some(parsed)
    }
}

impl std::fmt::Display for TelemetryTopic<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tenant, province, plant, gateway } = self;
        write!(f, "factory/{tenant}/{province}/{plant}/gateway/{gateway}/telemetry")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_and_joins() {
        let topic = "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry";
        let parsed = TelemetryTopic::parse(topic).unwrap();
        assert_eq!((parsed.tenant, parsed.plant, parsed.gateway), ("granix", "planta-1", "granix-ba-gw-01"));
        assert_eq!(parsed.to_string(), topic);
    }

    #[test]
    fn refuses_other_forms() {
        for topic in [
            "",
            "factory/a/b/c/gateway/d",
            "factory/a/b/c/gateway/d/telemetry/x",
            "x/a/b/c/gateway/d/telemetry",
        ] {
            assert_eq!(TelemetryTopic::parse(topic), None, "{topic}");
        }
    }
}
