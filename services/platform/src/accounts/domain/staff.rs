//! Who may change what of other people's accounts (AUTH-51, SEC-34, SEC-35). Pure.

use contracts::identity::{AccountStatus, Role};

use super::account::Account;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdministrationRefused {
    #[error("whoever asks is no admin any more")]
    NotAnAdmin,
    #[error("nobody does this to the own account")]
    OwnAccount,
    #[error("only staff roles are given")]
    NotAStaffRole,
    #[error("an owner stays an owner")]
    OwnerStaysOwner,
    #[error("the account was deleted")]
    Gone,
}

/// Whether `actor` may suspend, free or give a role to `target`. What is stored counts, never what a token says.
pub fn check_administration(actor: &Account, target: &Account) -> Result<(), AdministrationRefused> {
    if actor.role != Role::PlatformAdmin || actor.status != AccountStatus::Active {
        return Err(AdministrationRefused::NotAnAdmin);
    }
    if actor.id == target.id {
        return Err(AdministrationRefused::OwnAccount);
    }
    if target.status == AccountStatus::Deleted {
        return Err(AdministrationRefused::Gone);
    }
    Ok(())
}

/// Roles that admins give.
pub fn check_given_role(role: Role) -> Result<(), AdministrationRefused> {
    match role {
        Role::SupportAgent | Role::PlatformAdmin => Ok(()),
        Role::Customer | Role::CourtOwner => Err(AdministrationRefused::NotAStaffRole),
    }
}

/// AUTHZ-11: courts, payouts and subscription hang on an owner's role, so it stays.
pub fn check_role_change(actor: &Account, target: &Account, role: Role) -> Result<(), AdministrationRefused> {
    check_given_role(role)?;
    check_administration(actor, target)?;
    if target.is_owner() { Err(AdministrationRefused::OwnerStaysOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use contracts::identity::{ConnectStatus, Language, SubscriptionStatus};
    use contracts::ids::UserId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn account(number: u128, role: Role, status: AccountStatus) -> Account {
        Account {
            id: UserId(Uuid::from_u128(number)),
            email: "a@b.test".to_owned(),
            name: "A".to_owned(),
            phone: None,
            role,
            status,
            language: Language::En,
            verified: false,
            subscription: SubscriptionStatus::None,
            trial_ends_at: None,
            stripe_status: ConnectStatus::NotStarted,
            created_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    proptest! {
        /// AUTH-51, SEC-35: only a living admin gives roles, only staff ones, never to oneself or to an owner.
        #[test]
        fn roles_are_given_by_admins_to_others(
            actor in prop::sample::select(Role::ALL), status in prop::sample::select(AccountStatus::ALL),
            target in prop::sample::select(Role::ALL), target_status in prop::sample::select(AccountStatus::ALL),
            role in prop::sample::select(Role::ALL), same in any::<bool>(),
        ) {
            let actor = account(1, actor, status);
            let target = if same { actor.clone() } else { account(2, target, target_status) };
            let allowed = check_role_change(&actor, &target, role).is_ok();
            let expected = actor.role == Role::PlatformAdmin && actor.status == AccountStatus::Active && !same
                && target.status != AccountStatus::Deleted && !target.is_owner()
                && matches!(role, Role::SupportAgent | Role::PlatformAdmin);
            prop_assert_eq!(allowed, expected);
        }
    }

    /// SEC-35: an admin who was suspended or lost the role a moment ago changes nobody.
    #[test]
    fn yesterdays_admin_is_refused() {
        let target = account(2, Role::Customer, AccountStatus::Active);
        for (role, status) in
            [(Role::PlatformAdmin, AccountStatus::Suspended), (Role::SupportAgent, AccountStatus::Active)]
        {
            let refused = check_administration(&account(1, role, status), &target);
            assert_eq!(refused, Err(AdministrationRefused::NotAnAdmin));
        }
    }
}
