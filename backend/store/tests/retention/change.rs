//! When what is kept for how long was changed last.

use super::*;

#[tokio::test]
async fn a_change_of_rules_or_days_is_noted() {
    let db = Database::start().await;
    let changed = async |setting| db.store.retention_changed_at(setting).await.unwrap();
    let forever = changed(Retention::default()).await;
    assert!(forever < at(0), "the first days are no change");
    assert_eq!(changed(Retention::default()).await, forever);
    let shorter = changed(days(Some(3), None)).await;
    assert!(shorter > at(JANUARY));
    assert_eq!(changed(days(Some(3), None)).await, shorter);
    assert!(changed(days(None, Some(3))).await > shorter);

    let forget = || db.query("update retention set changed_at = '0001-01-01 00:00+00'");
    let values = "('r', 1, '*', '*', '*', '*', '*', '*', 'raw', 2)";
    for change in [
        &format!(
            "insert into persist_rules (name, priority, tenant, province, plant, gateway_id, plc_id, metric_id, mode, raw_retention_days)
             values {values}"
        ),
        "update persist_rules set raw_retention_days = 1",
        "delete from persist_rules",
        "truncate persist_rules",
    ] {
        forget();
        db.query(change);
        assert!(changed(days(None, Some(3))).await > at(JANUARY), "{change}");
    }
}
