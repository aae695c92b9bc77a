//! Accounts that an admin shuts out while they listen.

use contracts::identity::Role;
use serde_json::json;
use testkit::TestWorld;

use super::stomp::Socket;

/// LIVE-61, AUTHZ-07, AUTHZ-12: suspending an account ends every connection of it with 4002 although its token is good for
/// minutes, and nobody else's; the same token opens no other one, not even while an older answer about the account could
/// still be remembered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_account_loses_its_connections() {
    let world = TestWorld::start().await;
    let admin = world.staff("ada", Role::PlatformAdmin).await;
    let (maria, nikos) = (world.customer("maria").await, world.customer("nikos").await);
    let mut phone = Socket::bookings(&world, &maria).await;
    let mut laptop = Socket::connect(&world, &maria).await;
    let mut bystander = Socket::connect(&world, &nikos).await;

    let path = format!("/api/admin/users/{}/suspend", maria.user_id());
    let _done = admin.post(&path, &json!({ "reason": "Abuse" })).await.expect(200);
    for socket in [&mut phone, &mut laptop] {
        socket.fails("AUTH_DENIED", 4002).await;
    }
    match Socket::open(&format!("{}?token={}", world.socket_url(), maria.token())).await {
        Ok(_) => panic!("a suspended account was let in again"),
        Err(refused) => {
            assert_eq!((refused.status, refused.body["error"].as_str()), (403, Some("ACCOUNT_SUSPENDED")));
        }
    }
    bystander.subscribe_with_receipt("n", "/user/queue/notifications").await;
}
