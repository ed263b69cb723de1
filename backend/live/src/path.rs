//! The names by which entries are found.

use vigia_model::Identifier;

/// A PLC: unique within its plant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlcPath {
    pub tenant: Identifier,
    /// The plant's code.
    pub site: Identifier,
    pub plc: Identifier,
}

/// A gateway, with the province its plant lies in.
///
/// The province is a label: gateways are told apart by tenant, plant and thing name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GatewayPath {
    pub tenant: Identifier,
    pub province: Identifier,
    /// The plant's code.
    pub site: Identifier,
    /// The thing name.
    pub gateway: Identifier,
}

/// What a gateway is found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct GatewayKey {
    pub(crate) tenant: Identifier,
    pub(crate) site: Identifier,
    pub(crate) gateway: Identifier,
}

impl From<&GatewayPath> for GatewayKey {
    fn from(path: &GatewayPath) -> Self {
        Self { tenant: path.tenant.clone(), site: path.site.clone(), gateway: path.gateway.clone() }
    }
}
