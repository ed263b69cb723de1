-- Alarms: the resource on which rules and integrators stand. And places, as admins edit them: versions, and a word when a
-- gateway is moved.

create table alarms (
    id              uuid primary key default gen_random_uuid(),
    tenant_id       uuid not null references tenants (id),
    plant_id        uuid not null references plants (id),
    plc_id          uuid not null references plcs (id),
    metric_id       text check (length(metric_id) between 1 and 128),
    ts              timestamptz not null default now(),
    type            text not null check (length(type) between 1 and 128),
    message         text not null check (length(message) between 1 and 2000),
    severity        text not null check (severity in ('critical', 'high', 'medium', 'low')),
    acknowledged    boolean not null default false,
    acknowledged_at timestamptz,
    acknowledged_by text check (length(acknowledged_by) between 1 and 254),
    comment         text check (length(comment) between 1 and 1000),
    version         integer not null default 1,
    changed_at      timestamptz not null default now(),
    created_at      timestamptz not null default now(),
    constraint alarms_times check (
        ts >= '0001-01-01T00:00:00Z' and ts < '10000-01-01T00:00:00Z'
        and created_at >= '0001-01-01T00:00:00Z' and created_at < '10000-01-01T00:00:00Z'
        and acknowledged_at >= '0001-01-01T00:00:00Z' and acknowledged_at < '10000-01-01T00:00:00Z'
    )
);
create index alarms_tenant on alarms (tenant_id, severity, ts desc, id desc);
create index alarms_plant on alarms (plant_id, severity, ts desc, id desc);
create index alarms_plc on alarms (plc_id, severity, ts desc, id desc);
create index alarms_unacknowledged on alarms (tenant_id, severity, ts desc, id desc) where not acknowledged;
create index alarms_changed on alarms (changed_at, id);
comment on table alarms is 'What somebody should look at. Inserting plc_id, type, message and severity is enough.';
comment on column alarms.tenant_id is 'Of the PLC, whatever the writer says; so is plant_id';
comment on column alarms.metric_id is 'What it is about; null: the PLC as a whole';
comment on column alarms.ts is 'When it arose, ms resolution';
comment on column alarms.type is 'A word of whoever raises it, by which lists are narrowed';
comment on column alarms.message is 'For people';
comment on column alarms.severity is 'critical, high, medium or low (diagnostic)';
comment on column alarms.acknowledged is 'Somebody has taken note';
comment on column alarms.acknowledged_by is 'E-mail, or the name of a key; null: by SQL';
comment on column alarms.comment is 'What was said when acknowledging';
comment on column alarms.version is 'Grows by one with every change';
comment on column alarms.changed_at is 'The last change; by it is read again what a listener may have missed';

create function complete_alarm() returns trigger language plpgsql as $$
begin
    select c.tenant_id, c.plant_id into new.tenant_id, new.plant_id from plcs c where c.id = new.plc_id;
    if not found then
        raise exception 'there is no PLC with the id %', new.plc_id using errcode = 'foreign_key_violation';
    end if;
    new.ts := date_trunc('milliseconds', new.ts);
    new.changed_at := clock_timestamp();
    if new.acknowledged then
        new.acknowledged_at := coalesce(new.acknowledged_at, now());
    else
        new.acknowledged_at := null;
        new.acknowledged_by := null;
    end if;
    if tg_op = 'UPDATE' then
        new.version := old.version + 1;
    end if;
    return new;
end $$;
create trigger alarms_complete
    before insert or update on alarms
    for each row execute function complete_alarm();
comment on function complete_alarm is 'Fills in what follows from the rest of an alarm, whoever writes it.';

create function notify_alarms() returns trigger language plpgsql as $$
begin
    -- A notification holds 8000 bytes; an id and its comma 37.
    perform pg_notify('vigia_alarms', string_agg(n.id::text, ','))
    from (select c.id, (row_number() over (order by c.ts, c.id) - 1) / 200 as part from changed c) n
    group by n.part;
    return null;
end $$;
create trigger alarms_inserted
    after insert on alarms referencing new table as changed
    for each statement execute function notify_alarms();
create trigger alarms_updated
    after update on alarms referencing new table as changed
    for each statement execute function notify_alarms();
comment on function notify_alarms is 'Tells every backend which alarms are new or changed, also when it was done by hand; ten thousand at once in fifty notifications.';

alter table tenants add column version integer not null default 1;
alter table plants add column version integer not null default 1;
alter table gateways add column version integer not null default 1;
alter table plcs add column version integer not null default 1;
comment on column tenants.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column plants.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column gateways.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column plcs.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column gateways.plant_id is 'Where it was first seen, or where an admin moved it; from elsewhere nothing is taken';

create function notify_gateway() returns trigger language plpgsql as $$
begin
    perform pg_notify('vigia_gateways', left(old.gateway_id, 128));
    return null;
end $$;
create trigger gateways_moved
    after update on gateways
    for each row when (old.tenant_id <> new.tenant_id or old.plant_id <> new.plant_id)
    execute function notify_gateway();
create trigger gateways_removed
    after delete on gateways
    for each row execute function notify_gateway();
comment on function notify_gateway is 'Tells every backend that a gateway stands elsewhere now, also when it was moved by hand.';
