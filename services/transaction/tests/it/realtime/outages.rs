//! The platform goes away and comes back: connections stay, nobody waits for ever, and nothing is missed in the end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;
use testkit::TestWorld;
use testkit::world::WorldOptions;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::stomp::Socket;
use super::{DAY, act, book, day, slot, slots_of};

/// How the platform's internal routes answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    /// As always.
    Well,
    /// With 503.
    Broken,
    /// Not at all, until that changes.
    Stuck,
}

#[derive(Clone)]
struct Door {
    target: Arc<Mutex<String>>,
    mood: watch::Receiver<Mood>,
    http: reqwest::Client,
}

/// Stands before the platform's internal routes.
async fn pass(State(mut door): State<Door>, request: Request) -> Response {
    if *door.mood.borrow() == Mood::Stuck {
        let _ = door.mood.wait_for(|mood| *mood != Mood::Stuck).await;
    }
    if *door.mood.borrow() == Mood::Broken {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let target = door.target.lock().expect("not poisoned").clone();
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut headers = request.headers().clone();
    headers.remove("host");
    let url = format!("{}{path}", target.trim_end_matches('/'));
    let answer = door.http.get(url).headers(headers).send().await.expect("the platform answers");
    let (status, body) = (answer.status(), answer.bytes().await.expect("a body"));
    (status, [("content-type", "application/json")], Body::from(body)).into_response()
}

/// A world whose platform has moods.
async fn moody() -> (TestWorld, watch::Sender<Mood>) {
    let (moods, mood) = watch::channel(Mood::Well);
    let target = Arc::new(Mutex::new(String::new()));
    let door = Door { target: target.clone(), mood, http: reqwest::Client::new() };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass).with_state(door)).await });
    let options = WorldOptions::default().transaction(move |config| {
        *target.lock().expect("not poisoned") = config.platform.internal_url.to_string();
        config.platform.internal_url = url.parse().expect("an address");
    });
    (TestWorld::start_with(options).await, moods)
}

/// LIVE-60, LIVE-04: while slots cannot be read, a new reader is told so within seconds and may ask again, however many
/// wait; and what changed meanwhile reaches the readers who stayed once slots can be read again.
async fn an_outage(mood: Mood) {
    let (world, moods) = moody().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({})).await;
    let booking = book(&world, &maria, &court, DAY, "11:00").await;
    let (mut faithful, snapshot) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    assert_eq!(slot(day(&snapshot.body, DAY), "11:00")["status"], "BOOKED");

    moods.send_replace(mood);
    act(&maria, &booking, "cancel", json!({})).await;
    let mut late = Vec::new();
    for _ in 0..5 {
        late.push(Socket::connect(&world, &maria).await);
    }
    for socket in &mut late {
        socket.subscribe("late", &slots_of(&court)).await;
    }
    for socket in &mut late {
        // All of them within the time of one, although a court's readers wait for each other.
        let refusal = tokio::time::timeout(Duration::from_secs(10), socket.warns("INTERNAL_ERROR"));
        refusal.await.expect("nobody waits for ever");
    }

    moods.send_replace(Mood::Well);
    // The breaker looks at the world's clock.
    world.advance(SignedDuration::from_secs(11));
    let fresh = faithful
        .until(|message| {
            message.kind() == "AVAILABILITY_SNAPSHOT" && slot(day(&message.body, DAY), "11:00")["status"] == "AVAILABLE"
        })
        .await;
    assert!(super::time_of(&fresh.body) > super::time_of(&snapshot.body));
    for socket in &mut late {
        socket.subscribe("late", &slots_of(&court)).await;
        socket.message("AVAILABILITY_SNAPSHOT").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_platform_is_waited_out() {
    an_outage(Mood::Broken).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stuck_platform_is_waited_out() {
    an_outage(Mood::Stuck).await;
}
