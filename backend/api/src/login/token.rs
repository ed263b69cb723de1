//! Tokens: 32 random bytes in text. Only their hash is stored, so whoever reads the database cannot use them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore as _;
use sha2::{Digest as _, Sha256};
use std::fmt;
use vigia_store::session::TokenHash;

const BYTES: usize = 32;
/// Characters of 32 bytes in base64 without padding.
const TEXT_LENGTH: usize = 43;
/// Characters of a token that may be shown to know it again.
const HINT_LENGTH: usize = 10;

/// What a token is for; its first letters say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Session,
    ApiKey,
    PasswordLink,
}

impl TokenKind {
    const ALL: [Self; 3] = [Self::Session, Self::ApiKey, Self::PasswordLink];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "vgs_",
            Self::ApiKey => "vgk_",
            Self::PasswordLink => "vgp_",
        }
    }
}

/// A token as its holder has it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    kind: TokenKind,
    text: String,
}

impl Token {
    /// A new one that nobody can guess.
    pub fn random(kind: TokenKind) -> Self {
        let mut bytes = [0; BYTES];
        rand::rng().fill_bytes(&mut bytes);
        Self { kind, text: format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes)) }
    }

    /// Reads what somebody sent; `None` when it looks like no token at all.
    pub fn read(text: &str) -> Option<Self> {
        let kind = TokenKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let rest = text.strip_prefix(kind.prefix())?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (rest.len() == TEXT_LENGTH && plain).then(|| Self { kind, text: text.to_owned() })
    }

    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The whole secret, to be given to its holder once.
    pub fn secret(&self) -> &str {
        &self.text
    }

    /// Its first characters.
    pub fn hint(&self) -> &str {
        self.text.get(..HINT_LENGTH).unwrap_or_default()
    }

    /// As it is stored. The token is random through and through, so one round of a plain hash is enough.
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.text.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_and_show_nothing() {
        for kind in TokenKind::ALL {
            let token = Token::random(kind);
            assert_eq!(Token::read(token.secret()), Some(token.clone()));
            assert_eq!(token.hint().len(), HINT_LENGTH);
            assert!(!format!("{token:?}").contains(token.secret().trim_start_matches(kind.prefix())));
            assert_ne!(Token::random(kind).hash(), token.hash());
        }
        for wrong in ["", "vgs_", "vgs_short", "Bearer", &format!("vgs_{}", "é".repeat(22)), &"x".repeat(47)]
        {
            assert_eq!(Token::read(wrong), None, "{wrong}");
        }
    }
}
