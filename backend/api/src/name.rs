//! What people call things: shown, and never part of an address.

/// The most characters a name has.
const MOST_CHARS: usize = 200;

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
