//! S3: objects in buckets, as files of the data folder. Path-style addresses, presigned or signed by header.
//!
//! Owns files and their headers; who may touch them is decided in `signature.rs`. Buckets exist as soon as they are named.

mod signature;

use std::path::{Path as FilePath, PathBuf};

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tower_http::cors::CorsLayer;

use crate::chaos::{Vendor, disturb};
use crate::state::Sandbox;
use signature::Refusal;

/// `/s3/{bucket}` and `/s3/{bucket}/{key}`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/s3/{bucket}", get(list).head(bucket_exists).put(bucket_exists))
        .route("/s3/{bucket}/{*key}", get(read).head(read).put(write).delete(remove))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::S3), disturb))
        .layer(CorsLayer::permissive())
}

/// What is kept beside an object's bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Description {
    key: String,
    content_type: String,
    cache_control: Option<String>,
    etag: String,
    size: u64,
    /// Unix seconds.
    modified: i64,
    /// `x-amz-meta-*`
    metadata: std::collections::BTreeMap<String, String>,
}

fn fault(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{}</Message></Error>",
        escaped(message)
    );
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn internal(error: &std::io::Error) -> Response {
    tracing::error!(%error, "an object cannot be kept");
    fault(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "We encountered an internal error. Please try again.")
}

fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, b'-' | b'.'))
        && !name.contains("..")
}

/// Where an object lies: named by a hash, so that no key can point outside its bucket.
fn file_of(sandbox: &Sandbox, bucket: &str, key: &str) -> PathBuf {
    sandbox.objects_folder().join(bucket).join(hex::encode(Sha256::digest(key)))
}

struct Request<'a> {
    method: &'a Method,
    uri: &'a http::Uri,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

#[expect(clippy::result_large_err, reason = "the error is the finished answer")]
fn admit(sandbox: &Sandbox, bucket: &str, request: &Request<'_>) -> Result<(), Response> {
    if !is_bucket_name(bucket) {
        return Err(fault(StatusCode::BAD_REQUEST, "InvalidBucketName", "The specified bucket is not valid."));
    }
    let config = &sandbox.config().s3;
    let checked = signature::check(config, request.method, request.uri, request.headers, request.body, sandbox.now());
    match checked {
        Ok(()) => Ok(()),
        Err(Refusal::Unsigned)
            if matches!(*request.method, Method::GET | Method::HEAD)
                && config.public_buckets.iter().any(|name| name == bucket) =>
        {
            Ok(())
        }
        Err(Refusal::Unsigned) => Err(fault(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied")),
        Err(Refusal::Expired) => Err(fault(StatusCode::FORBIDDEN, "AccessDenied", "Request has expired")),
        Err(Refusal::UnknownKey) => Err(fault(
            StatusCode::FORBIDDEN,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        )),
        Err(Refusal::Mismatch) => Err(fault(
            StatusCode::FORBIDDEN,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        )),
        Err(Refusal::Malformed) => Err(fault(
            StatusCode::BAD_REQUEST,
            "AuthorizationQueryParametersError",
            "The signature's parameters are malformed or its lifetime exceeds a week.",
        )),
    }
}

async fn bucket_exists(
    State(sandbox): State<Sandbox>,
    Path(bucket): Path<String>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match admit(&sandbox, &bucket, &Request { method: &method, uri: &uri, headers: &headers, body: &body }) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(response) => response,
    }
}

async fn write(
    State(sandbox): State<Sandbox>,
    Path((bucket, key)): Path<(String, String)>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(response) =
        admit(&sandbox, &bucket, &Request { method: &method, uri: &uri, headers: &headers, body: &body })
    {
        return response;
    }
    if key.len() > 1024 {
        return fault(StatusCode::BAD_REQUEST, "KeyTooLongError", "Your key is too long");
    }
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let metadata = headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().strip_prefix("x-amz-meta-")?.to_owned(), value.to_str().ok()?.to_owned()))
        })
        .collect();
    let description = Description {
        key: key.clone(),
        content_type: text(&header::CONTENT_TYPE).unwrap_or_else(|| "binary/octet-stream".to_owned()),
        cache_control: text(&header::CACHE_CONTROL),
        etag: format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16])),
        size: body.len() as u64,
        modified: sandbox.now().as_second(),
        metadata,
    };
    let file = file_of(&sandbox, &bucket, &key);
    let unique = sandbox.secret();
    let etag = description.etag.clone();
    match tokio::task::spawn_blocking(move || keep(&file, &unique, &body, &description)).await {
        Ok(Ok(())) => (StatusCode::OK, [(header::ETAG, etag)]).into_response(),
        Ok(Err(error)) => internal(&error),
        Err(_) => internal(&std::io::Error::other("the writer stopped")),
    }
}

