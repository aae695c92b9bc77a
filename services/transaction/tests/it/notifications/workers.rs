//! Workers that race, die and meet broken vendors.

use std::collections::BTreeSet;

use contracts::events::{Channel, NotificationType};
use contracts::ids::UserId;
use jiff::SignedDuration;
use serde_json::json;
use transaction::checkpoint::Checkpoints;
use transaction::notifications::ops;
use uuid::Uuid;

use super::{ask, deliver, deliver_all, greek_customer, hear, mails, on_the_bus, pushes, request, stands};
use crate::support::World;

/// NOTE-03: the same event again is no second message, whoever hears it.
#[tokio::test]
async fn a_repeated_event_is_one_message() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    let payload = serde_json::to_value(request(maria, NotificationType::BookingConfirmed)).expect("JSON");
    let message = on_the_bus(&world, world.new_id(), &payload);
    for _ in 0..3 {
        hear(&world, &message).await;
        deliver_all(&world).await;
    }
    assert_eq!((pushes(&world, "maria").await.len(), mails(&world, maria).await.len()), (1, 1));
    let rows = world.count("SELECT count(*) FROM transaction.notification_deliveries").await;
    assert_eq!(rows, 4, "one per way");
}

/// NOTE-03, NOTE-23: two processes work off the same messages at the same time and each goes out once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_send_once() {
    let world = World::new().await;
    let other = world.another_node(Checkpoints::default()).await;
    let names: Vec<String> = (0..24).map(|number| format!("phone-{number}")).collect();
    for name in &names {
        let (user, _) = greek_customer(&world, name).await;
        ask(&world, &request(user, NotificationType::BookingConfirmed)).await;
    }
    // Without the claim both would find the same rows: looking alone decides nothing.
    let look = || async {
        let due: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM transaction.notification_deliveries WHERE channel = 'PUSH' AND status = 'PENDING'",
        )
        .fetch_all(&world.admin)
        .await
        .expect("rows");
        due.into_iter().collect::<BTreeSet<_>>()
    };
    let (one, two) = tokio::join!(look(), look());
    assert_eq!(one.intersection(&two).count(), 24, "two lookers would send everything twice");

    let (here, there) =
        tokio::join!(ops::deliver_due(&world.node.state, Channel::Push), ops::deliver_due(&other.state, Channel::Push));
    assert_eq!(here.expect("delivered") + there.expect("delivered"), 24);
    for name in &names {
        assert_eq!(pushes(&world, name).await.len(), 1, "{name}");
    }
}

/// NOTE-09: a process that dies in the middle leaves a claim that runs out; then another one sends, and if the dead one
/// was only slow, it sends nothing any more.
#[tokio::test]
async fn what_a_dead_worker_held_is_sent_by_another() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    let held = ops::claim_due(&world.node.state, Channel::Push, 10).await.expect("a claim");
    assert_eq!(held.len(), 1);
    let other = world.another_node(Checkpoints::default()).await;
    assert_eq!(ops::deliver_due(&other.state, Channel::Push).await.expect("looked"), 0, "somebody is at it");
    world.advance(ops::CLAIM);
    assert_eq!(ops::deliver_due(&other.state, Channel::Push).await.expect("delivered"), 1);
    for late in held {
        ops::deliver(&world.node.state, late).await;
    }
    assert_eq!(pushes(&world, "maria").await.len(), 1);
    assert_eq!(stands(&world, maria, Channel::Push).await.0, "SENT");
}

/// NOTE-09: whoever comes to somebody's next message when the claim may run out before it is sent leaves it to others, who
/// can take it at once. Otherwise both would send it.
#[tokio::test]
async fn what_would_be_begun_too_late_is_handed_back() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    for _ in 0..2 {
        ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    }
    let held = ops::claim_due(&world.node.state, Channel::Push, 10).await.expect("a claim");
    assert_eq!(held.len(), 2);
    world.advance(SignedDuration::from_secs(30));
    ops::deliver_in_order(&world.node.state, held).await;
    assert_eq!(pushes(&world, "maria").await.len(), 0);
    let other = world.another_node(Checkpoints::default()).await;
    assert_eq!(ops::deliver_due(&other.state, Channel::Push).await.expect("delivered"), 2);
    assert_eq!(pushes(&world, "maria").await.len(), 2);
}

