//! `POST /api/users/me/delete`, and what becomes of those who leave.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::club::{Club, MONDAY, Taken, in_minutes, take, text};
use crate::support::{Answer, World, id};

async fn leave(world: &World, token: &str) -> Answer {
    world.post("/api/users/me/delete").bearer(token).send().await
}

async fn status_of(world: &World, user: Uuid) -> (String, String, String, bool) {
    sqlx::query_as("SELECT status, name, email, anonymised_at IS NOT NULL FROM users WHERE id = $1")
        .bind(user)
        .fetch_one(&world.pool)
        .await
        .expect("a row")
}

/// Turns a stored booking into one of a customer.
async fn give_to(world: &World, booking: Uuid, customer: Uuid) {
    sqlx::query(
        "UPDATE transaction.bookings SET kind = 'CUSTOMER', customer_id = $2, amount_cents = 2000,
             owner_net_cents = 1800, commission_cents = 200 WHERE id = $1",
    )
    .bind(booking)
    .bind(customer)
    .execute(&world.database.admin().await)
    .await
    .expect("a booking");
}

/// AUTH-40, AUTH-42, AUTH-44: the account is closed at once, the other service learns of it from an event of the same
/// transaction, and the person is taken out of every record while the id stays.
#[tokio::test]
async fn a_customer_leaves() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let laptop = world.login("eleni").await;
    let user = id(&eleni["user"]);
    assert_eq!(leave(&world, text(&eleni["accessToken"])).await.status, 202);

    world.get("/api/users/me").bearer(&laptop).send().await.refused(401, "AUTH_TOKEN_INVALID");
    for session in [&eleni, &laptop] {
        world.refresh(&session["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    }
    let (status, name, _, anonymised) = status_of(&world, user).await;
    assert_eq!((status.as_str(), name.as_str(), anonymised), ("DELETED", "Anonymized User", false));
    let events = world.events("ACCOUNT_DELETED").await;
    let [(key, event)] = events.as_slice() else { panic!("one event: {events:?}") };
    assert_eq!(*key, user.to_string());
    assert_eq!(event["payload"], json!({ "userId": user, "role": "CUSTOMER" }));

    world.run_jobs().await;
    let (status, name, email, anonymised) = status_of(&world, user).await;
    assert_eq!((status.as_str(), name.as_str(), anonymised), ("DELETED", "Anonymized User", true));
    assert_eq!(email, format!("anonymized-{user}@anonymized.invalid"));
    let traces = "SELECT (SELECT count(*) FROM user_identities) + (SELECT count(*) FROM sessions)
                       + (SELECT count(*) FROM refresh_tokens)";
    assert_eq!(world.count(traces).await, 0);
    // What the other service may read of people names nobody either.
    let seen: (String, String, Option<String>) =
        sqlx::query_as("SELECT name, status, phone FROM v_user_basic").fetch_one(&world.pool).await.expect("a row");
    assert_eq!(seen, ("Anonymized User".to_owned(), "DELETED".to_owned(), None));

    // AUTH-13: the identity is nobody's now; a new account is a new person.
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    world.post("/api/auth/login").json(&body).send().await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    let again = world.register("eleni", Role::Customer).await;
    assert_ne!(id(&again["user"]), user);
}

/// AUTH-40: while the other service still has bookings to cancel, it can still write to the person; a day later at the
/// latest nobody can.
#[tokio::test]
async fn the_address_stays_until_bookings_are_gone() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let user = id(&eleni["user"]);
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let booking = take(&world, &court, MONDAY, "10:00", "11:30", Taken::Booked).await;
    give_to(&world, booking, user).await;
    assert_eq!(leave(&world, text(&eleni["accessToken"])).await.status, 202);
    world.run_jobs().await;
    let (_, name, email, anonymised) = status_of(&world, user).await;
    assert_eq!((name.as_str(), email.as_str(), anonymised), ("Anonymized User", "eleni@example.test", false));

    // What the view shows of a cancelled booking is nothing.
    sqlx::query("DELETE FROM transaction.bookings WHERE id = $1")
        .bind(booking)
        .execute(&world.database.admin().await)
        .await
        .expect("gone");
    world.clock.advance(SignedDuration::from_mins(1));
    world.run_jobs().await;
    assert!(status_of(&world, user).await.3);
}

/// AUTH-44, SEC-56: nobody stays half deleted: what a crash or a failure left is found and finished, and finishing twice
/// changes nothing.
#[tokio::test]
async fn what_was_cut_off_is_finished() {
    let world = World::new().await;
    world.run_jobs().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let user = id(&eleni["user"]);
    assert_eq!(leave(&world, text(&eleni["accessToken"])).await.status, 202);
    sqlx::query("DELETE FROM jobs WHERE job = 'accounts.anonymise'").execute(&world.pool).await.expect("lost");
    world.clock.advance(SignedDuration::from_hours(48));
    world.run_jobs().await;
    let first = status_of(&world, user).await;
    assert!(first.3);
    world.clock.advance(SignedDuration::from_hours(48));
    world.run_jobs().await;
    assert_eq!(status_of(&world, user).await, first);
}

/// AUTH-41: an owner on whose courts somebody still counts stays, and nothing changes; a hold that is being paid counts,
/// one that has lapsed does not.
#[tokio::test]
async fn an_owner_with_bookings_ahead_stays() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    take(&world, &court, MONDAY, "10:00", "11:30", Taken::Booked).await;
    let version = "SELECT calendar_version FROM courts";
    let before = world.count(version).await;
    let refused = leave(&world, &club.token).await.refused(409, "FUTURE_BOOKINGS_EXIST");
    assert_eq!(refused["details"]["count"], 1);
    assert_eq!(status_of(&world, club.owner).await.0, "ACTIVE");
    assert_eq!(world.count(version).await, before);
    assert_eq!(world.events("ACCOUNT_DELETED").await.len(), 0);

    let other = Club::new(&world).await;
    let court = other.open_court(&world, json!({})).await;
    take(&world, &court, MONDAY, "12:00", "13:30", Taken::HeldUntil(in_minutes(&world, 5))).await;
    leave(&world, &other.token).await.refused(409, "FUTURE_BOOKINGS_EXIST");
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(leave(&world, &other.token).await.status, 202);
}

