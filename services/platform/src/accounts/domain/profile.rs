//! What a person may change about the own account.

use contracts::identity::Language;
use kit::plain_text;

use super::account::Account;

/// Fields to change; what is absent stays as it is (AUTH-37).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub name: Option<String>,
    pub email: Option<String>,
    /// An empty text takes the number away.
    pub phone: Option<String>,
    pub language: Option<Language>,
}

impl ProfileChange {
    /// The account after the change. Texts are cleaned and trimmed, so that what is stored is what is shown (SEC-39).
    pub fn apply(self, mut account: Account) -> Account {
        if let Some(name) = self.name {
            account.name = plain_text::line(&name);
        }
        if let Some(email) = self.email {
            account.email = email.trim().to_owned();
        }
        if let Some(phone) = self.phone {
            let phone = phone.trim();
            account.phone = (!phone.is_empty()).then(|| phone.to_owned());
        }
        if let Some(language) = self.language {
            account.language = language;
        }
        account
    }
}

#[cfg(test)]
mod tests {
    use contracts::identity::Role;
    use contracts::ids::UserId;

    use super::*;
    use crate::accounts::domain::NewAccount;

    fn account() -> Account {
        let request = NewAccount {
            id: UserId(uuid::Uuid::nil()),
            email: "eleni@example.test".into(),
            name: "Eleni".into(),
            role: Role::Customer,
            terms_accepted: true,
            language: Language::El,
        };
        Account::register(request, 30, jiff::Timestamp::UNIX_EPOCH).expect("accepted")
    }

    /// AUTH-37: absent fields stay as they are.
    #[test]
    fn nothing_asked_changes_nothing() {
        assert_eq!(ProfileChange::default().apply(account()), account());
    }

    /// AUTH-37: name, email, phone and language change; an empty phone takes it away.
    #[test]
    fn asked_fields_change() {
        let change = ProfileChange {
            name: Some("  Eleni P. ".into()),
            email: Some("new@example.test".into()),
            phone: Some("+30 210 1234567".into()),
            language: Some(Language::En),
        };
        let changed = change.apply(account());
        assert_eq!(changed.name, "Eleni P.");
        assert_eq!(changed.email, "new@example.test");
        assert_eq!(changed.phone.as_deref(), Some("+30 210 1234567"));
        let tagged = ProfileChange { name: Some("<b>Eleni</b> P.".into()), ..ProfileChange::default() };
        assert_eq!(tagged.apply(account()).name, "Eleni P.");
        assert_eq!(changed.language, Language::En);

        let cleared = ProfileChange { phone: Some(" ".into()), ..ProfileChange::default() }.apply(changed);
        assert_eq!(cleared.phone, None);
    }
}
