-- What is kept, and what could not be taken.

create table persist_rules (
    id         uuid primary key default gen_random_uuid(),
    version    integer not null default 1,
    name       text not null check (length(name) between 1 and 200),
    enabled    boolean not null default true,
    priority   integer not null default 100,
    tenant     text not null default '*',
    province   text not null default '*',
    plant      text not null default '*',
    gateway_id text not null default '*',
    plc_id     text not null default '*',
    metric_id  text not null default '*',
    mode       text not null check (mode in ('raw', 'hourly', 'both', 'none')),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint persist_rules_patterns check (
        tenant ~ '^[A-Za-z0-9._:*-]{1,128}$'
        and province ~ '^[A-Za-z0-9._:*-]{1,128}$'
        and plant ~ '^[A-Za-z0-9._:*-]{1,128}$'
        and gateway_id ~ '^[A-Za-z0-9._:*-]{1,128}$'
        and plc_id ~ '^[A-Za-z0-9._:*-]{1,128}$'
        and metric_id ~ '^[A-Za-z0-9._:*-]{1,128}$'
    )
);
comment on table persist_rules is 'Which samples are kept and how. Higher priority wins; ties: more exact fields, then the newer rule.';
comment on column persist_rules.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column persist_rules.tenant is '*, an exact name, or a glob with *; so are the five columns after it';
comment on column persist_rules.mode is 'raw: history; hourly: statistics; both; none: live state only';

create function notify_persist_rules() returns trigger language plpgsql as $$
begin
    perform pg_notify('vigia_persist_rules', '');
    return null;
end $$;
create trigger persist_rules_changed
    after insert or update or delete or truncate on persist_rules
    for each statement execute function notify_persist_rules();
comment on function notify_persist_rules is 'Tells every backend to read the rules again, also when they are changed by hand.';

create table quarantined_messages (
    id          bigint generated always as identity primary key,
    received_at timestamptz not null,
    topic       text not null,
    payload     bytea not null
);
create index quarantined_messages_received on quarantined_messages (received_at);
comment on table quarantined_messages is 'Messages of which something was rejected, as received. One message may hold many rejected samples.';
comment on column quarantined_messages.payload is 'The bytes as they came, at most 256 KiB';

create table rejections (
    id           bigint generated always as identity primary key,
    message_id   bigint not null references quarantined_messages (id) on delete cascade,
    sample_index integer,
    reason       text not null,
    detail       text not null
);
create index rejections_message on rejections (message_id);
create index rejections_reason on rejections (reason, id);
comment on table rejections is 'The quarantine: what was rejected, why, and where in its message.';
comment on column rejections.sample_index is 'Which sample of the message, from 0; null when the whole message is meant';
comment on column rejections.reason is 'One of the closed list of reasons';

create table rejection_counts (
    hour    timestamptz not null,
    gateway text not null,
    reason  text not null,
    total   bigint not null,
    kept    bigint not null,
    primary key (hour, gateway, reason)
) with (fillfactor = 70);
comment on table rejection_counts is 'How much was rejected per gateway, reason and hour; beyond the first 1000 only counted.';
comment on column rejection_counts.gateway is 'The gateway level of the topic; empty when the topic has no such level';
comment on column rejection_counts.kept is 'How many of total stand in rejections';
