//! Who gets in: the token is checked before the upgrade, and there are only so many seats.

use jiff::SignedDuration;
use testkit::world::WorldOptions;
use testkit::{PATIENCE, TestWorld, eventually};

use super::stomp::{Refused, Socket};

async fn refused(world: &TestWorld, query: &str) -> Refused {
    match Socket::open(&format!("{}{query}", world.socket_url())).await {
        Ok(_) => panic!("{query} was let in"),
        Err(refused) => refused,
    }
}

/// LIVE-23: without a token, with one that is none, with one that has expired and with one whose signature was changed
/// there is no upgrade but 401; a suspended account is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_good_tokens_are_upgraded() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let token = maria.token().to_owned();
    let forged = format!("{}AAAA", &token[..token.len() - 4]);

    for (query, code) in [
        (String::new(), "AUTH_REQUIRED"),
        ("?token=".to_owned(), "AUTH_TOKEN_INVALID"),
        ("?token=garbage".to_owned(), "AUTH_TOKEN_INVALID"),
        (format!("?token={forged}"), "AUTH_TOKEN_INVALID"),
    ] {
        let refused = refused(&world, &query).await;
        assert_eq!((refused.status, refused.body["error"].as_str()), (401, Some(code)), "{query}");
    }

    world.advance(SignedDuration::from_secs(901));
    let expired = refused(&world, &format!("?token={token}")).await;
    assert_eq!(expired.status, 401);

    let fresh = world.sign_in("maria").await;
    drop(Socket::connect(&world, &fresh).await);
    sqlx::query("update platform.users set status = 'SUSPENDED' where id = $1")
        .bind(maria.user_id())
        .execute(world.admin())
        .await
        .expect("suspended");
    // What is known of an account may be two seconds old (AUTHZ-07).
    world.advance(SignedDuration::from_secs(3));
    let suspended = refused(&world, &format!("?token={}", fresh.token())).await;
    assert_eq!((suspended.status, suspended.body["error"].as_str()), (403, Some("ACCOUNT_SUSPENDED")));
}

/// LIVE-23: a request that is no upgrade is told so, and only after its token was checked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_request_is_no_connection() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    world.anonymous().get("/ws").await.refused(401, "AUTH_REQUIRED");
    world.anonymous().get(&format!("/ws?token={}", maria.token())).await.refused(400, "VALIDATION_ERROR");
}

/// LIVE-26: the connection after the last seat is refused with 503 and told when to come back; a seat that was left is
/// free again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_limited() {
    let world =
        TestWorld::start_with(WorldOptions::default().transaction(|config| config.realtime.max_connections = 1));
    let world = world.await;
    let maria = world.customer("maria").await;
    let mut first = Socket::connect(&world, &maria).await;

    let refused = refused(&world, &format!("?token={}", maria.token())).await;
    assert_eq!((refused.status, refused.body["error"].as_str()), (503, Some("SERVICE_UNAVAILABLE")));
    assert_eq!(refused.retry_after.as_deref(), Some("5"));

    first.say("DISCONNECT\nreceipt:bye\n\n\0").await;
    let receipt = first.frame().await;
    assert_eq!((receipt.command.as_str(), receipt.header("receipt-id")), ("RECEIPT", "bye"));
    assert_eq!(first.closed().await, Some(1000));
    eventually("the seat is free again", PATIENCE, || async {
        Socket::open(&format!("{}?token={}", world.socket_url(), maria.token())).await.ok().map(drop)
    })
    .await;
}
