//! Examples of bodies, for the API's description. A test of the API holds them against what is read and written.

use serde_json::{Value, json};

const ID: &str = "0b6f5d0e-6a3c-4f6e-9d4e-3c1f0a9b7e21";
const TIME: &str = "2025-01-08T18:00:00.000Z";

pub(super) fn login_body() -> Value {
    json!({ "email": "ana@example.com", "password": "mate amargo a las 5" })
}

pub(super) fn login() -> Value {
    json!({ "token": "vgs_7Yk…", "expiresAt": "2025-02-07T18:00:00.000Z", "user": me() })
}

pub(super) fn me() -> Value {
    json!({
        "email": "ana@example.com",
        "name": "Ana",
        "admin": false,
        "tenants": [{ "tenant": "granix", "role": "viewer" }],
        "expiresAt": "2025-02-07T18:00:00.000Z",
    })
}

pub(super) fn password_body() -> Value {
    json!({ "currentPassword": "mate amargo a las 5", "newPassword": "otra clave, bien larga" })
}

pub(super) fn linked_password_body() -> Value {
    json!({ "token": "vgl_…", "newPassword": "otra clave, bien larga" })
}

pub(super) fn user_body() -> Value {
    json!({ "email": "ana@example.com", "name": "Ana", "tenants": [{ "tenant": "granix", "role": "operator" }] })
}

pub(super) fn api_key_body() -> Value {
    json!({ "name": "Reports", "tenant": "granix", "role": "viewer", "expiresAt": "2099-01-01T00:00:00.000Z" })
}

pub(super) fn tenant_body() -> Value {
    json!({ "tenant": "granix", "name": "Granix S.A." })
}

pub(super) fn tenant_edit() -> Value {
    json!({ "version": 1, "name": "Granix S.A." })
}

pub(super) fn plant_body() -> Value {
    json!({
        "tenant": "granix", "site": "planta-1", "province": "ba", "name": "Planta Norte",
        "timeZone": "America/Argentina/Buenos_Aires",
    })
}

pub(super) fn plant_edit() -> Value {
    json!({ "version": 1, "name": "Planta Norte", "timeZone": "America/Argentina/Buenos_Aires" })
}

pub(super) fn gateway_body() -> Value {
    json!({ "tenant": "granix", "site": "planta-1", "gatewayId": "granix-ba-gw-01", "name": "Sala de tableros" })
}

pub(super) fn gateway_edit() -> Value {
    json!({ "version": 1, "site": "planta-2", "name": "Sala de tableros" })
}

pub(super) fn plc_edit() -> Value {
    json!({ "version": 1, "name": "Horno 3" })
}

pub(super) fn alarm() -> Value {
    json!({
        "id": ID, "tenant": "granix", "site": "planta-1", "plcId": "plc-03", "plcName": "Dryer", "metricId": "temp_head",
        "ts": TIME,
        "type": "high_limit", "message": "temp_head is above 90", "severity": "high", "acknowledged": false,
        "acknowledgedAt": null, "acknowledgedBy": null, "comment": null, "createdAt": TIME, "changedAt": TIME,
        "version": 1,
    })
}

pub(super) fn acknowledge_body() -> Value {
    json!({ "comment": "on my way" })
}

pub(super) fn acknowledge_many_body() -> Value {
    json!({ "ids": [ID], "comment": "on my way" })
}

pub(super) fn rule_body() -> Value {
    json!({ "name": "temperatures", "priority": 100, "metricId": "temp_*", "mode": "both" })
}

pub(super) fn rule() -> Value {
    json!({
        "id": ID, "version": 1, "name": "temperatures", "enabled": true, "priority": 100, "tenant": "*",
        "province": "*", "plant": "*", "gatewayId": "*", "plcId": "*", "metricId": "temp_*", "mode": "both",
        "rawRetentionDays": 90, "hourlyRetentionDays": null, "createdAt": TIME,
    })
}

