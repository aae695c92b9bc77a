//! One person's account: how it begins, whether it may sign in, and what its access token says about an owner.

use contracts::identity::{AccountStatus, ConnectStatus, Language, Role, SubscriptionStatus};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub role: Role,
    pub status: AccountStatus,
    pub language: Language,
    pub verified: bool,
    pub subscription: SubscriptionStatus,
    pub trial_ends_at: Option<Timestamp>,
    pub stripe_status: ConnectStatus,
    pub created_at: Timestamp,
}

/// What a person asks for when registering, after the provider has vouched for the identity.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub terms_accepted: bool,
    pub language: Language,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefused {
    #[error("the terms were not accepted")]
    TermsNotAccepted,
    #[error("the role cannot be chosen at registration")]
    RoleNotSelfRegisterable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    #[error("the account is suspended")]
    Suspended,
    #[error("the account was deleted")]
    Deleted,
}

/// Checks what a registration may ask for, before anybody is bothered with the provider's token.
///
/// AUTH-04, AUTH-05: only customers and owners register themselves, and only with the terms accepted.
pub fn check_registration(role: Role, terms_accepted: bool) -> Result<(), RegistrationRefused> {
    match role {
        Role::Customer | Role::CourtOwner => {}
        Role::SupportAgent | Role::PlatformAdmin => return Err(RegistrationRefused::RoleNotSelfRegisterable),
    }
    if terms_accepted { Ok(()) } else { Err(RegistrationRefused::TermsNotAccepted) }
}

impl Account {
    /// Begins an account. Owners start with a trial of `trial_days` (AUTH-17); nobody else has a subscription.
    pub fn register(request: NewAccount, trial_days: u32, now: Timestamp) -> Result<Self, RegistrationRefused> {
        check_registration(request.role, request.terms_accepted)?;
        let owner = request.role == Role::CourtOwner;
        Ok(Self {
            id: request.id,
            email: request.email,
            name: request.name,
            phone: None,
            role: request.role,
            status: AccountStatus::Active,
            language: request.language,
            verified: false,
            subscription: if owner { SubscriptionStatus::Trial } else { SubscriptionStatus::None },
            trial_ends_at: owner.then(|| now + SignedDuration::from_hours(24 * i64::from(trial_days))),
            stripe_status: ConnectStatus::NotStarted,
            created_at: now,
        })
    }

    /// AUTH-13, AUTHZ-07: whatever a token says, a suspended or deleted account gets nowhere.
    pub fn check_may_sign_in(&self) -> Result<(), SignInRefused> {
        match self.status {
            AccountStatus::Active => Ok(()),
            AccountStatus::Suspended => Err(SignInRefused::Suspended),
            AccountStatus::Deleted => Err(SignInRefused::Deleted),
        }
    }

    /// The subscription as of now: a trial that has run out counts as expired even before a job has written it down.
    pub fn subscription_at(&self, now: Timestamp) -> SubscriptionStatus {
        match (self.subscription, self.trial_ends_at) {
            (SubscriptionStatus::Trial, Some(end)) if end <= now => SubscriptionStatus::Expired,
            (stored, _) => stored,
        }
    }

    /// Whole days of trial left, a begun day counting as one; nothing outside a running trial.
    pub fn trial_days_remaining(&self, now: Timestamp) -> Option<i64> {
        if self.subscription_at(now) != SubscriptionStatus::Trial {
            return None;
        }
        let seconds = self.trial_ends_at?.duration_since(now).as_secs();
        Some((seconds + 86_399) / 86_400)
    }

    /// PAY-52: only an ACTIVE Connect account can receive money.
    pub fn stripe_connected(&self) -> bool {
        self.stripe_status == ConnectStatus::Active
    }

    pub fn is_owner(&self) -> bool {
        self.role == Role::CourtOwner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-05-04T09:00:00Z".parse().expect("a valid instant")
    }

    fn request(role: Role) -> NewAccount {
        NewAccount {
            id: UserId(uuid::Uuid::nil()),
            email: "eleni@example.test".into(),
            name: "Eleni".into(),
            role,
            terms_accepted: true,
            language: Language::El,
        }
    }

    /// AUTH-04, AUTHZ-08: staff roles are never handed out at registration, accepted terms or not.
    #[test]
    fn staff_roles_cannot_be_chosen() {
        for role in [Role::SupportAgent, Role::PlatformAdmin] {
            for terms in [true, false] {
                let refused = check_registration(role, terms);
                assert_eq!(refused, Err(RegistrationRefused::RoleNotSelfRegisterable));
            }
        }
    }

    /// AUTH-05: without the terms there is no account.
    #[test]
    fn terms_are_needed() {
        let mut asked = request(Role::Customer);
        asked.terms_accepted = false;
        assert_eq!(Account::register(asked, 30, now()), Err(RegistrationRefused::TermsNotAccepted));
    }

    /// AUTH-17: an owner starts in a trial of the configured length, a customer in none.
    #[test]
    fn owners_start_in_trial() {
        let owner = Account::register(request(Role::CourtOwner), 30, now()).expect("accepted");
        assert_eq!(owner.subscription, SubscriptionStatus::Trial);
        assert_eq!(owner.trial_ends_at, Some("2026-06-03T09:00:00Z".parse().expect("a valid instant")));
        assert_eq!(owner.trial_days_remaining(now()), Some(30));

        let customer = Account::register(request(Role::Customer), 30, now()).expect("accepted");
        assert_eq!(customer.subscription, SubscriptionStatus::None);
        assert_eq!(customer.trial_days_remaining(now()), None);
    }

    /// AUTH-15: the last second of the trial still counts as a day, the end itself as expired.
    #[test]
    fn a_trial_ends_by_the_clock() {
        let owner = Account::register(request(Role::CourtOwner), 1, now()).expect("accepted");
        let end = owner.trial_ends_at.expect("a trial has an end");
        let last_second = end - SignedDuration::from_secs(1);
        assert_eq!(owner.trial_days_remaining(last_second), Some(1));
        assert_eq!(owner.subscription_at(last_second), SubscriptionStatus::Trial);
        assert_eq!(owner.trial_days_remaining(end), None);
        assert_eq!(owner.subscription_at(end), SubscriptionStatus::Expired);
    }

    /// AUTH-13: only an active account signs in.
    #[test]
    fn closed_accounts_do_not_sign_in() {
        let mut account = Account::register(request(Role::Customer), 30, now()).expect("accepted");
        assert_eq!(account.check_may_sign_in(), Ok(()));
        account.status = AccountStatus::Suspended;
        assert_eq!(account.check_may_sign_in(), Err(SignInRefused::Suspended));
        account.status = AccountStatus::Deleted;
        assert_eq!(account.check_may_sign_in(), Err(SignInRefused::Deleted));
    }
}
