//! Several processes, and the end of one.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use serde_json::json;
use testkit::TestWorld;
use testkit::world::WorldOptions;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::stomp::Socket;
use super::{DAY, book, slot, slots_of};

/// LIVE-53, LIVE-49: when the process stops, every connection is told when to come back, at times that differ, and closed
/// with 4005.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_process_says_goodbye() {
    let mut world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(Socket::connect(&world, &maria).await);
    }
    let goodbyes = sockets.iter_mut().map(async |socket| {
        let goodbye = socket.message("SERVER_SHUTDOWN").await;
        assert_eq!(goodbye.header("destination"), "/user/queue/system");
        assert_eq!(goodbye.body["reason"], "DEPLOYMENT");
        assert_eq!(socket.closed().await, Some(4005));
        goodbye.body["reconnectAfterMs"].as_u64().expect("milliseconds")
    });
    let (times, ()) = tokio::join!(join_all(goodbyes), world.stop());
    assert!(times.iter().all(|time| (500..5_000).contains(time)), "{times:?}");
    assert!(times.iter().collect::<BTreeSet<_>>().len() > 1, "not all at once: {times:?}");
}

/// LIVE-17, LIVE-57: a booking made in one process is heard by the readers of another one, of the court and of the
/// booking alike.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_hear_of_one_booking() {
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
    let court = world.court(&owner, json!({})).await;
    let mut readers = [Socket::connect(&world, &maria).await, Socket::connect_to(&url, maria.token()).await];
    for reader in &mut readers {
        reader.subscribe_with_receipt("bookings", "/user/queue/bookings").await;
        reader.subscribe("slots", &slots_of(&court)).await;
        reader.message("AVAILABILITY_SNAPSHOT").await;
    }
    let booking = book(&world, &maria, &court, DAY, "11:00").await;
    for reader in &mut readers {
        let (mut slots, mut bookings) = (false, false);
        while !(slots && bookings) {
            let message = reader.frame().await;
            match message.kind() {
                "AVAILABILITY_UPDATE" => slots |= slot(&message.body, "11:00")["status"] == "BOOKED",
                "BOOKING_STATUS_UPDATE" => bookings |= message.body["bookingId"] == booking["id"],
                // Of the making of the court.
                "AVAILABILITY_SNAPSHOT" => {}
                other => panic!("{other}"),
            }
        }
    }
    stop.cancel();
    assert_eq!(readers[1].closed().await, Some(4005), "one process stops");
    readers[0].subscribe_with_receipt("more", "/user/queue/notifications").await;
    serving.await.expect("ends").expect("ends well");
    working.await.expect("ends");
}
