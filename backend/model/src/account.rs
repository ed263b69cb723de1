//! Accounts: e-mail addresses and roles.

use std::fmt;

/// What somebody may do in a tenant. A later one may do all an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Also acknowledges alarms.
    Operator,
    /// Also manages users, API keys, dashboards and alarm rules of the tenant.
    TenantAdmin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::TenantAdmin];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::TenantAdmin => "tenant_admin",
        }
    }

    /// The role of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// An e-mail address in lower case, by which a user logs in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Box<str>);

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no e-mail address")]
pub struct NoEmail;

impl Email {
    /// The longest there is (RFC 5321).
    const MAX_BYTES: usize = 254;

    /// Reads an address as a person types it: blanks around it and capitals do not matter.
    ///
    /// # Errors
    /// When it has no name, no host, or characters that no address has.
    pub fn new(text: &str) -> Result<Self, NoEmail> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.rsplit_once('@').ok_or(NoEmail)?;
        let is_plain = |part: &str| {
            !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != '@')
        };
        let host_is_named =
            !host.starts_with(['.', '-']) && !host.ends_with(['.', '-']) && !host.contains("..");
        if text.len() <= Self::MAX_BYTES && is_plain(name) && is_plain(host) && host_is_named {
            Ok(Self(text.into()))
        } else {
            Err(NoEmail)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        assert_eq!(Email::new("  Ana.Perez@Example.COM ").unwrap().as_str(), "ana.perez@example.com");
        assert!(Email::new("ñandú@xn--9dbq2a").is_ok() && Email::new("a+b@localhost").is_ok());
        let long = format!("{}@example.com", "a".repeat(250));
        for wrong in ["", "@", "a@", "@b", "a b@c", "a@b@c", "a@.b", "a@b..c", "a\0@b", "a@b-", &long] {
            assert_eq!(Email::new(wrong), Err(NoEmail), "{wrong}");
        }
    }

    #[test]
    fn roles_are_ordered_and_read_back() {
        assert!(Role::Viewer < Role::Operator && Role::Operator < Role::TenantAdmin);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("admin"), None);
    }
}
