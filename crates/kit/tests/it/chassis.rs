//! What is the same for every endpoint: error bodies, limits, headers, languages.

use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use contracts::codes;
use garde::Validate;
use http::Method;
use kit::http::{
    HttpConfig, IdempotencyKey, Json, Path, Query, RequestContext, ValidJson, with_content_security_policy,
};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::{App, request};

#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
struct Party {
    #[garde(length(chars, min = 2, max = 10))]
    host_name: String,
    #[garde(range(min = 1, max = 8))]
    guest_count: u8,
    #[garde(dive)]
    snacks: Vec<Snack>,
}

#[derive(Debug, Serialize, Deserialize, Validate)]
struct Snack {
    #[garde(custom(not_empty_plate))]
    plates: u8,
    #[garde(skip)]
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    Sweet,
    Salty,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "garde hands out references")]
fn not_empty_plate(plates: &u8, _context: &()) -> garde::Result {
    if *plates == 0 {
        Err(garde::Error::new("must hold something | πρέπει να περιέχει κάτι"))
    } else {
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
struct Page {
    size: u16,
}

fn router() -> Router {
    Router::new()
        .route("/party", post(async |ValidJson(party): ValidJson<Party>| Json(party)))
        .route("/parties/{partyId}", get(async |Path(id): Path<Uuid>| Json(id)))
        .route("/list", get(async |Query(page): Query<Page>| Json(page.size)))
        .route("/raw", post(async |body: axum::body::Bytes| body.len().to_string()))
        .route("/context", get(async |context: RequestContext| Json(context.request_id)))
        .route("/panic", get(async || -> Json<u8> { panic!("the secret plan") }))
        .route("/failure", get(async || -> ApiResult<Json<u8>> { Err(anyhow::anyhow!("the secret plan").into()) }))
        .route("/slow", get(std::future::pending::<Json<u8>>))
        .route("/locked", get(async || -> ApiError { ApiError::new(&codes::ACCOUNT_LOCKED).retry_after(1800) }))
        .route("/page", get(async || axum::response::Html("<p>page</p>")))
        .route("/xml", get(async || (http::StatusCode::NOT_FOUND, [("content-type", "application/xml")], "<no/>")))
        .route("/big", get(async || "x".repeat(10_000)))
}

fn app() -> App {
    App::new(router())
}

const GOOD: &str = r#"{"hostName":"Maria","guestCount":3,"snacks":[{"plates":1,"kind":"SWEET"}]}"#;

/// QA-50: every broken rule at once, by wire path, at top level and in `details`.
#[tokio::test]
async fn all_wrong_fields_are_listed_at_once() {
    let body = r#"{"hostName":"M","guestCount":9,"snacks":[{"plates":1,"kind":"SALTY"},{"plates":0,"kind":"SWEET"}]}"#;
    let answer = app().post_json("/party", body).await.expect_error(400, "VALIDATION_ERROR");
    let fields: Vec<_> = answer["errors"].as_array().expect("a list").iter().map(|wrong| &wrong["field"]).collect();
    assert_eq!(fields, ["guestCount", "hostName", "snacks[1].plates"]);
    assert_eq!(answer["errors"], answer["details"]["errors"]);
    assert_eq!(answer["errors"][2]["message"], "must hold something");
}

/// QA-50: wrong types and broken rules of other fields are told together.
#[tokio::test]
async fn wrong_types_and_broken_rules_are_told_together() {
    let body = r#"{"hostName":"M","guestCount":"three","snacks":[{"plates":0,"kind":"BITTER"}]}"#;
    let answer = app().post_json("/party", body).await.expect_error(400, "VALIDATION_ERROR");
    let mut fields: Vec<_> =
        answer["errors"].as_array().expect("a list").iter().filter_map(|wrong| wrong["field"].as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["guestCount", "hostName", "snacks[0].kind", "snacks[0].plates"]);
}

/// A body may be left out where the handler says so, but not be half there.
#[tokio::test]
async fn a_body_may_be_optional() {
    let handler = async |party: Option<ValidJson<Party>>| Json(party.map(|ValidJson(party)| party.host_name));
    let app = App::new(Router::new().route("/maybe", post(handler)));
    let absent = app.send(request(Method::POST, "/maybe", &[], "")).await;
    assert_eq!((absent.status.as_u16(), absent.json()), (200, serde_json::Value::Null));
    assert_eq!(app.post_json("/maybe", GOOD).await.json(), "Maria");
    app.post_json("/maybe", "{").await.expect_error(400, "MALFORMED_JSON");
    app.post_json("/maybe", "{}").await.expect_error(400, "VALIDATION_ERROR");
    app.send(request(Method::POST, "/maybe", &[], GOOD)).await.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
}

/// QA-54: the key is a UUID of version 4, and missing only where it may be.
#[tokio::test]
async fn idempotency_keys_have_a_form() {
    let router = Router::new()
        .route("/required", post(async |key: IdempotencyKey| key.to_string()))
        .route("/optional", post(async |key: Option<IdempotencyKey>| key.is_some().to_string()));
    let app = App::new(router);
    let key = "5f0c2c34-2b5e-4a6f-9a43-0f3b8a0c6f11";
    let with = |path, key| request(Method::POST, path, &[("x-idempotency-key", key)], "");
    assert_eq!(app.send(with("/required", key)).await.bytes, key.as_bytes());
    app.send(request(Method::POST, "/required", &[], "")).await.expect_error(400, "IDEMPOTENCY_KEY_REQUIRED");
    assert_eq!(app.send(request(Method::POST, "/optional", &[], "")).await.bytes, b"false");
    for odd in ["", "nonsense", "0198c3de-7a10-7000-8000-0000000000aa"] {
        for path in ["/required", "/optional"] {
            let answer = app.send(with(path, odd)).await.expect_error(400, "VALIDATION_ERROR");
            assert_eq!(answer["errors"][0]["field"], "X-Idempotency-Key");
        }
    }
}

/// QA-49: the same error in the language of the caller.
#[tokio::test]
async fn errors_speak_greek_when_asked() {
    let headers = [("content-type", "application/json"), ("accept-language", "el-GR,el;q=0.9,en;q=0.8")];
    let body = r#"{"hostName":"M","guestCount":3,"snacks":[]}"#;
    let answer = app().send(request(Method::POST, "/party", &headers, body)).await;
    let answer = answer.expect_error(400, "VALIDATION_ERROR");
    assert_eq!(answer["message"], codes::VALIDATION_ERROR.el);
    assert_eq!(answer["errors"][0]["message"], "πρέπει να έχει μήκος τουλάχιστον 2");
}

/// SEC-38: wrong types and unknown enum values name the path of the field.
#[tokio::test]
async fn wrong_types_name_the_path() {
    let body = r#"{"hostName":"Maria","guestCount":3,"snacks":[{"plates":1,"kind":"BITTER"}]}"#;
    let answer = app().post_json("/party", body).await.expect_error(400, "VALIDATION_ERROR");
    assert_eq!(answer["errors"][0]["field"], "snacks[0].kind");
    assert_eq!(answer["errors"][0]["message"], "must be one of SWEET, SALTY");

    let body = r#"{"hostName":"Maria","guestCount":"three","snacks":[]}"#;
    let answer = app().post_json("/party", body).await.expect_error(400, "VALIDATION_ERROR");
    assert_eq!(answer["errors"][0]["field"], "guestCount");
}

#[tokio::test]
async fn broken_json_is_malformed() {
    let answer = app().post_json("/party", "{\"hostName\": ").await.expect_error(400, "MALFORMED_JSON");
    assert_eq!(answer["details"]["line"], 1);
}

/// SEC-38: parameters of path and query are named.
#[tokio::test]
async fn wrong_parameters_are_named() {
    let answer = app().get("/parties/not-a-uuid").await.expect_error(400, "VALIDATION_ERROR");
    assert_eq!(answer["errors"][0]["field"], "partyId");
    let answer = app().get("/list?size=-1").await.expect_error(400, "VALIDATION_ERROR");
    assert_eq!(answer["errors"][0]["field"], "size");
    app().get("/parties/%00").await.expect_error(400, "VALIDATION_ERROR");
    app().get("/parties/%FF").await.expect_error(400, "VALIDATION_ERROR");
}

/// SEC-41: the content type must fit.
#[tokio::test]
async fn other_content_types_are_refused() {
    for headers in
        [&[("content-type", "text/plain")][..], &[("content-type", "application/x-www-form-urlencoded")], &[]]
    {
        let answer = app().send(request(Method::POST, "/party", headers, GOOD)).await;
        answer.expect_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    for content_type in ["application/json", "application/json; charset=utf-8", "application/problem+json"] {
        let answer = app().send(request(Method::POST, "/party", &[("content-type", content_type)], GOOD)).await;
        assert_eq!(answer.status, 200, "{content_type}");
        assert_eq!(answer.json()["hostName"], "Maria");
    }
}

/// SEC-42: 1 MB for JSON, 10 MB for uploads, whether the length is announced or not.
#[tokio::test]
async fn too_big_bodies_are_refused() {
    let big = format!("\"{}\"", "x".repeat(1024 * 1024));
    let announced = [("content-type", "application/json"), ("content-length", "1048578")];
    let answer = app().send(request(Method::POST, "/party", &announced, &big)).await;
    let body = answer.expect_error(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(body["details"]["limitBytes"], 1024 * 1024);
    app().post_json("/party", &big).await.expect_error(413, "PAYLOAD_TOO_LARGE");

    // A foreign extractor is held to the same limit and answers in the same shape.
    app().send(request(Method::POST, "/raw", &[], &big)).await.expect_error(413, "PAYLOAD_TOO_LARGE");

    let upload = [("content-type", "multipart/form-data; boundary=x")];
    let answer = app().send(request(Method::POST, "/raw", &upload, &"x".repeat(10 * 1024 * 1024))).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (200, "10485760".as_bytes()));
    let answer = app().send(request(Method::POST, "/raw", &upload, &"x".repeat(10 * 1024 * 1024 + 1))).await;
    answer.expect_error(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_errors_too() {
    app().get("/nowhere").await.expect_error(404, "NOT_FOUND");
    let answer = app().get("/party").await;
    answer.expect_error(405, "METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), Some("POST"));
}

/// QA-55: a panic and an unexpected failure are 500 with a correlation id and nothing of the cause.
#[tokio::test]
async fn failures_show_nothing() {
    for path in ["/panic", "/failure"] {
        let answer = app().get(path).await;
        let body = answer.expect_error(500, "INTERNAL_SERVICE_ERROR");
        assert!(!body.to_string().contains("secret plan"));
        let correlation = body["correlationId"].as_str().expect("a correlation id");
        assert!(body["message"].as_str().is_some_and(|text| text.contains(correlation)), "{body}");
    }
}

/// QA-52: a handler that takes too long is given up with 503 and `Retry-After`.
#[tokio::test]
async fn slow_handlers_are_given_up() {
    let config = HttpConfig { request_timeout_seconds: 0, ..HttpConfig::default() };
    let answer = tokio::time::timeout(Duration::from_secs(10), App::with_config(router(), &config).get("/slow")).await;
    let answer = answer.expect("given up in time");
    answer.expect_error(503, "SERVICE_UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), Some("5"));
}

/// QA-52: 429 carries the time of the rule that refused.
#[tokio::test]
async fn refusals_say_when_to_come_back() {
    let answer = app().get("/locked").await;
    answer.expect_error(429, "ACCOUNT_LOCKED");
    assert_eq!(answer.header("retry-after"), Some("1800"));
}

/// SEC-45: on good answers, errors, pages and preflights alike.
#[tokio::test]
async fn security_headers_are_on_everything() {
    let preflight = [("origin", "https://elsewhere.example"), ("access-control-request-method", "GET")];
    let answers = [
        app().get("/context").await,
        app().get("/nowhere").await,
        app().get("/panic").await,
        app().get("/page").await,
        app().send(request(Method::OPTIONS, "/context", &preflight, "")).await,
    ];
    for answer in answers {
        for (name, value) in [
            ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=(self)"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} on {}", answer.status);
        }
        assert!(answer.header("content-security-policy").is_some());
    }
}

/// SEC-46: routers that serve pages choose their own policy.
#[tokio::test]
async fn pages_may_bring_their_own_policy() {
    let pages = with_content_security_policy(router(), "default-src 'self'; img-src data:").expect("a header value");
    let answer = App::new(pages).get("/page").await;
    assert_eq!(answer.header("content-security-policy"), Some("default-src 'self'; img-src data:"));
}

/// SEC-45, SEC-46: a page that names who may frame it is not contradicted by the older header; nobody else loses that.
#[tokio::test]
async fn pages_may_name_who_frames_them() {
    let framed = async |policy: &str| {
        let pages = with_content_security_policy(router(), policy).expect("a header value");
        App::new(pages).get("/page").await.header("x-frame-options").map(str::to_owned)
    };
    assert_eq!(framed("default-src 'self'; frame-ancestors *").await, None);
    assert_eq!(framed("frame-ancestors https://club.example").await, None);
    for policy in ["default-src 'self'", "default-src 'self'; frame-ancestors 'none'", "frame-ancestors"] {
        assert_eq!(framed(policy).await.as_deref(), Some("DENY"), "{policy}");
    }
}

/// SEC-47, SEC-48: listed origins are told they may, others are told nothing.
#[tokio::test]
async fn only_listed_origins_may_call() {
    let origin = "https://app.courtbooking.gr";
    let config = HttpConfig { cors_origins: vec![origin.parse().expect("an origin")], ..HttpConfig::default() };
    let app = App::with_config(router(), &config);
    let preflight = |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "PUT")];
        request(Method::OPTIONS, "/context", &headers, "")
    };
    let allowed = app.send(preflight(origin)).await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some(origin));
    let mut methods: Vec<_> =
        allowed.header("access-control-allow-methods").expect("methods").split(',').map(str::trim).collect();
    methods.sort_unstable();
    assert_eq!(methods, ["DELETE", "GET", "OPTIONS", "POST", "PUT"]);

    for stranger in ["https://evil.example", "https://app.courtbooking.gr.evil.example", "null"] {
        let refused = app.send(preflight(stranger)).await;
        assert_eq!(refused.header("access-control-allow-origin"), None, "{stranger}");
        let answer = app.send(request(Method::GET, "/context", &[("origin", stranger)], "")).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{stranger}");
    }
}

/// OPS-11: the client's request id is kept when it is plain, and one is made otherwise.
#[tokio::test]
async fn request_ids_are_kept_or_made() {
    let answer = app().send(request(Method::GET, "/context", &[("x-request-id", "tap-42")], "")).await;
    assert_eq!((answer.header("x-request-id"), answer.json()), (Some("tap-42"), serde_json::json!("tap-42")));
    let too_long = "x".repeat(129);
    for odd in ["with space", "<script>", too_long.as_str()] {
        let answer = app().send(request(Method::GET, "/context", &[("x-request-id", odd)], "")).await;
        let made = answer.header("x-request-id").expect("always there").to_owned();
        assert!(made.parse::<Uuid>().is_ok(), "{made}");
    }
}

/// OPS-09: an incoming trace is continued, and its id is what clients see.
#[tokio::test]
async fn an_incoming_trace_is_continued() {
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = app().send(request(Method::GET, "/nowhere", &[("traceparent", traceparent)], "")).await;
    assert_eq!(answer.expect_error(404, "NOT_FOUND")["correlationId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let own = app().send(request(Method::GET, "/nowhere", &[("traceparent", "nonsense")], "")).await;
    own.expect_error(404, "NOT_FOUND");
}

#[tokio::test]
async fn answers_in_another_dialect_stay_as_they_are() {
    let answer = app().get("/xml").await;
    assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (404, b"<no/>".as_slice()));
}

#[tokio::test]
async fn big_answers_are_compressed_when_asked() {
    let answer = app().send(request(Method::GET, "/big", &[("accept-encoding", "gzip")], "")).await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert!(answer.bytes.len() < 1_000);
    assert_eq!(app().get("/big").await.bytes.len(), 10_000);
}
