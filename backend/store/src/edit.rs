//! What becomes of what people write by hand, whichever the resource.

/// What became of something to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateOutcome<T> {
    Created(T),
    /// There is one of this name.
    Exists,
    /// There is no such place for it in the scope.
    NoPlace,
    /// The tenant has as many as it may have.
    TooMany,
}

/// What became of an edit that named the version it started from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditOutcome<T> {
    Edited(T),
    /// Somebody else was faster; this is how it stands. Nothing was changed.
    Stale(T),
    NotFound,
}

/// What became of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoveOutcome<T> {
    Removed,
    /// The version named is not the present one. Nothing was removed.
    Stale(T),
    /// Something else needs it. Nothing was removed.
    Needed,
    NotFound,
}
