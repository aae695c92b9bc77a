//! How a refresh token travels, and what a request tells about its device.
//!
//! Mobile clients carry the token in bodies. Web clients ask for a cookie that no script can read and that leaves the
//! browser only towards `/api/auth`; a token that came by cookie never goes back in a body. A cookie counts only beside
//! the header that names it: no page of another origin can send that header, so none can spend a session (SEC-49).

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use contracts::codes;
use http::header::{SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use kit::ApiError;
use kit::http::RequestContext;
use uuid::Uuid;

use crate::accounts::domain::Device;
use crate::accounts::events::Origin;
use crate::config::SessionsConfig;
use crate::state::AppState;

/// What a client asks for and the cookie it means. Each web app has its own, so that an owner and a player can be signed
/// in side by side in one browser.
const COOKIES: [(&str, &str); 2] = [("cookie", "courtside_refresh"), ("portal-cookie", "courtside_portal_refresh")];
const COOKIE_PATH: &str = "/api/auth";
const TRANSPORT_HEADER: &str = "x-session-transport";
const DEVICE_HEADER: &str = "x-device-id";

/// What headers tell about the caller's device and where its refresh token is.
#[derive(Debug)]
pub struct Client {
    cookie: Option<&'static str>,
    cookie_token: Option<String>,
    device_id: Option<String>,
    user_agent: Option<String>,
    ip: String,
    country: Option<String>,
}

impl FromRequestParts<AppState> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let context = RequestContext::from_request_parts(parts, state).await?;
        let text = |name: &str| text_of(&parts.headers, name);
        let cookie = text(TRANSPORT_HEADER).and_then(|asked| cookie_asked_for(&asked));
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie_token = cookie.and_then(|name| jar.get(name)).map(|found| found.value().to_owned());
        Ok(Self {
            cookie,
            cookie_token: cookie_token.filter(|token| !token.is_empty()),
            device_id: text(DEVICE_HEADER),
            user_agent: text(USER_AGENT.as_str()),
            ip: context.client_ip.to_string(),
            country: state.config.protection.country_header.as_deref().and_then(text),
        })
    }
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn cookie_asked_for(transport: &str) -> Option<&'static str> {
    COOKIES.iter().find(|(asked, _)| asked.eq_ignore_ascii_case(transport)).map(|(_, name)| *name)
}

impl Client {
    /// The device that signs in; `otherwise` names it when the client does not.
    pub fn device(&self, otherwise: Uuid) -> Device {
        Device::describe(self.device_id.as_deref(), self.user_agent.as_deref(), Some(self.ip.clone()), otherwise)
            .in_country(self.country.as_deref())
    }

    /// Where the call came from.
    pub fn address(&self) -> &str {
        &self.ip
    }

    pub fn origin(&self, endpoint: &'static str) -> Origin {
        Origin { endpoint, ip: Some(self.ip.clone()), user_agent: self.user_agent.clone() }
    }

    /// The refresh token of the request: the body's, else the cookie's.
    pub fn presented(&self, from_body: Option<String>) -> Option<String> {
        from_body.or_else(|| self.cookie_token.clone())
    }

    /// A web client without its cookie has simply not signed in yet; a mobile one has forgotten the field.
    pub fn missing_token(&self) -> ApiError {
        if self.cookie.is_some() {
            ApiError::new(&codes::AUTH_REQUIRED)
        } else {
            ApiError::validation("refreshToken", "is required", "είναι υποχρεωτικό")
        }
    }

    /// The token a browser holds from an earlier sign-in.
    pub fn token_held(&self) -> Option<String> {
        self.cookie_token.clone()
    }

    /// The cookie that answers carry the refresh token in, if the client asked for one.
    pub fn cookie(&self) -> Option<&'static str> {
        self.cookie
    }
}

/// `Set-Cookie` with a fresh token.
pub fn refresh_cookie(name: &str, token: &str, lifetime_seconds: i64, config: &SessionsConfig) -> HeaderValue {
    let secure = if config.cookie_secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={token}; Path={COOKIE_PATH}; Max-Age={lifetime_seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::try_from(cookie).expect("base64url and fixed attributes make a valid header")
}

/// `Set-Cookie` that takes the cookie away.
pub fn cleared_cookie(name: &str, config: &SessionsConfig) -> HeaderValue {
    refresh_cookie(name, "", 0, config)
}

/// The answer `response` with a `Set-Cookie`.
pub fn with_cookie(response: impl IntoResponse, cookie: HeaderValue) -> Response {
    let mut response = response.into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}
