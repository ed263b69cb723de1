//! The address of an icon: a browser of every viewer fetches it, so it may name nothing but a picture somewhere.

use std::fmt;

/// The longest address, in bytes (all are ASCII).
const MAX_BYTES: usize = 2_048;
/// What an address may hold beside letters and digits (RFC 3986). A backslash is missing on purpose: browsers take it for
/// a slash.
const MARKS: &[u8] = b"-._~:/?#[]@!$&'()*+,;=%";

/// Where an icon is fetched: `https://…`, or a path of this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IconUrl(Box<str>);

/// Why a text is not an [`IconUrl`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIconUrl {
    #[error("is {0} bytes long, at most {MAX_BYTES} are allowed")]
    TooLong(usize),
    #[error("holds {0:?}, which no address has: write it percent-encoded")]
    Character(char),
    #[error(
        "begins with \"//\", which names another host: write https:// before it, or a single / for this server"
    )]
    OtherHost,
    #[error("is neither an https:// address nor a path that begins with /")]
    Relative,
    #[error("has the scheme {0}: only https is fetched, or a path that begins with /")]
    Scheme(String),
    #[error("names a user or password, which every viewer would see")]
    Credentials,
    #[error("names no host")]
    Host,
    #[error("names a port that is none")]
    Port,
}

impl IconUrl {
    /// Checks `text` and keeps a copy of it.
    ///
    /// # Errors
    /// What an address must not have.
    pub fn new(text: &str) -> Result<Self, InvalidIconUrl> {
        if text.len() > MAX_BYTES {
            return Err(InvalidIconUrl::TooLong(text.len()));
        }
        let is_allowed = |letter: char| {
            letter.is_ascii_alphanumeric() || u8::try_from(letter).is_ok_and(|b| MARKS.contains(&b))
        };
        if let Some(letter) = text.chars().find(|letter| !is_allowed(*letter)) {
            return Err(InvalidIconUrl::Character(letter));
        }
        if text.starts_with("//") {
            return Err(InvalidIconUrl::OtherHost);
        }
        if !text.starts_with('/') {
            check_absolute(text)?;
        }
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IconUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_absolute(text: &str) -> Result<(), InvalidIconUrl> {
    let (scheme, rest) = text.split_once(':').ok_or(InvalidIconUrl::Relative)?;
    if !scheme.eq_ignore_ascii_case("https") {
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        return Err(if is_scheme {
            InvalidIconUrl::Scheme(scheme.to_ascii_lowercase())
        } else {
            InvalidIconUrl::Relative
        });
    }
    let rest = rest.strip_prefix("//").ok_or(InvalidIconUrl::Host)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(InvalidIconUrl::Credentials);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(bracketed) => {
            let (address, port) = bracketed.split_once(']').ok_or(InvalidIconUrl::Host)?;
            address.parse::<std::net::Ipv6Addr>().map_err(|_| InvalidIconUrl::Host)?;
            (address, port.strip_prefix(':').or_else(|| port.is_empty().then_some("443")))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("443")),
        },
    };
    let is_named = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b))
        && host.starts_with(|first: char| first.is_ascii_alphanumeric() || first == ':');
    if !is_named {
        return Err(InvalidIconUrl::Host);
    }
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    if port.is_some_and(is_port) { Ok(()) } else { Err(InvalidIconUrl::Port) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_to_show_anybody() {
        for good in [
            "/icons/oven.svg",
            "/",
            "/a//b?c=d#e",
            "https://cdn.example.com/a%20b.png?size=2#x",
            "HTTPS://cdn.example.com",
            "https://cdn.example.com:8443/a@b",
            "https://192.0.2.1/x",
            "https://[2001:db8::1]:8443/x",
            "https://[::1]/x",
        ] {
            assert_eq!(IconUrl::new(good).map(|url| url.to_string()), Ok(good.to_owned()));
        }
        let long = format!("/{}", "a".repeat(MAX_BYTES));
        for (bad, why) in [
            ("", InvalidIconUrl::Relative),
            ("icon.png", InvalidIconUrl::Relative),
            ("a/b:c", InvalidIconUrl::Relative),
            ("//evil.example/x", InvalidIconUrl::OtherHost),
            ("/\\evil.example/x", InvalidIconUrl::Character('\\')),
            ("/a\tb", InvalidIconUrl::Character('\t')),
            ("/\n/evil.example", InvalidIconUrl::Character('\n')),
            (" https://a.example", InvalidIconUrl::Character(' ')),
            ("https://ñ.example", InvalidIconUrl::Character('ñ')),
            ("/\"onerror=", InvalidIconUrl::Character('"')),
            ("/\0", InvalidIconUrl::Character('\0')),
            ("javascript:alert(1)", InvalidIconUrl::Scheme("javascript".to_owned())),
            ("JavaScript://%0aalert(1)", InvalidIconUrl::Scheme("javascript".to_owned())),
            ("data:image/png;base64,AA", InvalidIconUrl::Scheme("data".to_owned())),
            ("http://a.example/x", InvalidIconUrl::Scheme("http".to_owned())),
            ("https:/a.example", InvalidIconUrl::Host),
            ("https:a.example", InvalidIconUrl::Host),
            ("https://", InvalidIconUrl::Host),
            ("https:///x", InvalidIconUrl::Host),
            ("https://?x", InvalidIconUrl::Host),
            ("https://%65vil", InvalidIconUrl::Host),
            ("https://[zz]/", InvalidIconUrl::Host),
            ("https://[::1/", InvalidIconUrl::Host),
            ("https://u:p@a.example/", InvalidIconUrl::Credentials),
            ("https://u@a.example", InvalidIconUrl::Credentials),
            ("https://a.example:x/", InvalidIconUrl::Port),
            ("https://a.example:99999/", InvalidIconUrl::Port),
            ("https://a.example:+1/", InvalidIconUrl::Port),
            ("https://[::1]x/", InvalidIconUrl::Port),
            (long.as_str(), InvalidIconUrl::TooLong(MAX_BYTES + 1)),
        ] {
            assert_eq!(IconUrl::new(bad), Err(why), "{bad:?}");
        }
    }
}
