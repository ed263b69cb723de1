//! What a release of each version would have written, and what of it today's store must read.

use bytes::Bytes;
use uuid::Uuid;
use vigia_model::{DataType, Days, Mode, Quality, Sample, SeriesId, TenantScope, Timestamp, Value};
use vigia_store::Store;
use vigia_store::batch::{BatchMessage, BatchView, QuarantineLimits, SampleRow};
use vigia_store::order::TimeOrder;
use vigia_store::partition::{KnownPartitions, Parted};
use vigia_store::rejection::{RejectionFilter, RejectionQuery};
use vigia_store::site::PlaceFilter;
use vigia_store::telemetry::HistoryQuery;

/// 2026-02-27T22:00:00Z: three days from here on, over the end of a month.
const T0: i64 = 1_772_229_600_000;
const PLC: &str = "00000000-0000-4000-8000-00000000000c";
const DASHBOARD: &str = "00000000-0000-4000-8000-0000000000d0";
const ALARM: &str = "00000000-0000-4000-8000-0000000000a1";

/// By the version since which there is room for it.
pub(crate) const SEEDS: &[(i64, &str)] = &[
    (
        1,
        "insert into tenants (id, code, name) values
             ('00000000-0000-4000-8000-00000000000a', 'granix', 'Granix SA'),
             ('00000000-0000-4000-8000-0000000000aa', 'molino', null);
         insert into plants (id, tenant_id, code, province, time_zone) values
             ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-00000000000a', 'planta-1', 'ba', 'America/Argentina/Buenos_Aires'),
             ('00000000-0000-4000-8000-0000000000bb', '00000000-0000-4000-8000-0000000000aa', 'planta-1', 'sf', 'UTC');
         insert into gateways (id, tenant_id, plant_id, gateway_id, name) values
             ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b', 'gw-01', 'north hall');
         insert into plcs (id, tenant_id, plant_id, plc_id, name) values
             ('00000000-0000-4000-8000-00000000000c', '00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b', 'plc-03', null);
         insert into series (tenant_id, plant_id, plc_id, metric_id)
             select tenant_id, plant_id, id, metric from plcs, unnest(array['temp', 'state', 'total']) with ordinality m(metric, n) order by n;
         insert into units (unit) values ('celsius');
         insert into gateway_state (gateway_id, last_seen, online_since, clock_skew_ms, state, version)
             values ('00000000-0000-4000-8000-0000000000e1', '2026-02-28 02:00+00', '2026-02-27 22:00+00', -40, 'running', '1.2.3');
         insert into gateway_boots (gateway_id, boot_id, seen, last_received)
             values ('00000000-0000-4000-8000-0000000000e1', 'b1', '{[0,10),[12,20)}', '2026-02-28 02:00+00');
         insert into mqtt_clients (client_id, filters) values ('vigia', '{factory/+/+/+/gateway/+/telemetry}');",
    ),
    (
        2,
        "create table samples_y2026m02 partition of samples for values from ('2026-02-01 00:00+00') to ('2026-03-01 00:00+00');
         create table samples_y2026m03 partition of samples for values from ('2026-03-01 00:00+00') to ('2026-04-01 00:00+00');
         insert into samples (series_id, ts, received_at, gateway_num, unit_id, data_type, quality, value, in_history, in_hourly)
             select 1, t, t + interval '1 second', 1, 1, 'f', 'G', extract(hour from t) + 0.1, true, true
             from generate_series('2026-02-27 22:00+00'::timestamptz, '2026-03-02 21:00+00', interval '10 minutes') t;
         insert into samples (series_id, ts, received_at, gateway_num, data_type, quality, text_value, in_history, in_hourly)
             select 2, t, t, 1, 's', 'U', 'stop ' || extract(day from t), true, false
             from generate_series('2026-02-27 22:00+00'::timestamptz, '2026-03-02 21:00+00', interval '1 day') t;
         insert into samples (series_id, ts, received_at, gateway_num, data_type, quality, int_value, in_history, in_hourly)
             values (3, '2026-02-28 00:00+00', '2026-02-28 00:00+00', 1, 'i', 'G', 9223372036854775807, true, true);
         insert into hourly (series_id, hour, count, sum, sum_error, min, max, first, last, first_ts, last_ts, non_good)
             select 1, date_trunc('hour', ts), count(*), sum(value), 0, min(value), max(value), min(value), max(value), min(ts), max(ts), 0
             from samples where series_id = 1 group by 2;
         insert into series_last (series_id, ts, received_at, value, unit_id, data_type, quality)
             values (1, '2026-03-02 21:00+00', '2026-03-02 21:00:01+00', 21.1, 1, 'f', 'G');",
    ),
    (
        3,
        "insert into persist_rules (id, name, priority, tenant, metric_id, mode)
             values ('00000000-0000-4000-8000-0000000000f1', 'temperatures', 10, 'granix', 'temp*', 'both');
         insert into quarantined_messages (received_at, topic, payload)
             values ('2026-02-28 01:00+00', 'factory/granix/ba/planta-1/gateway/gw-01/telemetry', '\\x7b');
         insert into rejections (message_id, sample_index, reason, detail) select id, null, 'invalid_json', 'it ends early' from quarantined_messages;
         insert into rejection_counts (hour, gateway, reason, total, kept) values ('2026-02-28 01:00+00', 'gw-01', 'invalid_json', 1, 1);",
    ),
    (
        7,
        "insert into users (id, email, name, password_hash, vouched)
             values ('00000000-0000-4000-8000-000000000a11', 'ana@example.com', 'Ana', 'x', true);
         insert into memberships (user_id, tenant_id, role)
             values ('00000000-0000-4000-8000-000000000a11', '00000000-0000-4000-8000-00000000000a', 'operator');
         insert into audit_log (actor, actor_kind, action, subject_kind, subject, tenant_id, after)
             values ('ana@example.com', 'user', 'rule.create', 'rule', 'f1', '00000000-0000-4000-8000-00000000000a', '{\"name\": \"temperatures\"}');",
    ),
    (
        8,
        "begin;
         insert into dashboards (id, plc_id) values ('00000000-0000-4000-8000-0000000000d0', '00000000-0000-4000-8000-00000000000c');
         insert into dashboard_versions (dashboard_id, version, name, widgets, change, actor)
             values ('00000000-0000-4000-8000-0000000000d0', 1, 'the oven', '[]', 'create', 'ana@example.com');
         commit;",
    ),
    (
        9,
        "insert into alarms (id, plc_id, metric_id, ts, type, message, severity)
             values ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-00000000000c', 'temp', '2026-03-01 00:00+00', 'high', 'too hot', 'high');",
    ),
    (10, "insert into replay_requests (message_id, requested_by) select id, 'ana@example.com' from quarantined_messages;"),
    (
        12,
        "insert into persist_rules (id, name, priority, metric_id, mode, raw_retention_days)
             values ('00000000-0000-4000-8000-0000000000f2', 'totals', 20, 'total', 'raw', 400);",
    ),
];

