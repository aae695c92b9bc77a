//! The pages behind the unsubscribe link of a promotional mail. Whoever opens one has a mail program and a browser, no app and
//! no session, so a browser gets a page to be read, also when a link is not ours; programs get the errors of every route.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use contracts::codes;
use contracts::identity::Language;
use contracts::ids::UserId;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kit::http::{Locale, Query};
use kit::{ApiError, ApiResult};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api_docs::ErrorResponse;
use crate::notifications::ops;
use crate::platform_port;
use crate::state::AppState;

/// Seconds after which it is worth trying again while the platform is away.
const RETRY_SECONDS: u64 = 10;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnsubscribeQuery {
    /// From a link in a promotional mail.
    token: String,
}

/// The page behind the unsubscribe link of a promotional mail: says what it does and asks once. Opening it changes
/// nothing, because mail programs open links by themselves.
#[utoipa::path(
    get,
    path = "/api/notifications/unsubscribe",
    operation_id = "showUnsubscribePage",
    tag = "notifications",
    security(()),
    params(UnsubscribeQuery),
    responses(
        (status = 200, description = "A page with one button", body = String, content_type = "text/html"),
        (status = 400, description = "No token", body = ErrorResponse),
        (
            status = 404,
            description = "The link was not made here; a page for browsers",
            content((ErrorResponse = "application/json"), (String = "text/html"))
        ),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ErrorResponse),
    )
)]
pub async fn show_unsubscribe_page(
    State(state): State<AppState>,
    locale: Locale,
    headers: HeaderMap,
    Query(query): Query<UnsubscribeQuery>,
) -> ApiResult<Response> {
    let Some(user) = ops::reader_of_token(&state, &query.token) else {
        return unknown(locale, &headers);
    };
    Ok(page(Screen::Question, language_of(&state, user, locale).await))
}

/// Ends promotional messages for the reader of a mail; mail programs call it with one click (RFC 8058).
#[utoipa::path(
    post,
    path = "/api/notifications/unsubscribe",
    operation_id = "unsubscribe",
    tag = "notifications",
    security(()),
    params(UnsubscribeQuery),
    responses(
        (status = 200, description = "Nothing promotional any more", body = String, content_type = "text/html"),
        (status = 400, description = "No token", body = ErrorResponse),
        (
            status = 404,
            description = "The link was not made here; a page for browsers",
            content((ErrorResponse = "application/json"), (String = "text/html"))
        ),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ErrorResponse),
        (
            status = 503,
            description = "It could not be stored; the same link works again later; a page for browsers",
            content((ErrorResponse = "application/json"), (String = "text/html"))
        ),
    )
)]
pub async fn unsubscribe(
    State(state): State<AppState>,
    locale: Locale,
    headers: HeaderMap,
    Query(query): Query<UnsubscribeQuery>,
) -> ApiResult<Response> {
    let Some(user) = ops::reader_of_token(&state, &query.token) else {
        return unknown(locale, &headers);
    };
    if let Err(error) = ops::promotions_off(&state, user).await {
        let error = ApiError::unavailable(error, RETRY_SECONDS);
        if !is_browser(&headers) {
            return Err(error);
        }
        tracing::warn!(%error, "somebody could not be taken off promotional messages yet");
        return Ok(page(Screen::Later, language_of(&state, user, locale).await));
    }
    Ok(page(Screen::Done, language_of(&state, user, locale).await))
}

fn unknown(locale: Locale, headers: &HeaderMap) -> ApiResult<Response> {
    if is_browser(headers) {
        Ok(page(Screen::Unknown, language_of_browser(locale)))
    } else {
        Err(ApiError::new(&codes::NOTIFICATION_NOT_FOUND))
    }
}

/// Browsers name pages first in what they accept; programs that want anything at all do not name them.
fn is_browser(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|part| {
        let kind = part.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("text/html")
    })
}

