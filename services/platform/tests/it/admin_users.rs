//! `/api/admin/users*`.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Club, MONDAY, Taken, take, text};
use crate::support::{Answer, World, id};

async fn suspend(world: &World, admin: &str, user: &Value, reason: Value) -> Answer {
    let path = format!("/api/admin/users/{}/suspend", text(user));
    world.post(&path).bearer(admin).json(&json!({ "reason": reason })).send().await
}

async fn unsuspend(world: &World, admin: &str, user: &Value) -> Answer {
    world.post(&format!("/api/admin/users/{}/unsuspend", text(user))).bearer(admin).send().await
}

async fn assign(world: &World, admin: &str, user: &Value, role: &str) -> Answer {
    let path = format!("/api/admin/users/{}/role", text(user));
    world.put(&path).bearer(admin).json(&json!({ "role": role })).send().await
}

/// SEC-34: accounts by role, state and part of name or address, twenty a page, the newest first.
#[tokio::test]
async fn accounts_are_listed() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let mut customers = Vec::new();
    for number in 0..22 {
        world.clock.advance(SignedDuration::from_secs(1));
        customers.push(world.register(&format!("player-{number:02}"), Role::Customer).await["user"]["id"].clone());
    }
    world.register("giorgos", Role::CourtOwner).await;
    suspend(&world, &admin, &customers[3], json!("spam")).await.expect(200);
    let list =
        async |query: &str| world.get(&format!("/api/admin/users?{query}")).bearer(&admin).send().await.expect(200);

    let first = list("role=CUSTOMER").await;
    assert_eq!((&first["totalElements"], &first["page"], &first["size"]), (&json!(22), &json!(0), &json!(20)));
    let ids: Vec<_> = first["users"].as_array().expect("a list").iter().map(|user| user["id"].clone()).collect();
    let mut newest = customers.clone();
    newest.reverse();
    assert_eq!(ids, newest[..20]);
    let second = list("role=CUSTOMER&page=1").await;
    assert_eq!(second["users"].as_array().expect("a list").len(), 2);

    let suspended = list("status=SUSPENDED").await;
    assert_eq!(suspended["totalElements"], 1);
    assert_eq!(
        (&suspended["users"][0]["id"], &suspended["users"][0]["suspensionReason"]),
        (&customers[3], &json!("spam"))
    );
    assert_eq!(list("search=GIORGOS").await["users"][0]["role"], "COURT_OWNER");
    assert_eq!(list("search=player-07%40example").await["totalElements"], 1);
    // Signs of the pattern language are letters like any other.
    assert_eq!(list("search=%25").await["totalElements"], 0);
    assert_eq!(list("role=SUPPORT_AGENT").await["users"], json!([]));

    let wrong = world.get("/api/admin/users?size=0&page=9999999").bearer(&admin).send().await;
    assert_eq!(wrong.wrong_fields(), ["page", "size"]);
    let wrong = world.get("/api/admin/users?role=KING").bearer(&admin).send().await;
    assert_eq!(wrong.wrong_fields(), ["role"]);
}

