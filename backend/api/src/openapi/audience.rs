//! Who may use a route, read from the table that a test walks.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../../docs/authorization.md");
const CALLERS: [&str; 6] = ["nobody", "viewer", "operator", "tenant_admin", "admin", "key"];

/// By method and path, what each caller may.
static ROWS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(route, cells)| (route, cells.trim_end_matches('|').split('|').map(str::trim).collect()))
        .collect()
});

/// A sentence such as "viewer, operator: own tenants; admin: all", for the reader of a route.
pub(super) fn of(method: &str, path: &str) -> Option<String> {
    let cells = ROWS.get(format!("{} {path}", method.to_ascii_uppercase()).as_str())?;
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (caller, cell) in CALLERS.into_iter().zip(cells) {
        let Some(rights) = rights(cell) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == rights) {
            Some((_, callers)) => callers.push(caller),
            None => groups.push((rights, vec![caller])),
        }
    }
    let sentences: Vec<_> =
        groups.iter().map(|(rights, callers)| format!("{}: {rights}", callers.join(", "))).collect();
    Some(sentences.join("; "))
}

fn rights(cell: &str) -> Option<&'static str> {
    match cell {
        "own" => Some("what belongs to the own tenants"),
        "self" => Some("the own account"),
        "all" => Some("everything"),
        _ => None,
    }
}
