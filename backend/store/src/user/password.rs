//! Passwords, and the links by which people choose them.

use super::edit::{CREATE, FIND, LOCK};
use super::{get, memberships};
use crate::audit::{self, Actor, Deed};
use crate::connect::Store;
use crate::convert::to_column;
use crate::error::StoreError;
use crate::session::{END_OTHERS, TokenHash};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;
use vigia_model::{Email, TenantScope, Timestamp};

/// Not with the password it had: that may be why it was disabled.
const ENABLE: &str =
    "update users set disabled = false, password_hash = null, vouched = false where id = $1 and disabled";
const LINK: &str = "
    insert into password_links (token_hash, user_id, first_only, vouched, made_by, expires_at)
    values ($1, $2, $3, $4, $5, $6)";
/// Before its links, as everybody else does.
const LOCK_OWNER: &str = "
    select u.id
    from users u
    join password_links l on l.user_id = u.id
    where l.token_hash = $1
    for update of u";
const TAKE_LINK: &str = "
    delete from password_links l
    using users u
    where l.token_hash = $1 and u.id = l.user_id
    returning l.user_id, u.email, l.vouched, l.expires_at > $2 and not (l.first_only and u.password_hash is not null) and not u.disabled as holds";
const LINK_OWNER: &str = "
    select u.email
    from password_links l
    join users u on u.id = l.user_id
    where l.token_hash = $1 and l.expires_at > $2 and not (l.first_only and u.password_hash is not null) and not u.disabled";
pub(super) const DROP_ALL_LINKS: &str = "delete from password_links where user_id = $1";
pub(super) const DROP_MADE: &str = "delete from password_links where made_by = $1";
const DROP_LINKS: &str = "delete from password_links where user_id = $1 or expires_at <= $2";
/// Instead of `$3`, if that is named; whoever was faster holds.
const SET_PASSWORD: &str = "
    update users
    set password_hash = $2
      , vouched = coalesce($4, vouched)
      , updated_at = now()
    where id = $1 and ($3::text is null or password_hash = $3) and not disabled";
const HAS_LINK_OR_PASSWORD: &str = "
    select exists (select from users where password_hash is not null and not disabled)";

#[cfg(test)]
pub(crate) const STATEMENTS: [&str; 10] = [
    ENABLE,
    LINK,
    LOCK_OWNER,
    TAKE_LINK,
    LINK_OWNER,
    DROP_ALL_LINKS,
    DROP_MADE,
    DROP_LINKS,
    SET_PASSWORD,
    HAS_LINK_OR_PASSWORD,
];

/// A link by which a person chooses a password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordLink {
    pub token_hash: TokenHash,
    /// Works only while the account has no password.
    pub first_only: bool,
    /// Made by an internal admin or on the command line; by no other does an account become an internal admin's.
    pub vouched: bool,
    /// With whose rights it ends; none: the command line.
    pub made_by: Option<Uuid>,
    pub expires_at: Timestamp,
}

/// A password that was chosen.
#[derive(Debug, Clone, Copy)]
pub struct NewPassword<'a> {
    /// In PHC text.
    pub hash: &'a str,
    /// The one that was checked; only that is replaced.
    pub instead_of: Option<&'a str>,
    /// Whether somebody vouches for whoever chose it; none: as before.
    pub vouched: Option<bool>,
}

/// What became of a link that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkOutcome {
    Made,
    NotFound,
    /// The account has roles the asker does not manage; an internal admin decides.
    NotYours,
}

