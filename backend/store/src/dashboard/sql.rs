//! The statements of dashboards.

/// A dashboard joined with one of its versions.
macro_rules! select_dashboards {
    ($version:literal, $rest:literal) => {
        concat!(
            "
    select d.id
         , v.version
         , d.created_at
         , c.id as plc
         , t.id as tenant_id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name as plc_name
         , v.name
         , v.icon_url
         , v.widgets
         , v.change
         , v.subject
         , v.actor
         , v.at
    from dashboards d
    join dashboard_versions v on v.dashboard_id = d.id and v.version = ",
            $version,
            "
    join plcs c on c.id = d.plc_id
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))",
            $rest
        )
    };
}

pub(super) const GET: &str = select_dashboards!("d.version", " and d.id = $2");
pub(super) const OF_PLC: &str = select_dashboards!("d.version", " and d.plc_id = $2");
pub(super) const GET_VERSION: &str = select_dashboards!("$3", " and d.id = $2");
pub(super) const LIST: &str = "
    select d.id
         , d.version
         , c.id as plc
         , t.id as tenant_id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name as plc_name
         , v.name
         , v.icon_url
         , v.widget_count
         , v.actor
         , v.at
    from dashboards d
    join dashboard_versions v on v.dashboard_id = d.id and v.version = d.version
    join plcs c on c.id = d.plc_id
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and ($2::text is null or t.code = $2)
      and ($3::text is null or p.code = $3)
      and ($4::text is null or (t.code, p.code, c.plc_id) > ($4, $5::text, $6::text))
    order by t.code, p.code, c.plc_id
    limit $7";
pub(super) const VERSIONS: &str = "
    select v.version
         , v.name
         , v.widget_count
         , v.change
         , v.subject
         , v.actor
         , v.at
    from dashboard_versions v
    join dashboards d on d.id = v.dashboard_id
    join plcs c on c.id = d.plc_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1))
      and d.id = $2
      and ($3::integer is null or v.version < $3)
    order by v.version desc
    limit $4";
/// The PLC stays until the dashboard refers to it.
pub(super) const PLC: &str = "
    select c.id as plc
         , t.id as tenant_id
         , t.code as tenant
         , p.code as site
         , c.plc_id
         , c.name as plc_name
    from plcs c
    join plants p on p.id = c.plant_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1)) and c.id = $2
    for key share of c";
pub(super) const LOCK: &str = "
    select d.id
    from dashboards d
    join plcs c on c.id = d.plc_id
    join tenants t on t.id = c.tenant_id
    where ($1::text[] is null or t.code = any($1)) and d.id = $2
    for update of d";
pub(super) const CREATE: &str = "
    insert into dashboards (plc_id)
    values ($1)
    on conflict (plc_id) do nothing
    returning id";
/// Through text: as `json` the driver would send it as `jsonb`, which writes numbers its own way.
pub(super) const ADD_VERSION: &str = "
    insert into dashboard_versions (dashboard_id, version, name, icon_url, widgets, change, subject, actor)
    values ($1, $2, $3, $4, $5::text::json, $6, $7, $8)";
pub(super) const RAISE_VERSION: &str = "update dashboards set version = $2 where id = $1";
pub(super) const FORGET: &str = "delete from dashboard_versions where dashboard_id = $1 and version <= $2";
pub(super) const DELETE: &str = "delete from dashboards where id = $1";
pub(super) const UNKNOWN_METRICS: &str = "
    select distinct m.metric_id
    from unnest($2::text[]) m(metric_id)
    where not exists (select from series s where s.plc_id = $1 and s.metric_id = m.metric_id)
    order by m.metric_id";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 13] = [
    GET,
    OF_PLC,
    GET_VERSION,
    LIST,
    VERSIONS,
    PLC,
    LOCK,
    CREATE,
    ADD_VERSION,
    RAISE_VERSION,
    FORGET,
    DELETE,
    UNKNOWN_METRICS,
];
