//! Who a caller is: roles, the states of an account and the claims of an access token.
//!
//! Deciding what a role may do is not here; handlers name the right they need as an extractor of `kit::auth`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{SessionId, UserId};
use crate::wire_text::wire_text;

/// The one role of an account (AUTHZ-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum Role {
    /// Finds, books and pays for courts.
    Customer,
    /// Runs own courts.
    CourtOwner,
    /// Answers tickets and reads the rest.
    SupportAgent,
    /// Runs the platform.
    PlatformAdmin,
}

wire_text!(Role {
    Customer => "CUSTOMER",
    CourtOwner => "COURT_OWNER",
    SupportAgent => "SUPPORT_AGENT",
    PlatformAdmin => "PLATFORM_ADMIN",
});

/// Where an owner's subscription stands, as the access token says it (AUTH-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum SubscriptionStatus {
    /// Everything, for the first days.
    Trial,
    /// Paid, grace time included.
    Active,
    /// Was paid or on trial once.
    Expired,
    /// Never had one.
    None,
}

wire_text!(SubscriptionStatus {
    Trial => "TRIAL",
    Active => "ACTIVE",
    Expired => "EXPIRED",
    None => "NONE",
});

impl SubscriptionStatus {
    /// Operations that need a subscription pass (AUTH-53).
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Trial | Self::Active)
    }
}

/// State of an owner's Connect account at Stripe (PAY-52).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ConnectStatus {
    /// No account yet.
    NotStarted,
    /// Onboarding begun, not finished.
    Pending,
    /// Charges and payouts enabled.
    Active,
    /// Stripe wants something before it goes on.
    Restricted,
    /// Closed by Stripe or cut off by the owner.
    Disabled,
}

wire_text!(ConnectStatus {
    NotStarted => "NOT_STARTED",
    Pending => "PENDING",
    Active => "ACTIVE",
    Restricted => "RESTRICTED",
    Disabled => "DISABLED",
});

impl ConnectStatus {
    /// Customers can pay for this owner's courts (PAY-53).
    #[must_use]
    pub const fn can_receive_payments(self) -> bool {
        matches!(self, Self::Active)
    }

    /// The owner's courts leave search (AUTHZ-14, COURT-32).
    #[must_use]
    pub const fn hides_courts(self) -> bool {
        matches!(self, Self::Restricted | Self::Disabled)
    }
}

/// Whether an account may be used at all (AUTHZ-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum AccountStatus {
    /// Usable.
    Active,
    /// Shut out by an admin.
    Suspended,
    /// Deleted by its owner; only the id remains.
    Deleted,
}

wire_text!(AccountStatus { Active => "ACTIVE", Suspended => "SUSPENDED", Deleted => "DELETED" });

/// The identity providers, the only way to sign in (AUTH-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum IdentityProvider {
    /// Signs ID tokens, keys by JWKS.
    Google,
    /// OAuth2 and Graph; tokens are checked by asking.
    Facebook,
    /// Signs ID tokens, keys by JWKS.
    Apple,
}

wire_text!(IdentityProvider { Google => "GOOGLE", Facebook => "FACEBOOK", Apple => "APPLE" });

/// Languages of texts for people.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Language {
    /// Greek.
    El,
    /// English, the default on registration (AUTH-02).
    #[default]
    En,
}

wire_text!(Language { El => "el", En => "en" });

/// What a court owner's business is (COURT-47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum BusinessType {
    /// One person.
    SoleProprietor,
    /// A company of any form.
    Company,
    /// A club or another association.
    Association,
}

wire_text!(BusinessType {
    SoleProprietor => "SOLE_PROPRIETOR",
    Company => "COMPANY",
    Association => "ASSOCIATION",
});

/// Where a request to be verified stands (COURT-47 to COURT-51).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum VerificationState {
    /// Nobody has decided yet.
    PendingReview,
    /// The owner is who they say.
    Approved,
    /// Not like this.
    Rejected,
}

wire_text!(VerificationState {
    PendingReview => "PENDING_REVIEW",
    Approved => "APPROVED",
    Rejected => "REJECTED",
});

/// Claims of an access token (AUTH-14, AUTH-15). Owner claims are absent in the tokens of other roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessClaims {
    /// Whose token this is.
    pub sub: UserId,
    /// Role at the time of issue.
    pub role: Role,
    /// Address at the time of issue.
    pub email: String,
    /// Owners: verification approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// Owners: Connect account is `ACTIVE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stripe_connected: Option<bool>,
    /// Owners: where the subscription stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription_status: Option<SubscriptionStatus>,
    /// The session the token was issued for, so that logout ends the calling device only (AUTH-24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Expires at, seconds since 1970.
    pub exp: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<Role>();
        agrees_with_serde::<SubscriptionStatus>();
        agrees_with_serde::<ConnectStatus>();
        agrees_with_serde::<AccountStatus>();
        agrees_with_serde::<IdentityProvider>();
        agrees_with_serde::<Language>();
        agrees_with_serde::<BusinessType>();
        agrees_with_serde::<VerificationState>();
    }

    /// AUTH-15: tokens of other roles carry none of the three owner claims.
    #[test]
    fn a_customer_token_has_no_owner_claims() {
        let claims = AccessClaims {
            sub: "0198c3de-7a10-7000-8000-0000000000aa".parse().expect("a UUID"),
            role: Role::Customer,
            email: "someone@example.test".to_owned(),
            verified: None,
            stripe_connected: None,
            subscription_status: None,
            sid: None,
            iat: 1,
            exp: 901,
        };
        let printed = serde_json::to_value(&claims).expect("prints");
        let mut names: Vec<_> = printed.as_object().expect("an object").keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["email", "exp", "iat", "role", "sub"]);
        assert_eq!(serde_json::from_value::<AccessClaims>(printed).expect("parses"), claims);
    }

    /// AUTH-53: TRIAL and ACTIVE pass. PAY-52, COURT-32: only ACTIVE is paid, RESTRICTED and DISABLED hide courts.
    #[test]
    fn states_answer_the_questions_asked_of_them() {
        let live: Vec<_> = SubscriptionStatus::ALL.iter().filter(|status| status.is_live()).collect();
        assert_eq!(live, [&SubscriptionStatus::Trial, &SubscriptionStatus::Active]);
        let paid: Vec<_> = ConnectStatus::ALL.iter().filter(|status| status.can_receive_payments()).collect();
        assert_eq!(paid, [&ConnectStatus::Active]);
        let hidden: Vec<_> = ConnectStatus::ALL.iter().filter(|status| status.hides_courts()).collect();
        assert_eq!(hidden, [&ConnectStatus::Restricted, &ConnectStatus::Disabled]);
    }
}
