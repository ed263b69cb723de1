-- Who may use it: users with roles in tenants, their sessions, keys for machines, failed logins, and who did what.

create table users (
    id            uuid primary key default gen_random_uuid(),
    version       integer not null default 1,
    email         text not null unique check (email = lower(email) and length(email) between 3 and 254),
    name          text check (length(name) between 1 and 200),
    password_hash text,
    vouched       boolean not null default false,
    made_by_tenant boolean not null default false,
    disabled      boolean not null default false,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    last_login_at timestamptz
);
comment on table users is 'People who may log in. Those whose e-mail is in ADMIN_EMAILS are internal admins over all tenants.';
comment on column users.version is 'Grows by one with every edit; a write that names an old one is refused';
comment on column users.email is 'In lower case; by it they log in';
comment on column users.password_hash is 'argon2id in PHC text; null: nobody can log in yet';
comment on column users.vouched is 'The password was chosen by a link of an internal admin or of the command line: only such accounts are internal admins';
comment on column users.made_by_tenant is 'A tenant admin made it; gone with its last role, if nobody vouches for it';
comment on column users.disabled is 'Cannot log in; nothing of theirs is removed';

create table password_links (
    token_hash bytea primary key,
    user_id    uuid not null references users (id) on delete cascade,
    first_only boolean not null,
    vouched    boolean not null,
    made_by    uuid references users (id) on delete cascade,
    expires_at timestamptz not null
);
create index password_links_user on password_links (user_id);
create index password_links_maker on password_links (made_by);
comment on table password_links is 'One-time links by which a person chooses a password; nobody else ever knows it.';
comment on column password_links.token_hash is 'SHA-256 of the token in the link';
comment on column password_links.vouched is 'Made by an internal admin or on the command line';
comment on column password_links.made_by is 'Ends with the rights of whoever made it; null: the command line';
comment on column password_links.first_only is 'Works only while the account has no password: an invitation';

create table memberships (
    user_id    uuid not null references users (id) on delete cascade,
    tenant_id  uuid not null references tenants (id) on delete cascade,
    role       text not null check (role in ('viewer', 'operator', 'tenant_admin')),
    name       text check (length(name) between 1 and 200),
    created_at timestamptz not null default now(),
    primary key (user_id, tenant_id)
);
create index memberships_tenant on memberships (tenant_id);
comment on table memberships is 'Which tenants a user belongs to, and as what.';
comment on column memberships.name is 'What this tenant calls the person: another tenant''s word is not shown here';

create table sessions (
    id           uuid primary key default gen_random_uuid(),
    token_hash   bytea not null unique,
    user_id      uuid not null references users (id) on delete cascade,
    created_at   timestamptz not null,
    last_used_at timestamptz not null,
    expires_at   timestamptz not null,
    address      text not null,
    user_agent   text not null
);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);
comment on table sessions is 'Logins that still hold. Removed when they end.';
comment on column sessions.token_hash is 'SHA-256 of the token, which is stored nowhere';
comment on column sessions.last_used_at is 'Written once a minute at most; a session unused for long has ended';
comment on column sessions.expires_at is 'It ends then however much it is used';

create table api_keys (
    id           uuid primary key default gen_random_uuid(),
    token_hash   bytea not null unique,
    hint         text not null,
    name         text not null check (length(name) between 1 and 200),
    tenant_id    uuid not null references tenants (id) on delete cascade,
    role         text not null check (role in ('viewer', 'operator', 'tenant_admin')),
    created_by   text not null,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    last_address text
);
create index api_keys_tenant on api_keys (tenant_id, created_at desc, id);
comment on table api_keys is 'Keys for machines, each for one tenant and role. Removed when revoked.';
comment on column api_keys.token_hash is 'SHA-256 of the key, which was shown once and is stored nowhere';
comment on column api_keys.hint is 'The first characters of the key, to know it again';
comment on column api_keys.created_by is 'E-mail of who made it';
comment on column api_keys.expires_at is 'null: it does not end by itself';

create table login_failures (
    email        text primary key,
    failures     integer not null,
    last_at      timestamptz not null,
    locked_until timestamptz not null
);
comment on table login_failures is 'Failed logins in a row by e-mail, whether there is such a user or not. Gone with the next login that succeeds.';
comment on column login_failures.locked_until is 'No login is tried before';

create table audit_log (
    id           bigint generated always as identity primary key,
    at           timestamptz not null default now(),
    actor        text not null,
    actor_kind   text not null check (actor_kind in ('user', 'api_key', 'command_line', 'nobody')),
    address      text,
    action       text not null,
    subject_kind text not null,
    subject      text not null,
    tenant_id    uuid,
    before       jsonb,
    after        jsonb
);
create index audit_log_tenant on audit_log (tenant_id, id);
comment on table audit_log is 'Who did what, from where, with what before and after. Rows are added and never changed.';
comment on column audit_log.actor is 'E-mail, or the name of a key; what was typed where nobody could be let in';
comment on column audit_log.action is 'A verb of the resource, such as rule.update or session.refuse';
comment on column audit_log.subject is 'The id of what was changed';
comment on column audit_log.tenant_id is 'Whose it is; null: for internal admins only. No reference, for it outlives the tenant';

create function audit_log_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'rows of audit_log are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_append_only
    before update or delete or truncate on audit_log
    for each statement execute function audit_log_is_append_only();
comment on function audit_log_is_append_only is 'Holds for the owner of the table too.';
