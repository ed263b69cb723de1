//! Who calls: tokens, passwords, and what a caller may do. Nothing under `/api` but the way in itself, and no WebSocket,
//! is served to somebody nobody knows.

mod address;
mod cookie;
mod identity;
mod known;
mod limit;
mod share;
mod password;
mod token;
mod turns;
mod required;

pub use address::TrustedProxies;
pub(crate) use address::{client_address, comes_from_a_proxy};
pub(crate) use cookie::{clear_cookie, set_cookie};
pub(crate) use identity::{Identity, Who};
pub(crate) use known::Known;
pub(crate) use limit::{Attempts, household};
pub(crate) use password::{Busy, Passwords, check_length};
pub use password::{WeakPassword, check_password, hash_password};
pub(crate) use required::{required, whoever};
pub(crate) use share::Shares;
pub use token::{Token, TokenKind};
pub(crate) use turns::Turns;
