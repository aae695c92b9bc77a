//! Pictures of courts over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::ids::CourtId;
use garde::Validate;
use kit::http::{Json, Path, UploadForm, UploadedFile, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{LARGEST_IMAGE_BYTES, MOST_IMAGES, OrderRefused};
use super::ops::{self, ImageError};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::courts::domain::Court;
use crate::state::AppState;
use crate::uploads::FileRefused;
use crate::uploads::picture::PictureKind;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload_court_images, arrange_court_images)).routes(routes!(remove_court_image))
}

/// Pictures to be added, as files of one field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a form, which is read part by part")]
struct CourtImagesUpload {
    /// JPEG, PNG or WebP, at most 5 MB each.
    #[schema(value_type = Vec<String>, format = Binary, max_items = 10)]
    images: Vec<Vec<u8>>,
}

/// The pictures in their new order; those left out are removed.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ArrangeImagesRequest {
    /// The version of the court that the client read.
    #[garde(skip)]
    version: i64,
    /// Addresses as the court lists them.
    #[garde(length(max = MOST_IMAGES), inner(length(max = 2048)))]
    #[schema(max_items = 10)]
    image_urls: Vec<String>,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct RemoveImageQuery {
    /// The version of the court that the client read.
    #[garde(skip)]
    version: i64,
}

/// All pictures of a court, in their order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CourtImages {
    #[schema(value_type = Vec<String>)]
    image_urls: Vec<String>,
    /// The version of the court.
    version: i64,
}

impl CourtImages {
    fn of(court: &Court, state: &AppState) -> Json<Self> {
        Json(Self { image_urls: state.config.courts.image_urls(&court.image_keys), version: court.version })
    }
}

/// Adds pictures to a court. They are written anew, upright, without metadata and at most 1920 pixels wide or high.
#[utoipa::path(
    post,
    path = "/api/courts/{courtId}/images",
    operation_id = "uploadCourtImages",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body(content = CourtImagesUpload, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "All pictures of the court", body = CourtImages),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 503, description = "Busy, or the store does not answer; try again", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn upload_court_images(
    State(state): State<AppState>,
    caller: SubscribedOwner,
    Path(id): Path<CourtId>,
    mut form: UploadForm,
) -> ApiResult<Json<CourtImages>> {
    let files = [form.files("images"), form.files("images[]")].concat();
    if files.is_empty() {
        return Err(ApiError::validation("images", "is required", "είναι υποχρεωτικό"));
    }
    for (number, file) in files.iter().enumerate() {
        check_file(number, file)?;
    }
    let files = files.into_iter().map(|file| file.bytes).collect();
    let court = ops::add_images(&state, &caller.actor(), id, files).await?;
    Ok(CourtImages::of(&court, &state))
}

/// Size, and that the file is what its sender says it is; without saying anything it is what its bytes are.
fn check_file(number: usize, file: &UploadedFile) -> Result<(), ApiError> {
    if file.bytes.len() > LARGEST_IMAGE_BYTES {
        return Err(wrong_file(number));
    }
    let is_fitting = PictureKind::of(&file.bytes).is_some_and(|kind| file.fits(kind.content_type()));
    if is_fitting { Ok(()) } else { Err(wrong_file(number)) }
}

fn field(number: usize) -> String {
    format!("images[{number}]")
}

/// ADMIN-04: what is allowed, whichever of it was not kept.
fn wrong_file(number: usize) -> ApiError {
    ApiError::validation(
        field(number),
        "must be a JPEG, PNG or WebP picture of at most 5 MB",
        "πρέπει να είναι εικόνα JPEG, PNG ή WebP έως 5 MB",
    )
}

/// Puts the pictures of a court in another order, or leaves some out.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/images",
    operation_id = "arrangeCourtImages",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = ArrangeImagesRequest,
    responses(
        (status = 200, description = "All pictures of the court", body = CourtImages),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "Somebody else saved first; `details.currentVersion` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn arrange_court_images(
    State(state): State<AppState>,
    caller: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<ArrangeImagesRequest>,
) -> ApiResult<Json<CourtImages>> {
    let court = ops::arrange_images(&state, &caller.actor(), id, body.version, &body.image_urls).await?;
    Ok(CourtImages::of(&court, &state))
}

/// Removes a picture of a court.
#[utoipa::path(
    delete,
    path = "/api/courts/{courtId}/images/{imageId}",
    operation_id = "removeCourtImage",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(
        ("courtId" = CourtId, Path, description = "One of the caller's courts"),
        ("imageId" = String, Path, description = "The name in the picture's address, without its ending"),
        RemoveImageQuery,
    ),
    responses(
        (status = 200, description = "The pictures that are left", body = CourtImages),
        (status = 404, description = "No such court or picture", body = ErrorResponse),
        (status = 409, description = "Somebody else saved first; `details.currentVersion` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn remove_court_image(
    State(state): State<AppState>,
    caller: SubscribedOwner,
    Path((id, image)): Path<(CourtId, String)>,
    ValidQuery(query): ValidQuery<RemoveImageQuery>,
) -> ApiResult<Json<CourtImages>> {
    let court = ops::remove_image(&state, &caller.actor(), id, query.version, &image).await?;
    Ok(CourtImages::of(&court, &state))
}

impl From<ImageError> for ApiError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Court(cause) => cause.into(),
            ImageError::File { number, refused } => file_refused(&field(number), refused),
            ImageError::TooMany => Self::validation("images", "at most 10 for each court", "έως 10 για κάθε γήπεδο"),
            ImageError::NotFound => Self::new(&codes::IMAGE_NOT_FOUND),
            ImageError::Order(OrderRefused::Unknown(number)) => Self::validation(
                format!("imageUrls[{number}]"),
                "is no picture of this court",
                "δεν είναι εικόνα αυτού του γηπέδου",
            ),
            ImageError::Order(OrderRefused::Twice(number)) => {
                Self::validation(format!("imageUrls[{number}]"), "stands twice", "εμφανίζεται δύο φορές")
            }
            ImageError::Store(cause) => cause.into(),
            ImageError::TooSlow => Self::unavailable(error, 5),
        }
    }
}

fn file_refused(field: &str, refused: FileRefused) -> ApiError {
    let (en, el) = refused.texts();
    match refused {
        FileRefused::Busy => ApiError::unavailable(refused, 5),
        _ => ApiError::validation(field, en, el),
    }
}
