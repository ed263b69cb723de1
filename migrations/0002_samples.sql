-- What was measured: the hot store of samples, the hourly statistics, the last state, and the views people query.

create table samples (
    ts          timestamptz not null,
    received_at timestamptz not null,
    value       double precision,
    int_value   bigint,
    series_id   integer not null,
    gateway_num integer not null,
    unit_id     integer,
    data_type   "char" not null,
    quality     "char" not null,
    in_history  boolean not null,
    in_hourly   boolean not null,
    text_value  text,
    primary key (series_id, ts)
) partition by range (ts);
create index samples_ts on samples (ts) where in_history;
comment on table samples is 'Every kept sample once, by series and source time; one partition per UTC month, made on demand. Columns stand in order of width: a row has no padding.';
comment on column samples.ts is 'Source time, ms resolution';
comment on column samples.received_at is 'When Vigía took it from the broker';
comment on column samples.value is 'The value where data_type is f';
comment on column samples.int_value is 'The value where data_type is i; 0 or 1 where it is b';
comment on column samples.text_value is 'The value where data_type is s';
comment on column samples.series_id is 'series.id; no foreign key, rows arrive by the thousand and the writer made the series itself';
comment on column samples.gateway_num is 'gateways.num of the gateway that sent it';
comment on column samples.unit_id is 'units.id; null when the gateway named none';
comment on column samples.data_type is 'f float, i int, b bool, s string';
comment on column samples.quality is 'G good, U uncertain, B bad';
comment on column samples.in_history is 'Part of the event history (modes raw, both). A row that is not is kept only so that a repeat is known';
comment on column samples.in_hourly is 'Counted in its hourly row (modes hourly, both)';

create table hourly (
    series_id integer not null,
    hour      timestamptz not null,
    count     bigint not null,
    sum       double precision,
    sum_error double precision,
    min       double precision,
    max       double precision,
    first     double precision,
    last      double precision,
    first_ts  timestamptz,
    last_ts   timestamptz,
    non_good  bigint not null,
    primary key (series_id, hour)
) with (fillfactor = 70);
comment on table hourly is 'Statistics of each UTC hour of a series, kept exact whatever the order of arrival.';
comment on column hourly.count is 'Good numeric or bool samples; the other figures are over these and null when there is none';
comment on column hourly.sum is 'The running sum as floats add up; the exact one is sum + sum_error';
comment on column hourly.sum_error is 'What rounding lost of sum (compensated summation), so that the order of arrival does not matter';
comment on column hourly.first is 'The value at first_ts, the earliest source time';
comment on column hourly.last is 'The value at last_ts, the latest source time';
comment on column hourly.non_good is 'Samples whose quality is not good, of any type';

create function saturating_add(a double precision, b double precision) returns double precision
    language sql immutable parallel safe
    return case
        when a > 0 and b > 1.7976931348623157e308 - a then 1.7976931348623157e308
        when a < 0 and b < -1.7976931348623157e308 - a then -1.7976931348623157e308
        else a + b
    end;
comment on function saturating_add is 'a + b, or the largest float where the sum has none: statistics must never cost a sample.';

create function rounding_error(a double precision, b double precision) returns double precision
    language sql immutable parallel safe
    return case
        when abs(a) > 8e307 or abs(b) > 8e307 then 0
        else (a - ((a + b) - ((a + b) - a))) + (b - ((a + b) - a))
    end;
comment on function rounding_error is 'What a + b loses to rounding, exactly (Knuth two-sum).';

create table series_last (
    series_id   integer primary key,
    ts          timestamptz not null,
    received_at timestamptz not null,
    value       double precision,
    int_value   bigint,
    unit_id     integer,
    data_type   "char" not null,
    quality     "char" not null,
    text_value  text
) with (fillfactor = 50);
comment on table series_last is 'The newest sample of each series by source time, whatever its persistence mode. Never goes back in time.';

create function sample_json(data_type "char", value double precision, int_value bigint, text_value text) returns jsonb
    language sql immutable parallel safe
    return case data_type
        when 'f' then to_jsonb(value)
        when 'i' then to_jsonb(int_value)
        when 'b' then to_jsonb(int_value = 1)
        when 's' then to_jsonb(text_value)
    end;
comment on function sample_json is 'The value of a sample as JSON shows it; null when the gateway sent none.';

create view telemetry_events as
select
    s.series_id || '@' || (extract(epoch from s.ts) * 1000)::bigint as id,
    r.tenant_id,
    r.plant_id,
    g.id as gateway_id,
    r.plc_id,
    r.metric_id,
    s.ts,
    'factory/' || t.code || '/' || p.province || '/' || p.code || '/gateway/' || g.gateway_id || '/telemetry' as topic,
    jsonb_build_object(r.metric_id, sample_json(s.data_type, s.value, s.int_value, s.text_value)) as values_json,
    jsonb_build_object(
        'schemaVersion', 1,
        'timestamp', (extract(epoch from s.ts) * 1000)::bigint,
        'type', 'telemetry',
        'tenant', t.code,
        'province', p.province,
        'plant', p.code,
        'gatewayId', g.gateway_id,
        'plcId', c.plc_id,
        'metricId', r.metric_id,
        'value', sample_json(s.data_type, s.value, s.int_value, s.text_value),
        'dataType', case s.data_type when 'f' then 'float' when 'i' then 'int' when 'b' then 'bool' else 'string' end,
        'unit', u.unit,
        'quality', case s.quality when 'G' then 'GOOD' when 'U' then 'UNCERTAIN' else 'BAD' end
    ) as raw_json,
    s.received_at as created_at
from samples s
join series r on r.id = s.series_id
join gateways g on g.num = s.gateway_num
join plcs c on c.id = r.plc_id
join plants p on p.id = r.plant_id
join tenants t on t.id = r.tenant_id
left join units u on u.id = s.unit_id
where s.in_history;
comment on view telemetry_events is 'The event history, one row a sample, with names instead of numbers; raw_json is rebuilt from the typed columns.';

create view telemetry_hourly as
select
    r.tenant_id,
    r.plant_id,
    r.plc_id,
    r.metric_id,
    h.hour,
    h.count,
    h.sum + coalesce(h.sum_error, 0) as sum,
    (h.sum + coalesce(h.sum_error, 0)) / nullif(h.count, 0) as avg,
    h.min,
    h.max,
    h.first,
    h.last,
    h.non_good,
    h.series_id
from hourly h
join series r on r.id = h.series_id;
comment on view telemetry_hourly is 'Hourly statistics with names instead of numbers; hours are UTC.';

create view plc_state as
select
    r.plc_id,
    max(l.ts) as last_ts,
    jsonb_object_agg(r.metric_id, sample_json(l.data_type, l.value, l.int_value, l.text_value)) as last_values_json,
    max(l.received_at) as updated_at
from series_last l
join series r on r.id = l.series_id
group by r.plc_id;
comment on view plc_state is 'The last value of every metric of each PLC.';
