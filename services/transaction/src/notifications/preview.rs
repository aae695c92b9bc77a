//! A page with every template in both languages, for those who write them. Mounted by `courtside up` at
//! `/mail-templates`; a service never shows it.

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use contracts::identity::Language;
use http::{StatusCode, header};

use super::channels::{Template, Templates, samples};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'";

/// `/mail-templates` and one page for each letter.
pub fn preview_router() -> Router {
    Router::new().route("/mail-templates", get(list)).route("/mail-templates/{template}/{language}/{form}", get(show))
}

async fn list() -> Response {
    let mut page = String::from(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mail templates</title>\
         <body style=\"font:16px/24px sans-serif;margin:24px\"><h1>Mail templates</h1>",
    );
    for template in Template::ALL {
        for language in [Language::El, Language::En] {
            let (name, base) = (template.name(), format!("/mail-templates/{}/{language}", template.name()));
            page.push_str(&format!(
                "<h2>{name} ({language})</h2><p><a href=\"{base}/html\">HTML</a> <a href=\"{base}/txt\">text</a></p>\
                 <iframe title=\"{name} {language}\" src=\"{base}/html\" style=\"width:390px;height:640px;border:1px solid #ccc\"></iframe>"
            ));
        }
    }
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response()
}

async fn show(Path((template, language, form)): Path<(String, String, String)>) -> Response {
    let template = Template::ALL.into_iter().find(|known| known.name() == template);
    let letter = template.zip(language.parse::<Language>().ok()).and_then(|(template, language)| {
        Templates::load().ok()?.render(template, language, &samples(template, language)).ok()
    });
    match (letter, form.as_str()) {
        (Some((_, html)), "html") => ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response(),
        (Some((text, _)), "txt") => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
