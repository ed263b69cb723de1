//! Time that runs out.

use super::*;
use crate::doctor::finding::Level;

#[tokio::test]
async fn what_was_found_before_the_time_ran_out_is_kept() {
    let mut told = database::Told::default();
    let looking = async {
        told.begin();
        told.findings.push(Finding::ok(Group::Database, "database-version", "PostgreSQL 17"));
        told.done(Group::Storage);
        std::future::pending::<()>().await;
    };
    let late = in_time(looking, Group::Database, Duration::from_millis(20)).await;
    told.cut_short(late);
    let found: Vec<(&str, Group, Level)> =
        told.findings.iter().map(|it| (it.id, it.group, it.level)).collect();
    assert_eq!(
        found,
        [
            ("database-version", Group::Database, Level::Ok),
            ("check-too-slow", Group::Database, Level::Failure),
            ("database", Group::Backup, Level::Skipped),
        ]
    );
    assert!(in_time(async {}, Group::Web, Duration::from_secs(9)).await.is_none());
}
