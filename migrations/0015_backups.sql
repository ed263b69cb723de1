-- What became of the backups, written by the service that makes them.

create table backups (
    id          bigint generated always as identity primary key,
    repository  text not null check (repository in ('local', 's3')),
    kind        text not null check (kind in ('full', 'differential', 'incremental', 'verification')),
    started_at  timestamptz not null,
    finished_at timestamptz not null,
    ok          boolean not null,
    bytes       bigint check (bytes >= 0),
    detail      text not null default '',
    unique (repository, kind, started_at)
);
comment on table backups is 'Backups and verifications of the last 400 days, good and failed. Empty where nothing is backed up by vigia-db.';
comment on column backups.id is 'Number of the row';
comment on column backups.repository is 'Where it lies: local or s3. Rows of one that is set up no more are removed';
comment on column backups.kind is 'full; differential: what changed since the last full one; incremental: since the last of any kind; verification: restored into a scratch database, and every row counted';
comment on column backups.started_at is 'When it began';
comment on column backups.finished_at is 'When it ended';
comment on column backups.ok is 'Whether it succeeded';
comment on column backups.bytes is 'What a backup took in the repository, or the restored copy on disk, bytes; null for one that failed';
comment on column backups.detail is 'The label of a backup, what a verification compared, or why it failed';
