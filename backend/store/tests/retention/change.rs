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
    // Times are whole milliseconds.
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(changed(days(None, Some(3))).await > shorter);

    // Of a database that has history, and knows of no days yet.
    db.query("update retention set days = null, changed_at = '0001-01-01 00:00+00'");
    assert!(changed(days(None, Some(3))).await < at(0), "there is none");
    db.commit(&[row(1, 1, JANUARY)]).await;
    db.query("update retention set days = null");
    assert!(changed(days(None, Some(3))).await > at(JANUARY));
    db.query("update retention set changed_at = now() + interval '1 year'");
    assert_eq!(db.one("select changed_at > now() from retention"), "t");
    let now = db.one("select (extract(epoch from now()) * 1000)::bigint").parse::<i64>().unwrap();
    assert!(changed(days(None, Some(3))).await < at(now + DAY), "a clock was ahead");

    let forget = || db.query("update retention set changed_at = '0001-01-01 00:00+00'");
    db.query("insert into plants (tenant_id, code, province) select id, 'other', 'ba' from tenants");
    let values = "('r', 1, '*', '*', '*', '*', '*', '*', 'raw', 2)";
    for change in [
        "update gateways set plant_id = (select id from plants where code = 'other') where gateway_id = 'g1'",
        "delete from gateways where gateway_id = 'g2'",
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
    forget();
    db.query("update gateways set plant_id = plant_id");
    assert!(changed(days(None, Some(3))).await < at(0), "it stayed where it was");
}
