//! Verification over HTTP: what the owner sends and sees, what reviewers decide, and which status and code a failed use
//! case gets.

mod admin;
mod owner;
mod profile;

use contracts::codes;
use contracts::identity::{BusinessType, VerificationState};
use contracts::ids::UserId;
use jiff::Timestamp;
use kit::ApiError;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{VerificationRequest, reference_of};
use super::ops::{ReviewedRequest, VerificationError};
use crate::object_store::ObjectStoreError;
use crate::state::AppState;
use crate::uploads::FileRefused;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(owner::submit_verification, owner::get_verification_status))
        .routes(routes!(profile::get_own_profile, profile::update_own_profile))
        .routes(routes!(admin::admin_list_verifications))
        .routes(routes!(admin::admin_get_verification))
        .routes(routes!(admin::admin_approve_verification))
        .routes(routes!(admin::admin_reject_verification))
        .routes(routes!(admin::admin_verify_court_owner))
        .routes(routes!(admin::admin_list_re_verifications))
}

/// A request to be verified.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VerificationRequest)]
struct VerificationBody {
    verification_request_id: Uuid,
    /// The same as `verificationRequestId`.
    request_id: Uuid,
    court_owner_id: UserId,
    /// Only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    court_owner_name: Option<String>,
    /// Only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    court_owner_email: Option<String>,
    /// Only for reviewers: whether the owner is verified as of now.
    #[serde(skip_serializing_if = "Option::is_none")]
    court_owner_verified: Option<bool>,
    business_name: String,
    tax_id: String,
    business_type: BusinessType,
    business_address: String,
    /// Good for a few minutes.
    #[schema(format = "uri")]
    proof_document_url: String,
    status: VerificationState,
    rejection_reason: Option<String>,
    /// The same as `rejectionReason`.
    reason: Option<String>,
    /// The rejected request that this one answers.
    previous_request_id: Option<Uuid>,
    submitted_at: Timestamp,
    reviewed_at: Option<Timestamp>,
    approved_at: Option<Timestamp>,
    rejected_at: Option<Timestamp>,
    reviewed_by: Option<UserId>,
    notes: Option<String>,
}

impl VerificationBody {
    fn of(request: VerificationRequest, state: &AppState) -> Result<Self, ObjectStoreError> {
        let decided = |as_state| request.reviewed_at.filter(|_| request.state == as_state);
        Ok(Self {
            approved_at: decided(VerificationState::Approved),
            rejected_at: decided(VerificationState::Rejected),
            verification_request_id: request.id,
            request_id: request.id,
            court_owner_id: request.owner,
            court_owner_name: None,
            court_owner_email: None,
            court_owner_verified: None,
            proof_document_url: state.objects.link(&request.document_key)?,
            business_name: request.business.name,
            tax_id: request.business.tax_id,
            business_type: request.business.business_type,
            business_address: request.business.address,
            status: request.state,
            reason: request.rejection_reason.clone(),
            rejection_reason: request.rejection_reason,
            previous_request_id: request.previous,
            submitted_at: request.submitted_at,
            reviewed_at: request.reviewed_at,
            reviewed_by: request.reviewed_by,
            notes: request.notes,
        })
    }

    fn for_reviewers(reviewed: ReviewedRequest, state: &AppState) -> Result<Self, ObjectStoreError> {
        let (name, email, verified) = match reviewed.owner {
            Some(owner) => (Some(owner.name), Some(owner.email), Some(owner.verified)),
            None => (None, None, None),
        };
        Ok(Self {
            court_owner_name: name,
            court_owner_email: email,
            court_owner_verified: verified,
            ..Self::of(reviewed.request, state)?
        })
    }
}

impl From<VerificationError> for ApiError {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::AlreadyPending(existing) => {
                Self::new(&codes::VERIFICATION_ALREADY_PENDING).with("existingRequestId", existing)
            }
            VerificationError::Registered(other) => {
                Self::new(&codes::BUSINESS_ALREADY_REGISTERED).with("reference", reference_of(other))
            }
            VerificationError::AlreadyReviewed => Self::new(&codes::VERIFICATION_ALREADY_REVIEWED),
            VerificationError::NotFound => Self::new(&codes::VERIFICATION_NOT_FOUND),
            VerificationError::OwnerNotFound => Self::new(&codes::USER_NOT_FOUND),
            VerificationError::Stale { current } => {
                Self::new(&codes::CONCURRENT_MODIFICATION).with("currentVersion", current)
            }
            VerificationError::Proof(FileRefused::Busy) => Self::unavailable(FileRefused::Busy, 5),
            VerificationError::Proof(refused) => {
                let (en, el) = refused.texts();
                Self::validation("proofDocument", en, el)
            }
            VerificationError::Account(cause) => cause.into(),
            VerificationError::Store(cause) => cause.into(),
            VerificationError::TooSlow => Self::unavailable(error, 5),
            VerificationError::Storage(cause) => cause.into(),
            VerificationError::Courts(cause) => cause.into(),
            VerificationError::Event(cause) => Self::internal(cause),
        }
    }
}

/// A text that is empty once it is cleaned.
fn blank(field: &str) -> ApiError {
    ApiError::validation(field, "must not be blank", "δεν μπορεί να είναι κενό")
}
