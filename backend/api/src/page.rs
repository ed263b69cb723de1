//! Paging: limits, and cursors that say nothing to their holder.

use crate::error::ApiError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vigia_store::order::TimeOrder;

/// How many items a page of a list has unless the client says otherwise, and at most.
pub(crate) const LIST_LIMIT: Limit = Limit { default: 100, max: 1_000 };

/// The bounds of `?limit=`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) default: u32,
    pub(crate) max: u32,
}

impl Limit {
    /// The page size asked for.
    pub(crate) fn read(self, asked: Option<u32>) -> Result<u32, ApiError> {
        match asked {
            None => Ok(self.default),
            Some(limit) if (1..=self.max).contains(&limit) => Ok(limit),
            Some(_) => Err(ApiError::InvalidQuery(format!("limit lies between 1 and {}", self.max))),
        }
    }
}

/// Writes the place after which the next page begins. `list` keeps cursors of different lists apart.
pub(crate) fn write_cursor(list: &str, place: &[&str]) -> String {
    let mut text = list.to_owned();
    for part in place {
        text.push('\n');
        text.push_str(part);
    }
    URL_SAFE_NO_PAD.encode(text)
}

/// Reads a cursor of `list` with `N` parts.
pub(crate) fn read_cursor<const N: usize>(list: &str, cursor: &str) -> Result<[String; N], ApiError> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| ApiError::InvalidCursor)?;
    let text = String::from_utf8(bytes).map_err(|_| ApiError::InvalidCursor)?;
    if text.contains('\0') {
        return Err(ApiError::InvalidCursor); // text the database would not take
    }
    let mut parts = text.split('\n').map(str::to_owned);
    if parts.next().as_deref() != Some(list) {
        return Err(ApiError::InvalidCursor);
    }
    parts.collect::<Vec<_>>().try_into().map_err(|_| ApiError::InvalidCursor)
}

/// A cursor of a list that follows the numbers of its rows, up or down.
pub(crate) fn write_id(list: &str, order: TimeOrder, id: i64) -> String {
    write_cursor(list, &[word(order), &id.to_string()])
}

/// Reads it; one of the other order is refused.
pub(crate) fn read_id(list: &str, order: TimeOrder, cursor: &str) -> Result<i64, ApiError> {
    let [written, id] = read_cursor(list, cursor)?;
    if written != word(order) {
        return Err(ApiError::InvalidCursor);
    }
    number(&id)
}

const fn word(order: TimeOrder) -> &'static str {
    match order {
        TimeOrder::NewestFirst => "desc",
        TimeOrder::OldestFirst => "asc",
    }
}

/// Reads a part of a cursor that is a number.
pub(crate) fn number<T: std::str::FromStr>(part: &str) -> Result<T, ApiError> {
    part.parse().map_err(|_| ApiError::InvalidCursor)
}

/// Of `limit + 1` items fetched the last only shows that there is another page: cuts it off, and says whether it was
/// there.
pub(crate) fn cut<T>(items: &mut Vec<T>, limit: u32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    more
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cursors_come_back_and_only_to_their_list() {
        let cursor = write_cursor("plcs", &["granix", "planta-1", "plc-03"]);
        assert_eq!(read_cursor::<3>("plcs", &cursor).unwrap(), ["granix", "planta-1", "plc-03"]);
        assert!(read_cursor::<3>("gateways", &cursor).is_err());
        assert!(read_cursor::<2>("plcs", &cursor).is_err());
        for bad in ["", "!", "AAAA", &URL_SAFE_NO_PAD.encode("plcs\na\0\nb\nc")] {
            assert!(read_cursor::<3>("plcs", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_are_held() {
        assert_eq!(LIST_LIMIT.read(None).unwrap(), 100);
        assert_eq!(LIST_LIMIT.read(Some(1_000)).unwrap(), 1_000);
        assert!(LIST_LIMIT.read(Some(0)).is_err());
        assert!(LIST_LIMIT.read(Some(1_001)).is_err());
    }

    proptest! {
        #[test]
        fn no_cursor_panics(text in ".*") {
            drop(read_cursor::<2>("x", &text));
        }
    }
}
