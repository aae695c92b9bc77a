//! What a request to be verified is, who may still decide it, and when somebody must be reminded. Pure.

use contracts::identity::{BusinessType, VerificationState};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::plain_text;
use uuid::Uuid;

/// How long a review may take before the reviewers are reminded, and how long until the next time (COURT-54).
pub const TURNAROUND: SignedDuration = SignedDuration::from_hours(48);
/// Largest proof (COURT-47).
pub const LARGEST_PROOF_BYTES: usize = 10 * 1024 * 1024;
/// Longest side of a proof that is a picture: small print stays readable.
pub const PROOF_LONGEST_SIDE: u32 = 3000;

/// What support finds an account by, and what tells a stranger nothing about it: the random end of its id (ADMIN-04).
#[must_use]
pub fn reference_of(account: UserId) -> String {
    format!("{:012X}", account.0.as_u128() & 0xFFFF_FFFF_FFFF)
}

/// What an owner says of the business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Business {
    pub name: String,
    pub tax_id: String,
    pub business_type: BusinessType,
    pub address: String,
}

/// A request as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct VerificationRequest {
    pub id: Uuid,
    pub owner: UserId,
    pub business: Business,
    pub document_key: String,
    pub state: VerificationState,
    pub rejection_reason: Option<String>,
    pub notes: Option<String>,
    /// The rejected request that this one answers (COURT-53).
    pub previous: Option<Uuid>,
    pub submitted_at: Timestamp,
    pub reviewed_at: Option<Timestamp>,
    pub reviewed_by: Option<UserId>,
    pub reminded_at: Option<Timestamp>,
}

/// What a reviewer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Approve { notes: Option<String> },
    Reject { reason: String, notes: Option<String> },
}

/// COURT-52: somebody was faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request has been decided already")]
pub struct AlreadyReviewed;

impl VerificationRequest {
    /// The request after a verdict (COURT-50, COURT-51).
    ///
    /// # Errors
    /// [`AlreadyReviewed`] unless it is pending.
    pub fn decided(mut self, verdict: Verdict, reviewer: UserId, now: Timestamp) -> Result<Self, AlreadyReviewed> {
        if self.state != VerificationState::PendingReview {
            return Err(AlreadyReviewed);
        }
        match verdict {
            Verdict::Approve { notes } => {
                self.state = VerificationState::Approved;
                self.notes = notes;
            }
            Verdict::Reject { reason, notes } => {
                self.state = VerificationState::Rejected;
                self.rejection_reason = Some(reason);
                self.notes = notes;
            }
        }
        self.reviewed_at = Some(now);
        self.reviewed_by = Some(reviewer);
        Ok(self)
    }

    /// COURT-54: it waits for longer than the turnaround, and nobody was reminded for as long.
    #[must_use]
    pub fn reminder_due(&self, now: Timestamp) -> bool {
        let since = self.reminded_at.unwrap_or(self.submitted_at);
        self.state == VerificationState::PendingReview && now >= since + TURNAROUND
    }
}

/// The request that a new one answers: the newest one, if it was rejected (COURT-53).
#[must_use]
pub fn answered_by_new(newest: Option<&VerificationRequest>) -> Option<Uuid> {
    newest.filter(|request| request.state == VerificationState::Rejected).map(|request| request.id)
}

/// The business data of an owner; parts that were never told are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessProfile {
    pub name: Option<String>,
    pub tax_id: Option<String>,
    pub business_type: Option<BusinessType>,
    pub address: Option<String>,
    /// Since when a verified owner's data differ from what was reviewed (COURT-55).
    pub re_verification_since: Option<Timestamp>,
    /// 0 while nothing is stored.
    pub version: i64,
}

/// Fields to change; what is absent stays (OWN-23).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BusinessChange {
    pub name: Option<String>,
    pub tax_id: Option<String>,
    pub business_type: Option<BusinessType>,
    pub address: Option<String>,
}

impl BusinessChange {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl BusinessProfile {
    /// The profile after a change by its owner. Another name, tax id or address of a verified owner is to be reviewed
    /// (COURT-55, OWN-25); the data that were reviewed stay valid meanwhile.
    #[must_use]
    pub fn changed(&self, change: BusinessChange, verified: bool, now: Timestamp) -> Self {
        let mut after = Self {
            name: change.name.or_else(|| self.name.clone()),
            tax_id: change.tax_id.or_else(|| self.tax_id.clone()),
            business_type: change.business_type.or(self.business_type),
            address: change.address.or_else(|| self.address.clone()),
            ..self.clone()
        };
        let differs = (&after.name, &after.tax_id, &after.address) != (&self.name, &self.tax_id, &self.address);
        if verified && differs && after.re_verification_since.is_none() {
            after.re_verification_since = Some(now);
        }
        after
    }

