//! A small STOMP client: says what a test says, hears what the server says, and waits no longer than patience lasts.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use testkit::world::Client;
use testkit::{PATIENCE, TestWorld};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A message or another frame of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub command: String,
    headers: Vec<(String, String)>,
    /// The body as JSON; null when there is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("no header {name}: {self:?}"))
    }

    pub fn kind(&self) -> &str {
        self.body["messageType"].as_str().unwrap_or_default()
    }

    fn is_about_slots(&self) -> bool {
        self.kind().starts_with("AVAILABILITY_")
    }
}

/// What the server may do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Frame(Heard),
    Heartbeat,
    /// Closed with this code; none when the line was just cut.
    Closed(Option<u16>),
}

/// How the server refused the upgrade.
#[derive(Debug)]
pub struct Refused {
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: Value,
}

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    receipts: u32,
}

impl Socket {
    /// Opens the WebSocket and says nothing.
    pub async fn open(url: &str) -> Result<Self, Refused> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self { stream, receipts: 0 }),
            Err(Error::Http(answer)) => {
                let retry_after = answer.headers().get("retry-after").map(|value| value.to_str().expect("text"));
                Err(Refused {
                    status: answer.status().as_u16(),
                    retry_after: retry_after.map(str::to_owned),
                    body: serde_json::from_slice(answer.body().as_deref().unwrap_or_default()).unwrap_or_default(),
                })
            }
            Err(error) => panic!("neither an upgrade nor an answer: {error}"),
        }
    }

    /// Opens a connection at `url` and says CONNECT.
    pub async fn connect_to(url: &str, token: &str) -> Self {
        let mut socket = Self::open(&format!("{url}?token={token}")).await.expect("the token is good");
        socket.say("CONNECT\naccept-version:1.2\nhost:courtside\n\n\0").await;
        assert_eq!(socket.frame().await.command, "CONNECTED");
        socket
    }

    /// A connection of `person`.
    pub async fn connect(world: &TestWorld, person: &Client) -> Self {
        Self::connect_to(&world.socket_url(), person.token()).await
    }

    /// A connection that has subscribed to `destination` as `id`, and the first message it got there.
    pub async fn watch(world: &TestWorld, person: &Client, destination: &str) -> (Self, Heard) {
        let mut socket = Self::connect(world, person).await;
        socket.subscribe("watched", destination).await;
        let first = socket.frame().await;
        assert_eq!(first.kind(), "AVAILABILITY_SNAPSHOT", "before anything else");
        (socket, first)
    }

    /// A connection that hears of bookings from now on.
    pub async fn bookings(world: &TestWorld, person: &Client) -> Self {
        let mut socket = Self::connect(world, person).await;
        socket.subscribe_with_receipt("bookings", "/user/queue/bookings").await;
        socket
    }

    pub async fn say(&mut self, text: &str) {
        self.try_say(text).await.expect("the line stands");
    }

    pub async fn try_say(&mut self, text: &str) -> Result<(), Error> {
        self.stream.send(Message::text(text)).await
    }

    pub async fn say_bytes(&mut self, bytes: &'static [u8]) {
        self.stream.send(Message::binary(bytes)).await.expect("the line stands");
    }

    pub async fn subscribe(&mut self, id: &str, destination: &str) {
        self.say(&format!("SUBSCRIBE\nid:{id}\ndestination:{destination}\n\n\0")).await;
    }

    /// Subscribes to something that sends no snapshot, and waits until it holds.
    pub async fn subscribe_with_receipt(&mut self, id: &str, destination: &str) {
        self.receipts += 1;
        let receipt = format!("r{}", self.receipts);
        self.say(&format!("SUBSCRIBE\nid:{id}\ndestination:{destination}\nreceipt:{receipt}\n\n\0")).await;
        let answer = self.until(|frame| !frame.is_about_slots()).await;
        assert_eq!((answer.command.as_str(), answer.header("receipt-id")), ("RECEIPT", receipt.as_str()));
    }

    pub async fn refresh(&mut self, token: &str) {
        let body = serde_json::json!({ "messageType": "TOKEN_REFRESH", "token": token });
        self.say(&format!("SEND\ndestination:/app/token-refresh\n\n{body}\0")).await;
    }

    /// A line end: shows life, counts as nothing.
    pub async fn beat(&mut self) {
        self.say("\n").await;
    }

    pub async fn next(&mut self) -> Next {
        loop {
            let message =
                tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("still waiting for the server");
            return match message {
                Some(Ok(Message::Text(text))) if text.as_str() == "\n" => Next::Heartbeat,
                Some(Ok(Message::Text(text))) => Next::Frame(parse(&text)),
                Some(Ok(Message::Close(frame))) => Next::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(Message::Binary(_))) => panic!("the server speaks text"),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Next::Closed(None),
            };
        }
    }

    /// The next frame, heartbeats passed over.
    pub async fn frame(&mut self) -> Heard {
        loop {
            match self.next().await {
                Next::Frame(frame) => return frame,
                Next::Heartbeat => {}
                Next::Closed(code) => panic!("closed with {code:?} instead of a frame"),
            }
        }
    }

    /// The next frame, which must be a message of this type. What a watched court says in between is passed over unless
    /// it is what is asked for: the making of a court, a moment before a test watches it, is told as well.
    pub async fn message(&mut self, kind: &str) -> Heard {
        loop {
            let frame = self.frame().await;
            if frame.kind() == kind || !frame.is_about_slots() {
                assert_eq!((frame.command.as_str(), frame.kind()), ("MESSAGE", kind), "{:.400}", frame.text);
                return frame;
            }
        }
    }

    /// The next update of a day.
    pub async fn update(&mut self) -> Heard {
        self.message("AVAILABILITY_UPDATE").await
    }

    /// Hears messages until one fits.
    pub async fn until(&mut self, mut fits: impl FnMut(&Heard) -> bool) -> Heard {
        loop {
            let frame = self.frame().await;
            if fits(&frame) {
                return frame;
            }
        }
    }

    /// The next message, which must be this error.
    pub async fn error(&mut self, code: &str) -> Value {
        let error = self.message("ERROR").await;
        assert_eq!((error.header("destination"), &error.body["code"]), ("/user/queue/system", &Value::from(code)));
        error.body
    }

    /// The next message is this error, says that it ends the connection with this code, and does.
    pub async fn fails(&mut self, code: &str, close: u16) {
        let error = self.error(code).await;
        assert_eq!((&error["willDisconnect"], &error["closeCode"]), (&Value::from(true), &Value::from(close)));
        assert_eq!(self.closed().await, Some(close));
    }

    /// The next message is this error, and the connection goes on.
    pub async fn warns(&mut self, code: &str) {
        let error = self.error(code).await;
        assert_eq!((&error["willDisconnect"], &error["closeCode"]), (&Value::from(false), &Value::Null));
    }

    /// The code the server closes with, whatever it says before.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Next::Closed(code) = self.next().await {
                return code;
            }
        }
    }
}

fn parse(text: &str) -> Heard {
    let (head, body) = text.split_once("\n\n").expect("headers end");
    let body = body.strip_suffix('\0').expect("frames end");
    let mut lines = head.lines();
    let command = lines.next().expect("a command").to_owned();
    let plain = |text: &str| text.replace("\\c", ":");
    let headers =
        lines.map(|line| line.split_once(':').expect("a header")).map(|(key, value)| (plain(key), plain(value)));
    let headers = headers.collect();
    Heard { command, headers, body: serde_json::from_str(body).unwrap_or_default(), text: body.to_owned() }
}
