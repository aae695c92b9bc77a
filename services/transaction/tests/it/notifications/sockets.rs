//! The app that is open: its socket, its acknowledgement, and several processes.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use testkit::world::{Client, WorldOptions};
use testkit::{PATIENCE, TestWorld, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::realtime::stomp::Socket;

const DAY: &str = "2026-05-06";
const QUEUE: &str = "/user/queue/notifications";

async fn phone(person: &Client, name: &str) {
    let body = json!({ "deviceToken": name, "platform": "ANDROID" });
    assert_eq!(person.post("/api/notifications/device", &body).await.status, 201);
}

async fn pushes(world: &TestWorld, to: &str) -> usize {
    let sent = world.sandbox().get(&format!("/outbox/push?to={to}")).await.expect(200);
    sent["pushes"].as_array().expect("pushes").len()
}

/// Status and reason of each way of a person's messages.
async fn ways(world: &TestWorld, person: &Client) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as(
        "SELECT channel, status, failure_reason FROM transaction.notification_deliveries WHERE user_id = $1
         ORDER BY channel, seq",
    )
    .bind(person.user_id())
    .fetch_all(world.admin())
    .await
    .expect("rows")
}

async fn until_in_app(world: &TestWorld, person: &Client, status: &str) {
    eventually(&format!("the app's delivery is {status}"), PATIENCE, || async {
        ways(world, person).await.iter().any(|(way, stands, _)| way == "IN_APP" && stands == status).then_some(())
    })
    .await;
}

/// Waits until apps have acknowledged so many of a person's messages, and the phone was found to be of no use for them.
async fn until_shown(world: &TestWorld, person: &Client, count: usize) {
    eventually("the apps have acknowledged", PATIENCE, || async {
        let ways = ways(world, person).await;
        let standing =
            |wanted: &str, at: &str| ways.iter().filter(|(way, stands, _)| way == wanted && stands == at).count();
        let all = [standing("IN_APP", "DELIVERED"), standing("PUSH", "DROPPED")];
        (all == [count, count]).then_some(())
    })
    .await;
}

/// NOTE-04, NOTE-12, LIVE-34, LIVE-45: an open app hears at once, in its person's language and with a link, and the phone
/// in the pocket stays silent; nobody else hears it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_app_hears_and_the_phone_stays_silent() {
    let world = TestWorld::start().await;
    let (owner, maria, nikos) =
        (world.owner("eleni").await, world.customer("maria").await, world.customer("nikos").await);
    phone(&maria, "marias-phone").await;
    let court = world.court(&owner, json!({})).await;
    let mut socket = Socket::connect(&world, &maria).await;
    socket.subscribe_with_receipt("n", QUEUE).await;
    let mut other = Socket::connect(&world, &nikos).await;
    other.subscribe_with_receipt("n", QUEUE).await;

    let booking = world.book(&maria, &court, (DAY, "11:00"), "pm_card_visa").await.expect(201);
    let heard = socket.message("NOTIFICATION").await;
    assert_eq!(heard.header("destination"), QUEUE);
    let id = booking["id"].as_str().expect("an id");
    assert_eq!(heard.body["title"], "Booking confirmed");
    assert_eq!(heard.body["data"]["deepLink"], format!("/bookings/{id}"));
    let answering = async {
        // Pongs are sent while a socket is read.
        loop {
            let _heartbeat_or_message = socket.next().await;
        }
    };
    tokio::select! {
        _ = answering => unreachable!("it answers for ever"),
        () = until_in_app(&world, &maria, "DELIVERED") => {}
    }
    assert_eq!(pushes(&world, "marias-phone").await, 0);
    let list = maria.get("/api/notifications").await.expect(200);
    assert_eq!(
        list["notifications"][0]["id"], heard.body["notificationId"],
        "one id in both, so clients drop duplicates"
    );
    let foreign = nikos.get("/api/notifications").await.expect(200);
    assert_eq!(foreign["totalElements"], 0);
    other.subscribe_with_receipt("more", "/user/queue/matches").await;
}

