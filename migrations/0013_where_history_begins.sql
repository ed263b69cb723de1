-- What was let go stays let go, series by series, whatever the rules say later; and who mistypes has a day.

alter table series
    add column raw_from timestamptz,
    add column hourly_from timestamptz;
comment on column series.raw_from is 'Samples before this time were let go, and are taken no more; null, or before retention.raw_from: that holds';
comment on column series.hourly_from is 'Hourly rows before this time were let go, and nothing is counted in their hours any more; null, or before retention.hourly_from: that holds';

alter table retention
    add column let_go_up_to timestamptz not null default '0001-01-01 00:00+00',
    add column days text,
    drop column hourly_row_bytes,
    add column changed_at timestamptz not null default '0001-01-01 00:00+00';
update retention set let_go_up_to = greatest(raw_from, hourly_from);
comment on column retention.let_go_up_to is 'Before this time something was let go, of some series; who stores a sample before it looks where its history begins';
comment on column retention.days is 'RAW_RETENTION_DAYS and HOURLY_RETENTION_DAYS as they were last in force';
comment on column retention.changed_at is 'When those days, a persistence rule or the place of a gateway changed last; for a day nothing goes by age';

create function hold_lines(out packed_up_to timestamptz, out let_go_up_to timestamptz) language plpgsql as $$
begin
    packed_up_to := hold_packed_up_to();
    let_go_up_to := (select r.let_go_up_to from retention r);
end
$$;
comment on function hold_lines is 'packing.packed_up_to and retention.let_go_up_to, which stay until the end of the transaction.';

create function note_retention_changed() returns trigger language plpgsql as $$
begin
    update retention set changed_at = now();
    return null;
end $$;
create trigger persist_rules_noted
    after insert or update or delete or truncate on persist_rules
    for each statement execute function note_retention_changed();
create trigger gateways_moved_noted
    after update of tenant_id, plant_id, gateway_id on gateways
    for each row
    when ((old.tenant_id, old.plant_id, old.gateway_id) is distinct from (new.tenant_id, new.plant_id, new.gateway_id))
    execute function note_retention_changed();
create trigger gateways_removed_noted
    after delete on gateways
    for each statement execute function note_retention_changed();
comment on function note_retention_changed is 'Notes that something changed by which it is decided for how long history is kept, also when it is changed by hand.';
