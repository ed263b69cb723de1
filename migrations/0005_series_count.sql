-- How many series a tenant has, kept beside it: counting them for each new one costs more the more there are.

alter table tenants add column series_count bigint not null default 0;
comment on column tenants.series_count is 'How many series it has, counted where they are registered';

update tenants t
set series_count = (select count(*) from series s where s.tenant_id = t.id);