/// NOTE-05: an app whose socket does not answer within the time has lost its turn, and the phone rings.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_takes_over_from_a_silent_socket() {
    let options = WorldOptions::default().transaction(|config| config.notifications.socket_ms = 300);
    let world = TestWorld::start_with(options).await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    phone(&maria, "marias-phone").await;
    let court = world.court(&owner, json!({})).await;
    let mut socket = Socket::connect(&world, &maria).await;
    socket.subscribe_with_receipt("n", QUEUE).await;
    // Nobody reads this socket any more: a phone that has just lost its network.
    let _booking = world.book(&maria, &court, (DAY, "11:00"), "pm_card_visa").await.expect(201);
    eventually("the phone rings", PATIENCE, || async { (pushes(&world, "marias-phone").await == 1).then_some(()) })
        .await;
    until_in_app(&world, &maria, "SENT").await;
    drop(socket);
    // With the app closed nothing is waited for.
    let before = world.now();
    let _booking = world.book(&maria, &court, (DAY, "12:30"), "pm_card_visa").await.expect(201);
    eventually("the phone rings", PATIENCE, || async { (pushes(&world, "marias-phone").await == 2).then_some(()) })
        .await;
    assert_eq!(world.now(), before);
}

/// NOTE-04, NOTE-12, LIVE-57: whichever process takes the request, apps that are connected to any process hear, each
/// once, and the phone stays silent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_of_all_processes_hear() {
    let config = Arc::new(Mutex::new(None));
    let kept = config.clone();
    let options = WorldOptions::default().transaction(move |config| {
        *kept.lock().expect("not poisoned") = Some(config.clone());
    });
    let world = TestWorld::start_with(options).await;
    let config = config.lock().expect("not poisoned").take().expect("the world has started");
    let stop = CancellationToken::new();
    let second = transaction::build(config, world.env().clone(), stop.clone()).await.expect("a second process");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("ws://{}/ws", listener.local_addr().expect("an address"));
    let routes = kit::http::chassis(second.public, &kit::http::HttpConfig::default(), world.env());
    let serving = tokio::spawn(kit::http::serve(listener, routes, stop.clone()));
    let working = tokio::spawn(kit::service::run(second.tasks, stop.clone()));

    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    phone(&maria, "marias-phone").await;
    let court = world.court(&owner, json!({})).await;
    let mut apps = [Socket::connect(&world, &maria).await, Socket::connect_to(&url, maria.token()).await];
    for app in &mut apps {
        app.subscribe_with_receipt("n", QUEUE).await;
    }
    let _booking = world.book(&maria, &court, (DAY, "11:00"), "pm_card_visa").await.expect(201);
    let [first, second] = &mut apps;
    let (one, two): (Value, Value) = tokio::join!(async { first.message("NOTIFICATION").await.body }, async {
        second.message("NOTIFICATION").await.body
    });
    assert_eq!(one["notificationId"], two["notificationId"]);
    // Whoever reads answers pings: that is the acknowledgement.
    tokio::select! {
        frame = first.frame() => panic!("nothing else was said: {}", frame.text),
        frame = second.frame() => panic!("nothing else was said: {}", frame.text),
        () = until_shown(&world, &maria, 1) => {}
    }
    // One in the other process alone.
    drop(apps);
    let mut far = Socket::connect_to(&url, maria.token()).await;
    far.subscribe_with_receipt("n", QUEUE).await;
    let _booking = world.book(&maria, &court, (DAY, "12:30"), "pm_card_visa").await.expect(201);
    let heard = far.message("NOTIFICATION").await;
    assert_ne!(heard.body["notificationId"], one["notificationId"]);
    tokio::select! {
        frame = far.frame() => panic!("nothing else was said: {}", frame.text),
        () = until_shown(&world, &maria, 2) => {}
    }
    assert_eq!(pushes(&world, "marias-phone").await, 0);
    stop.cancel();
    serving.await.expect("ends").expect("ends well");
    working.await.expect("ends");
}
