//! What people call things: shown, and never part of an address; and how they look for them.

use crate::error::ApiError;

/// The most characters a name has.
const MOST_CHARS: usize = 200;
/// As many as an address has, by which people sign.
const MOST_OF_A_PART: usize = 254;

/// A name as somebody typed it, without the spaces around it; `None` when nothing is left.
///
/// # Errors
/// What a name is, for people.
pub(crate) fn display_name(text: Option<&str>) -> Result<Option<&str>, &'static str> {
    let name = text.map(str::trim).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > MOST_CHARS || name.chars().any(char::is_control)) {
        return Err("a name has up to 200 characters, in one line");
    }
    Ok(name)
}

/// A part of a name that somebody looks for, as `like` takes it between two `%`; case does not matter.
pub(crate) fn search(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.chars().count() > MOST_CHARS || text.chars().any(char::is_control) {
        return Err(ApiError::InvalidQuery(
            "search: is up to 200 characters of a name, in one line".to_owned(),
        ));
    }
    Ok(Some(escaped(text)))
}

/// A part of what a parameter narrows a list to, likewise; there is none that is empty.
pub(crate) fn part(parameter: &str, text: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    if text.is_empty() || text.chars().count() > MOST_OF_A_PART || text.chars().any(char::is_control) {
        return Err(ApiError::InvalidQuery(format!(
            "{parameter}: is 1 to {MOST_OF_A_PART} characters, in one line"
        )));
    }
    Ok(Some(escaped(text)))
}

fn escaped(text: &str) -> String {
    text.to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}