/// That today's store reads what was written since `since` could hold it.
pub(crate) async fn check_through_the_store(store: &Store, since: i64) {
    let (all, everywhere) = (TenantScope::All, PlaceFilter { tenant: None, search: None });
    let sites = store.sites(&all, everywhere, None, 10).await.unwrap();
    let named: Vec<_> =
        sites.iter().map(|site| (&*site.tenant, &*site.province, site.plcs, site.gateways)).collect();
    assert_eq!(named, [("granix", "ba", 1, 1), ("molino", "sf", 0, 0)]);
    assert_eq!(sites.first().unwrap().time_zone, "America/Argentina/Buenos_Aires");
    let gateways = store.gateways(&all, everywhere, None, None, 10).await.unwrap();
    let gateway = gateways.first().unwrap();
    assert_eq!(
        (
            gateways.len(),
            &*gateway.gateway_id,
            gateway.name.as_deref(),
            gateway.missing_seq,
            gateway.last_boot_id.as_deref()
        ),
        (1, "gw-01", Some("north hall"), 2, Some("b1"))
    );
    assert_eq!(store.mqtt_clients().await.unwrap().len(), 1);
    if since >= 2 {
        check_history(store).await;
    }
    if since >= 3 {
        let mut rules = store.rules().await.unwrap();
        rules.sort_by_key(|rule| rule.priority);
        assert_eq!(
            (&*rules[0].name, rules[0].mode, rules[0].retention.raw),
            ("temperatures", Mode::Both, None)
        );
        let query = RejectionQuery {
            filter: RejectionFilter::default(),
            order: TimeOrder::NewestFirst,
            after: None,
            limit: 10,
        };
        let entries = store.rejections(&all, &query).await.unwrap().items;
        assert_eq!(
            (entries.len(), &*entries[0].detail, &*entries[0].payload),
            (1, "it ends early", &b"{"[..])
        );
        assert_eq!(entries[0].replay.is_some(), since >= 10);
        if since >= 12 {
            assert_eq!((&*rules[1].name, rules[1].retention.raw), ("totals", Days::new(400)));
        }
    }
    if since >= 7 {
        let ana = Uuid::parse_str("00000000-0000-4000-8000-000000000a11").unwrap();
        let user = store.user(&all, ana).await.unwrap().unwrap();
        assert_eq!((&*user.email, user.vouched, user.memberships.len()), ("ana@example.com", true, 1));
    }
    if since >= 8 {
        let dashboard = store.dashboard(&all, DASHBOARD.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((&*dashboard.content.name, &*dashboard.updated_by), ("the oven", "ana@example.com"));
    }
    if since >= 9 {
        let alarm = store.alarm(&all, ALARM.parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((&*alarm.message, &*alarm.site, alarm.acknowledged_at), ("too hot", "planta-1", None));
    }
}

async fn check_history(store: &Store) {
    let query = HistoryQuery {
        scope: &TenantScope::All,
        plc: PLC.parse().unwrap(),
        metrics: None,
        from: None,
        to: None,
        order: TimeOrder::OldestFirst,
        after: None,
        limit: 10_000,
    };
    let samples = store.samples(&query).await.unwrap();
    // Two days and 23 hours, six an hour, both ends included; one on each of three days; and one more.
    assert_eq!(samples.len(), 71 * 6 + 1 + 3 + 1);
    let first = &samples[0].sample;
    assert_eq!(
        (first.ts.as_millis(), &first.value, first.unit.as_deref()),
        (T0, &Some(Value::Float(22.1)), Some("celsius"))
    );
    assert!(samples.iter().any(|it| it.sample.value == Some(Value::Int(i64::MAX))));
    assert!(samples.iter().any(|it| it.sample.value == Some(Value::Text("stop 1".into()))));
    let last = store.last_values(None, 10).await.unwrap().values;
    assert_eq!((last.len(), &last[0].sample.value), (1, &Some(Value::Float(21.1))));

    // What comes again is known, and what is new joins it.
    let ingest = async |ms: i64, value: f64| {
        let rows = [row(ms, value)];
        let mut known = KnownPartitions::default();
        let months = known.missing(Parted::Samples, rows.iter().map(|row| row.sample.ts));
        store.ensure_partitions(&mut known, &months).await.unwrap();
        let messages = [BatchMessage {
            topic: "factory/granix/ba/planta-1/gateway/gw-01/telemetry".into(),
            payload: Bytes::from_static(b"{}"),
            received_at: Timestamp::from_millis(ms),
        }];
        let view = BatchView { messages: &messages, samples: &rows, ..BatchView::default() };
        store.commit(view, &QuarantineLimits::default()).await.unwrap()
    };
    let again = ingest(T0, 22.1).await;
    assert_eq!((again.stored, again.duplicates.len(), again.rejections.len()), (0, 1, 0));
    assert_eq!(ingest(T0 + 1, 22.2).await.stored, 1);
    assert_eq!(store.samples(&query).await.unwrap().len(), samples.len() + 1);
}

fn row(ms: i64, value: f64) -> SampleRow {
    SampleRow {
        series: SeriesId(1),
        gateway_num: 1,
        unit_id: Some(1),
        mode: Mode::Both,
        sample: Sample {
            ts: Timestamp::from_millis(ms),
            data_type: DataType::Float,
            value: Some(Value::Float(value)),
            quality: Quality::Good,
            unit: None,
        },
        received_at: Timestamp::from_millis(ms),
        message: 0,
        sample_index: None,
    }
}
