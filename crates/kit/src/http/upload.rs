//! Forms with files (`multipart/form-data`). Reads a whole form into memory, which the limit for uploads bounds (SEC-42);
//! what a file is and whether it is welcome, the endpoint decides from its bytes.

use std::error::Error as _;

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use contracts::codes;
use garde::Validate;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::body_limit::BodyLimit;
use super::json::{broken_rules, validated};
use super::{field_texts, params};
use crate::error::ApiError;

/// Most parts of one form; more than any form here has.
const MOST_PARTS: usize = 64;

/// A form as it was sent: texts and files. 415 for another content type, 413 when too big, 400 for a broken one.
#[derive(Debug, Clone, Default)]
pub struct UploadForm {
    parts: Vec<UploadedFile>,
}

/// One file of a form.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// The name of its field.
    pub field: String,
    /// What the client calls it; decides nothing.
    pub file_name: Option<String>,
    /// What the client says it is, without parameters and in lower case; a claim, not a fact.
    pub content_type: Option<String>,
    /// Its content.
    pub bytes: Bytes,
}

impl UploadedFile {
    /// Whether a file that is `actual` by its bytes is what the client says it is, or the client says nothing
    /// (SEC-41).
    #[must_use]
    pub fn fits(&self, actual: &str) -> bool {
        match self.content_type.as_deref() {
            None | Some("" | "application/octet-stream") => true,
            // Not registered, yet sent by some.
            Some("image/jpg") => actual == "image/jpeg",
            Some(claimed) => claimed == actual,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for UploadForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if essence(content_type.unwrap_or_default()) != "multipart/form-data" {
            return Err(ApiError::new(&codes::UNSUPPORTED_MEDIA_TYPE));
        }
        let limit = BodyLimit::of(&request);
        let unreadable = |error: MultipartError| unreadable_form(error, limit);
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|rejection| ApiError::new(&codes::BAD_REQUEST).caused_by(rejection))?;
        let mut parts = Vec::new();
        while let Some(part) = form.next_field().await.map_err(unreadable)? {
            if parts.len() == MOST_PARTS {
                return Err(ApiError::validation("body", "has too many parts", "έχει πάρα πολλά μέρη"));
            }
            let (field, file_name) = (part.name().unwrap_or_default().to_owned(), part.file_name().map(str::to_owned));
            let content_type = part.content_type().map(essence);
            let bytes = part.bytes().await.map_err(unreadable)?;
            parts.push(UploadedFile { field, file_name, content_type, bytes });
        }
        Ok(Self { parts })
    }
}

impl UploadForm {
    /// The texts of the form as a struct that passes its rules; files are not among them.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` with all wrong fields.
    pub fn texts<T>(&self) -> Result<T, ApiError>
    where
        T: DeserializeOwned + Validate,
        T::Context: Default,
    {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for part in self.parts.iter().filter(|part| part.file_name.is_none()) {
            let text = std::str::from_utf8(&part.bytes).ok().filter(|text| !text.contains('\0'));
            let unusable =
                || ApiError::new(&codes::VALIDATION_ERROR).fields([field_texts::unusable_character(&part.field)]);
            pairs.append_pair(&part.field, text.ok_or_else(unusable)?);
        }
        validated(params::parse_query(&pairs.finish(), broken_rules::<T>)?)
    }

    /// The files of one field, in their order. A field left empty in a browser sends a file without name and content,
    /// which counts as none.
    #[must_use]
    pub fn files(&mut self, field: &str) -> Vec<UploadedFile> {
        let (found, rest) = std::mem::take(&mut self.parts).into_iter().partition(|part| part.field == field);
        self.parts = rest;
        let found: Vec<UploadedFile> = found;
        let is_absent =
            |file: &UploadedFile| file.bytes.is_empty() && file.file_name.as_deref().is_none_or(str::is_empty);
        found.into_iter().filter(|file| !is_absent(file)).collect()
    }
}

fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Turns a form that could not be read into 413 or 400.
fn unreadable_form(error: MultipartError, limit: BodyLimit) -> ApiError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<http_body_util::LengthLimitError>() {
            return limit.exceeded();
        }
        cause = inner.source();
    }
    ApiError::new(&codes::BAD_REQUEST).caused_by(error)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use garde::Validate;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase")]
    struct Texts {
        #[garde(length(chars, min = 1, max = 5))]
        business_name: String,
        #[garde(skip)]
        kind: Kind,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Kind {
        Company,
    }

    fn request(content_type: &str, body: impl Into<Body>) -> Request {
        Request::builder().method("POST").header("content-type", content_type).body(body.into()).expect("a request")
    }

    async fn read(body: &str) -> Result<UploadForm, ApiError> {
        let body = body.replace('\n', "\r\n");
        UploadForm::from_request(request("multipart/form-data; boundary=XX", body), &()).await
    }

    /// SEC-41: another content type is 415; SEC-38: a broken form is 400.
    #[tokio::test]
    async fn only_whole_forms_are_read() {
        let json = UploadForm::from_request(request("application/json", "{}"), &()).await.expect_err("no form");
        assert_eq!(json.code().id, "UNSUPPORTED_MEDIA_TYPE");
        let lacking =
            UploadForm::from_request(request("multipart/form-data", "{}"), &()).await.expect_err("no boundary");
        assert_eq!(lacking.code().id, "BAD_REQUEST");
        for broken in ["", "--XX\n", "--XX\nContent-Disposition: form-data; name=\"a\"\n\nabc", "nonsense"] {
            assert_eq!(read(broken).await.expect_err("a broken form").code().id, "BAD_REQUEST", "{broken:?}");
        }
    }

    /// QA-50: the texts of a form are validated like any other body.
    #[tokio::test]
    async fn texts_and_files_are_told_apart() {
        let part = |head: &str, body: &str| format!("--XX\nContent-Disposition: form-data; {head}\n\n{body}\n");
        let text = [
            part("name=\"businessName\"", "Padel"),
            part("name=\"kind\"", "COMPANY"),
            part("name=\"proof\"; filename=\"a.pdf\"\nContent-Type: Application/PDF; a=b", "%PDF"),
            part("name=\"proof\"; filename=\"\"\nContent-Type: application/octet-stream", ""),
        ];
        let mut form = read(&format!("{}--XX--\n", text.concat())).await.expect("a form");
        let texts: Texts = form.texts().expect("good texts");
        assert_eq!((texts.business_name.as_str(), texts.kind), ("Padel", Kind::Company));
        let files = form.files("proof");
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].content_type.as_deref(), &files[0].bytes[..]), (Some("application/pdf"), &b"%PDF"[..]));

        let wrong = format!("{}{}--XX--\n", part("name=\"businessName\"", "too long"), part("name=\"kind\"", "CLUB"));
        let error = read(&wrong).await.expect("a form").texts::<Texts>().expect_err("wrong texts");
        let mut fields: Vec<_> = error.field_errors().iter().map(|wrong| wrong.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["businessName", "kind"]);
        let nul = format!("{}--XX--\n", part("name=\"businessName\"", "a\0b"));
        let error = read(&nul).await.expect("a form").texts::<Texts>().expect_err("a NUL");
        assert_eq!(error.field_errors()[0].field, "businessName");
    }

    /// SEC-42: a form that grows over the limit while it is read is 413, whatever it announced.
    #[tokio::test]
    async fn a_form_over_the_limit_is_cut_off() {
        let head = "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n";
        let body = format!("{head}{}\r\n--XX--\r\n", "x".repeat(5_000));
        let limited = Body::new(http_body_util::Limited::new(Body::from(body), 1_000));
        let error = UploadForm::from_request(request("multipart/form-data; boundary=XX", limited), &()).await;
        assert_eq!(error.expect_err("too large").code().id, "PAYLOAD_TOO_LARGE");
    }
}
