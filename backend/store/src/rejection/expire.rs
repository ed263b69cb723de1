//! The quarantine cannot fill the disk: what is too old goes, and the oldest of what is too much. Every statement
//! looks at a bounded piece, on the readers' connections, so that ingest never waits for it.

use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use vigia_model::Timestamp;

/// What it takes on disk. Only when that is too much, it is looked for what has to go, which reads all of it.
const SIZE: &str = "
    select pg_total_relation_size('quarantined_messages') + pg_total_relation_size('rejections')";
/// The newest message beyond the allowed number. Ids are given in order, so a table whose ids lie close enough together
/// has not too many, and nothing is counted.
const BEYOND_NUMBER: &str = "
    select id
    from quarantined_messages
    where (select max(id) - min(id) from quarantined_messages) >= $1
    order by id desc
    offset $1
    limit 1";
/// A piece of the quarantine, from the newest on: where it ends, what it takes, and the newest message with which it is
/// more than allowed. A row takes some hundred bytes beside its text, indexes included.
const SIZE_OF_PIECE: &str = "
    select min(s.id) as last
         , max(s.bytes_from_newest)::bigint as bytes
         , max(s.id) filter (where s.bytes_from_newest > $3) as too_much
    from (
        select m.id
             , sum(m.bytes + coalesce(r.bytes, 0)) over (order by m.id desc) as bytes_from_newest
        from (
            select id
                 , octet_length(payload) + octet_length(topic) + 200 as bytes
            from quarantined_messages
            where $1::bigint is null or id < $1
            order by id desc
            limit $2
        ) m
        cross join lateral (
            select sum(octet_length(detail) + 160) as bytes
            from rejections
            where message_id = m.id
        ) r
    ) s";
/// The oldest messages, as many as have so many rejections together, and at least one.
macro_rules! expire {
    ($which:literal) => {
        concat!(
            "
    delete from quarantined_messages
    where id in (
        select s.id
        from (
            select m.id
                 , row_number() over (order by m.id) as place
                 , sum((select count(*) from rejections r where r.message_id = m.id)) over (order by m.id) as rejections
            from (
                select id
                from quarantined_messages
                where ",
            $which,
            "
                limit $2
            ) m
        ) s
        where s.place = 1 or s.rejections <= $3
    )"
        )
    };
}
const EXPIRE_OLDER: &str = expire!("received_at < $1 order by received_at");
const EXPIRE_THROUGH: &str = expire!("id <= $1 order by id");
const EXPIRE_COUNTS: &str = "delete from rejection_counts where hour < $1";
/// What was counted for names that are no gateway's is needed one by one only in its own hour.
const FOLD_COUNTS: &str = "
    with strangers as (
        delete from rejection_counts c
        where c.hour < date_trunc('hour', now()) - interval '1 hour'
          and c.gateway <> ''
          and not exists (select from gateways g where g.gateway_id = c.gateway)
        returning hour, reason, total, kept
    )
    insert into rejection_counts as c (hour, gateway, reason, total, kept)
    select hour, '', reason, sum(total), sum(kept)
    from strangers
    group by hour, reason
    on conflict (hour, gateway, reason) do update
    set total = c.total + excluded.total
      , kept = c.kept + excluded.kept";

#[cfg(test)]
pub(super) const STATEMENTS: [&str; 7] =
    [SIZE, BEYOND_NUMBER, SIZE_OF_PIECE, EXPIRE_OLDER, EXPIRE_THROUGH, EXPIRE_COUNTS, FOLD_COUNTS];

/// Messages looked at, or dropped, with one statement: none may take longer than a read may.
const AT_ONCE: i64 = 2_000;
/// Rejections dropped with one statement, for one message may have as many.
const REJECTIONS_AT_ONCE: i64 = 20_000;

/// What a piece of the quarantine takes.
#[derive(sqlx::FromRow)]
struct Piece {
    /// `None`: there is no message any more.
    last: Option<i64>,
    bytes: Option<i64>,
    too_much: Option<i64>,
}

/// What the quarantine may hold.
#[derive(Debug, Clone, Copy)]
pub struct QuarantineBounds {
    /// Nothing received before.
    pub oldest: Timestamp,
    pub max_messages: i64,
    pub max_bytes: i64,
}

impl Store {
    /// Drops quarantined messages that are too old, then the oldest until the rest is few and small enough; returns how
    /// many went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_quarantine(&self, bounds: QuarantineBounds) -> Result<u64, StoreError> {
        let QuarantineBounds { oldest, max_messages, max_bytes } = bounds;
        let expire = async {
            let mut gone = self.expire_some(EXPIRE_OLDER, to_column(oldest)).await?;
            let beyond: Option<i64> =
                sqlx::query_scalar(BEYOND_NUMBER).bind(max_messages).fetch_optional(&self.api).await?;
            if let Some(last) = beyond {
                gone += self.expire_some(EXPIRE_THROUGH, last).await?;
            }
            let on_disk: i64 = sqlx::query_scalar(SIZE).fetch_one(&self.api).await?;
            if on_disk > max_bytes
                && let Some(last) = self.last_by_size(max_bytes).await?
            {
                gone += self.expire_some(EXPIRE_THROUGH, last).await?;
            }
            sqlx::query(EXPIRE_COUNTS).bind(to_column(oldest)).execute(&self.api).await?;
            sqlx::query(FOLD_COUNTS).execute(&self.api).await?;
            Ok(gone)
        };
        expire.await.map_err(StoreError::on("expire the quarantine"))
    }

    /// The newest message that has to go because all from it on take more than allowed.
    async fn last_by_size(&self, max_bytes: i64) -> Result<Option<i64>, sqlx::Error> {
        let (mut before, mut room) = (None, max_bytes);
        loop {
            let piece: Piece = sqlx::query_as(SIZE_OF_PIECE)
                .bind(before)
                .bind(AT_ONCE)
                .bind(room)
                .fetch_one(&self.api)
                .await?;
            if piece.last.is_none() || piece.too_much.is_some() {
                return Ok(piece.too_much);
            }
            before = piece.last;
            room = room.saturating_sub(piece.bytes.unwrap_or_default());
        }
    }

    /// Drops messages piece by piece until none is left within the bound.
    async fn expire_some<B>(&self, statement: &'static str, bound: B) -> Result<u64, sqlx::Error>
    where
        B: Copy + Send + for<'q> sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'static,
    {
        let mut gone = 0;
        loop {
            let some = sqlx::query(statement)
                .bind(bound)
                .bind(AT_ONCE)
                .bind(REJECTIONS_AT_ONCE)
                .execute(&self.api)
                .await?
                .rows_affected();
            if some == 0 {
                return Ok(gone);
            }
            gone += some;
        }
    }
}
