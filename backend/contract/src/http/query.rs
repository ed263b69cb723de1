//! Query parameters: how one is read, whatever the route.

use serde::de::{Deserialize, Deserializer, Error as _};
use std::fmt::Display;
use std::str::FromStr;

/// Reads a parameter that may be left out. An empty one (`?tenant=`) is there, and mostly wrong: a script whose variable
/// is not set must not be answered as if it had asked for everything.
///
/// # Errors
/// When the text is not what the field's type reads.
pub fn optional<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}
