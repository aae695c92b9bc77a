//! The life of a connection's token. Time is moved by the test, and a line end lets the connection look at its clock.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::json;
use testkit::TestWorld;
use testkit::world::Client;

use super::slots_of;
use super::stomp::Socket;

/// A second passes, so that what follows is not counted with what was said before (LIVE-52).
fn pass(world: &TestWorld, seconds: i64) {
    world.advance(SignedDuration::from_secs(seconds));
}

/// A connection whose token of 900 seconds ends in 60.
async fn warned(world: &TestWorld, person: &Client) -> Socket {
    let mut socket = Socket::connect(world, person).await;
    pass(world, 839);
    socket.subscribe_with_receipt("a", "/user/queue/notifications").await;
    pass(world, 1);
    socket.beat().await;
    let warning = socket.message("TOKEN_EXPIRING").await;
    assert_eq!((warning.header("destination"), warning.header("subscription")), ("/user/queue/system", "system"));
    let ends = world.now() + SignedDuration::from_secs(60);
    assert_eq!(warning.body, json!({ "messageType": "TOKEN_EXPIRING", "expiresAt": ends.to_string() }));
    socket
}

/// LIVE-28, LIVE-29: a minute before its end the client is warned; a fresh token of the same person continues the
/// connection silently and starts the time anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_token_continues_the_connection() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let mut socket = warned(&world, &maria).await;
    let fresh = world.sign_in("maria").await;
    socket.refresh(fresh.token()).await;
    socket.subscribe_with_receipt("b", "/user/queue/matches").await;

    // Long after the first token's end the connection stands, and is warned of the second one's.
    pass(&world, 839);
    socket.subscribe_with_receipt("c", "/user/queue/bookings").await;
    pass(&world, 1);
    socket.beat().await;
    socket.message("TOKEN_EXPIRING").await;
}

/// LIVE-30: whoever does nothing within the minute is closed with 4001.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fresh_token_is_the_end() {
    let world = TestWorld::start().await;
    let mut socket = warned(&world, &world.customer("maria").await).await;
    pass(&world, 59);
    socket.subscribe_with_receipt("b", "/user/queue/matches").await;
    pass(&world, 1);
    socket.beat().await;
    socket.fails("AUTH_EXPIRED", 4001).await;
}

/// LIVE-30: neither another person's token nor one that is none or has expired continues a connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_good_token_of_the_same_person_counts() {
    let world = TestWorld::start().await;
    let old = world.customer("maria").await;
    pass(&world, 901);
    let (maria, nikos) = (world.sign_in("maria").await, world.customer("nikos").await);
    for token in [nikos.token(), "garbage", "", old.token()] {
        let mut socket = Socket::connect(&world, &maria).await;
        socket.refresh(token).await;
        socket.fails("AUTH_EXPIRED", 4001).await;
    }
}

/// LIVE-31: a token with another role ends the subscriptions that this role may not have, and only those.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_role_ends_what_it_may_not_have() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    let court = world.court(&owner, json!({})).await;
    let maria = world.customer("maria").await;
    let (mut socket, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    socket.subscribe_with_receipt("b", "/user/queue/bookings").await;

    sqlx::query("update platform.users set role = $2 where id = $1")
        .bind(maria.user_id())
        .bind(Role::SupportAgent.as_str())
        .execute(world.admin())
        .await
        .expect("a new role");
    socket.refresh(world.sign_in("maria").await.token()).await;
    let ended = socket.error("AUTH_DENIED").await;
    assert_eq!(ended["willDisconnect"], false);
    assert!(ended["message"].as_str().is_some_and(|text| text.contains("/user/queue/bookings")), "{ended}");

    // The court is still watched: asking again is a mistake, while the bookings are forbidden now.
    socket.subscribe("again", &slots_of(&court)).await;
    socket.warns("INVALID_SUBSCRIPTION").await;
    socket.subscribe("b", "/user/queue/bookings").await;
    socket.fails("AUTH_DENIED", 4002).await;
}
