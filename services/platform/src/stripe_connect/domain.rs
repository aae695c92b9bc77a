//! What Stripe's reports mean for an owner, and whether a report is Stripe's at all.

use contracts::identity::ConnectStatus;
use contracts::ids::UserId;
use contracts::internal::PayoutSchedule;
use contracts::money::Cents;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// Oldest and youngest signature that counts (PAY-38).
const SIGNATURE_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// An owner's payout account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutAccount {
    pub owner: UserId,
    pub stripe_account_id: Option<String>,
    pub status: ConnectStatus,
    pub requires_action: bool,
    pub restriction_reason: Option<String>,
    pub payout_schedule: Option<PayoutSchedule>,
    /// Stripe's time of the newest report.
    pub reported_at: Option<Timestamp>,
    pub last_webhook_at: Option<Timestamp>,
    pub status_changed_at: Option<Timestamp>,
}

/// What Stripe says about an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountReport {
    pub charges_enabled: bool,
    pub payouts_enabled: bool,
    pub details_submitted: bool,
    pub disabled_reason: Option<String>,
    /// Fields Stripe wants now or wanted already.
    pub due: Vec<String>,
    pub payout_schedule: Option<PayoutSchedule>,
    /// The owner cut the platform off, or Stripe closed the account to it.
    pub deauthorized: bool,
}

impl AccountReport {
    pub fn deauthorized() -> Self {
        Self { deauthorized: true, ..Self::default() }
    }

    /// PAY-52, PAY-56: `ACTIVE` needs both switches; a refusal for good is `DISABLED`; something wanted from an owner
    /// who has finished onboarding is `RESTRICTED`; everything before that is `PENDING`.
    pub fn status(&self) -> ConnectStatus {
        let reason = self.disabled_reason.as_deref().unwrap_or_default();
        if self.deauthorized || reason.starts_with("rejected.") {
            ConnectStatus::Disabled
        } else if self.charges_enabled && self.payouts_enabled {
            ConnectStatus::Active
        } else if !self.details_submitted || reason == "requirements.pending_verification" {
            ConnectStatus::Pending
        } else if !reason.is_empty() || !self.due.is_empty() {
            ConnectStatus::Restricted
        } else {
            ConnectStatus::Pending
        }
    }

    fn restriction_reason(&self) -> Option<String> {
        if self.deauthorized {
            return Some("account.application.deauthorized".to_owned());
        }
        self.disabled_reason.clone().or_else(|| (!self.due.is_empty()).then(|| self.due.join(", ")))
    }
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Older than what is known.
    Outdated,
    /// The account after it, and the status before when it changed.
    Taken { account: PayoutAccount, previous: Option<ConnectStatus> },
}

impl PayoutAccount {
    /// Takes a report that Stripe made at `reported_at`. Reports arrive late and out of order: an older one changes
    /// nothing, one of the same second counts because Stripe's times are no finer.
    pub fn apply(mut self, report: &AccountReport, reported_at: Timestamp, now: Timestamp) -> Applied {
        if self.reported_at.is_some_and(|known| known > reported_at) {
            return Applied::Outdated;
        }
        let status = report.status();
        let previous = (status != self.status).then_some(self.status);
        self.requires_action = !report.due.is_empty() || status == ConnectStatus::Restricted;
        self.restriction_reason = if status == ConnectStatus::Active { None } else { report.restriction_reason() };
        self.payout_schedule = report.payout_schedule.or(self.payout_schedule);
        self.reported_at = Some(reported_at);
        if previous.is_some() {
            self.status_changed_at = Some(now);
        }
        self.status = status;
        Applied::Taken { account: self, previous }
    }

