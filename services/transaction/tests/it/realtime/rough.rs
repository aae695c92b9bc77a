//! Clients that are not quite clients: another protocol, nothing said at all, more subscriptions than a person looks at.

use jiff::SignedDuration;
use testkit::TestWorld;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use uuid::Uuid;

use super::stomp::Socket;

/// LIVE-23: who offers subprotocols has to offer ours: there is no upgrade to silence. Who offers several gets ours, who
/// offers none is understood to mean it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_subprotocol_is_refused() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let offering = |protocols: &'static str| {
        let mut request =
            format!("{}?token={}", world.socket_url(), maria.token()).into_client_request().expect("a URL");
        request.headers_mut().insert("sec-websocket-protocol", protocols.parse().expect("a header"));
        connect_async(request)
    };
    match offering("mqtt, v10.stomp").await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 400),
        Err(error) => panic!("refused in another way: {error}"),
        Ok(_) => panic!("let in to silence"),
    }
    let (_socket, answer) = offering("v10.stomp, v11.stomp, v12.stomp").await.expect("one of them is ours");
    assert_eq!(answer.headers()["sec-websocket-protocol"], "v12.stomp");
}

/// LIVE-27: whoever opens a line and never says CONNECT loses it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_without_connect_is_closed() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let url = format!("{}?token={}", world.socket_url(), maria.token());
    let mut silent = Socket::open(&url).await.expect("a good token");
    let mut beating = Socket::open(&url).await.expect("a good token");
    beating.beat().await;
    assert_eq!(silent.closed().await, Some(1008));
    assert_eq!(beating.closed().await, Some(1008), "heartbeats are no CONNECT");
}

/// LIVE-39: a hundred subscriptions are kept, the next one is refused by name and costs nothing but the answer; one that is
/// given back makes room for another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_subscriptions_are_enough() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let mut socket = Socket::connect(&world, &maria).await;
    let matches = |number: u128| format!("/topic/courts/{}/matches", Uuid::from_u128(number));
    for number in 0..100 {
        // No more than ten messages are heard in a second (LIVE-52).
        if number % 5 == 0 {
            world.advance(SignedDuration::from_secs(1));
        }
        socket.subscribe_with_receipt(&number.to_string(), &matches(number)).await;
    }
    world.advance(SignedDuration::from_secs(1));
    socket.subscribe("more", &matches(100)).await;
    socket.warns("INVALID_SUBSCRIPTION").await;
    socket.say("UNSUBSCRIBE\nid:7\n\n\0").await;
    socket.subscribe_with_receipt("more", &matches(100)).await;
}
