//! What a client may not say: frames that are none, places that are none, too much at once. A world's clock stands still,
//! so everything a test says without moving it is said within one second.

use contracts::socket::MAX_MESSAGE_BYTES;
use jiff::SignedDuration;
use testkit::TestWorld;

use super::stomp::Socket;

async fn connection() -> (TestWorld, Socket) {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let socket = Socket::connect(&world, &maria).await;
    (world, socket)
}

/// LIVE-50, LIVE-49: each frame that is none is answered, the third closes with 4004; bytes are no frames either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_third_invalid_frame_closes() {
    let (_world, mut socket) = connection().await;
    socket.say("HELLO\n\n\0").await;
    socket.warns("INVALID_MESSAGE").await;
    socket.say_bytes(b"SUBSCRIBE\nid:1\ndestination:/user/queue/bookings\n\n\0").await;
    socket.warns("INVALID_MESSAGE").await;
    socket.say("CONNECT\naccept-version:1.2\n\n\0").await;
    socket.fails("INVALID_MESSAGE", 4004).await;
}

/// LIVE-39, LIVE-40: an unknown destination and a SEND to anywhere but the token refresh count as invalid messages, and so
/// does a refresh that is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_destinations_and_other_sends_are_invalid() {
    let (world, mut socket) = connection().await;
    socket.subscribe("a", "/topic/courts/7/availability").await;
    socket.warns("INVALID_SUBSCRIPTION").await;
    socket.say("SEND\ndestination:/topic/courts\n\n{}\0").await;
    socket.warns("INVALID_MESSAGE").await;
    socket.subscribe("a", "/user/queue/everything").await;
    socket.fails("INVALID_SUBSCRIPTION", 4004).await;

    let nikos = world.customer("nikos").await;
    let mut socket = Socket::connect(&world, &nikos).await;
    socket.say("SEND\ndestination:/app/token-refresh\n\n{\"messageType\":\"PING\"}\0").await;
    socket.warns("INVALID_MESSAGE").await;
    socket.say("SUBSCRIBE\ndestination:/user/queue/bookings\n\n\0").await;
    socket.warns("INVALID_MESSAGE").await;
}

/// LIVE-50: whoever does not begin with CONNECT is told so; a version we do not speak ends the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_begin_with_connect() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let url = format!("{}?token={}", world.socket_url(), maria.token());
    let mut early = Socket::open(&url).await.expect("a good token");
    early.subscribe("a", "/user/queue/bookings").await;
    early.warns("INVALID_MESSAGE").await;
    early.say("STOMP\naccept-version:1.1,1.2\nhost:courtside\n\n\0").await;
    let connected = early.frame().await;
    assert_eq!((connected.command.as_str(), connected.header("version")), ("CONNECTED", "1.2"));
    assert_eq!(connected.header("heart-beat"), "30000,30000");
    assert_eq!(connected.header("user-name"), maria.user_id().to_string(), "LIVE-24: of the token");

    let mut old = Socket::open(&url).await.expect("a good token");
    old.say("CONNECT\naccept-version:1.0,1.1\nhost:courtside\n\n\0").await;
    let error = old.frame().await;
    assert_eq!((error.command.as_str(), error.header("version")), ("ERROR", "1.2"));
    assert_eq!(old.closed().await, Some(1008));
}

/// LIVE-51: a message of exactly the limit is read; one byte more is answered with MESSAGE_TOO_LARGE and 1009, and so is
/// one that the WebSocket layer itself refuses to read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_large_messages_close() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    let of_length = |length: usize| {
        let head = "SEND\ndestination:/nowhere\n\n";
        format!("{head}{}\0", "x".repeat(length - head.len() - 1))
    };
    let mut socket = Socket::connect(&world, &maria).await;
    socket.say(&of_length(MAX_MESSAGE_BYTES)).await;
    socket.warns("INVALID_MESSAGE").await;
    socket.say(&of_length(MAX_MESSAGE_BYTES + 1)).await;
    socket.fails("MESSAGE_TOO_LARGE", 1009).await;

    for length in [4 * MAX_MESSAGE_BYTES + 1, 1 << 20] {
        let mut socket = Socket::connect(&world, &maria).await;
        // The server may hang up before everything was said.
        let _ = socket.try_say(&of_length(length)).await;
        socket.fails("MESSAGE_TOO_LARGE", 1009).await;
    }
}

/// LIVE-52: ten messages a second are heard, the rest of the second is dropped with one warning; heartbeats do not count.
/// The fourth such second within a minute closes with 4003.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_are_dropped_and_then_end_the_connection() {
    let (world, mut socket) = connection().await;
    let harmless = "UNSUBSCRIBE\nid:nothing\n\n\0";
    for second in 1..=4 {
        world.advance(SignedDuration::from_secs(1));
        for _ in 0..9 {
            socket.beat().await;
            socket.say(harmless).await;
        }
        socket.say("UNSUBSCRIBE\nid:nothing\nreceipt:tenth\n\n\0").await;
        assert_eq!(socket.frame().await.header("receipt-id"), "tenth", "ten are heard");
        socket.say("UNSUBSCRIBE\nid:nothing\nreceipt:eleventh\n\n\0").await;
        if second < 4 {
            socket.warns("RATE_LIMITED").await;
        } else {
            socket.fails("RATE_LIMITED", 4003).await;
        }
    }
}
