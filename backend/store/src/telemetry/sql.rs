//! The statements of [`super`].
//!
//! Those on one PLC take the same parameters: `$1` tenants of the scope or null, `$2` the PLC, `$3` metrics or null,
//! `$4` from (inclusive), `$5` to (exclusive), `$6` and `$7` time and series of the last row of the page before or
//! null, `$8` limit.
//!
//! Within one series `in_history is not false` stands for `in_history`, so that the planner cannot see that the index on
//! `ts` would serve: it thinks it cheaper than the key and then walks over the samples of every other series.

/// `$order` is `desc` or `asc`, `$beyond` the matching `<` or `>`.
macro_rules! samples {
    ($order:literal, $beyond:literal) => {
        concat!(
            "
    select r.id as series_id
         , r.metric_id
         , s.ts
         , s.value
         , s.int_value
         , s.text_value
         , s.data_type
         , s.quality
         , u.unit
    from series r
    join tenants t on t.id = r.tenant_id
    cross join lateral (
        select x.ts
             , x.value
             , x.int_value
             , x.text_value
             , x.data_type
             , x.quality
             , x.unit_id
        from samples x
        where x.series_id = r.id
          and x.in_history is not false
          and x.ts >= $4
          and x.ts < $5
          and ($6::timestamptz is null or x.ts ",
            $beyond,
            " $6 or r.id ",
            $beyond,
            " $7::integer)
        order by x.ts ",
            $order,
            "
        limit $8
    ) s
    left join units u on u.id = s.unit_id
    where ($1::text[] is null or t.code = any($1))
      and r.plc_id = $2
      and ($3::text[] is null or r.metric_id = any($3))
    order by s.ts ",
            $order,
            ", r.id ",
            $order,
            "
    limit $8"
        )
    };
}

/// As `samples`.
macro_rules! hours {
    ($order:literal, $beyond:literal) => {
        concat!(
            "
    select r.id as series_id
         , r.metric_id
         , h.hour
         , h.count
         , h.sum + coalesce(h.sum_error, 0) as sum
         , h.min
         , h.max
         , h.first
         , h.last
         , h.non_good
    from series r
    join tenants t on t.id = r.tenant_id
    cross join lateral (
        select x.*
        from hourly x
        where x.series_id = r.id
          and x.hour >= $4
          and x.hour < $5
          and ($6::timestamptz is null or x.hour ",
            $beyond,
            " $6 or r.id ",
            $beyond,
            " $7::integer)
        order by x.hour ",
            $order,
            "
        limit $8
    ) h
    where ($1::text[] is null or t.code = any($1))
      and r.plc_id = $2
      and ($3::text[] is null or r.metric_id = any($3))
    order by h.hour ",
            $order,
            ", r.id ",
            $order,
            "
    limit $8"
        )
    };
}

/// All statements of one transaction see the same.
pub(super) const SNAPSHOT: &str = "begin isolation level repeatable read, read only";

pub(super) const SAMPLES_NEWEST_FIRST: &str = samples!("desc", "<");
pub(super) const SAMPLES_OLDEST_FIRST: &str = samples!("asc", ">");
pub(super) const HOURS_NEWEST_FIRST: &str = hours!("desc", "<");
pub(super) const HOURS_OLDEST_FIRST: &str = hours!("asc", ">");

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 4] =
    [SAMPLES_NEWEST_FIRST, SAMPLES_OLDEST_FIRST, HOURS_NEWEST_FIRST, HOURS_OLDEST_FIRST];
