-- Replaying what is quarantined: who asked for it, and what came of it.

create table replay_requests (
    message_id   bigint primary key references quarantined_messages (id) on delete cascade,
    requested_at timestamptz not null default now(),
    requested_by text not null,
    attempts     integer not null default 0
);
create index replay_requests_order on replay_requests (attempts, message_id);
comment on table replay_requests is 'Quarantined messages that the ingesting process is to take once more. A row goes when its outcome stands in rejections.';
comment on column replay_requests.requested_by is 'E-mail of who asked first';
comment on column replay_requests.attempts is 'How often it was begun; counted before, so that a message on which the process dies is given up after a few';

alter table rejections
    add column replay_outcome text check (replay_outcome in ('stored', 'duplicate', 'not_kept', 'rejected_again', 'given_up')),
    add column replayed_at timestamptz,
    add column replay_requested_by text;
comment on column rejections.replay_outcome is 'What came of the last replay; null: there was none. After rejected_again, reason and detail are those of the replay';
comment on column rejections.replayed_at is 'When that replay ended';
comment on column rejections.replay_requested_by is 'E-mail of who asked for that replay';

create function notify_replay_requests() returns trigger language plpgsql as $$
begin
    perform pg_notify('vigia_replay_requests', '');
    return null;
end $$;
create trigger replay_requests_made
    after insert on replay_requests
    for each statement execute function notify_replay_requests();
comment on function notify_replay_requests is 'Tells the process that ingests that something is to be replayed.';
