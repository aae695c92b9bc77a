//! Courts that are not shown: they exist for their owner only.

use contracts::identity::Role;
use serde_json::{Value, json};
use testkit::TestWorld;
use testkit::world::{Client, Court};

use super::slots_of;
use super::stomp::Socket;

async fn show(owner: &Client, court: &Court, enabled: bool) -> Value {
    let path = format!("/api/courts/{}", court.id);
    let version = owner.get(&path).await.expect(200)["version"].clone();
    owner.put(&path, &json!({ "version": version, "enabled": enabled })).await.expect(200)
}

/// LIVE-39, COURT-33: to strangers a hidden court is no destination, and no other than one that does not exist; its
/// owner may watch it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_court_is_for_its_owner() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    let court = world.court(&owner, json!({ "enabled": false })).await;
    let nowhere = Court { id: world.env().ids.new_id(), body: Value::Null };
    let (maria, agent) = (world.customer("maria").await, world.staff("alex", Role::SupportAgent).await);

    for stranger in [&maria, &agent, &world.owner("rival").await] {
        let mut socket = Socket::connect(&world, stranger).await;
        socket.subscribe("hidden", &slots_of(&court)).await;
        let hidden = socket.error("INVALID_SUBSCRIPTION").await;
        socket.subscribe("nowhere", &slots_of(&nowhere)).await;
        assert_eq!(hidden, socket.error("INVALID_SUBSCRIPTION").await, "nothing tells the two apart");
    }
    let (_, snapshot) = Socket::watch(&world, &owner, &slots_of(&court)).await;
    assert_eq!(snapshot.body["dates"].as_array().map(Vec::len), Some(14));
}

/// COURT-33: when a watched court is hidden, strangers are told that there is nothing to hear any more, the owner goes on
/// listening, and everybody may come back once it is shown again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hiding_a_court_ends_the_subscriptions_of_strangers() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    let court = world.court(&owner, json!({})).await;
    let maria = world.customer("maria").await;
    let (mut stranger, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    let (mut proprietor, _) = Socket::watch(&world, &owner, &slots_of(&court)).await;

    show(&owner, &court, false).await;
    // The court was made a moment ago: the events of that may still arrive.
    let ended = stranger.until(|message| message.kind() == "ERROR").await;
    assert_eq!((&ended.body["code"], &ended.body["willDisconnect"]), (&json!("INVALID_SUBSCRIPTION"), &json!(false)));
    proprietor.message("AVAILABILITY_SNAPSHOT").await;

    show(&owner, &court, true).await;
    stranger.subscribe("again", &slots_of(&court)).await;
    stranger.message("AVAILABILITY_SNAPSHOT").await;
}
