//! Serves the two built web apps: the customer app at `/`, the portal at `/admin/`.
//!
//! Files with a hash in their name are kept by browsers for a year, pages are asked for again each time. Any other path
//! below an app is one of its screens and gets its page, except below the services' own names: there it is a mistake,
//! which a program must not take for a page. Nothing is generated here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tower_http::services::{ServeDir, ServeFile};

/// First segments of paths that belong to the services, so that no app has screens there.
const OF_SERVICES: [&str; 7] = ["api", "ws", "internal", "health", "metrics", ".well-known", "sandbox"];

/// The page that a club shows on its own site, inside of `widget.js`' frame; everybody may frame it, and no other page.
const WIDGET_PAGE: &str = "/embed.html";

/// Where the built apps lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebConfig {
    /// Folder of the customer app's build.
    pub customer_dir: PathBuf,
    /// Folder of the portal's build.
    pub admin_dir: PathBuf,
    /// Further places that pages may load pictures from, e.g. the S3 store's public address.
    pub image_sources: Vec<String>,
    /// Further places that pages may call or frame, e.g. `https://api.stripe.com`.
    pub connect_sources: Vec<String>,
    /// Places whose frames pages may show, e.g. `https://js.stripe.com`.
    pub frame_sources: Vec<String>,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            customer_dir: "web/customer/dist".into(),
            admin_dir: "web/admin/dist".into(),
            image_sources: Vec::new(),
            connect_sources: Vec::new(),
            frame_sources: Vec::new(),
        }
    }
}

impl WebConfig {
    /// Whether both apps were built.
    #[must_use]
    pub fn is_built(&self) -> bool {
        [&self.customer_dir, &self.admin_dir].iter().all(|folder| folder.join("index.html").is_file())
    }

    /// SEC-46: scripts only from here, no inline script anywhere. `frame_ancestors` says whose pages may show this one.
    fn content_security_policy(&self, frame_ancestors: &str) -> String {
        let also = |sources: &[String]| sources.iter().map(|source| format!(" {source}")).collect::<String>();
        format!(
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:{}; \
             connect-src 'self'{}; frame-src 'self'{}; font-src 'self'; worker-src 'self' blob:; object-src 'none'; \
             base-uri 'self'; form-action 'self'; frame-ancestors {frame_ancestors}",
            also(&self.image_sources),
            also(&self.connect_sources),
            also(&self.frame_sources),
        )
    }
}

/// The routes of both apps, to be the last resort of the process's router.
pub fn router(config: &WebConfig) -> Router {
    let policies = Arc::new(Policies {
        pages: config.content_security_policy("'none'"),
        widget: config.content_security_policy("*"),
    });
    Router::new().nest_service("/admin", app(&config.admin_dir)).fallback_service(app(&config.customer_dir)).layer(
        middleware::from_fn(move |request: Request, next: Next| with_page_headers(request, next, policies.clone())),
    )
}

/// The content policies of what is served here.
struct Policies {
    pages: String,
    widget: String,
}

fn app(folder: &Path) -> ServeDir<ServeFile> {
    ServeDir::new(folder).precompressed_gzip().fallback(ServeFile::new(folder.join("index.html")))
}

async fn with_page_headers(request: Request, next: Next, policies: Arc<Policies>) -> Response {
    let first_segment = request.uri().path().split('/').nth(1).unwrap_or_default();
    if OF_SERVICES.contains(&first_segment) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let fingerprinted = request.uri().path().contains("/assets/");
    let policy = if request.uri().path() == WIDGET_PAGE { &policies.widget } else { &policies.pages };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let keep = if fingerprinted && !page { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(HeaderName::from_static("x-xss-protection"), HeaderValue::from_static("0"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(config: &WebConfig, path: &str) -> Response {
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        router(config).oneshot(request).await.expect("no error is possible")
    }

    /// A screen's address that is typed in or reloaded gets the app's page, files get long caching, and every page
    /// forbids inline script (SEC-46).
    #[tokio::test]
    async fn screens_get_the_page_of_their_app_and_files_are_kept() {
        let folder = std::env::temp_dir().join(format!("courtside-web-{}", std::process::id()));
        for app in ["customer", "admin"] {
            std::fs::create_dir_all(folder.join(app).join("assets")).expect("a folder");
            std::fs::write(folder.join(app).join("index.html"), format!("<title>{app}</title>")).expect("a file");
            std::fs::write(folder.join(app).join("assets/main-abc.js"), "1").expect("a file");
        }
        std::fs::write(folder.join("customer/embed.html"), "<title>widget</title>").expect("a file");
        let config = WebConfig {
            customer_dir: folder.join("customer"),
            admin_dir: folder.join("admin"),
            ..WebConfig::default()
        };
        for (path, title) in
            [("/", "customer"), ("/courts/1", "customer"), ("/admin/", "admin"), ("/admin/calendar", "admin")]
        {
            let response = get(&config, path).await;
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
            assert!(policy.contains("script-src 'self';") && policy.ends_with("frame-ancestors 'none'"), "{policy}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache", "{path}");
            let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("a body");
            assert_eq!(body, format!("<title>{title}</title>"), "{path}");
        }
        // Only the widget's page may be framed, and by everybody; its scripts are ours all the same.
        let widget = get(&config, "/embed.html").await;
        let policy = widget.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
        assert!(policy.contains("script-src 'self';") && policy.ends_with("frame-ancestors *"), "{policy}");
        for near_miss in ["/embed.html/", "/admin/embed.html", "/embed"] {
            let policy = get(&config, near_miss).await.headers()[header::CONTENT_SECURITY_POLICY].clone();
            assert!(policy.to_str().expect("text").ends_with("frame-ancestors 'none'"), "{near_miss}");
        }
        // QA-51: an unknown path of a service is a mistake and no screen.
        for path in ["/api", "/api/", "/api/nonsense", "/internal/courts", "/health/x", "/.well-known/x"] {
            assert_eq!(get(&config, path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(get(&config, "/apiary").await.status(), StatusCode::OK);
        let response = get(&config, "/assets/main-abc.js").await;
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        std::fs::remove_dir_all(folder).expect("cleaned");
    }
}