/// The reader's own language. One who cannot be read just now gets the browser's: the page is worth more than its language.
async fn language_of(state: &AppState, user: UserId, locale: Locale) -> Language {
    match platform_port::language(&state.pool, user).await {
        Ok(known) => known.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, "the language of a reader cannot be read");
            language_of_browser(locale)
        }
    }
}

const fn language_of_browser(locale: Locale) -> Language {
    match locale {
        Locale::El => Language::El,
        Locale::En => Language::En,
    }
}

/// What a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    /// Asks once.
    Question,
    /// It is done.
    Done,
    /// The link was not made here.
    Unknown,
    /// It could not be stored.
    Later,
}

impl Screen {
    const fn status(self) -> StatusCode {
        match self {
            Self::Question | Self::Done => StatusCode::OK,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Later => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Headline, text and what the button says, if there is one.
    const fn words(self, language: Language) -> (&'static str, &'static str, Option<&'static str>) {
        match (self, language) {
            (Self::Question, Language::El) => (
                "Προωθητικά μηνύματα",
                "Θέλετε να σταματήσουν τα προωθητικά μηνύματα; Όσα αφορούν τις κρατήσεις σας συνεχίζουν να έρχονται.",
                Some("Ναι, σταματήστε τα"),
            ),
            (Self::Question, Language::En) => (
                "Promotional messages",
                "Would you like promotional messages to stop? What concerns your bookings keeps coming.",
                Some("Yes, stop them"),
            ),
            (Self::Done, Language::El) => (
                "Έγινε",
                "Δεν θα λάβετε άλλα προωθητικά μηνύματα. Αν αλλάξετε γνώμη, θα το βρείτε στις ρυθμίσεις του λογαριασμού σας.",
                None,
            ),
            (Self::Done, Language::En) => (
                "Done",
                "You will get no more promotional messages. Should you change your mind, look into the settings of your \
                 account.",
                None,
            ),
            (Self::Unknown, Language::El) => (
                "Ο σύνδεσμος δεν ισχύει",
                "Ίσως αντιγράφηκε μόνο ένα μέρος του. Ανοίξτε τον ξανά από το email ή συνδεθείτε και κλείστε τα προωθητικά \
                 μηνύματα στις ρυθμίσεις ειδοποιήσεων.",
                None,
            ),
            (Self::Unknown, Language::En) => (
                "This link is not valid",
                "Perhaps only a part of it was copied. Open it from the mail again, or sign in and switch promotional \
                 messages off in the notification settings.",
                None,
            ),
            (Self::Later, Language::El) => (
                "Δεν έγινε ακόμη",
                "Αυτή τη στιγμή δεν μπορούμε να το αποθηκεύσουμε. Δοκιμάστε ξανά σε λίγο· ο σύνδεσμος ισχύει πάντα.",
                Some("Δοκιμή ξανά"),
            ),
            (Self::Later, Language::En) => (
                "Not done yet",
                "We cannot store it at this moment. Please try again in a little while; the link stays good.",
                Some("Try again"),
            ),
        }
    }
}

fn page(screen: Screen, language: Language) -> Response {
    let (title, text, button) = screen.words(language);
    // The form goes to the address it stands at, token included.
    let form = button.map_or_else(String::new, |label| {
        format!(
            "<form method=\"post\"><button style=\"padding:12px 20px;font:700 16px/24px Arial,sans-serif;border:0;\
             border-radius:8px;background:#0b5d3b;color:#fff\">{label}</button></form>"
        )
    });
    let html = format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         </head><body style=\"margin:0;background:#f2f4f3;font:400 16px/24px Arial,Helvetica,sans-serif;color:#1c2420\">\
         <main style=\"max-width:520px;margin:48px auto;padding:24px;background:#fff;border-radius:12px\">\
         <h1 style=\"font-size:22px;margin:0 0 12px\">{title}</h1><p>{text}</p>{form}</main></body></html>"
    );
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let mut response = (screen.status(), headers, Html(html)).into_response();
    if screen == Screen::Later {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
    }
    response
}
