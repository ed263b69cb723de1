//! Who a token stands for: asked of the database, and remembered for some seconds.

use super::identity::{Identity, Who};
use super::token::{Token, TokenKind};
use crate::error::ApiError;
use crate::{Api, ApiSettings};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use vigia_model::Timestamp;
use vigia_store::session::TokenHash;

/// So long a token is not asked about again. What is revoked in another process or by hand works on for that long.
const FRESH: Duration = Duration::from_secs(5);
/// While the database is away, whoever was known so lately stays so: live screens come from memory.
const WHILE_AWAY: Duration = Duration::from_mins(10);
/// The use of a session or key is written down this often.
const TOUCH_EVERY: Duration = Duration::from_mins(1);
/// Tokens remembered.
const MOST: usize = 20_000;

/// Tokens that were asked about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    entries: HashMap<TokenHash, Entry>,
    /// Grows whenever something is forgotten: what was asked before that is not remembered.
    forgotten: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    identity: Arc<Identity>,
    asked_at: Timestamp,
    touched_at: Timestamp,
}

impl Known {
    /// Who a token stands for; `None` for nobody.
    ///
    /// # Errors
    /// When the database is away and the token was not known lately.
    pub(crate) async fn find(
        &self,
        api: &Api,
        token: &Token,
        address: IpAddr,
    ) -> Result<Option<Arc<Identity>>, ApiError> {
        let hash = token.hash();
        let now = api.clock.now();
        let (entry, forgotten) = {
            let memory = self.memory();
            (memory.entries.get(&hash).cloned(), memory.forgotten)
        };
        let holds = |entry: &Entry| entry.identity.expires_at.is_none_or(|end| end > now);
        if let Some(entry) = entry.as_ref().filter(|entry| is_within(entry.asked_at, FRESH, now)) {
            return Ok(holds(entry).then(|| Arc::clone(&entry.identity)));
        }
        match ask(api, token.kind(), &hash).await {
            Ok(Some(identity)) => {
                let touched_at =
                    entry.map(|entry| entry.touched_at).filter(|at| is_within(*at, TOUCH_EVERY, now));
                if touched_at.is_none() {
                    touch(api, &identity, address).await;
                }
                let identity = Arc::new(identity);
                let entry = Entry {
                    identity: Arc::clone(&identity),
                    asked_at: now,
                    touched_at: touched_at.unwrap_or(now),
                };
                self.remember(hash, entry, forgotten, now);
                Ok(Some(identity))
            }
            Ok(None) => {
                self.memory().entries.remove(&hash);
                Ok(None)
            }
            Err(error @ ApiError::DatabaseUnavailable(_)) => {
                let lately = entry.filter(|entry| is_within(entry.asked_at, WHILE_AWAY, now) && holds(entry));
                lately.map(|entry| Some(entry.identity)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets tokens that are worth nothing any more.
    pub(crate) fn forget(&self, hashes: &[Vec<u8>]) {
        let mut memory = self.memory();
        memory.forgotten += 1;
        for hash in hashes {
            if let Ok(hash) = TokenHash::try_from(hash.as_slice()) {
                memory.entries.remove(&hash);
            }
        }
    }

    /// Forgets everybody: roles have changed.
    pub(crate) fn forget_all(&self) {
        let mut memory = self.memory();
        memory.forgotten += 1;
        memory.entries.clear();
    }

    fn remember(&self, hash: TokenHash, entry: Entry, forgotten: u64, now: Timestamp) {
        let mut memory = self.memory();
        if memory.forgotten != forgotten {
            return;
        }
        let entries = &mut memory.entries;
        if entries.len() >= MOST {
            entries.retain(|_, entry| is_within(entry.asked_at, FRESH, now));
        }
        if entries.len() < MOST {
            entries.insert(hash, entry);
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is not longer ago than that; a clock that was set back makes nothing new.
fn is_within(then: Timestamp, span: Duration, now: Timestamp) -> bool {
    then <= now && now < then.plus(span)
}

async fn ask(api: &Api, kind: TokenKind, hash: &TokenHash) -> Result<Option<Identity>, ApiError> {
    let now = api.clock.now();
    let ApiSettings { admins, session_life, .. } = &*api.settings;
    Ok(match kind {
        TokenKind::Session => {
            let session = api.store.logged_in(hash, now, *session_life).await?;
            session.map(|session| Identity::of_session(session, admins))
        }
        TokenKind::ApiKey => api.store.api_key(hash, now).await?.map(Identity::of_key),
        TokenKind::PasswordLink => None,
    })
}

/// Notes the use; a failure of that is nobody's trouble.
async fn touch(api: &Api, identity: &Identity, address: IpAddr) {
    let now = api.clock.now();
    let touched = match &identity.who {
        Who::User { session, .. } => api.store.touch_session(*session, now).await,
        Who::Key { key, .. } => api.store.touch_api_key(*key, now, &address.to_string()).await,
    };
    if let Err(error) = touched {
        tracing::debug!(cause = %error.database_message(), "the use of a token was not written down");
    }
}
