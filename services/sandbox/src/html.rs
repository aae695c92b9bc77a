//! Pages: templates, languages, the headers every page carries, and the sandbox's own style and script files.
//!
//! No page loads anything from elsewhere, and no script or style stands inside a page.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use minijinja::{Environment, Value, context};

use crate::state::Sandbox;

/// Greek or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    El,
    En,
}

impl Language {
    /// What the browser prefers; English when it says nothing we know.
    pub fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut ranked: Vec<(f32, Self)> = wanted
            .split(',')
            .filter_map(|part| {
                let mut pieces = part.trim().split(';');
                let language = match pieces.next()?.get(..2)?.to_ascii_lowercase().as_str() {
                    "el" => Self::El,
                    "en" => Self::En,
                    _ => return None,
                };
                let quality = pieces
                    .next()
                    .and_then(|rest| rest.trim().strip_prefix("q="))
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(1.0);
                Some((quality, language))
            })
            .collect();
        ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
        ranked.first().map_or(Self::En, |(_, language)| *language)
    }

    /// The tag in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::El => "el",
            Self::En => "en",
        }
    }

    /// One of two texts.
    pub fn pick(self, el: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::El => el,
            Self::En => en,
        }
    }
}

const TEMPLATES: [(&str, &str); 8] = [
    ("board.html", include_str!("pages/board.html")),
    ("layout.html", include_str!("pages/layout.html")),
    ("authorize.html", include_str!("pages/authorize.html")),
    ("form_post.html", include_str!("pages/form_post.html")),
    ("message.html", include_str!("pages/message.html")),
    ("three_d_secure.html", include_str!("pages/three_d_secure.html")),
    ("card_form.html", include_str!("pages/card_form.html")),
    ("onboarding.html", include_str!("pages/onboarding.html")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).expect("the built-in templates are well formed: a test renders each");
    }
    environment
});

/// Renders a page. `form_targets` are further origins that its forms may lead to.
pub fn page(sandbox: &Sandbox, language: Language, template: &str, values: Value, form_targets: &[String]) -> Response {
    render(sandbox, language, template, values, form_targets, "'self'")
}

/// The same for a page that other origins of ours may embed, as Stripe's card fields and banks' questions are.
pub fn embeddable_page(
    sandbox: &Sandbox,
    language: Language,
    template: &str,
    values: Value,
    form_targets: &[String],
) -> Response {
    let mut embedders = "'self' http://localhost:* http://127.0.0.1:*".to_owned();
    for host in &sandbox.config().identities.redirect_hosts {
        embedders.push_str(&format!(" http://{host}:* https://{host}:*"));
    }
    render(sandbox, language, template, values, form_targets, &embedders)
}

fn render(
    sandbox: &Sandbox,
    language: Language,
    template: &str,
    values: Value,
    form_targets: &[String],
    embedders: &str,
) -> Response {
    let base = base_path(sandbox);
    let rendered = ENVIRONMENT.get_template(template).and_then(|template| {
        template.render(context! { base => base, lang => language.tag(), el => language == Language::El, ..values })
    });
    match rendered {
        Ok(html) => guarded(html, form_targets, embedders),
        Err(error) => {
            tracing::error!(%error, template, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The path under which browsers see this router, without a trailing slash.
pub fn base_path(sandbox: &Sandbox) -> String {
    url::Url::parse(&sandbox.config().public_url)
        .map(|url| url.path().trim_end_matches('/').to_owned())
        .unwrap_or_default()
}

/// A short page with a heading and a sentence.
pub fn message(sandbox: &Sandbox, status: StatusCode, language: Language, title: &str, text: &str) -> Response {
    let mut response = page(sandbox, language, "message.html", context! { title, text }, &[]);
    *response.status_mut() = status;
    response
}

// The policy lets a page use only our own files. `frame-ancestors` is named because layers outside may forbid framing
// altogether; browsers heed this one first.
fn guarded(html: String, form_targets: &[String], embedders: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         frame-src 'self'; base-uri 'none'; frame-ancestors {embedders}; form-action 'self' {}",
        form_targets.join(" ")
    );
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_str(policy.trim()).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    ];
    (headers, html).into_response()
}

/// Whether the caller is a browser that wants a page.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether a browser may be sent there: this machine, our own host, or a configured one.
pub fn may_redirect_to(sandbox: &Sandbox, target: &str) -> bool {
    let Ok(target) = url::Url::parse(target) else { return false };
    let Some(host) = target.host_str() else { return false };
    let own = url::Url::parse(&sandbox.config().public_url).ok();
    let is_own = own.as_ref().and_then(url::Url::host_str) == Some(host);
    let is_known = is_own
        || matches!(host, "localhost" | "127.0.0.1" | "[::1]")
        || sandbox.config().identities.redirect_hosts.iter().any(|known| known == host);
    matches!(target.scheme(), "http" | "https") && is_known
}

/// The origin of an address, as a policy names it.
pub fn origin_of(target: &str) -> String {
    url::Url::parse(target).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// `/assets/*`
pub fn router() -> Router<Sandbox> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "sandbox.css" => ("text/css; charset=utf-8", include_str!("pages/sandbox.css")),
        "elements.js" => ("text/javascript; charset=utf-8", include_str!("pages/elements.js")),
        "parts.js" => ("text/javascript; charset=utf-8", include_str!("pages/parts.js")),
        "board.js" => ("text/javascript; charset=utf-8", include_str!("pages/board.js")),
        "card_form.js" => ("text/javascript; charset=utf-8", include_str!("pages/card_form.js")),
        "form_post.js" => ("text/javascript; charset=utf-8", include_str!("pages/form_post.js")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(accept: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(accept).expect("a header"));
        Language::of(&headers)
    }

    #[test]
    fn the_browser_chooses_the_language() {
        assert_eq!(language("el-GR,el;q=0.9,en;q=0.8"), Language::El);
        assert_eq!(language("en;q=0.5, el;q=0.9"), Language::El);
        assert_eq!(language("fr, en;q=0.2"), Language::En);
        assert_eq!(language("€"), Language::En);
        assert_eq!(language(""), Language::En);
    }

    #[test]
    fn every_template_is_well_formed() {
        for (name, _) in TEMPLATES {
            let template = ENVIRONMENT.get_template(name).expect("a template");
            template
                .render(context! { base => "/sandbox", lang => "en", el => false })
                .expect("renders without values");
        }
    }
}
