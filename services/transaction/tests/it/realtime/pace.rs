//! Readers that are silent, and readers that are slow.

use std::sync::Arc;

use serde_json::json;
use testkit::world::WorldOptions;
use testkit::{PATIENCE, TestWorld, eventually};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpSocket;

use super::stomp::{Next, Socket};
use super::{DAY, book};

fn beating(milliseconds: u32) -> WorldOptions {
    WorldOptions::default().transaction(move |config| {
        config.realtime.heartbeat_ms = milliseconds;
        config.realtime.max_connections = 1;
    })
}

/// LIVE-27: the server beats, and who beats back stays. Who is silent for two beats is closed, and the place is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_are_closed() {
    let world = TestWorld::start_with(beating(1_000)).await;
    let maria = world.customer("maria").await;
    let mut socket = Socket::connect(&world, &maria).await;
    for _ in 0..4 {
        assert_eq!(socket.next().await, Next::Heartbeat, "longer than two missed beats");
        socket.beat().await;
    }
    assert_eq!(socket.closed().await, Some(1008), "after silence");
    eventually("the place of the silent one is free", PATIENCE, || async {
        Socket::open(&format!("{}?token={}", world.socket_url(), maria.token())).await.ok().map(drop)
    })
    .await;
}

/// How many messages are more than a queue and the buffers of both systems hold, at the size they have below.
const MANY: i64 = 1_500;

/// LIVE-55: of two connections of one person one does not read. It is cut off; the other hears every message, and no
/// later than if it were alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_cut_off_while_others_go_on() {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({})).await;
    let booking = book(&world, &maria, &court, DAY, "11:00").await;

    // A raw line, so that nothing reads behind the test's back, with a small window.
    let address = world.socket_url().replace("ws://", "").replace("/ws", "").parse().expect("an address");
    let line = TcpSocket::new_v4().expect("a socket");
    line.set_recv_buffer_size(4_096).expect("a small window");
    let mut slow = line.connect(address).await.expect("a line");
    let request = format!(
        "GET /ws?token={} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        maria.token()
    );
    slow.write_all(request.as_bytes()).await.expect("sent");
    for frame in ["CONNECT\naccept-version:1.2\n\n\0", "SUBSCRIBE\nid:b\ndestination:/user/queue/bookings\n\n\0"] {
        slow.write_all(&masked(frame)).await.expect("sent");
    }
    let mut quick = Socket::bookings(&world, &maria).await;
    // Both are among the booking's people once a change of it has been told.
    sqlx::query(
        "update transaction.bookings set cancelled_by = 'CUSTOMER', reason = repeat('x', 4000), status = 'CANCELLED'",
    )
    .execute(world.admin())
    .await
    .expect("long messages");
    repeat_event(&world, MANY).await;

    let told = async {
        let mut told = 0;
        while told < MANY {
            let message = quick.message("BOOKING_STATUS_UPDATE").await;
            assert_eq!(message.body["bookingId"], booking["id"]);
            told += i64::from(message.body["status"] == "CANCELLED");
        }
    };
    tokio::time::timeout(3 * PATIENCE, told).await.expect("everything is told to the quick one");

    // The slow one begins to read at last: what was on its way, and then the end, long before everything.
    let heard = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let reading = async {
        let mut bytes = vec![0; 1 << 16];
        loop {
            match tokio::io::AsyncReadExt::read(&mut slow, &mut bytes).await {
                Ok(0) | Err(_) => break,
                Ok(read) => heard.fetch_add(read, std::sync::atomic::Ordering::SeqCst),
            };
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the line is cut");
    let everything = usize::try_from(MANY).expect("positive") * 4_000;
    assert!(heard.load(std::sync::atomic::Ordering::SeqCst) < everything, "it was not waited for");
    quick.say("DISCONNECT\n\n\0").await;
    assert_eq!(quick.closed().await, Some(1000));
}

/// A text frame as clients send it, with a mask of zeros.
fn masked(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).ok().filter(|&length| length < 126).expect("a short frame");
    [&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()
}

/// Publishes the event of the one booking again and again, each time as an event of its own.
async fn repeat_event(world: &TestWorld, times: i64) {
    sqlx::query(
        "insert into transaction.outbox (event_id, topic, message_key, payload, headers, created_at)
         select fresh.id, topic, message_key, jsonb_set(payload::jsonb, '{eventId}', to_jsonb(fresh.id))::text, headers, created_at
         from transaction.outbox, (select gen_random_uuid() as id from generate_series(1, $1)) as fresh
         where payload::jsonb ->> 'eventType' = 'BOOKING_CREATED'",
    )
    .bind(times)
    .execute(world.admin())
    .await
    .expect("more events");
}