impl Store {
    /// Makes a link by which a user of the scope chooses a new password, if he has no role outside of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_password(
        &self,
        scope: &TenantScope,
        id: Uuid,
        link: PasswordLink,
        actor: &Actor,
    ) -> Result<LinkOutcome, StoreError> {
        let linked = async {
            let mut tx = self.door.begin().await?;
            let _locked: Option<i32> = sqlx::query_scalar(LOCK).bind(id).fetch_optional(&mut *tx).await?;
            let Some(user) = get(&mut tx, scope, id).await? else { return Ok(LinkOutcome::NotFound) };
            if !memberships(&mut tx, id).await?.iter().all(|it| scope.allows(&it.tenant)) {
                return Ok(LinkOutcome::NotYours);
            }
            add_link(&mut tx, id, link).await?;
            let subject = id.to_string();
            let tenant = user.memberships.first().map(|membership| membership.tenant_id);
            let deed = Deed {
                action: "user.link_password",
                subject_kind: "user",
                subject: &subject,
                subject_name: Some(user.email.clone()),
                tenant,
                after: Some(json!({ "email": user.email })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(LinkOutcome::Made)
        };
        linked.await.map_err(StoreError::on("make a password link"))
    }

    /// The e-mail of whom a link is for, while it holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_owner(&self, token: &TokenHash, now: Timestamp) -> Result<Option<String>, StoreError> {
        let read = sqlx::query_scalar(LINK_OWNER)
            .bind(token.as_slice())
            .bind(to_column(now))
            .fetch_optional(&self.door)
            .await;
        read.map_err(StoreError::on("read a password link"))
    }

    /// Gives a user the password chosen through a link, which works once, and signs all sessions out; the e-mail, or none
    /// when the link does not hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redeem_link(
        &self,
        token: &TokenHash,
        password_hash: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let redeemed = async {
            let mut tx = self.door.begin().await?;
            let _locked: Option<Uuid> =
                sqlx::query_scalar(LOCK_OWNER).bind(token.as_slice()).fetch_optional(&mut *tx).await?;
            let holder: Option<(Uuid, String, bool, bool)> = sqlx::query_as(TAKE_LINK)
                .bind(token.as_slice())
                .bind(to_column(now))
                .fetch_optional(&mut *tx)
                .await?;
            let Some((user, email, vouched, true)) = holder else { return Ok(None) };
            let new = NewPassword { hash: password_hash, instead_of: None, vouched: Some(vouched) };
            if set_password(&mut tx, user, new, None, now).await?.is_none() {
                return Ok(None);
            }
            let actor = Actor { name: email.clone(), ..actor.clone() };
            let subject = user.to_string();
            let deed = Deed {
                action: "user.set_password",
                subject_kind: "user",
                subject: &subject,
                subject_name: Some(email.clone()),
                ..Deed::default()
            };
            audit::note(&mut tx, &actor, deed).await?;
            tx.commit().await?;
            Ok(Some(email))
        };
        redeemed.await.map_err(StoreError::on("set a password"))
    }

    /// Gives a user another password instead of the one that was checked, and signs out every other session; the
    /// hashes of their tokens. `None` if somebody changed it meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_password(
        &self,
        user: Uuid,
        new: NewPassword<'_>,
        but: Option<Uuid>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
        let changed = async {
            let mut tx = self.door.begin().await?;
            let Some(ended) = set_password(&mut tx, user, new, but, now).await? else { return Ok(None) };
            let subject = user.to_string();
            let deed = Deed {
                action: "user.change_password",
                subject_kind: "user",
                subject: &subject,
                subject_name: Some(actor.name.clone()),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(Some(ended))
        };
        changed.await.map_err(StoreError::on("change a password"))
    }

    /// Whether anybody can log in at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn anybody_can_log_in(&self) -> Result<bool, StoreError> {
        let read = sqlx::query_scalar(HAS_LINK_OR_PASSWORD).fetch_one(&self.door).await;
        read.map_err(StoreError::on("look for an account"))
    }

    /// Makes sure that an account of this e-mail exists and is not disabled, with a link to choose a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invite(&self, email: &Email, link: PasswordLink, actor: &Actor) -> Result<Uuid, StoreError> {
        let invited = async {
            let mut tx = self.door.begin().await?;
            sqlx::query(CREATE)
                .bind(email.as_str())
                .bind(None::<String>)
                .bind(false)
                .bind(false)
                .execute(&mut *tx)
                .await?;
            let id: Uuid = sqlx::query_scalar(FIND).bind(email.as_str()).fetch_one(&mut *tx).await?;
            sqlx::query(ENABLE).bind(id).execute(&mut *tx).await?;
            sqlx::query(DROP_ALL_LINKS).bind(id).execute(&mut *tx).await?;
            add_link(&mut tx, id, link).await?;
            let subject = id.to_string();
            let deed = Deed {
                action: "user.invite",
                subject_kind: "user",
                subject: &subject,
                subject_name: Some(email.as_str().to_owned()),
                after: Some(json!({ "email": email.as_str() })),
                ..Deed::default()
            };
            audit::note(&mut tx, actor, deed).await?;
            tx.commit().await?;
            Ok(id)
        };
        invited.await.map_err(StoreError::on("invite a user"))
    }
}

pub(super) async fn add_link(
    connection: &mut PgConnection,
    user: Uuid,
    link: PasswordLink,
) -> Result<(), sqlx::Error> {
    sqlx::query(LINK)
        .bind(link.token_hash.as_slice())
        .bind(user)
        .bind(link.first_only)
        .bind(link.vouched)
        .bind(link.made_by)
        .bind(to_column(link.expires_at))
        .execute(connection)
        .await?;
    Ok(())
}

async fn set_password(
    connection: &mut PgConnection,
    user: Uuid,
    new: NewPassword<'_>,
    but: Option<Uuid>,
    now: Timestamp,
) -> Result<Option<Vec<Vec<u8>>>, sqlx::Error> {
    let written = sqlx::query(SET_PASSWORD)
        .bind(user)
        .bind(new.hash)
        .bind(new.instead_of)
        .bind(new.vouched)
        .execute(&mut *connection)
        .await?;
    if written.rows_affected() == 0 {
        return Ok(None);
    }
    sqlx::query(DROP_LINKS).bind(user).bind(to_column(now)).execute(&mut *connection).await?;
    sqlx::query_scalar(END_OTHERS).bind(user).bind(but).fetch_all(connection).await.map(Some)
}
