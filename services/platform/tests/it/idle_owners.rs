//! AUTH-28: how long an owner may do nothing.

use contracts::identity::Role;
use jiff::SignedDuration;

use crate::support::{INTERNAL_KEY, World, read_claims};

const IDLE: &str = "SELECT count(*) FROM sessions WHERE end_reason = 'IDLE'";

/// AUTH-28: after half an hour without a call the refresh is refused, and the session is over for good.
#[tokio::test]
async fn an_idle_owner_signs_in_again() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    world.clock.advance(SignedDuration::from_mins(29));
    let owner = world.refresh(&owner["refreshToken"]).await.expect(200);
    world.clock.advance(SignedDuration::from_mins(30));
    world.refresh(&owner["refreshToken"]).await.refused(401, "SESSION_IDLE_TIMEOUT");
    assert_eq!(world.count(IDLE).await, 1);
    world.refresh(&owner["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.login("giorgos").await;
}

/// AUTH-28: any call keeps the session awake, not only refreshes; a call of somebody else does not.
#[tokio::test]
async fn calls_keep_an_owner_awake() {
    let world = World::with(|config| config.auth.access_token_seconds = 7_200).await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let other = world.register("anna", Role::CourtOwner).await;
    for _ in 0..3 {
        world.clock.advance(SignedDuration::from_mins(20));
        world.get("/api/users/me").bearer(&owner).send().await.expect(200);
    }
    world.clock.advance(SignedDuration::from_mins(20));
    world.refresh(&owner["refreshToken"]).await.expect(200);
    world.refresh(&other["refreshToken"]).await.refused(401, "SESSION_IDLE_TIMEOUT");
}

/// AUTH-26, AUTH-28: a busy page costs one note a minute, and what is noted is what the list of sessions shows.
#[tokio::test]
async fn activity_is_noted_once_a_minute() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let last_activity = async || {
        let listed = world.get("/api/users/me/sessions").bearer(&owner).send().await.expect(200);
        listed["sessions"][0]["lastActivityAt"].as_str().expect("an instant").to_owned()
    };
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(last_activity().await, "2026-05-04T09:05:00Z");
    world.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(last_activity().await, "2026-05-04T09:05:00Z");
    world.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(last_activity().await, "2026-05-04T09:06:00Z");
}

/// AUTH-28: calls to the other service count as well; it says so at the inner door.
#[tokio::test]
async fn calls_elsewhere_keep_an_owner_awake() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let session = read_claims(&owner["accessToken"])["sid"].as_str().expect("a session").to_owned();
    let note = async |session: &str| {
        let call = world.internal("POST", &format!("/internal/sessions/{session}/activity"));
        call.header("x-internal-api-key", INTERNAL_KEY).send().await
    };
    world.clock.advance(SignedDuration::from_mins(20));
    assert_eq!(note(&session).await.status, 204);
    world.clock.advance(SignedDuration::from_mins(20));
    let owner = world.refresh(&owner["refreshToken"]).await.expect(200);

    // A session that has ended does not wake up.
    assert_eq!(world.post("/api/auth/logout").bearer(&owner).send().await.status, 204);
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(note(&session).await.status, 204);
    let awake = "SELECT count(*) FROM sessions WHERE last_used_at > ended_at";
    assert_eq!(world.count(awake).await, 0);
    assert_eq!(note("not-an-id").await.wrong_fields(), ["sessionId"]);
}

/// AUTH-28, AUTH-29: customers stay signed in for thirty days, whatever they do not do.
#[tokio::test]
async fn customers_may_be_idle() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_hours(29 * 24));
    let eleni = world.refresh(&eleni["refreshToken"]).await.expect(200);
    world.clock.advance(SignedDuration::from_hours(30 * 24));
    world.refresh(&eleni["refreshToken"]).await.refused(401, "AUTH_TOKEN_EXPIRED");
}
