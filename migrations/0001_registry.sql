-- Who exists: tenants, plants, gateways, PLCs and series. Rows appear on first sight of a name in a topic or payload.

create table tenants (
    id         uuid primary key default gen_random_uuid(),
    code       text not null unique,
    name       text,
    created_at timestamptz not null default now()
);
comment on table tenants is 'Customers. Everything below belongs to exactly one.';
comment on column tenants.code is 'The tenant level of the topic: 1-128 of A-Za-z0-9._:-';
comment on column tenants.name is 'For people; null until somebody gives one';
comment on column tenants.created_at is 'First sight, or when an admin created it';

create table plants (
    id         uuid primary key default gen_random_uuid(),
    tenant_id  uuid not null references tenants (id),
    code       text not null,
    province   text not null,
    name       text,
    time_zone  text not null default 'UTC',
    created_at timestamptz not null default now(),
    unique (tenant_id, code)
);
comment on table plants is 'Factories of a tenant, also called sites. The code is unique within the tenant.';
comment on column plants.code is 'The plant level of the topic';
comment on column plants.province is 'The province level of the topic by which the plant was first seen';
comment on column plants.time_zone is 'IANA name; in which its people read times and its charts cut days';

create table gateways (
    id         uuid primary key default gen_random_uuid(),
    num        integer generated always as identity unique,
    tenant_id  uuid not null references tenants (id),
    plant_id   uuid not null references plants (id),
    gateway_id text not null unique,
    name       text,
    created_at timestamptz not null default now()
);
create index gateways_plant on gateways (plant_id);
comment on table gateways is 'AWS IoT things that publish. Each is bound to the tenant and plant where it was first seen.';
comment on column gateways.num is 'The short number by which samples name their gateway (4 bytes instead of 16)';
comment on column gateways.gateway_id is 'The thing name: unique over all tenants, as in the broker';

create table plcs (
    id         uuid primary key default gen_random_uuid(),
    tenant_id  uuid not null references tenants (id),
    plant_id   uuid not null references plants (id),
    plc_id     text not null,
    name       text,
    created_at timestamptz not null default now(),
    unique (plant_id, plc_id)
);
create index plcs_tenant on plcs (tenant_id);
comment on table plcs is 'Controllers of a plant, whichever gateway reads them.';
comment on column plcs.plc_id is 'The name in the payload; unique within the plant';

create table series (
    id         integer generated always as identity primary key,
    tenant_id  uuid not null references tenants (id),
    plant_id   uuid not null references plants (id),
    plc_id     uuid not null references plcs (id),
    metric_id  text not null,
    created_at timestamptz not null default now(),
    unique (plc_id, metric_id)
);
create index series_tenant on series (tenant_id);
comment on table series is 'Tenant + plant + PLC + metric: what samples are samples of.';
comment on column series.id is 'The number samples are keyed by';

create table units (
    id   integer generated always as identity primary key,
    unit text not null unique
);
comment on table units is 'Every unit text ever sent ("celsius", "rpm"), once; samples point here.';

create table gateway_state (
    gateway_id      uuid primary key references gateways (id) on delete cascade,
    last_seen       timestamptz not null,
    online_since    timestamptz not null,
    clock_skew_ms   bigint,
    heartbeat_ts    timestamptz,
    state           text,
    version         text,
    uptime_sec      bigint,
    internet        text,
    mqtt            text,
    plc_link        text,
    buffer_mode     text,
    queued_messages bigint,
    updated_at      timestamptz not null default now()
) with (fillfactor = 50);
comment on table gateway_state is 'Signs of life of each gateway and the newest heartbeat by source time.';
comment on column gateway_state.last_seen is 'Receipt of its last message of any kind';
comment on column gateway_state.online_since is 'Receipt of the first message after its last silence';
comment on column gateway_state.clock_skew_ms is 'Receipt minus source time of the heartbeat whose fields stand here, ms; positive: its clock is behind';
comment on column gateway_state.heartbeat_ts is 'Source time of the heartbeat whose fields stand here';

create table gateway_boots (
    gateway_id    uuid not null references gateways (id) on delete cascade,
    boot_id       text not null,
    seen          int8multirange not null,
    last_received timestamptz not null,
    primary key (gateway_id, boot_id)
) with (fillfactor = 70);
comment on table gateway_boots is 'Which sequence numbers of each boot arrived. A union is the same however often a message comes.';
comment on column gateway_boots.seen is 'Received seq numbers; gaps between its ranges are messages that never arrived';

create table mqtt_clients (
    client_id  text primary key,
    filters    text[] not null,
    updated_at timestamptz not null default now()
);
comment on table mqtt_clients is 'MQTT client ids with a session at the broker, so that surplus ones can be drained when the number of connections changes.';
comment on column mqtt_clients.filters is 'The topic filters its session subscribes to';
