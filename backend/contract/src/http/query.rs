//! Query parameters: how one is read, whatever the route.

use serde::de::{Deserialize, Deserializer, Error as _};
use std::fmt::Display;
use std::str::FromStr;

/// Reads a parameter; an empty one (`?tenant=`) is as good as none.
///
/// # Errors
/// When the text is not what the field's type reads.
pub fn optional<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    match String::deserialize(deserializer)?.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(D::Error::custom),
    }
}