/// AUTH-13, AUTHZ-07, AUTHZ-12: suspending ends all sessions and refuses calls at once, though the answer about the
/// account was kept a moment ago; lifting it lets the person sign in, not go on.
#[tokio::test]
async fn suspending_ends_everything_at_once() {
    let world = World::new().await;
    let (admin_id, admin) = world.person(Role::PlatformAdmin).await;
    let phone = world.register("eleni", Role::Customer).await;
    let laptop = world.login("eleni").await;
    let stranger = world.register("nikos", Role::Customer).await;
    world.get("/api/users/me").bearer(&phone).send().await.expect(200);

    let user = &phone["user"]["id"];
    let shown = suspend(&world, &admin, user, json!(" <b>Abuse</b> ")).await.expect(200);
    assert_eq!((&shown["status"], &shown["suspensionReason"]), (&json!("SUSPENDED"), &json!("Abuse")));
    world.get("/api/users/me").bearer(&phone).send().await.refused(403, "ACCOUNT_SUSPENDED");
    for session in [&phone, &laptop] {
        world.refresh(&session["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    }
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    world.post("/api/auth/login").json(&body).send().await.refused(403, "ACCOUNT_SUSPENDED");
    world.get("/api/users/me").bearer(&stranger).send().await.expect(200);

    // LIVE-61: whoever holds something open for the account hears of it, once, however often the reason changes.
    suspend(&world, &admin, user, json!("Abuse, again")).await.expect(200);
    let events = world.events("ACCOUNT_SUSPENDED").await;
    let [(key, event)] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(key, text(user));
    assert_eq!(event["payload"], json!({ "userId": user, "role": "CUSTOMER" }));

    let shown = unsuspend(&world, &admin, user).await.expect(200);
    assert_eq!((&shown["status"], shown.get("suspensionReason")), (&json!("ACTIVE"), None));
    world.get("/api/users/me").bearer(&phone).send().await.expect(200);
    world.refresh(&phone["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.login("eleni").await;

    // SEC-36: both are in the audit log, with who did it.
    let rows: Vec<(String, uuid::Uuid, Option<uuid::Uuid>)> =
        sqlx::query_as("SELECT action, actor_id, owner_id FROM audit_log WHERE resource_type = 'USER' ORDER BY id")
            .fetch_all(&world.pool)
            .await
            .expect("the audit log");
    let expected = |action: &str| (action.to_owned(), admin_id.0, None);
    assert_eq!(rows, [expected("USER_SUSPENDED"), expected("USER_SUSPENDED"), expected("USER_UNSUSPENDED")]);
}

/// AUTH-13, AUTHZ-12: a sign-in that races with the suspension leaves no live session behind.
#[tokio::test]
async fn no_session_slips_through() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let user = world.register("eleni", Role::Customer).await["user"]["id"].clone();
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let sign_ins = futures::future::join_all((0..8).map(|_| world.post("/api/auth/login").json(&body).send()));
    let (_, suspended) = tokio::join!(sign_ins, suspend(&world, &admin, &user, json!(null)));
    suspended.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 0);
    let live = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL";
    assert_eq!(world.count(live).await, 0);
}

/// SEC-34, SEC-35: nobody does it to oneself; who does not exist, or no longer, is not found.
#[tokio::test]
async fn some_accounts_are_out_of_reach() {
    let world = World::new().await;
    let (admin_id, admin) = world.person(Role::PlatformAdmin).await;
    let own = json!(admin_id);
    suspend(&world, &admin, &own, json!(null)).await.refused(403, "OWN_ACCOUNT_PROTECTED");
    assign(&world, &admin, &own, "SUPPORT_AGENT").await.refused(403, "OWN_ACCOUNT_PROTECTED");
    let nobody = json!(world.new_id());
    suspend(&world, &admin, &nobody, json!(null)).await.refused(404, "USER_NOT_FOUND");
    let (gone, token) = world.person(Role::Customer).await;
    assert_eq!(world.post("/api/users/me/delete").bearer(&token).send().await.status, 202);
    unsuspend(&world, &admin, &json!(gone)).await.refused(404, "USER_NOT_FOUND");
    assign(&world, &admin, &json!(gone), "SUPPORT_AGENT").await.refused(404, "USER_NOT_FOUND");
    let long = suspend(&world, &admin, &nobody, json!("x".repeat(501))).await;
    assert_eq!(long.wrong_fields(), ["reason"]);
}

/// AUTH-51, SEC-35: an admin gives staff roles; the person's old sessions end and the next token carries the role.
#[tokio::test]
async fn roles_are_given_by_admins() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let eleni = world.register("eleni", Role::Customer).await;
    let user = &eleni["user"]["id"];
    let shown = assign(&world, &admin, user, "SUPPORT_AGENT").await.expect(200);
    assert_eq!(shown["role"], "SUPPORT_AGENT");
    world.refresh(&eleni["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    assert_eq!(world.login("eleni").await["user"]["role"], "SUPPORT_AGENT");
    assign(&world, &admin, user, "PLATFORM_ADMIN").await.expect(200);
    let promoted = world.login("eleni").await;
    world.get("/api/admin/users").bearer(&promoted).send().await.expect(200);

    let wrong = assign(&world, &admin, user, "CUSTOMER").await;
    assert_eq!(wrong.wrong_fields(), ["role"]);
}

/// AUTHZ-11: an owner stays an owner, and a customer with bookings ahead a customer.
#[tokio::test]
async fn roles_with_obligations_stay() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let club = Club::new(&world).await;
    let owner = json!(club.owner);
    assign(&world, &admin, &owner, "SUPPORT_AGENT").await.refused(409, "ROLE_CHANGE_NOT_ALLOWED");

    let eleni = world.register("eleni", Role::Customer).await;
    let court = club.open_court(&world, json!({})).await;
    let booking = take(&world, &court, MONDAY, "10:00", "11:30", Taken::Booked).await;
    sqlx::query("UPDATE transaction.bookings SET kind = 'CUSTOMER', customer_id = $2 WHERE id = $1")
        .bind(booking)
        .bind(id(&eleni["user"]))
        .execute(&world.database.admin().await)
        .await
        .expect("a booking");
    let refused = assign(&world, &admin, &eleni["user"]["id"], "SUPPORT_AGENT").await;
    assert_eq!(refused.refused(409, "FUTURE_BOOKINGS_EXIST")["details"]["count"], 1);
}

/// SEC-35: two admins who take each other's role at once do not both succeed: what is stored counts, not the token.
#[tokio::test]
async fn two_admins_do_not_unseat_each_other() {
    let world = World::new().await;
    let (one, first) = world.person(Role::PlatformAdmin).await;
    let (other, second) = world.person(Role::PlatformAdmin).await;
    let (one, other) = (json!(one), json!(other));
    let (left, right) =
        tokio::join!(assign(&world, &first, &other, "SUPPORT_AGENT"), assign(&world, &second, &one, "SUPPORT_AGENT"));
    let mut statuses = [left.status.as_u16(), right.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
    assert_eq!(world.count("SELECT count(*) FROM users WHERE role = 'PLATFORM_ADMIN'").await, 1);
}
