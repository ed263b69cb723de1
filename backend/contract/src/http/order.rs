//! `?order=` of lists that follow time.

use schemars::JsonSchema;
use std::str::FromStr;

/// In which order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema)]
pub enum Order {
    /// Newest first.
    #[schemars(rename = "desc")]
    #[default]
    Descending,
    /// Oldest first.
    #[schemars(rename = "asc")]
    Ascending,
}

impl FromStr for Order {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "desc" => Ok(Self::Descending),
            "asc" => Ok(Self::Ascending),
            _ => Err("is neither asc nor desc"),
        }
    }
}
