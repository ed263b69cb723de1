-- How long history stays: by age, for all and by rule, and by the room there is.

alter table persist_rules
    add column raw_retention_days integer check (raw_retention_days between 1 and 36500),
    add column hourly_retention_days integer check (hourly_retention_days between 1 and 36500);
comment on column persist_rules.raw_retention_days is 'How long samples of the series it decides for stay, days; null: as long as RAW_RETENTION_DAYS says';
comment on column persist_rules.hourly_retention_days is 'How long their hourly rows stay, days; null: as long as HOURLY_RETENTION_DAYS says';

create table retention (
    here             boolean primary key default true check (here),
    raw_from         timestamptz not null default '0001-01-01 00:00+00',
    hourly_from      timestamptz not null default '0001-01-01 00:00+00',
    dropping         text,
    hourly_row_bytes double precision
);
insert into retention default values;
comment on table retention is 'Where history begins: one row.';
comment on column retention.raw_from is 'Samples before this time were dropped, of every series, and are taken no more';
comment on column retention.hourly_from is 'Hourly rows before this time were dropped, of every series';
comment on column retention.dropping is 'The partition that is being dropped; none of its name is made meanwhile';
comment on column retention.hourly_row_bytes is 'What a row of hourly takes when no room is left in the table by rows that were deleted';

alter table series_last add column gateway_num integer;
comment on column series_last.gateway_num is 'gateways.num of the gateway that sent it; null for one stored by an earlier version';
