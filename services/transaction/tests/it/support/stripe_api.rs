//! What Stripe published of the operations that the services use, and a layer before the sandbox that holds every request
//! of theirs against it. The sandbox is ours and may share our mistakes; this description is Stripe's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
struct Description {
    operations: BTreeMap<String, Operation>,
}

#[derive(Deserialize)]
struct Operation {
    required: Vec<String>,
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    longest: Option<usize>,
}

/// The description, and what was seen.
pub struct StripeApi {
    description: Description,
    used: Mutex<BTreeSet<String>>,
    broken: Mutex<Vec<String>>,
}

impl StripeApi {
    pub fn new() -> Arc<Self> {
        let text = include_str!("../../data/stripe_operations.json");
        let description = serde_json::from_str(text).expect("the description of Stripe's operations");
        Arc::new(Self { description, used: Mutex::default(), broken: Mutex::default() })
    }

    /// `router` behind the check of every request under `/stripe/v1/`.
    pub fn before(self: &Arc<Self>, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), check))
    }

    /// The operations that were asked for.
    pub fn used(&self) -> BTreeSet<String> {
        self.used.lock().expect("not poisoned").clone()
    }

    /// The operations that are described.
    pub fn described(&self) -> BTreeSet<String> {
        self.description.operations.keys().cloned().collect()
    }

    /// What did not fit, in words.
    pub fn broken(&self) -> Vec<String> {
        self.broken.lock().expect("not poisoned").clone()
    }

    /// The same, and forgets it: for the test of this check itself.
    pub fn take_broken(&self) -> Vec<String> {
        std::mem::take(&mut *self.broken.lock().expect("not poisoned"))
    }

    /// Why a request would be refused by Stripe; nothing when it would not.
    fn judge(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        pairs: &[(String, String)],
    ) -> Result<String, String> {
        let asked: Vec<&str> = path.split('/').collect();
        let fits = |name: &&String| {
            let Some((verb, shape)) = name.split_once(' ') else { return false };
            let shape: Vec<&str> = shape.split('/').collect();
            verb == method.as_str()
                && shape.len() == asked.len()
                && shape.iter().zip(&asked).all(|(shape, part)| shape.starts_with('{') || shape == part)
        };
        let name = self.description.operations.keys().find(fits).ok_or("no such operation")?;
        let operation = &self.description.operations[name];
        if !headers.get("authorization").is_some_and(|key| key.as_bytes().starts_with(b"Bearer ")) {
            return Err("no key".to_owned());
        }
        if *method == Method::POST {
            let key = headers.get("idempotency-key").ok_or("a change without an idempotency key (PAY-05)")?;
            if key.is_empty() || key.len() > 255 {
                return Err("an idempotency key that Stripe refuses".to_owned());
            }
            let form = headers
                .get("content-type")
                .is_none_or(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
            if !form {
                return Err("a body that is no form".to_owned());
            }
        }
        for wanted in &operation.required {
            if !pairs.iter().any(|(given, _)| given == wanted) {
                return Err(format!("{wanted} is missing"));
            }
        }
        for (given, value) in pairs {
            let parameter = operation.parameters.get(given).or_else(|| {
                let (parent, _) = given.rsplit_once('[')?;
                operation.parameters.get(&format!("{parent}[*]"))
            });
            let parameter = parameter.ok_or_else(|| format!("{given} is not a parameter"))?;
            let right = match parameter.kind.as_str() {
                "integer" => value.parse::<i64>().is_ok(),
                "boolean" => matches!(value.as_str(), "true" | "false"),
                _ => value.chars().count() <= parameter.longest.unwrap_or(5000),
            };
            let known = parameter.values.as_ref().is_none_or(|values| values.contains(value));
            if !right || !known {
                return Err(format!("{given} cannot be {value:?}"));
            }
        }
        Ok(name.clone())
    }
}

async fn check(State(api): State<Arc<StripeApi>>, request: Request, next: Next) -> Response {
    let Some(path) = request.uri().path().strip_prefix("/stripe").filter(|path| path.starts_with("/v1/")) else {
        return next.run(request).await;
    };
    let (path, method) = (path.to_owned(), request.method().clone());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let form = String::from_utf8_lossy(&body).into_owned();
    let pairs: Vec<(String, String)> = [query.as_bytes(), form.as_bytes()]
        .into_iter()
        .flat_map(|text| url::form_urlencoded::parse(text).into_owned().collect::<Vec<_>>())
        .collect();
    match api.judge(&method, &path, &parts.headers, &pairs) {
        Ok(operation) => {
            api.used.lock().expect("not poisoned").insert(operation);
            next.run(Request::from_parts(parts, Body::from(body))).await
        }
        Err(why) => {
            api.broken.lock().expect("not poisoned").push(format!("{method} {path}: {why}"));
            (StatusCode::BAD_REQUEST, why).into_response()
        }
    }
}