pub(super) fn plc() -> Value {
    json!({
        "id": ID, "version": 1, "tenant": "granix", "site": "planta-1", "plcId": "plc-03", "name": null, "lastTs": TIME,
    })
}

pub(super) fn plc_state() -> Value {
    json!({
        "tenant": "granix", "site": "planta-1", "plcId": "plc-03", "lastTs": TIME,
        "values": {
            "temp_head": { "value": 83.2, "ts": TIME, "quality": "GOOD", "unit": "celsius", "dataType": "float" },
        },
    })
}

pub(super) fn telemetry_page() -> Value {
    json!({
        "resolution": "raw",
        "items": [{
            "ts": TIME, "metricId": "temp_head", "value": 83.2, "quality": "GOOD", "unit": "celsius",
            "dataType": "float",
        }],
        "nextCursor": null,
    })
}

pub(super) fn telemetry_columns() -> Value {
    json!({
        "resolution": "buckets", "layout": "columns", "method": "minMaxAvg", "bucketSeconds": 3600.0,
        "timeZone": "America/Argentina/Buenos_Aires", "from": TIME, "to": "2025-01-08T20:00:00.000Z", "samples": 7200,
        "columns": [{
            "metricId": "temp_head", "unit": "celsius", "source": "samples", "times": [1_736_359_200_000_i64, 1_736_362_800_000_i64],
            "min": [81.0, 80.5], "max": [84.1, 85.0], "avg": [82.7, 82.9], "count": [3600, 3600], "nonGood": [0, 0],
        }],
    })
}

pub(super) fn rejection() -> Value {
    json!({
        "id": "42", "receivedAt": TIME, "topic": "factory/granix/ba/planta-1/gateway/granix-ba-gw-01/telemetry",
        "reason": "topic_mismatch", "detail": "plant is x, topic says planta-1", "sampleIndex": null,
        "payload": "{…}", "payloadEncoding": "utf-8", "status": "open",
        "replay": {
            "state": "done", "outcome": "rejected_again", "requestedBy": "ana@example.com", "requestedAt": null,
            "replayedAt": TIME,
        },
    })
}

fn widget() -> Value {
    json!({
        "widgetKey": "head", "type": "value", "label": "Head", "metricId": "temp_head", "unit": "celsius",
        "dataType": "float", "layout": { "x": 0, "y": 0, "w": 2, "h": 1 }, "options": { "decimals": 1 },
    })
}

pub(super) fn dashboard_body() -> Value {
    json!({ "version": 3, "name": "Oven 3", "iconUrl": "/icons/oven.svg", "widgets": [widget()] })
}

pub(super) fn widget_body() -> Value {
    json!({ "version": 3, "type": "bar", "label": "Level", "metricId": "level", "unit": "%", "dataType": "float" })
}

pub(super) fn reorder_body() -> Value {
    json!({ "order": [ID], "version": 3 })
}

pub(super) fn restore_body() -> Value {
    json!({ "version": 3 })
}

pub(super) fn duplicate_body() -> Value {
    json!({ "plcId": ID })
}

pub(super) fn import_body() -> Value {
    json!({ "format": "vigia.dashboard", "formatVersion": 1, "name": "Oven 3", "widgets": [widget()] })
}

pub(super) fn rejection_detail() -> Value {
    let mut example = rejection();
    let more = json!({
        "gateway": {
            "tenant": "granix", "province": "ba", "site": "planta-1", "gatewayId": "granix-ba-gw-01",
            "boundTo": { "tenant": "granix", "site": "planta-1" },
        },
        "sample": null, "others": [], "othersTotal": 0,
    });
    if let (Value::Object(example), Value::Object(more)) = (&mut example, more) {
        example.extend(more);
    }
    example
}

pub(super) fn replay_body() -> Value {
    json!({ "reason": "not_provisioned", "topic": "factory/granix/*", "limit": 10_000 })
}
