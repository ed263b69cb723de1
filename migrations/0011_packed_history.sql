-- Years of history on a small disk: samples of hours that are over are packed, one row per series and hour instead of one per
-- sample.

create table packed (
    start     timestamptz not null,
    min       double precision,
    max       double precision,
    first     double precision,
    last      double precision,
    sum       double precision,
    series_id integer not null,
    count     integer not null,
    numbers   integer not null,
    non_good  integer not null,
    hidden    integer not null,
    hours     smallint not null check (hours in (1, 24)),
    data      bytea not null,
    primary key (series_id, start, hours)
) partition by range (start);
comment on table packed is 'Packed samples, one row per series and UTC hour, or UTC day where they are few; one partition per week, made on demand. A sample stands either here or in samples. Columns stand in order of width.';
comment on column packed.start is 'The beginning of the hour or day';
comment on column packed.min is 'Over the numbers, as max, sum, and first and last by source time; null when there are none';
comment on column packed.count is 'Samples of the event history';
comment on column packed.numbers is 'Those of them that are good and numeric or bool';
comment on column packed.non_good is 'Those of them whose quality is not good, of any type';
comment on column packed.hidden is 'Samples of which only the time is kept, so that a repeat is known';
comment on column packed.hours is 'How long a time it is of: 1 or 24';
comment on column packed.data is 'The samples, to be read by the API and by vigia history';

alter table series add column packed_from timestamptz;
alter table series add column packed_ts timestamptz;
comment on column series.packed_from is 'Before its oldest packed row, or its beginning';
comment on column series.packed_ts is 'Source time of its newest packed sample of the event history';

create table packing (
    here         boolean primary key default true check (here),
    packed_up_to timestamptz not null default '0001-01-01 00:00+00',
    listed_up_to timestamptz not null default '0001-01-01 00:00+00'
);
insert into packing default values;
comment on table packing is 'How far packing has come: one row.';
comment on column packing.packed_up_to is 'Samples before this time may be packed; who stores one looks for it there first';
comment on column packing.listed_up_to is 'The hours before this time that hold samples were listed in packing_due';

create table packing_due (
    hour  timestamptz primary key,
    marks bigint not null default 1,
    waits boolean not null default false
);
comment on table packing_due is 'UTC hours with samples before packing.packed_up_to that are not packed yet.';
comment on column packing_due.marks is 'Grows whenever samples were added to the hour';
comment on column packing_due.waits is 'What is left of it is few, and waits for the end of its day';

create function hold_packed_up_to() returns timestamptz language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(130195078603010);
    return (select packed_up_to from packing);
end
$$;
comment on function hold_packed_up_to is 'packing.packed_up_to, which stays until the end of the transaction.';

create view telemetry_packed as
select
    r.tenant_id,
    r.plant_id,
    r.plc_id,
    r.metric_id,
    p.series_id,
    p.start as hour,
    p.hours,
    p.count,
    p.min,
    p.max,
    p.first,
    p.last,
    p.sum,
    p.numbers,
    p.non_good,
    pg_column_size(p.data) as bytes
from packed p
join series r on r.id = p.series_id;
comment on view telemetry_packed is 'The packed part of the event history by its statistics; the samples themselves are shown by the API and by vigia history.';
