//! Passwords: argon2id, a few at a time, and as long for an account that does not exist as for one that does.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vigia_model::Email;

/// Hashes under way at once: each takes 19 MiB and a core for some 20 ms.
const AT_ONCE: usize = 2;
const MEMORY_KIB: u32 = 19 * 1_024;
const ROUNDS: u32 = 2;
const LANES: u32 = 1;

/// Those that wait; a further one is told to come again.
const WAITING: usize = 64;

/// Characters a password has.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;
/// What people choose when they are told to choose twelve characters.
const COMMON: [&str; 12] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "password1234",
    "password12345",
    "contraseña12",
    "contrasena12",
    "contrasena123",
    "contraseña123",
    "qwertyuiop12",
    "qwertyuiopas",
    "administrador",
];

/// Why a password is not taken, for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("a password has 12 to 128 characters")]
    Length,
    #[error("this password is one of the first anybody tries")]
    Common,
    #[error("a password does not contain the e-mail address")]
    Email,
}

/// Whether a password may be chosen.
///
/// # Errors
/// Why not.
pub fn check_password(password: &str, email: &Email) -> Result<(), WeakPassword> {
    check_length(password)?;
    let mut letters = password.chars();
    let lower = password.to_lowercase();
    let first = letters.next();
    if COMMON.contains(&lower.as_str()) || letters.all(|letter| Some(letter) == first) {
        return Err(WeakPassword::Common);
    }
    let name = email.as_str().split('@').next().unwrap_or_default();
    if lower.contains(email.as_str())
        || (name.len() >= 5 && lower.contains(name) && lower.len() < name.len() + 8)
    {
        return Err(WeakPassword::Email);
    }
    Ok(())
}

/// What can be said of a password before it is known whose it is to be.
pub(crate) fn check_length(password: &str) -> Result<(), WeakPassword> {
    if LENGTH.contains(&password.chars().count()) { Ok(()) } else { Err(WeakPassword::Length) }
}

/// Hashes a password, in the calling thread.
///
/// # Errors
/// When the machine has no memory for it.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(hasher()?.hash_password(password.as_bytes())?.to_string())
}

fn hasher() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, ROUNDS, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// More passwords wait to be checked than the machine can do soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// A place among those that wait for a hash.
#[derive(Debug)]
pub(crate) struct Queued(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

/// Checks and hashes passwords where it holds up nobody.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    /// What is checked for an account that does not exist, or has no password.
    nobodys: Arc<OnceLock<String>>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobodys: Arc::default(),
        }
    }

    /// A place among those that wait; taken before an attempt is counted.
    ///
    /// # Errors
    /// [`Busy`] when there is none.
    pub(crate) fn queue(&self) -> Result<Queued, Busy> {
        Arc::clone(&self.queue).try_acquire_owned().map(Queued).map_err(|_full| Busy)
    }

    /// Whether a password is the one of this hash; never without one, and after as long.
    pub(crate) async fn verify(&self, queued: Queued, password: String, hash: Option<String>) -> bool {
        let nobodys = Arc::clone(&self.nobodys);
        let check = move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| {
                nobodys.get_or_init(|| hash_password("nobody's password").unwrap_or_default()).clone()
            });
            let right = PasswordHash::new(&hash).is_ok_and(|parsed| {
                hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &parsed).is_ok())
            });
            known && right
        };
        self.work(queued, check).await.unwrap_or(false)
    }

    /// The hash of a password; `None` when the machine has no memory for it.
    pub(crate) async fn hash(&self, queued: Queued, password: String) -> Option<String> {
        self.work(queued, move || hash_password(&password).ok()).await.flatten()
    }

    /// The places go with the work: it runs to its end though nobody waits for it any more.
    async fn work<T: Send + 'static>(
        &self,
        queued: Queued,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        let done = tokio::task::spawn_blocking(move || {
            let _places = (queued, place);
            work()
        });
        done.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_told_apart() {
        let email = Email::new("maria.gomez@example.com").unwrap();
        let check = |password: &str| check_password(password, &email);
        assert_eq!(check("short"), Err(WeakPassword::Length));
        assert_eq!(check(&"ñ".repeat(129)), Err(WeakPassword::Length));
        assert_eq!(check("aaaaaaaaaaaaaa"), Err(WeakPassword::Common));
        assert_eq!(check("Contraseña12"), Err(WeakPassword::Common));
        assert_eq!(check("Maria.Gomez@example.com"), Err(WeakPassword::Email));
        assert_eq!(check("maria.gomez12"), Err(WeakPassword::Email));
        assert_eq!(check("un mate amargo a las 5"), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let passwords = Passwords::new();
        let hash = passwords.hash(passwords.queue().unwrap(), "un mate amargo".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(
            passwords.hash(passwords.queue().unwrap(), "un mate amargo".to_owned()).await.unwrap(),
            hash,
            "salted"
        );
        assert!(
            passwords
                .verify(passwords.queue().unwrap(), "un mate amargo".to_owned(), Some(hash.clone()))
                .await
        );
        assert!(!passwords.verify(passwords.queue().unwrap(), "un mate dulce".to_owned(), Some(hash)).await);
        assert!(!passwords.verify(passwords.queue().unwrap(), "nobody's password".to_owned(), None).await);
        assert!(
            !passwords
                .verify(passwords.queue().unwrap(), "x".to_owned(), Some("not a hash".to_owned()))
                .await
        );
    }

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_told_so_at_once() {
        let passwords = Passwords::new();
        let others =
            Arc::clone(&passwords.queue).acquire_many_owned(u32::try_from(AT_ONCE + WAITING).unwrap());
        let others = others.await.unwrap();
        assert_eq!(passwords.queue().unwrap_err(), Busy);
        drop(others);
        passwords.queue().unwrap();
    }

    #[tokio::test]
    async fn a_place_is_taken_until_the_work_is_done_though_nobody_waits() {
        let passwords = Passwords::new();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let work = passwords.work(passwords.queue().unwrap(), move || ended.recv());
        tokio::time::timeout(std::time::Duration::from_millis(100), work).await.unwrap_err();
        assert_eq!(passwords.places.available_permits(), AT_ONCE - 1);
        end.send(()).unwrap();
        while passwords.places.available_permits() < AT_ONCE {
            tokio::task::yield_now().await;
        }
    }
}
