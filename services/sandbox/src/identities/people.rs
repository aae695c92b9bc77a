//! Who can sign in: the demo people of the configuration and everyone who was named since.

use serde::{Deserialize, Serialize};

use crate::config::Person;
use crate::state::Sandbox;

/// Somebody who signed in with a provider at least once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPerson {
    pub provider: Provider,
    pub email: String,
    pub name: String,
    pub signed_in_at: i64,
}

/// The three providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Google,
    Apple,
    Facebook,
}

impl Provider {
    /// The word in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
            Self::Apple => "apple",
            Self::Facebook => "facebook",
        }
    }

    /// The name on pages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Apple => "Apple",
            Self::Facebook => "Facebook",
        }
    }
}

/// The stable id a provider has for a person.
pub fn subject(provider: Provider, email: &str) -> String {
    format!("sandbox|{}|{}", provider.as_str(), email.to_lowercase())
}

/// A person as typed, tidied up.
///
/// # Errors
/// What is wrong with it, in English.
pub fn checked(email: &str, name: &str) -> Result<Person, &'static str> {
    let email = email.trim().to_lowercase();
    let name = name.trim();
    let well_formed = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
    });
    if !well_formed
        || email.len() > 254
        || email.chars().any(|sign| sign.is_whitespace() || sign.is_control() || "<>\"'|".contains(sign))
    {
        return Err("email is not a mail address");
    }
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err("name is too long or has control characters");
    }
    let name = if name.is_empty() { email.split('@').next().unwrap_or_default().to_owned() } else { name.to_owned() };
    Ok(Person { email, name, note: String::new() })
}

/// Remembers a sign-in and gives the person with the name they first had, unless a new one is given.
pub fn remember(sandbox: &Sandbox, provider: Provider, person: &Person) {
    let known = KnownPerson {
        provider,
        email: person.email.clone(),
        name: person.name.clone(),
        signed_in_at: sandbox.now().as_second(),
    };
    sandbox.write(|data| {
        data.people.put(&subject(provider, &person.email), known);
        data.people.keep_newest(2_000, |_| false);
    });
}

/// Who is listed on the authorize page: demo people first, then the last ones named.
pub fn listed(sandbox: &Sandbox, provider: Provider) -> Vec<Person> {
    let mut people = sandbox.config().identities.people.clone();
    sandbox.read(|data| {
        let others = data.people.newest_first().map(|(_, row)| row).filter(|row| row.provider == provider);
        for row in others.take(20) {
            if people.len() < 10 && !people.iter().any(|person| person.email == row.email) {
                people.push(Person { email: row.email.clone(), name: row.name.clone(), note: String::new() });
            }
        }
    });
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tidied_and_nonsense_refused() {
        let person = checked("  Maria@Courtside.Test ", " ").expect("an address");
        assert_eq!((person.email.as_str(), person.name.as_str()), ("maria@courtside.test", "maria"));
        for wrong in ["", "maria", "@x.y", "a@b", "a@.b", "a b@c.d", "a|b@c.d", "<a>@c.d"] {
            assert!(checked(wrong, "x").is_err(), "{wrong}");
        }
    }

    #[test]
    fn subjects_are_stable() {
        assert_eq!(subject(Provider::Google, "Maria@courtside.test"), "sandbox|google|maria@courtside.test");
    }
}