// Bytes first, description last and both by renaming: a reader sees the old object or the new one, never a torn one.
fn keep(file: &FilePath, unique: &str, body: &[u8], description: &Description) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    for (extension, bytes) in [("data", body), ("json", serde_json::to_vec(description)?.as_slice())] {
        let fresh = file.with_extension(format!("{unique}.new"));
        std::fs::write(&fresh, bytes)?;
        std::fs::rename(&fresh, file.with_extension(extension))?;
    }
    Ok(())
}

fn load(file: &FilePath) -> std::io::Result<(Description, Vec<u8>)> {
    let description = serde_json::from_slice(&std::fs::read(file.with_extension("json"))?)?;
    Ok((description, std::fs::read(file.with_extension("data"))?))
}

async fn read(
    State(sandbox): State<Sandbox>,
    Path((bucket, key)): Path<(String, String)>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(response) =
        admit(&sandbox, &bucket, &Request { method: &method, uri: &uri, headers: &headers, body: &[] })
    {
        return response;
    }
    let file = file_of(&sandbox, &bucket, &key);
    let (description, bytes) = match tokio::task::spawn_blocking(move || load(&file)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return fault(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.");
        }
        Ok(Err(error)) => return internal(&error),
        Err(_) => return internal(&std::io::Error::other("the reader stopped")),
    };
    let unchanged =
        headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == description.etag.as_bytes());
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    describe(&description, response.headers_mut());
    response
}

fn describe(description: &Description, headers: &mut HeaderMap) {
    let modified = Timestamp::from_second(description.modified)
        .unwrap_or_default()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, &description.content_type);
    put(header::ETAG, &description.etag);
    put(header::LAST_MODIFIED, &modified);
    // Objects are strangers' bytes on our own origin: never guess them into something that runs.
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    if let Some(cache_control) = &description.cache_control {
        put(header::CACHE_CONTROL, cache_control);
    }
    for (name, value) in &description.metadata {
        if let Ok(name) = HeaderName::try_from(format!("x-amz-meta-{name}")) {
            put(name, value);
        }
    }
}

async fn remove(
    State(sandbox): State<Sandbox>,
    Path((bucket, key)): Path<(String, String)>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(response) =
        admit(&sandbox, &bucket, &Request { method: &method, uri: &uri, headers: &headers, body: &body })
    {
        return response;
    }
    let file = file_of(&sandbox, &bucket, &key);
    let removed = ["json", "data"].into_iter().try_for_each(|extension| {
        match std::fs::remove_file(file.with_extension(extension)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    });
    match removed {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => internal(&error),
    }
}

#[derive(Deserialize)]
struct ListQuery {
    prefix: Option<String>,
    #[serde(rename = "max-keys")]
    max_keys: Option<usize>,
    #[serde(rename = "start-after")]
    start_after: Option<String>,
    #[serde(rename = "continuation-token")]
    continuation_token: Option<String>,
}

/// `ListObjectsV2` without delimiters; the continuation token is the last key seen.
async fn list(
    State(sandbox): State<Sandbox>,
    Path(bucket): Path<String>,
    Query(query): Query<ListQuery>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(response) =
        admit(&sandbox, &bucket, &Request { method: &method, uri: &uri, headers: &headers, body: &[] })
    {
        return response;
    }
    let folder = sandbox.objects_folder().join(&bucket);
    let mut found = match tokio::task::spawn_blocking(move || descriptions(&folder)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return internal(&error),
        Err(_) => return internal(&std::io::Error::other("the reader stopped")),
    };
    let prefix = query.prefix.unwrap_or_default();
    let after = query.continuation_token.or(query.start_after).unwrap_or_default();
    let limit = query.max_keys.unwrap_or(1000).min(1000);
    found.retain(|object| object.key.starts_with(&prefix) && object.key.as_str() > after.as_str());
    found.sort_by(|left, right| left.key.cmp(&right.key));
    let truncated = found.len() > limit;
    found.truncate(limit);
    let contents: String = found
        .iter()
        .map(|object| {
            let modified = Timestamp::from_second(object.modified).unwrap_or_default();
            format!(
                "<Contents><Key>{}</Key><LastModified>{modified}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                escaped(&object.key),
                escaped(&object.etag),
                object.size
            )
        })
        .collect();
    let next = found
        .last()
        .filter(|_| truncated)
        .map(|object| format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(&object.key)))
        .unwrap_or_default();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{limit}</MaxKeys><IsTruncated>{truncated}</IsTruncated>{next}{contents}</ListBucketResult>",
        escaped(&bucket),
        escaped(&prefix),
        found.len()
    );
    ([(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

fn descriptions(folder: &FilePath) -> std::io::Result<Vec<Description>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json")
            && let Ok(bytes) = std::fs::read(&path)
        {
            found.push(serde_json::from_slice(&bytes)?);
        }
    }
    Ok(found)
}
