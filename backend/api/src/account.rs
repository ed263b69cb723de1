//! `/api/auth/…`: logging in and out, who one is, one's password and one's sessions.

use crate::Api;
use crate::answer::WithCookie;
use crate::caller::{Caller, Person};
use crate::convert::utc;
use crate::error::ApiError;
use crate::extract::{Json, Path, UserAgent};
use crate::login::{
    Identity, Token, TokenKind, Who, check_length, check_password, clear_cookie, client_address, set_cookie,
    whoever,
};
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::NoContent;
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;
use vigia_contract::http::Page;
use vigia_contract::http::account::{
    Access, LinkedPasswordBody, Login, LoginBody, Me, PasswordBody, Session, TenantRole,
};
use vigia_model::Email;
use vigia_store::audit::{Actor, ActorKind};
use vigia_store::session::{Attempt, NewSession};
use vigia_store::user::NewPassword;

/// Longer ones are no passwords, and cost no hashing.
const MOST_PASSWORD_BYTES: usize = 1_024;

/// Where a request comes from; for routes in front of the door.
pub(crate) struct From(IpAddr);

impl axum::extract::FromRequestParts<Api> for From {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        Ok(Self(client_address(&api.settings.trusted_proxies, &parts.extensions, &parts.headers)))
    }
}

/// The session a browser comes with, which ends when somebody logs in there anew.
pub(crate) struct OldSession(Option<(Uuid, Uuid)>);

impl axum::extract::FromRequestParts<Api> for OldSession {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Self::Rejection> {
        // A program's token is its own business.
        let by_cookie = !parts.headers.contains_key(header::AUTHORIZATION);
        let identity = if by_cookie { whoever(api, parts).await } else { None };
        Ok(Self(identity.and_then(|identity| match identity.who {
            Who::User { user, session, .. } => Some((user, session)),
            Who::Key { .. } => None,
        })))
    }
}

/// Lets somebody in. An unknown address, one without a password and a wrong password look and take the same.
pub(crate) async fn log_in(
    State(api): State<Api>,
    From(address): From,
    OldSession(old): OldSession,
    UserAgent(user_agent): UserAgent,
    Json(body): Json<LoginBody>,
) -> Result<WithCookie<axum::Json<Login>>, ApiError> {
    api.doors.attempts.try_one(address).map_err(ApiError::TooManyAttempts)?;
    let queued = api.doors.passwords.queue()?;
    let Ok(email) = Email::new(&body.email) else {
        // Not an address: nobody's, and as slow.
        api.doors.passwords.verify(queued, String::new(), None).await;
        return Err(ApiError::InvalidCredentials);
    };
    let now = api.clock.now();
    let failures = attempt(&api, &email).await?;
    let credentials = api.store.credentials(&email).await?;
    let hash = credentials.as_ref().and_then(|known| known.password_hash.clone());
    let plausible = body.password.len() <= MOST_PASSWORD_BYTES;
    let password = if plausible { body.password } else { String::new() };
    let right = api.doors.passwords.verify(queued, password, hash.clone()).await && plausible;
    let (Some(user), Some(hash)) = (credentials.filter(|_| right), hash) else {
        let actor = Actor {
            name: email.as_str().to_owned(),
            kind: ActorKind::Nobody,
            address: Some(address.to_string()),
        };
        api.store.login_refused(&email, failures, &actor).await?;
        return Err(ApiError::InvalidCredentials);
    };
    let token = Token::random(TokenKind::Session);
    let life = api.settings.session_life;
    let actor =
        Actor { name: email.as_str().to_owned(), kind: ActorKind::User, address: Some(address.to_string()) };
    let new = NewSession {
        token_hash: token.hash(),
        password_hash: &hash,
        now,
        expires_at: now.plus(life.absolute),
        user_agent: &user_agent,
    };
    api.store.log_in(user.id, &email, &actor, new).await?.ok_or(ApiError::InvalidCredentials)?;
    let identity = api.doors.known.find(&api, &token, address).await?.ok_or(ApiError::InvalidCredentials)?;
    if let Some((user, session)) = old {
        let ended = api.store.end_sessions(user, Some(session), &actor).await?;
        api.doors.known.forget(&ended);
    }
    let login =
        Login { token: token.secret().to_owned(), expires_at: utc(new.expires_at), user: me(&identity) };
    let cookie = set_cookie(&api.settings, token.secret(), life.absolute);
    Ok(WithCookie(cookie, axum::Json(login)))
}

/// Ends the session that asks.
pub(crate) async fn log_out(
    State(api): State<Api>,
    Person { caller, user, session, .. }: Person,
) -> Result<WithCookie<NoContent>, ApiError> {
    let ended = api.store.end_sessions(user, Some(session), &caller.actor()).await?;
    api.doors.known.forget(&ended);
    Ok(gone(&api))
}

/// Who is logged in.
pub(crate) async fn get_me(caller: Caller) -> axum::Json<Me> {
    axum::Json(me(&caller.identity))
}

/// Whether the caller is an internal admin.
pub(crate) async fn get_access(caller: Caller) -> axum::Json<Access> {
    let Me { email, admin, .. } = me(&caller.identity);
    axum::Json(Access { email, admin })
}