    /// An Express account has just been made for the owner.
    pub fn begin(mut self, stripe_account_id: String, now: Timestamp) -> Self {
        self.stripe_account_id = Some(stripe_account_id);
        if self.status == ConnectStatus::NotStarted {
            self.status = ConnectStatus::Pending;
            self.requires_action = true;
            self.status_changed_at = Some(now);
        }
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    #[error("the signature header is missing or unreadable")]
    Unreadable,
    #[error("no signature fits the body")]
    Wrong,
    #[error("the signature is too old or from the future")]
    OutOfTime,
}

/// Checks `Stripe-Signature` over the raw body (PAY-38). The signature is checked before the time, so that only Stripe
/// itself can be told to be late.
pub fn check_signature(header: &str, body: &[u8], secret: &str, now: Timestamp) -> Result<(), SignatureRefused> {
    let mut signed_at = None;
    let mut signatures = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => signed_at = text.parse::<i64>().ok().map(|seconds| (text, seconds)),
            Some(("v1", text)) => signatures.extend(hex::decode(text)),
            _ => {}
        }
    }
    let (text, seconds) = signed_at.ok_or(SignatureRefused::Unreadable)?;
    if signatures.is_empty() {
        return Err(SignatureRefused::Unreadable);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Compares in constant time; during a change of the secret Stripe sends one signature for each.
    if !signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok()) {
        return Err(SignatureRefused::Wrong);
    }
    let distance = now.as_second().abs_diff(seconds);
    if distance > SIGNATURE_TOLERANCE.as_secs().unsigned_abs() {
        return Err(SignatureRefused::OutOfTime);
    }
    Ok(())
}

/// Why a payout is looked at (PAY-59).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutFlag {
    /// More than 5,000 EUR at once.
    SingleAmount,
    /// More than 10,000 EUR in seven days.
    WeeklyAmount,
    /// More than four times as much as in the seven days before.
    WeeklyGrowth,
}

impl PayoutFlag {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SingleAmount => "SINGLE_AMOUNT",
            Self::WeeklyAmount => "WEEKLY_AMOUNT",
            Self::WeeklyGrowth => "WEEKLY_GROWTH",
        }
    }
}

const LARGE_PAYOUT: i64 = 500_000;
const LARGE_WEEK: i64 = 1_000_000;

