//! Expand, then contract: a migration that takes something away, or narrows it, says which release stopped using it.

use std::fs;
use std::path::Path;

/// The newest that landed before the rule; they are never edited.
const GRANDFATHERED: &str = "0014";
/// What the release before may still be using.
const NARROWS: [&str; 8] = [
    "drop table",
    "drop column",
    "drop view",
    "drop function",
    "drop default",
    "rename ",
    "set not null",
    "set data type",
];
const SAYS_SO: &str = "-- contract:";

/// The statements that narrow something, without a comment right before them that names the release.
fn unsaid(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in sql.split(';') {
        let says_so = statement.lines().any(|line| {
            line.trim().strip_prefix(SAYS_SO).is_some_and(|said| said.contains(|c: char| c.is_ascii_digit()))
        });
        let bare: Vec<&str> = statement.lines().map(|line| line.split("--").next().unwrap_or(line)).collect();
        let bare = bare.join(" ").to_lowercase();
        let alters = bare.trim_start().starts_with("alter ") || bare.trim_start().starts_with("drop ");
        let retypes = bare.contains("alter column") && bare.contains(" type ");
        let narrows = retypes || NARROWS.iter().any(|word| bare.contains(word));
        if alters && narrows && !says_so {
            found.push(bare.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

#[test]
fn what_a_migration_takes_away_the_release_before_has_stopped_using() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut seen = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|end| end == "sql") {
            seen += 1;
            let found = unsaid(&fs::read_to_string(&path).unwrap());
            assert!(
                found.is_empty() || &*name < GRANDFATHERED || name.starts_with(GRANDFATHERED),
                "{name} takes something away without `{SAYS_SO} <release that stopped using it>`: {found:?}"
            );
        }
    }
    assert!(seen >= 14);
}

#[test]
fn the_rule_finds_what_it_is_for() {
    for bad in [
        "alter table a drop column b;",
        "create table x (id int);\nalter table a\n    add column c int,\n    drop column b;",
        "ALTER TABLE a RENAME COLUMN b TO c;",
        "alter table a alter column b type bigint;",
        "alter table a alter column b set not null;",
        "drop table a;",
        "-- contract: some day\ndrop table a;",
        "-- contract: 0.2.0 does not read it\ndrop table a; drop table b;",
    ] {
        assert_eq!(unsaid(bad).len(), 1, "{bad}");
    }
    for good in [
        "alter table a add column type text;",
        "-- contract: 0.2.0 does not read it any more\nalter table a drop column b;",
        "create table a (id int); -- not: drop table a\n",
        "create function f() returns trigger language plpgsql as $$ begin return null; end $$;",
    ] {
        assert!(unsaid(good).is_empty(), "{good}");
    }
}
