//! Stripe: cards, payments, refunds, disputes, connected accounts, payouts and signed webhooks.
//!
//! The files without `api`, `webhooks`, `control` and `pages` in their names are pure: one request is worked at a
//! [`desk::Desk`] with the time and new ids as arguments. Errors, states and rounding follow Stripe's documentation; what
//! is not modelled is refused rather than faked.

pub mod accounts;
pub mod api;
pub mod books;
pub mod cards;
pub mod charges;
pub mod control;
pub mod customers;
pub mod desk;
pub mod dispatch;
pub mod disputes;
pub mod error;
pub mod form;
pub mod money;
pub mod pages;
pub mod payment_intents;
pub mod refunds;
pub mod setup_intents;
pub mod views;
pub mod webhooks;

use axum::Router;

use crate::state::Sandbox;

/// All of `/stripe/*`.
pub fn router() -> Router<Sandbox> {
    Router::new().merge(api::router()).merge(control::router()).merge(pages::router())
}

/// Makes what the configuration says exists from the start and is not there yet.
pub fn seed(sandbox: &Sandbox) {
    api::change(sandbox, |desk| {
        for wanted in &desk.config.accounts {
            if !desk.books.accounts.has(&wanted.id) {
                let mut account = desk.blank_account(&wanted.id);
                account.email = Some(wanted.email.clone());
                if wanted.complete {
                    account.standing = books::AccountStanding::Complete;
                    account.details_submitted = true;
                }
                desk.books.accounts.put(&wanted.id, account);
            }
        }
        for wanted in &desk.config.customers {
            if !desk.books.customers.has(&wanted.id) {
                let customer = books::Customer {
                    id: wanted.id.clone(),
                    created: desk.now,
                    email: Some(wanted.email.clone()),
                    name: (!wanted.name.is_empty()).then(|| wanted.name.clone()),
                    phone: None,
                    description: None,
                    default_payment_method: None,
                    metadata: books::Metadata::new(),
                    deleted: false,
                };
                desk.books.customers.put(&wanted.id, customer);
            }
        }
    });
}