/// What is unusual about a payout, beside what its owner got in the seven days before it and the seven before those. A
/// first week has nothing to grow from.
#[must_use]
pub fn payout_flags(amount: Cents, this_week_before: Cents, last_week: Cents) -> Vec<PayoutFlag> {
    let week = this_week_before.0.saturating_add(amount.0);
    [
        (amount.0 > LARGE_PAYOUT, PayoutFlag::SingleAmount),
        (week > LARGE_WEEK, PayoutFlag::WeeklyAmount),
        (last_week.0 > 0 && week > last_week.0.saturating_mul(4), PayoutFlag::WeeklyGrowth),
    ]
    .into_iter()
    .filter_map(|(unusual, flag)| unusual.then_some(flag))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn sign(body: &[u8], seconds: i64, secret: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    fn account() -> PayoutAccount {
        PayoutAccount {
            owner: UserId(uuid::Uuid::nil()),
            stripe_account_id: Some("acct_1".into()),
            status: ConnectStatus::Pending,
            requires_action: true,
            restriction_reason: None,
            payout_schedule: None,
            reported_at: None,
            last_webhook_at: None,
            status_changed_at: None,
        }
    }

    fn active() -> AccountReport {
        AccountReport { charges_enabled: true, payouts_enabled: true, details_submitted: true, ..Default::default() }
    }

    /// PAY-38: only Stripe's own signature over exactly this body, not older than five minutes, counts.
    #[test]
    fn signatures_are_checked() {
        let body = br#"{"id":"evt_1"}"#;
        let header = sign(body, 1000, SECRET);
        assert_eq!(check_signature(&header, body, SECRET, at(1300)), Ok(()));
        assert_eq!(check_signature(&header, body, SECRET, at(1301)), Err(SignatureRefused::OutOfTime));
        assert_eq!(check_signature(&header, body, SECRET, at(699)), Err(SignatureRefused::OutOfTime));
        assert_eq!(check_signature(&header, b"{}", SECRET, at(1000)), Err(SignatureRefused::Wrong));
        assert_eq!(check_signature(&header, body, "other", at(1000)), Err(SignatureRefused::Wrong));
        for nonsense in ["", "t=1000", "v1=00", "t=x,v1=00", "t=1000,v1=zz", ",,,="] {
            let refused = check_signature(nonsense, body, SECRET, at(1000));
            assert_eq!(refused, Err(SignatureRefused::Unreadable), "{nonsense}");
        }
        // A forged time does not reach the check of the time.
        let forged = header.replace("t=1000", "t=9000");
        assert_eq!(check_signature(&forged, body, SECRET, at(9000)), Err(SignatureRefused::Wrong));
        // PAY-39, secrets in change: one good signature among several is enough.
        let both = format!("{},v1={}", sign(body, 1000, "old"), header.split_once("v1=").expect("signed").1);
        assert_eq!(check_signature(&both, body, SECRET, at(1000)), Ok(()));
    }

    /// PAY-52, PAY-56: what Stripe's fields mean.
    #[test]
    fn reports_become_states() {
        let submitted = AccountReport { details_submitted: true, ..Default::default() };
        let reason = |text: &str| AccountReport { disabled_reason: Some(text.into()), ..submitted.clone() };
        for (report, expected) in [
            (active(), ConnectStatus::Active),
            (AccountReport { payouts_enabled: false, ..active() }, ConnectStatus::Pending),
            (AccountReport::default(), ConnectStatus::Pending),
            (AccountReport { due: vec!["iban".into()], ..Default::default() }, ConnectStatus::Pending),
            (AccountReport { due: vec!["iban".into()], ..submitted.clone() }, ConnectStatus::Restricted),
            (reason("requirements.past_due"), ConnectStatus::Restricted),
            (reason("requirements.pending_verification"), ConnectStatus::Pending),
            (reason("rejected.fraud"), ConnectStatus::Disabled),
            (AccountReport::deauthorized(), ConnectStatus::Disabled),
        ] {
            assert_eq!(report.status(), expected, "{report:?}");
        }
    }

    /// PAY-54: a change is noticed, a repetition is none, and a late report does not undo a newer one.
    #[test]
    fn late_reports_change_nothing() {
        let Applied::Taken { account: now_active, previous } = account().apply(&active(), at(50), at(60)) else {
            panic!("the first report counts");
        };
        assert_eq!(previous, Some(ConnectStatus::Pending));
        assert_eq!((now_active.status, now_active.requires_action), (ConnectStatus::Active, false));
        assert_eq!(now_active.status_changed_at, Some(at(60)));

        let Applied::Taken { account: same, previous } = now_active.clone().apply(&active(), at(50), at(70)) else {
            panic!("the same second counts");
        };
        assert_eq!((previous, same.status_changed_at), (None, Some(at(60))));

        let restricted = AccountReport { charges_enabled: false, due: vec!["iban".into()], ..active() };
        assert_eq!(now_active.clone().apply(&restricted, at(49), at(70)), Applied::Outdated);
        let Applied::Taken { account: restricted, .. } = now_active.apply(&restricted, at(51), at(70)) else {
            panic!("a newer report counts");
        };
        assert_eq!(restricted.restriction_reason.as_deref(), Some("iban"));
        assert!(restricted.requires_action);
    }

    /// PAY-51: an account begins pending; beginning again does not throw an active one back.
    #[test]
    fn onboarding_begins_once() {
        let fresh = PayoutAccount { status: ConnectStatus::NotStarted, stripe_account_id: None, ..account() };
        assert_eq!(fresh.begin("acct_1".into(), at(5)).status, ConnectStatus::Pending);
        let active = PayoutAccount { status: ConnectStatus::Active, ..account() };
        assert_eq!(active.clone().begin("acct_1".into(), at(5)), active);
    }

    /// PAY-59: each limit to the cent.
    #[test]
    fn unusual_payouts_are_flagged_to_the_cent() {
        let flags = |amount, before, last| payout_flags(Cents(amount), Cents(before), Cents(last));
        assert_eq!(flags(500_000, 0, 0), []);
        assert_eq!(flags(500_001, 0, 0), [PayoutFlag::SingleAmount]);
        assert_eq!(flags(400_000, 600_000, 250_000), []);
        assert_eq!(flags(400_001, 600_000, 1_000_000), [PayoutFlag::WeeklyAmount]);
        assert_eq!(flags(40_000, 0, 10_000), []);
        assert_eq!(flags(40_001, 0, 10_000), [PayoutFlag::WeeklyGrowth]);
        assert_eq!(
            flags(600_000, 600_000, 1),
            [PayoutFlag::SingleAmount, PayoutFlag::WeeklyAmount, PayoutFlag::WeeklyGrowth]
        );
    }
}