/// AUTH-43: the courts of an owner who left are hidden at once and stay stored; everybody who shows them hears of it.
#[tokio::test]
async fn the_courts_of_an_owner_who_left_are_hidden() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.set_standing(&world, true, "ACTIVE").await;
    let court = club.open_court(&world, json!({})).await;
    let (_, customer) = world.person(Role::Customer).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.get(&path).bearer(&customer).send().await.expect(200);
    let version = "SELECT calendar_version FROM courts";
    let before = world.count(version).await;

    assert_eq!(leave(&world, &club.token).await.status, 202);
    world.get(&path).bearer(&customer).send().await.refused(404, "COURT_NOT_FOUND");
    assert_eq!(world.count("SELECT count(*) FROM courts WHERE deleted_at IS NULL").await, 1);
    let told = world.events("COURT_UPDATED").await;
    let (key, event) = told.last().expect("an event");
    assert_eq!((key.as_str(), &event["payload"]["changedFields"]), (text(&court["id"]), &json!(["visible"])));
    assert!(world.count(version).await > before, "what was validated before is booked no more");
    let audited: (String, Value) =
        sqlx::query_as("SELECT action, state_after FROM audit_log WHERE action = 'ACCOUNT_DELETED'")
            .fetch_one(&world.pool)
            .await
            .expect("an audit row");
    assert_eq!(audited.1["hiddenCourts"], json!([court["id"]]));
}

/// AUTH-43: an admin gives the courts of an owner who left to another verified owner; both logs and the other service hear of
/// it, customers find the court again, and asking twice changes nothing.
#[tokio::test]
async fn the_courts_of_an_owner_who_left_are_given_away() {
    let world = World::new().await;
    let (admin_id, admin) = world.person(Role::PlatformAdmin).await;
    let (club, heir) = (Club::new(&world).await, Club::new(&world).await);
    club.set_standing(&world, true, "ACTIVE").await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/admin/users/{}/reassign-courts", club.owner);
    let give = async |to: Uuid| world.post(&path).bearer(&admin).json(&json!({ "newOwnerId": to })).send().await;
    heir.set_standing(&world, true, "ACTIVE").await;
    give(heir.owner).await.refused(409, "ACCOUNT_NOT_DELETED");
    assert_eq!(leave(&world, &club.token).await.status, 202);

    let not_eligible = async |to: Uuid| give(to).await.refused(422, "TARGET_NOT_ELIGIBLE")["details"]["reason"].clone();
    assert_eq!(not_eligible(world.new_id()).await, "USER_NOT_FOUND");
    assert_eq!(not_eligible(club.owner).await, "USER_NOT_FOUND");
    heir.set_standing(&world, false, "ACTIVE").await;
    assert_eq!(not_eligible(heir.owner).await, "NOT_VERIFIED");
    heir.set_standing(&world, true, "PENDING").await;
    assert_eq!(not_eligible(heir.owner).await, "STRIPE_NOT_CONNECTED");
    heir.set_standing(&world, true, "ACTIVE").await;
    let (customer, customer_token) = world.person(Role::Customer).await;
    let nobody = format!("/api/admin/users/{}/reassign-courts", customer.0);
    let body = json!({ "newOwnerId": heir.owner });
    world.post(&nobody).bearer(&admin).json(&body).send().await.refused(404, "USER_NOT_FOUND");

    let given = give(heir.owner).await.expect(200);
    assert_eq!(given, json!({ "newOwnerId": heir.owner, "courtIds": [court["id"]] }));
    let events = world.events("COURT_UPDATED").await;
    let payload = &events.last().expect("an event").1["payload"];
    assert_eq!((&payload["courtOwnerId"], &payload["previousCourtOwnerId"]), (&json!(heir.owner), &json!(club.owner)));
    let logs: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
        "SELECT owner_id, actor_id, actor_role FROM audit_log WHERE action = 'COURT_REASSIGNED' ORDER BY id",
    )
    .fetch_all(&world.pool)
    .await
    .expect("the log");
    let role = "PLATFORM_ADMIN".to_owned();
    assert_eq!(logs, [(club.owner, admin_id.0, role.clone()), (heir.owner, admin_id.0, role)]);
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert_eq!(told.last().expect("a message").0, heir.owner.to_string());
    let shown = format!("/api/courts/{}", text(&court["id"]));
    world.get(&shown).bearer(&customer_token).send().await.expect(200);
    let own = world.get("/api/courts/owner/me").bearer(&heir.token).send().await.expect(200);
    assert_eq!(own["courts"][0]["id"], court["id"]);

    assert_eq!(give(heir.owner).await.expect(200)["courtIds"], json!([]));
    assert_eq!(world.events("COURT_UPDATED").await.len(), events.len());
}

/// AUTH-51: the last admin cannot leave: nobody could make another one. Two who leave at once do not both go.
#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::new().await;
    let (_, first) = world.person(Role::PlatformAdmin).await;
    leave(&world, &first).await.refused(403, "OWN_ACCOUNT_PROTECTED");
    let (_, second) = world.person(Role::PlatformAdmin).await;
    let (one, other) = tokio::join!(leave(&world, &first), leave(&world, &second));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 403]);
}