/// Another password. Every other session of the user ends.
pub(crate) async fn change_password(
    State(api): State<Api>,
    Person { caller, user, session, email }: Person,
    Json(body): Json<PasswordBody>,
) -> Result<NoContent, ApiError> {
    api.doors.attempts.try_one(caller.address).map_err(ApiError::TooManyAttempts)?;
    let email = Email::new(&email).map_err(|_no_email| ApiError::Forbidden)?;
    let now = api.clock.now();
    let queued = api.doors.passwords.queue()?;
    let failures = attempt(&api, &email).await?;
    let hash = api.store.credentials(&email).await?.and_then(|known| known.password_hash);
    if body.current_password.len() > MOST_PASSWORD_BYTES
        || !api.doors.passwords.verify(queued, body.current_password, hash.clone()).await
    {
        api.store.login_refused(&email, failures, &caller.actor()).await?;
        return Err(ApiError::InvalidCredentials);
    }
    api.store.forgive(&email).await?;
    let new = new_hash(&api, &email, body.new_password).await?;
    let new = NewPassword { hash: &new, instead_of: hash.as_deref(), vouched: None };
    let ended = api.store.change_password(user, new, Some(session), &caller.actor(), now).await?;
    api.doors.known.forget(&ended.ok_or(ApiError::InvalidCredentials)?);
    Ok(NoContent)
}

/// A password chosen through a link, which works once.
pub(crate) async fn redeem_link(
    State(api): State<Api>,
    From(address): From,
    Json(body): Json<LinkedPasswordBody>,
) -> Result<NoContent, ApiError> {
    api.doors.attempts.try_one(address).map_err(ApiError::TooManyAttempts)?;
    // Before the link: what is wrong with it is told whether the link holds or not.
    check_length(&body.new_password)
        .map_err(|weak| ApiError::invalid_field("newPassword", weak.to_string()))?;
    let token = Token::read(&body.token)
        .filter(|token| token.kind() == TokenKind::PasswordLink)
        .ok_or(ApiError::LinkExpired)?;
    let now = api.clock.now();
    let email = api.store.link_owner(&token.hash(), now).await?.ok_or(ApiError::LinkExpired)?;
    let email = Email::new(&email).map_err(|_no_email| ApiError::LinkExpired)?;
    let hash = new_hash(&api, &email, body.new_password).await?;
    let actor = Actor { name: String::new(), kind: ActorKind::User, address: Some(address.to_string()) };
    let owner = api.store.redeem_link(&token.hash(), &hash, &actor, now).await?;
    api.doors.known.forget_all();
    owner.ok_or(ApiError::LinkExpired)?;
    api.store.forgive(&email).await?;
    Ok(NoContent)
}

/// The caller's own sessions, the one used last first.
pub(crate) async fn list_sessions(
    State(api): State<Api>,
    Person { user, session: current, .. }: Person,
) -> Result<axum::Json<Page<Session>>, ApiError> {
    let sessions = api.store.sessions(user, api.clock.now(), api.settings.session_life).await?;
    let wire = |session: vigia_store::session::Session| Session {
        id: session.id,
        current: session.id == current,
        created_at: utc(session.created_at),
        last_used_at: utc(session.last_used_at),
        expires_at: utc(session.expires_at),
        address: session.address,
        user_agent: session.user_agent,
    };
    Ok(axum::Json(Page { items: sessions.into_iter().map(wire).collect(), next_cursor: None }))
}

/// Ends one of the caller's sessions.
pub(crate) async fn end_session(
    State(api): State<Api>,
    Person { caller, user, .. }: Person,
    Path(id): Path<Uuid>,
) -> Result<NoContent, ApiError> {
    let ended = api.store.end_sessions(user, Some(id), &caller.actor()).await?;
    if ended.is_empty() {
        return Err(ApiError::NotFound("session"));
    }
    api.doors.known.forget(&ended);
    Ok(NoContent)
}

/// Signs the caller out everywhere, here too.
pub(crate) async fn end_all_sessions(
    State(api): State<Api>,
    Person { caller, user, .. }: Person,
) -> Result<WithCookie<NoContent>, ApiError> {
    let ended = api.store.end_sessions(user, None, &caller.actor()).await?;
    api.doors.known.forget(&ended);
    Ok(gone(&api))
}

/// Counts an attempt with an address as a failure until it succeeds; how many in a row that makes.
async fn attempt(api: &Api, email: &Email) -> Result<i32, ApiError> {
    let now = api.clock.now();
    match api.store.attempt_login(email, now).await? {
        Attempt::Allowed { failures } => Ok(failures),
        Attempt::Locked { until } => {
            let wait_ms = u64::try_from(until.millis_since(now)).unwrap_or(0);
            Err(ApiError::TooManyAttempts(Duration::from_millis(wait_ms)))
        }
    }
}

fn me(identity: &Identity) -> Me {
    let (email, name) = match &identity.who {
        Who::User { email, name, .. } => (Some(email.clone()), name.clone()),
        Who::Key { name, .. } => (None, Some(name.clone())),
    };
    let tenants = identity.roles.iter();
    let tenants =
        tenants.map(|(tenant, role)| TenantRole { tenant: tenant.to_string(), role: role.as_str() });
    Me {
        email,
        name,
        admin: identity.admin,
        tenants: tenants.collect(),
        expires_at: identity.expires_at.map(utc),
    }
}

/// The hash of a password that may be chosen.
async fn new_hash(api: &Api, email: &Email, password: String) -> Result<String, ApiError> {
    check_password(&password, email)
        .map_err(|weak| ApiError::invalid_field("newPassword", weak.to_string()))?;
    api.doors.passwords.hash(api.doors.passwords.queue()?, password).await.ok_or(ApiError::Panic)
}

/// Nothing, and no cookie any more.
fn gone(api: &Api) -> WithCookie<NoContent> {
    WithCookie(clear_cookie(&api.settings), NoContent)
}
