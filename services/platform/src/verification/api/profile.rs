//! The owner's profile: the account's own fields and the business data (OWN-23 to OWN-25).

use axum::extract::State;
use contracts::identity::{BusinessType, Language};
use contracts::ids::UserId;
use garde::Validate;
use kit::auth::{Caller, Owner};
use kit::http::{Json, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::blank;
use crate::accounts::domain::ProfileChange;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;
use crate::verification::domain::{BusinessChange, clean_line};
use crate::verification::ops::{self, OwnerProfile};

/// The profile of a court owner.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnerProfile)]
pub struct OwnerProfileBody {
    user_id: UserId,
    display_name: String,
    business_name: Option<String>,
    tax_id: Option<String>,
    business_type: Option<BusinessType>,
    business_address: Option<String>,
    contact_phone: Option<String>,
    language: Language,
    verified: bool,
    /// Business data have changed since they were verified; courts stay visible meanwhile.
    re_verification_required: bool,
    /// Of the business data; 0 while there are none.
    version: i64,
}

impl OwnerProfileBody {
    fn of(profile: OwnerProfile) -> Self {
        let OwnerProfile { account, business } = profile;
        Self {
            user_id: account.id,
            display_name: account.name,
            business_name: business.name,
            tax_id: business.tax_id,
            business_type: business.business_type,
            business_address: business.address,
            contact_phone: account.phone,
            language: account.language,
            verified: account.verified,
            re_verification_required: business.re_verification_since.is_some(),
            version: business.version,
        }
    }
}

/// Absent fields stay as they are.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateProfileRequest {
    #[garde(inner(length(chars, min = 1, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    display_name: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    business_name: Option<String>,
    /// Greek AFM, or the number of another country.
    #[garde(inner(length(chars, min = 1, max = 32)))]
    #[schema(min_length = 1, max_length = 32)]
    tax_id: Option<String>,
    #[garde(skip)]
    business_type: Option<BusinessType>,
    #[garde(inner(length(chars, min = 1, max = 300)))]
    #[schema(min_length = 1, max_length = 300)]
    business_address: Option<String>,
    /// Digits with an optional `+`, spaces, dashes and brackets; an empty text takes the number away.
    #[garde(inner(pattern(r"^\s*(\+?[0-9][0-9 ()\-]{4,22}[0-9])?\s*$")))]
    #[schema(max_length = 30)]
    contact_phone: Option<String>,
    #[garde(skip)]
    language: Option<Language>,
    /// The version that was read; without one the last writer wins.
    #[garde(skip)]
    version: Option<i64>,
}

/// The caller's profile.
#[utoipa::path(
    get,
    path = "/api/users/me/profile",
    operation_id = "getOwnerProfile",
    tag = "verification",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "The profile", body = OwnerProfileBody), CallerErrors)
)]
pub async fn get_own_profile(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<OwnerProfileBody>> {
    Ok(Json(OwnerProfileBody::of(ops::own_profile(&state, caller.user_id).await?)))
}

/// Changes parts of the profile. Another business name, tax id or address of a verified owner is reviewed again.
#[utoipa::path(
    put,
    path = "/api/users/me/profile",
    operation_id = "updateOwnerProfile",
    tag = "verification",
    security(("BearerAuth" = [])),
    request_body = UpdateProfileRequest,
    responses(
        (status = 200, description = "The profile after the change", body = OwnerProfileBody),
        (status = 409, description = "Somebody else saved first; `details.currentVersion` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_own_profile(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    ValidJson(body): ValidJson<UpdateProfileRequest>,
) -> ApiResult<Json<OwnerProfileBody>> {
    let personal = ProfileChange {
        name: cleaned("displayName", body.display_name)?,
        email: None,
        phone: body.contact_phone,
        language: body.language,
    };
    let business = BusinessChange {
        name: cleaned("businessName", body.business_name)?,
        tax_id: cleaned("taxId", body.tax_id)?,
        business_type: body.business_type,
        address: cleaned("businessAddress", body.business_address)?,
    };
    let actor = Actor { user: caller.user_id, role: caller.role, ip: context.client_ip };
    let profile = ops::change_own_profile(&state, &actor, body.version, personal, business).await?;
    Ok(Json(OwnerProfileBody::of(profile)))
}

/// What is sent must say something once it is cleaned.
fn cleaned(field: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    text.map(|text| clean_line(&text).ok_or_else(|| blank(field))).transpose()
}
