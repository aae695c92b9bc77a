//! Deliveries of events: signed, sent, repeated with growing pauses until the receiver says 2xx.
//!
//! Signature: `t=<unix seconds>,v1=<hex of HMAC-SHA256 over "t.body">`. Every attempt is signed anew, as Stripe does.

use std::time::Duration;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::books::{Delivery, DeliveryState};
use crate::chaos::{Action, Rule, Vendor};
use crate::state::Sandbox;

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The header's value for a body signed at `seconds`.
pub fn signature(secret: &str, seconds: i64, body: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty signature would be refused by every receiver.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// Sends deliveries in the background.
pub fn send_all(sandbox: &Sandbox, deliveries: Vec<String>) {
    for id in deliveries {
        tokio::spawn(deliver(sandbox.clone(), id));
    }
}

/// Takes up what a former run left unsent.
pub fn resume(sandbox: &Sandbox) {
    let waiting = sandbox.read(|data| {
        let pending = data.stripe.deliveries.oldest_first().filter(|(_, row)| row.state == DeliveryState::Pending);
        pending.map(|(id, _)| id.to_owned()).collect::<Vec<_>>()
    });
    send_all(sandbox, waiting);
}

/// Sends a delivery again, whatever became of it. Gives `false` when it is unknown.
pub fn resend(sandbox: &Sandbox, id: &str) -> bool {
    let known = sandbox.write(|data| match data.stripe.deliveries.get_mut(id) {
        Some(row) => {
            row.state = DeliveryState::Pending;
            row.attempts = 0;
            let event = row.event.clone();
            if let Some(event) = data.stripe.events.get_mut(&event) {
                event.waiting += 1;
            }
            true
        }
        None => false,
    });
    if known {
        send_all(sandbox, vec![id.to_owned()]);
    }
    known
}

async fn deliver(sandbox: Sandbox, id: String) {
    let shutdown = sandbox.shutdown().clone();
    tokio::select! {
        () = deliver_until_done(&sandbox, &id) => {}
        () = shutdown.cancelled() => {}
    }
}

async fn deliver_until_done(sandbox: &Sandbox, id: &str) {
    let config = &sandbox.config().stripe;
    let mut pause = Duration::from_millis(config.webhook_first_retry_ms);
    tokio::time::sleep(Duration::from_millis(config.webhook_delay_ms)).await;
    loop {
        let Some(delivery) = sandbox.read(|data| data.stripe.deliveries.get(id).cloned()) else { return };
        if delivery.state != DeliveryState::Pending {
            return;
        }
        let rule = sandbox.chaos().strike(Vendor::StripeWebhook, &delivery.event_type);
        let outcome = attempt(sandbox, &delivery, rule).await;
        sandbox.chaos().let_others_pass();
        if note_outcome(sandbox, id, &outcome) != Some(DeliveryState::Pending) {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Writes down how an attempt went and gives the delivery's state after it.
fn note_outcome(sandbox: &Sandbox, id: &str, outcome: &Result<Option<u16>, String>) -> Option<DeliveryState> {
    let most_attempts = sandbox.config().stripe.webhook_attempts;
    sandbox.write(|data| {
        let row = data.stripe.deliveries.get_mut(id)?;
        row.attempts += 1;
        row.last_status = outcome.as_ref().ok().copied().flatten();
        row.last_problem = outcome.as_ref().err().cloned();
        row.state = match outcome {
            Ok(None) => DeliveryState::Dropped,
            Ok(Some(status)) if (200..300).contains(status) => DeliveryState::Delivered,
            _ if row.attempts >= most_attempts => DeliveryState::Failed,
            _ => DeliveryState::Pending,
        };
        let (state, event) = (row.state.clone(), row.event.clone());
        if state != DeliveryState::Pending
            && let Some(event) = data.stripe.events.get_mut(&event)
        {
            event.waiting = event.waiting.saturating_sub(1);
        }
        Some(state)
    })
}

/// One attempt: the receiver's status, nothing when dropped on request, or what went wrong.
async fn attempt(sandbox: &Sandbox, delivery: &Delivery, rule: Option<Rule>) -> Result<Option<u16>, String> {
    let Some(rule) = rule else { return post(sandbox, delivery).await.map(Some) };
    match rule.action {
        Action::Drop => Ok(None),
        Action::Fail => Err(format!("refused on request with {}", rule.status.unwrap_or(503))),
        Action::Delay => {
            tokio::time::sleep(Duration::from_millis(rule.delay_ms.unwrap_or(1_000))).await;
            post(sandbox, delivery).await.map(Some)
        }
        Action::Reorder => {
            sandbox.chaos().wait_for_another(&rule).await;
            post(sandbox, delivery).await.map(Some)
        }
        Action::Repeat => {
            post(sandbox, delivery).await?;
            post(sandbox, delivery).await.map(Some)
        }
        Action::TimeoutAfterEffect => {
            post(sandbox, delivery).await?;
            Err("the answer was lost on request".to_owned())
        }
    }
}

async fn post(sandbox: &Sandbox, delivery: &Delivery) -> Result<u16, String> {
    // Looked up anew each time: after a restart the same endpoint may stand at another address.
    let configured = sandbox.config().stripe.webhooks.iter().find(|target| target.name == delivery.endpoint).cloned();
    let target = configured
        .or_else(|| {
            sandbox.read(|data| data.stripe.webhook_endpoints.get(&delivery.endpoint).map(|row| row.target.clone()))
        })
        .ok_or_else(|| "the endpoint is gone".to_owned())?;
    // The body is fetched once there is a slot: thousands may be waiting for one.
    let _slot = sandbox.delivery_slots().acquire().await.map_err(|_| "shutting down".to_owned())?;
    let payload = sandbox
        .read(|data| data.stripe.events.get(&delivery.event).map(|event| event.payload.clone()))
        .ok_or_else(|| "the event is gone".to_owned())?;
    let answer = sandbox
        .client()
        .post(&target.url)
        .header("Content-Type", "application/json; charset=utf-8")
        .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .header("Stripe-Signature", signature(&target.secret, sandbox.now().as_second(), &payload))
        .body(payload)
        .send()
        .await
        .map_err(
            |error| if error.is_timeout() { "no answer in time".to_owned() } else { "cannot be reached".to_owned() },
        )?;
    Ok(answer.status().as_u16())
}
