-- What ingest must remember beyond one process: what a standby drained, what a boot's count lost, whose units there are.

alter table ingest_lease add column drained bigint not null default 0;
comment on column ingest_lease.drained is 'Grows when a process that stands by has stored something of its spool: the holder then reads the last state again';

alter table gateway_boots add column missing bigint not null default 0;
comment on column gateway_boots.missing is 'Messages that never arrived in the part of the count whose gaps are no longer kept one by one';

alter table tenants add column unit_count bigint not null default 0;
comment on column tenants.unit_count is 'How many units this tenant was the first to send';
