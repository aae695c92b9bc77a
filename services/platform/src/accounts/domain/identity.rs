//! Identities at the three providers (AUTH-01): what counts as one, and what is kept of it.

use contracts::identity::IdentityProvider;
use jiff::Timestamp;

/// What a provider vouches for after its token was checked (AUTH-07).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedIdentity {
    pub provider: IdentityProvider,
    /// The provider's own stable id of the person; never the address, which can change hands.
    pub subject: String,
    pub email: String,
    pub name: String,
}

/// A stored identity of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedIdentity {
    pub provider: IdentityProvider,
    pub email: String,
    pub linked_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefused {
    #[error("the provider names no subject")]
    NoSubject,
    #[error("the provider shares no confirmed address")]
    NoAddress,
}

impl VerifiedIdentity {
    /// Accepts what a provider told about a person. An address the provider itself has not confirmed does not count:
    /// whoever typed it first would block its real owner from registering.
    pub fn from_claims(
        provider: IdentityProvider,
        subject: Option<&str>,
        email: Option<&str>,
        email_confirmed: bool,
        name: Option<&str>,
    ) -> Result<Self, IdentityRefused> {
        let subject = subject.map(str::trim).filter(|text| !text.is_empty() && text.len() <= 255);
        let subject = subject.ok_or(IdentityRefused::NoSubject)?;
        let email = email.map(str::trim).filter(|text| email_confirmed && looks_like_address(text));
        let email = email.ok_or(IdentityRefused::NoAddress)?;
        let name = name.map(str::trim).filter(|text| !text.is_empty());
        // Apple tells no name in its token: the part before the @ serves until the person changes it.
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or(email));
        Ok(Self {
            provider,
            subject: subject.to_owned(),
            email: email.to_owned(),
            name: name.chars().filter(|character| !character.is_control()).take(100).collect(),
        })
    }
}

/// Whether a text can be an address at all; whether somebody reads there, only a mail can tell.
pub fn looks_like_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let (local, domain, rest) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next());
    let printable = text.chars().all(|character| !character.is_whitespace() && !character.is_control());
    !local.is_empty() && !domain.is_empty() && rest.is_none() && printable && text.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(email: Option<&str>, confirmed: bool, name: Option<&str>) -> Result<VerifiedIdentity, IdentityRefused> {
        VerifiedIdentity::from_claims(IdentityProvider::Apple, Some("sub-1"), email, confirmed, name)
    }

    /// AUTH-07: a token without a subject vouches for nobody.
    #[test]
    fn a_subject_is_needed() {
        for subject in [None, Some(""), Some("   ")] {
            let refused =
                VerifiedIdentity::from_claims(IdentityProvider::Google, subject, Some("a@b.test"), true, Some("A"));
            assert_eq!(refused, Err(IdentityRefused::NoSubject));
        }
    }

    /// AUTH-07, AUTH-09: addresses the provider has not confirmed could belong to somebody else.
    #[test]
    fn an_unconfirmed_address_does_not_count() {
        assert_eq!(from(Some("a@b.test"), false, None), Err(IdentityRefused::NoAddress));
        for nonsense in ["", "a", "a@", "@b", "a@b@c", "a b@c.test"] {
            assert_eq!(from(Some(nonsense), true, None), Err(IdentityRefused::NoAddress), "{nonsense}");
        }
    }

    /// AUTH-03: the address is kept, and a missing name falls back to its first part.
    #[test]
    fn a_name_is_found() {
        let identity = from(Some(" nikos@b.test "), true, None).expect("accepted");
        assert_eq!((identity.email.as_str(), identity.name.as_str()), ("nikos@b.test", "nikos"));
        let identity = from(Some("nikos@b.test"), true, Some("Nikos\u{7} P.")).expect("accepted");
        assert_eq!(identity.name, "Nikos P.");
    }
}
