//! Pages that Stripe hosts: typing a card, the bank's question, an owner's onboarding.
//!
//! A card number is typed here and only here; services and web apps see the id of the saved card.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use minijinja::context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::change;
use super::books::{AccountStanding, SetupStatus};
use super::control::respond;
use super::desk::{Answer, Desk};
use super::error::StripeError;
use super::form::Params;
use crate::html::{self, Language};
use crate::state::Sandbox;

/// `/stripe/card-form`, `/stripe/3ds/*`, `/stripe/onboarding/*`
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/stripe/card-form", get(card_form).post(take_card))
        .route("/stripe/card-form/done", get(card_form_done))
        .route("/stripe/3ds/{intent}", get(three_d_secure))
        .route("/stripe/3ds/{intent}/{outcome}", post(finish_three_d_secure))
        .route("/stripe/onboarding/{account}", get(onboarding).post(finish_onboarding))
}

#[derive(Debug, Deserialize)]
struct CardFormQuery {
    setup_intent: Option<String>,
    client_secret: Option<String>,
    return_url: Option<String>,
    /// Origin of the page that embeds the form and is told the result.
    origin: Option<String>,
}

async fn card_form(State(sandbox): State<Sandbox>, headers: HeaderMap, Query(query): Query<CardFormQuery>) -> Response {
    let language = Language::of(&headers);
    let origin = query.origin.unwrap_or_else(|| html::origin_of(&sandbox.config().public_url));
    let return_url = query.return_url.filter(|target| html::may_redirect_to(&sandbox, target));
    let cancel_url = return_url.as_ref().and_then(|target| {
        let mut target = url::Url::parse(target).ok()?;
        target.query_pairs_mut().append_pair("redirect_status", "failed");
        Some(target.to_string())
    });
    let values = context! {
        setup_intent => query.setup_intent, client_secret => query.client_secret, return_url, cancel_url, origin,
    };
    html::embeddable_page(&sandbox, language, "card_form.html", values, &[])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TypedCard {
    number: String,
    exp_month: i64,
    exp_year: i64,
    #[serde(default, rename = "cvc")]
    _cvc: String,
    setup_intent: Option<String>,
    client_secret: Option<String>,
    return_url: Option<String>,
}

/// Answers `{paymentMethod, setupIntent?, status?, nextUrl?}`; `nextUrl` is where the bank asks its question.
async fn take_card(State(sandbox): State<Sandbox>, typed: Result<Json<TypedCard>, JsonRejection>) -> Response {
    let typed = match typed {
        Ok(Json(typed)) => typed,
        Err(rejection) => return respond(Err(StripeError::invalid("", &rejection.body_text()))),
    };
    if typed.return_url.as_ref().is_some_and(|target| !html::may_redirect_to(&sandbox, target)) {
        return respond(Err(StripeError::invalid("returnUrl", "The address to return to is not allowed.")));
    }
    let year = if typed.exp_year < 100 { typed.exp_year + 2000 } else { typed.exp_year };
    let now = sandbox.now();
    respond(change(&sandbox, |desk| {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        if (year, typed.exp_month) < (i64::from(today.year()), i64::from(today.month())) {
            return Err(StripeError::card("invalid_expiry_year", None, "Your card's expiration year is in the past.")
                .with_param("exp_year"));
        }
        let mut answer = desk.card_from_form(&typed.number, typed.exp_month, year)?;
        let Some(intent) = &typed.setup_intent else { return Ok(answer) };
        check_client_secret(desk, intent, typed.client_secret.as_deref())?;
        let method = answer["paymentMethod"].as_str().unwrap_or_default().to_owned();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("payment_method", &method);
        if let Some(return_url) = &typed.return_url {
            form.append_pair("return_url", return_url);
        }
        let confirmed = desk.confirm_setup_intent(intent, Params::parse(form.finish().as_bytes())?)?;
        answer["setupIntent"] = intent.clone().into();
        answer["status"] = confirmed["status"].clone();
        answer["nextUrl"] = confirmed["next_action"]["redirect_to_url"]["url"].clone();
        Ok(answer)
    }))
}

/// The end of the way through the bank's page inside an embedded form: tells the embedding page.
async fn card_form_done(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    Query(query): Query<CardFormQuery>,
) -> Response {
    let language = Language::of(&headers);
    let intent = query.setup_intent.unwrap_or_default();
    let row = sandbox.read(|data| data.stripe.setup_intents.get(&intent).cloned());
    let known = row.filter(|row| query.client_secret.as_deref() == Some(&row.client_secret));
    let succeeded = known.as_ref().is_some_and(|row| row.status == SetupStatus::Succeeded);
    let method = known.and_then(|row| row.payment_method);
    let origin = query.origin.unwrap_or_else(|| html::origin_of(&sandbox.config().public_url));
    html::embeddable_page(
        &sandbox,
        language,
        "card_form.html",
        context! { done => true, succeeded, setup_intent => intent, payment_method => method, origin },
        &[],
    )
}

fn check_client_secret(desk: &Desk<'_>, intent: &str, given: Option<&str>) -> Result<(), StripeError> {
    let expected = if intent.starts_with("seti_") {
        &desk.setup_intent(intent)?.client_secret
    } else {
        &desk.payment_intent(intent)?.client_secret
    };
    if given == Some(expected) {
        Ok(())
    } else {
        Err(StripeError::invalid("client_secret", "The client_secret does not belong to this intent."))
    }
}

#[derive(Deserialize)]
struct SecretQuery {
    client_secret: Option<String>,
}

async fn three_d_secure(
    State(sandbox): State<Sandbox>,
    Path(intent): Path<String>,
    Query(query): Query<SecretQuery>,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(&headers);
    let found = change(&sandbox, |desk| {
        check_client_secret(desk, &intent, query.client_secret.as_deref())?;
        if intent.starts_with("seti_") { desk.setup_intent_view(&intent) } else { desk.payment_intent_view(&intent) }
    });
    let Ok(view) = found else {
        let title = language.pick("Άγνωστη πληρωμή", "Unknown payment");
        return html::message(
            &sandbox,
            StatusCode::NOT_FOUND,
            language,
            title,
            language.pick("Ο σύνδεσμος δεν ισχύει.", "This link is not valid."),
        );
    };
    let return_url =
        view["next_action"]["redirect_to_url"]["return_url"].as_str().map(html::origin_of).unwrap_or_default();
    let amount = view["amount"].as_i64().map(|cents| format!("{}.{:02} €", cents / 100, cents % 100));
    let open = view["status"] == "requires_action";
    html::embeddable_page(&sandbox, language, "three_d_secure.html", context! { intent, amount, open }, &[return_url])
}

async fn finish_three_d_secure(
    State(sandbox): State<Sandbox>,
    Path((intent, outcome)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let passed = match outcome.as_str() {
        "complete" => true,
        "fail" => false,
        _ => return respond(Err(StripeError::unknown_address("POST", &format!("3ds/{intent}/{outcome}")))),
    };
    let is_setup = intent.starts_with("seti_");
    let answer: Answer = change(&sandbox, |desk| {
        if is_setup {
            desk.finish_setup_authentication(&intent, passed)
        } else {
            desk.finish_authentication(&intent, passed)
        }
    });
    if !html::wants_page(&headers) {
        return respond(answer);
    }
    let language = Language::of(&headers);
    let Ok(view) = answer else {
        let title = language.pick("Ολοκληρώθηκε ήδη", "Already finished");
        return html::message(
            &sandbox,
            StatusCode::CONFLICT,
            language,
            title,
            language.pick(
                "Αυτή η πληρωμή δεν περιμένει πια επιβεβαίωση.",
                "This payment no longer waits for a confirmation.",
            ),
        );
    };
    let return_url = sandbox.read(|data| {
        let setup = data.stripe.setup_intents.get(&intent).and_then(|row| row.return_url.clone());
        setup.or_else(|| data.stripe.payment_intents.get(&intent).and_then(|row| row.return_url.clone()))
    });
    match return_url.and_then(|target| url::Url::parse(&target).ok()) {
        Some(mut target) if html::may_redirect_to(&sandbox, target.as_str()) => {
            let kind = if is_setup { "setup_intent" } else { "payment_intent" };
            target
                .query_pairs_mut()
                .append_pair(kind, &intent)
                .append_pair(&format!("{kind}_client_secret"), view["client_secret"].as_str().unwrap_or_default())
                .append_pair("redirect_status", if passed { "succeeded" } else { "failed" });
            Redirect::to(target.as_str()).into_response()
        }
        _ => {
            let title = if passed {
                language.pick("Επιβεβαιώθηκε", "Confirmed")
            } else {
                language.pick("Απορρίφθηκε", "Refused")
            };
            html::message(
                &sandbox,
                StatusCode::OK,
                language,
                title,
                language.pick("Μπορείτε να κλείσετε αυτή τη σελίδα.", "You can close this page."),
            )
        }
    }
}

#[derive(Deserialize)]
struct OnboardingQuery {
    code: Option<String>,
}

enum Link {
    Open { return_url: String },
    Expired { refresh_url: String },
    Unknown,
}

fn find_link(sandbox: &Sandbox, account: &str, code: Option<&str>) -> Link {
    let now = sandbox.now().as_second();
    sandbox.read(|data| {
        let link = data
            .stripe
            .accounts
            .get(account)
            .and_then(|row| row.links.iter().find(|link| Some(link.code.as_str()) == code).cloned());
        match link {
            Some(link) if link.expires_at > now => Link::Open { return_url: link.return_url },
            Some(link) => Link::Expired { refresh_url: link.refresh_url },
            None => Link::Unknown,
        }
    })
}

async fn onboarding(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    Query(query): Query<OnboardingQuery>,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(&headers);
    match find_link(&sandbox, &account, query.code.as_deref()) {
        Link::Open { return_url } => {
            let email = sandbox.read(|data| data.stripe.accounts.get(&account).and_then(|row| row.email.clone()));
            let origin = html::origin_of(&return_url);
            html::page(
                &sandbox,
                language,
                "onboarding.html",
                context! { account, email, code => query.code, return_url },
                &[origin],
            )
        }
        Link::Expired { refresh_url } if html::may_redirect_to(&sandbox, &refresh_url) => {
            Redirect::to(&refresh_url).into_response()
        }
        _ => unknown_link(&sandbox, language),
    }
}

async fn finish_onboarding(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    Query(query): Query<OnboardingQuery>,
    headers: HeaderMap,
) -> Response {
    let language = Language::of(&headers);
    let Link::Open { return_url } = find_link(&sandbox, &account, query.code.as_deref()) else {
        return unknown_link(&sandbox, language);
    };
    let answer: Result<Value, StripeError> =
        change(&sandbox, |desk| desk.set_standing(&account, AccountStanding::Complete));
    match answer {
        Ok(_) if html::may_redirect_to(&sandbox, &return_url) => Redirect::to(&return_url).into_response(),
        Ok(_) => Json(json!({ "completed": account })).into_response(),
        Err(error) => respond(Err(error)),
    }
}

fn unknown_link(sandbox: &Sandbox, language: Language) -> Response {
    let title = language.pick("Ο σύνδεσμος έληξε", "This link has expired");
    let text =
        language.pick("Επιστρέψτε στην εφαρμογή και ξεκινήστε ξανά.", "Return to the application and start again.");
    html::message(sandbox, StatusCode::GONE, language, title, text)
}
