//! Every request that the services can make of Stripe fits what Stripe published of its API. All other tests of this folder
//! run behind the same check; this one makes sure that no request is left out of it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::json;
use transaction::stripe::Charge;
use transaction::stripe::wire::PayoutSchedule;

use crate::support::{Club, World, begin};

/// PAY-01, PAY-02, PAY-05: all methods of the client, and what platform asks on behalf of an owner.
#[tokio::test]
async fn every_request_fits_the_published_api() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, owner) = world.person(contracts::identity::Role::CourtOwner).await;
    let stripe = &world.node.state.stripe;
    let account = format!("acct_{}", club.owner.0.simple());
    let customer = stripe.create_customer(world.new_id()).await.expect("a customer");
    stripe.customer(&customer.id).await.expect("the customer");
    let setup = stripe.create_setup_intent(&customer.id, world.new_id()).await.expect("a setup intent");
    stripe.setup_intent(&setup.id).await.expect("the setup intent");
    stripe.attach("pm_card_visa", &customer.id).await.expect("a card");
    let cards = stripe.payment_methods(&customer.id).await.expect("the cards");
    stripe.payment_method(&cards.data[0].id).await.expect("the card");

    let mut intents = Vec::new();
    for capture_later in [false, true, true] {
        let charge = Charge {
            payment_id: world.new_id(),
            booking_id: world.new_id(),
            amount_cents: 5000,
            commission_cents: 500,
            currency: "EUR",
            capture_later,
            customer: &customer.id,
            payment_method: "pm_card_visa",
            destination: &account,
        };
        let intent = stripe.charge(&charge).await.expect("a charge");
        assert!(stripe.spend_charge_key(&charge).await.is_err(), "the key is spent");
        intents.push((charge.payment_id, intent.id));
    }
    stripe.capture(intents[1].0, &intents[1].1).await.expect("a capture");
    stripe.cancel(intents[2].0, &intents[2].1).await.expect("a release");
    let paid = &intents[0].1;
    stripe.intent(paid).await.expect("the intent");
    let whole = stripe.intent_with_money(paid).await.expect("the intent with its money");
    let (since, until) = (begin() - SignedDuration::from_hours(1), begin() + SignedDuration::from_hours(1));
    let page = stripe.intents_created(since.as_second(), until.as_second(), None).await.expect("a page");
    let last = page.data.last().map(|intent| intent.id.as_str());
    stripe.intents_created(since.as_second(), until.as_second(), last).await.expect("the next page");
    stripe.refund((world.new_id(), 0), paid, 100, false).await.expect("a refund");
    stripe.reverse_transfer(world.new_id(), whole.transfer_id().expect("a transfer"), 100).await.expect("a reversal");

    let dispute = world.dispute(&intents[1].1).await;
    let dispute = dispute["id"].as_str().expect("an id");
    stripe.dispute(dispute).await.expect("the dispute");
    let evidence = BTreeMap::from([("uncategorized_text".to_owned(), "played".to_owned())]);
    stripe.submit_evidence(world.new_id(), dispute, &evidence).await.expect("evidence");
    stripe.accept_dispute(dispute).await.expect("giving in");

    stripe.account(&account).await.expect("the account");
    for (interval, weekly_anchor, monthly_anchor) in
        [("manual", None, None), ("weekly", Some("monday".to_owned()), None), ("monthly", None, Some(1))]
    {
        let schedule = PayoutSchedule { interval: interval.to_owned(), weekly_anchor, monthly_anchor };
        stripe.set_payout_schedule(&account, &schedule, interval).await.expect("a schedule");
    }
    stripe.payouts(&account, None).await.expect("payouts");

    let platform = |method: &str, path: &str| world.platform(method, &format!("/api/users/me/stripe-connect{path}"));
    let body = json!({ "returnUrl": "https://app.example.test/done", "refreshUrl": "https://app.example.test/again" });
    platform("POST", "/onboard").bearer(&owner).json(&body).send().await.expect(200);
    for path in ["", "/payouts", "/balance"] {
        platform("GET", path).bearer(&club.token).send().await.expect(200);
    }
    for schedule in ["DAILY", "WEEKLY", "MONTHLY"] {
        let change = platform("PUT", "/payout-schedule").bearer(&club.token).json(&json!({ "schedule": schedule }));
        assert_eq!(change.send().await.status, 200);
    }
    assert_eq!(world.stripe_api.broken(), Vec::<String>::new());
    assert_eq!(world.stripe_api.used(), world.stripe_api.described(), "nothing is described that nobody asks for");
}

/// The check is one: what Stripe would refuse is refused.
#[tokio::test]
async fn a_wrong_request_is_noticed() {
    let world = World::new().await;
    let stripe = &world.node.state.stripe;
    for key in ["no_such_evidence", "enhanced_evidence"] {
        let evidence = BTreeMap::from([(key.to_owned(), "x".to_owned())]);
        assert!(stripe.submit_evidence(world.new_id(), "dp_1", &evidence).await.is_err());
    }
    let yearly = PayoutSchedule { interval: "yearly".to_owned(), weekly_anchor: None, monthly_anchor: None };
    assert!(stripe.set_payout_schedule("acct_1", &yearly, "key").await.is_err());
    let broken = world.stripe_api.take_broken();
    assert_eq!(broken.len(), 3, "{broken:#?}");
    assert!(broken[0].contains("evidence[no_such_evidence] is not a parameter"), "{}", broken[0]);
    assert!(broken[2].contains("interval] cannot be \"yearly\""), "{}", broken[2]);
}
