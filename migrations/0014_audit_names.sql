-- The log names what it tells of: an id says nothing to people, and what it stood for may be gone or called otherwise.

alter table audit_log add column subject_name text;
comment on column audit_log.subject_name is 'What people called the subject at the time; null: it has no name, or the row is older than this column';
