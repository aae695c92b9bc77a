//! What an owner sends to be verified, and sees of it.

use axum::extract::State;
use contracts::identity::BusinessType;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Caller, Owner};
use kit::http::{Json, RequestContext, UploadForm, UploadedFile};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{VerificationBody, blank};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;
use crate::uploads::document;
use crate::uploads::picture::PictureKind;
use crate::verification::domain::{Business, LARGEST_PROOF_BYTES, clean_line};
use crate::verification::ops::{self, Proof};

/// The form of a request, for the document.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a form, which is read part by part")]
pub struct VerificationForm {
    #[schema(min_length = 1, max_length = 200)]
    business_name: String,
    #[schema(min_length = 1, max_length = 32)]
    tax_id: String,
    business_type: BusinessType,
    #[schema(min_length = 1, max_length = 300)]
    business_address: String,
    /// PDF, JPEG or PNG, at most 10 MB.
    #[schema(value_type = String, format = Binary)]
    proof_document: Vec<u8>,
}

/// The texts of the form.
#[derive(Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
pub struct VerificationTexts {
    #[garde(length(chars, min = 1, max = 200))]
    business_name: String,
    #[garde(length(chars, min = 1, max = 32))]
    tax_id: String,
    #[garde(skip)]
    business_type: BusinessType,
    #[garde(length(chars, min = 1, max = 300))]
    business_address: String,
}

/// The own verification.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationStatus {
    verified: bool,
    /// The business data of a verified owner have changed and wait for another review.
    re_verification_required: bool,
    /// The newest request.
    current_request: Option<VerificationBody>,
    /// The ones before it, the newest first.
    history: Vec<VerificationBody>,
}

/// Asks to be verified.
#[utoipa::path(
    post,
    path = "/api/verification",
    operation_id = "submitVerification",
    tag = "verification",
    security(("BearerAuth" = [])),
    request_body(content = VerificationForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The request waits for review", body = VerificationBody),
        (status = 409, description = "One waits already (`details.existingRequestId`), or another owner has the business (`details.reference`)", body = ErrorResponse),
        (status = 503, description = "Busy, or the store does not answer; try again", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn submit_verification(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    mut form: UploadForm,
) -> ApiResult<(StatusCode, Json<VerificationBody>)> {
    let proof = form.files("proofDocument").into_iter().next();
    let texts: VerificationTexts = match (form.texts(), proof.is_none()) {
        // Both are told at once.
        (Err(error), true) => return Err(error.field("proofDocument", "is required", "είναι υποχρεωτικό")),
        (texts, _) => texts?,
    };
    let proof = proof.ok_or_else(|| ApiError::validation("proofDocument", "is required", "είναι υποχρεωτικό"))?;
    let business = Business {
        name: clean_line(&texts.business_name).ok_or_else(|| blank("businessName"))?,
        tax_id: clean_line(&texts.tax_id).ok_or_else(|| blank("taxId"))?,
        business_type: texts.business_type,
        address: clean_line(&texts.business_address).ok_or_else(|| blank("businessAddress"))?,
    };
    let actor = Actor { user: caller.user_id, role: caller.role, ip: context.client_ip };
    let request = ops::submit(&state, &actor, business, proof_of(proof)?).await?;
    Ok((StatusCode::CREATED, Json(VerificationBody::of(request, &state)?)))
}

/// By its bytes; what the sender says it is must agree.
fn proof_of(file: UploadedFile) -> Result<Proof, ApiError> {
    let refused = |en, el| Err(ApiError::validation("proofDocument", en, el));
    if file.bytes.len() > LARGEST_PROOF_BYTES {
        return refused(
            "must be a PDF, JPEG or PNG file of at most 10 MB",
            "πρέπει να είναι αρχείο PDF, JPEG ή PNG έως 10 MB",
        );
    }
    match PictureKind::of(&file.bytes) {
        Some(kind @ (PictureKind::Jpeg | PictureKind::Png)) if file.fits(kind.content_type()) => {
            Ok(Proof::Picture(file.bytes))
        }
        None if document::is_pdf(&file.bytes) && file.fits("application/pdf") => Ok(Proof::Pdf(file.bytes)),
        _ => refused(
            "must be a PDF, JPEG or PNG file of at most 10 MB",
            "πρέπει να είναι αρχείο PDF, JPEG ή PNG έως 10 MB",
        ),
    }
}

/// Where the own verification stands.
#[utoipa::path(
    get,
    path = "/api/verification",
    operation_id = "getVerificationStatus",
    tag = "verification",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "The newest request and those before it", body = VerificationStatus), CallerErrors)
)]
pub async fn get_verification_status(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<VerificationStatus>> {
    let own = ops::own_verification(&state, caller.user_id).await?;
    let mut requests = Vec::with_capacity(own.requests.len());
    for request in own.requests {
        requests.push(VerificationBody::of(request, &state)?);
    }
    let mut requests = requests.into_iter();
    Ok(Json(VerificationStatus {
        verified: own.verified,
        re_verification_required: own.re_verification_required,
        current_request: requests.next(),
        history: requests.collect(),
    }))
}
