-- What people look at: one dashboard for a PLC, with the states it had.

create table dashboards (
    id         uuid primary key default gen_random_uuid(),
    plc_id     uuid not null unique references plcs (id) on delete cascade,
    version    integer not null default 1,
    created_at timestamptz not null default now()
);
comment on table dashboards is 'One for a PLC. What stands on it is the row of dashboard_versions with its version.';
comment on column dashboards.version is 'The newest one; grows by one with every change, and a write that names an old one is refused';

create table dashboard_versions (
    dashboard_id uuid not null references dashboards (id) on delete cascade,
    version      integer not null,
    name         text not null check (length(name) between 1 and 200),
    icon_url     text check (length(icon_url) between 1 and 2048),
    widgets      json not null,
    widget_count integer not null generated always as (json_array_length(widgets)) stored,
    change       text not null check (change in (
        'create', 'update', 'add_widget', 'update_widget', 'remove_widget', 'reorder', 'restore', 'import', 'duplicate'
    )),
    subject      text,
    actor        text not null,
    at           timestamptz not null default now(),
    primary key (dashboard_id, version)
);
-- A dashboard has a state, always; looked at when the transaction ends, for either needs the other.
alter table dashboards add constraint dashboards_present
    foreign key (id, version) references dashboard_versions (dashboard_id, version) deferrable initially deferred;
comment on table dashboard_versions is 'Every state of a dashboard, the present one included; the oldest are removed. Gone with the dashboard.';
comment on column dashboard_versions.icon_url is 'https, or a path of this server that begins with one /';
comment on column dashboard_versions.widgets is 'Array in reading order, at most 256 KiB. json, not jsonb: options come back letter by letter';
comment on column dashboard_versions.change is 'What made this state of the one before';
comment on column dashboard_versions.subject is 'Key of the widget that was added, changed or removed; version that was restored';
comment on column dashboard_versions.actor is 'E-mail, or the name of a key';

-- A page of the log ends early when its rows are large; what they weigh is written once, not found out at every reading.
alter table audit_log add column bytes integer not null
    generated always as (coalesce(octet_length(before::text), 0) + coalesce(octet_length(after::text), 0)) stored;
comment on column audit_log.bytes is 'Length of before and after as text';