/// NOTE-09: 1, 2, 4 and 8 seconds between five tries, over a restart of the process, then FAILED with the reason; the
/// other ways have delivered long before (NOTE-11).
#[tokio::test]
async fn a_failing_vendor_gets_five_tries() {
    let mut world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    world.chaos(json!({ "vendor": "fcm", "action": "fail", "status": 503, "times": 0 })).await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver_all(&world).await;
    assert_eq!(stands(&world, maria, Channel::Email).await.0, "SENT");
    for (tries, wait) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
        assert_eq!(stands(&world, maria, Channel::Push).await, ("PENDING".to_owned(), tries, None));
        if tries == 2 {
            world.restart().await;
        }
        world.advance(SignedDuration::from_millis(wait * 1_000 - 1));
        deliver(&world, Channel::Push).await;
        assert_eq!(stands(&world, maria, Channel::Push).await.1, tries, "not before its time");
        world.advance(SignedDuration::from_millis(1));
        deliver(&world, Channel::Push).await;
    }
    let (status, tries, reason) = stands(&world, maria, Channel::Push).await;
    assert_eq!((status.as_str(), tries), ("FAILED", 5));
    assert!(reason.is_some_and(|reason| reason.contains("503")));
    world.advance(SignedDuration::from_hours(1));
    deliver(&world, Channel::Push).await;
    assert_eq!(pushes(&world, "maria").await.len(), 0);
}

/// NOTE-09: a retry that succeeds is sent once, and to the devices that do not have it yet.
#[tokio::test]
async fn a_retry_reaches_those_who_were_missed() {
    let world = World::new().await;
    let (maria, token) = greek_customer(&world, "first").await;
    super::phone(&world, &token, "second").await;
    world.chaos(json!({ "vendor": "fcm", "action": "fail", "status": 500, "times": 1 })).await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver(&world, Channel::Push).await;
    let reached = pushes(&world, "first").await.len() + pushes(&world, "second").await.len();
    assert_eq!((reached, stands(&world, maria, Channel::Push).await.0.as_str()), (1, "PENDING"));
    world.advance(SignedDuration::from_secs(1));
    deliver(&world, Channel::Push).await;
    for to in ["first", "second"] {
        assert_eq!(pushes(&world, to).await.len(), 1, "{to}");
    }
    assert_eq!(stands(&world, maria, Channel::Push).await.0, "SENT");
}

/// A person hears by one way in the order in which things happened, whoever delivers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_hears_in_order() {
    let world = World::new().await;
    let other = world.another_node(Checkpoints::default()).await;
    let (maria, _) = greek_customer(&world, "maria").await;
    for number in 0..12 {
        let mut wanted = request(maria, NotificationType::BookingConfirmed);
        wanted.title.el = format!("{number:02}");
        ask(&world, &wanted).await;
    }
    let all = |state| async move { while ops::deliver_due(state, Channel::Push).await.expect("delivered") > 0 {} };
    tokio::join!(all(&world.node.state), all(&other.state));
    deliver(&world, Channel::Push).await;
    let mut titles: Vec<String> =
        pushes(&world, "maria").await.iter().map(|push| push["title"].as_str().expect("a title").to_owned()).collect();
    titles.reverse();
    assert_eq!(titles, (0..12).map(|number| format!("{number:02}")).collect::<Vec<_>>());
}

/// Old messages are forgotten with what was sent; younger ones stay.
#[tokio::test]
async fn old_messages_are_forgotten() {
    let world = World::new().await;
    let (maria, _) = world.customer().await;
    // A schedule counts from the first look at it.
    world.run_jobs().await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver_all(&world).await;
    world.advance(SignedDuration::from_hours(24 * 89));
    ask(&world, &request(maria, NotificationType::RefundCompleted)).await;
    world.advance(SignedDuration::from_hours(24 * 2));
    world.run_jobs().await;
    let kinds: Vec<String> = sqlx::query_scalar("SELECT notification_type FROM transaction.notifications")
        .fetch_all(&world.admin)
        .await
        .expect("rows");
    assert_eq!(kinds, ["REFUND_COMPLETED"]);
    let orphans = "SELECT count(*) FROM transaction.notification_deliveries WHERE status = 'SENT'";
    assert_eq!(world.count(orphans).await, 0);
}

/// NOTE-10: what was sent is stored: text, language, when.
#[tokio::test]
async fn what_was_sent_is_stored() {
    let world = World::new().await;
    let (maria, _): (UserId, String) = greek_customer(&world, "maria").await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver_all(&world).await;
    let rows: Vec<(String, String, String, String, bool)> = sqlx::query_as(
        "SELECT channel, status, language, title, sent_at IS NOT NULL FROM transaction.notification_deliveries
         WHERE status <> 'DROPPED' ORDER BY channel",
    )
    .fetch_all(&world.admin)
    .await
    .expect("rows");
    let row = |channel: &str| (channel.to_owned(), "SENT".to_owned(), "el".to_owned(), "Τίτλος".to_owned(), true);
    assert_eq!(rows, [row("EMAIL"), row("IN_APP"), row("PUSH")]);
    assert_eq!(stands(&world, maria, Channel::WebPush).await.2.as_deref(), Some("NO_DEVICE"));
}
