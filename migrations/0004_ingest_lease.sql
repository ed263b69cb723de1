-- Who ingests: one row, so that of several processes on one database exactly one connects to the broker.

create table ingest_lease (
    id         smallint primary key default 1 check (id = 1),
    holder     uuid,
    name       text,
    beats      bigint not null default 0,
    held_since timestamptz,
    renewed_at timestamptz
);
comment on table ingest_lease is 'The lease on ingesting: a single row. Its holder raises beats every second; a standby that watched beats stand still long enough takes over. No clock is compared.';
comment on column ingest_lease.holder is 'The instance that ingests; null when the last one gave it up in good order';
comment on column ingest_lease.name is 'For people: host and process id of the holder';
comment on column ingest_lease.beats is 'Grows with every take-over, renewal and release, by which a standby sees that the holder lives';
comment on column ingest_lease.held_since is 'When the holder took over';
comment on column ingest_lease.renewed_at is 'The last renewal, for people: nothing is decided by it';

insert into ingest_lease default values;