    /// The profile of an owner whose data were reviewed, or are about to be.
    #[must_use]
    pub fn of(business: &Business, version: i64) -> Self {
        Self {
            name: Some(business.name.clone()),
            tax_id: Some(business.tax_id.clone()),
            business_type: Some(business.business_type),
            address: Some(business.address.clone()),
            re_verification_since: None,
            version,
        }
    }
}

/// One line that a person typed, cleaned; none when nothing is left.
#[must_use]
pub fn clean_line(text: &str) -> Option<String> {
    Some(plain_text::line(text)).filter(|text| !text.is_empty())
}

/// Some lines that a person typed, cleaned; none when nothing is left.
#[must_use]
pub fn clean_lines(text: &str) -> Option<String> {
    Some(plain_text::lines(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begin() -> Timestamp {
        "2026-05-04T09:00:00Z".parse().expect("an instant")
    }

    fn request(state: VerificationState) -> VerificationRequest {
        VerificationRequest {
            id: Uuid::from_u128(1),
            owner: UserId(Uuid::from_u128(2)),
            business: business(),
            document_key: "verification/2/1.pdf".to_owned(),
            state,
            rejection_reason: None,
            notes: None,
            previous: None,
            submitted_at: begin(),
            reviewed_at: None,
            reviewed_by: None,
            reminded_at: None,
        }
    }

    fn business() -> Business {
        Business {
            name: "Padel Athens".to_owned(),
            tax_id: "123456783".to_owned(),
            business_type: BusinessType::Company,
            address: "Ermou 1".to_owned(),
        }
    }

    /// COURT-50, COURT-51, COURT-52: a verdict names its reviewer, and is the last one.
    #[test]
    fn a_request_is_decided_once() {
        let reviewer = UserId(Uuid::from_u128(9));
        let approve = Verdict::Approve { notes: Some("fine".to_owned()) };
        let approved = request(VerificationState::PendingReview).decided(approve.clone(), reviewer, begin());
        let approved = approved.expect("pending");
        assert_eq!((approved.state, approved.notes.as_deref()), (VerificationState::Approved, Some("fine")));
        assert_eq!((approved.reviewed_at, approved.reviewed_by), (Some(begin()), Some(reviewer)));
        assert_eq!(approved.decided(approve.clone(), reviewer, begin()), Err(AlreadyReviewed));
        let reject = Verdict::Reject { reason: "unreadable".to_owned(), notes: None };
        let rejected = request(VerificationState::PendingReview).decided(reject, reviewer, begin()).expect("pending");
        assert_eq!(rejected.rejection_reason.as_deref(), Some("unreadable"));
        assert_eq!(rejected.decided(approve, reviewer, begin()), Err(AlreadyReviewed));
    }

    /// COURT-53: a new request answers a rejected one, never an approved one.
    #[test]
    fn a_new_request_answers_a_rejected_one() {
        assert_eq!(answered_by_new(None), None);
        assert_eq!(answered_by_new(Some(&request(VerificationState::Approved))), None);
        assert_eq!(answered_by_new(Some(&request(VerificationState::Rejected))), Some(Uuid::from_u128(1)));
    }

    /// COURT-54: after 48 hours, and again after 48 more, while it is pending.
    #[test]
    fn reviewers_are_reminded_every_48_hours() {
        let mut pending = request(VerificationState::PendingReview);
        assert!(!pending.reminder_due(begin() + TURNAROUND - SignedDuration::from_secs(1)));
        assert!(pending.reminder_due(begin() + TURNAROUND));
        assert!(!request(VerificationState::Rejected).reminder_due(begin() + TURNAROUND));
        pending.reminded_at = Some(begin() + TURNAROUND);
        assert!(!pending.reminder_due(begin() + TURNAROUND + SignedDuration::from_hours(47)));
        assert!(pending.reminder_due(begin() + TURNAROUND + TURNAROUND));
    }

    proptest! {
        /// COURT-55, OWN-25: exactly a verified owner's other name, tax id or address asks for a review, and the first
        /// one keeps its time.
        #[test]
        fn changes_of_verified_owners_are_reviewed_again(
            verified in any::<bool>(),
            name in proptest::option::of("[AB]"),
            tax_id in proptest::option::of("[12]"),
            address in proptest::option::of("[xy]"),
            other_type in any::<bool>(),
        ) {
            let before = BusinessProfile::of(
                &Business { name: "A".into(), tax_id: "1".into(), business_type: BusinessType::Company, address: "x".into() },
                1,
            );
            let change = BusinessChange {
                name: name.clone(),
                tax_id: tax_id.clone(),
                address: address.clone(),
                business_type: other_type.then_some(BusinessType::Association),
            };
            let differs = name.as_deref() == Some("B") || tax_id.as_deref() == Some("2") || address.as_deref() == Some("y");
            let after = before.changed(change.clone(), verified, begin());
            prop_assert_eq!(after.re_verification_since, (verified && differs).then_some(begin()));
            prop_assert_eq!(after.name.as_deref(), Some(name.as_deref().unwrap_or("A")));
            let later = after.changed(BusinessChange { name: Some("C".into()), ..change }, true, begin() + TURNAROUND);
            prop_assert_eq!(later.re_verification_since, Some(after.re_verification_since.unwrap_or(begin() + TURNAROUND)));
        }
    }
}
