//! One connection: reads frames, keeps subscriptions, writes messages, until either side has enough.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use contracts::identity::{AccessClaims, Language};
use contracts::ids::CourtId;
use contracts::socket::{
    ClientMessage, CloseCode, Destination, HEARTBEAT_SECONDS, MAX_MESSAGE_BYTES, MISSED_HEARTBEATS, ServerMessage,
    ServerShutdown, ShutdownReason, SocketError, SocketErrorCode, TokenExpiring,
};
use futures::stream::SplitSink;
use futures::{SinkExt as _, StreamExt as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::days;
use super::domain::frame::{self, Command, Frame, HeartBeat, Incoming};
use super::domain::pace::{Pace, Verdict};
use super::domain::token::{Due, Session};
use super::hub::{Link, Parcel, Surroundings};
use crate::platform_port::{self, PlatformError};

/// How long a new connection may take to say CONNECT.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// A write that takes longer is to a reader that has gone.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// Subscriptions of one connection; more is no screen that a person looks at.
const MAX_SUBSCRIPTIONS: usize = 100;
/// The header `subscription` of messages that nobody subscribed to (LIVE-36).
const UNASKED: &str = "system";
/// Between which times clients come back after a shutdown, in milliseconds (LIVE-53).
const RECONNECT_MS: std::ops::Range<u32> = 500..5_000;

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The client left, or the line is dead.
    Gone,
    /// The client said DISCONNECT.
    Goodbye,
    /// We close with a code.
    Close(CloseCode),
    /// A protocol error before CONNECT, or a reader that fell behind.
    Cut,
}

/// Runs a connection to its end.
pub async fn serve(
    socket: WebSocket,
    surroundings: Surroundings,
    claims: AccessClaims,
    language: Language,
    trace_id: String,
) {
    let id = surroundings.state.env.ids.new_id();
    let cut = CancellationToken::new();
    let (link, mut parcels) = Link::new(id, language, cut.clone());
    let (sink, mut stream) = socket.split();
    let mut connection = Connection {
        sink,
        link,
        session: Session::begin(&claims),
        pace: Pace::default(),
        subscriptions: HashMap::new(),
        connected: false,
        trace_id,
        surroundings,
    };
    let shutdown = connection.surroundings.gateway.shutdown().clone();
    let mut heartbeat = tokio::time::interval(Duration::from_secs(u64::from(HEARTBEAT_SECONDS)));
    heartbeat.reset();
    let patience = Duration::from_secs(u64::from(HEARTBEAT_SECONDS * MISSED_HEARTBEATS));
    let mut silent_since = Instant::now();
    let end = loop {
        let limit = if connection.connected { patience } else { CONNECT_TIME };
        let (token_wait, token_due) = connection.session.next(connection.surroundings.state.env.clock.now());
        let step = tokio::select! {
            incoming = stream.next() => {
                silent_since = Instant::now();
                match incoming {
                    Some(Ok(message)) => connection.hear(message).await,
                    Some(Err(error)) if is_too_large(&error) => connection.too_large().await,
                    Some(Err(_)) | None => Err(End::Gone),
                }
            }
            Some(parcel) = parcels.recv() => connection.deliver(&parcel).await,
            _ = heartbeat.tick() => connection.write(Message::text("\n")).await,
            () = tokio::time::sleep_until(silent_since + limit) => Err(End::Gone),
            () = tokio::time::sleep(token_wait) => connection.token(token_due).await,
            () = cut.cancelled() => Err(End::Cut),
            () = shutdown.cancelled() => connection.shut_down().await,
        };
        if let Err(end) = step {
            break end;
        }
    };
    connection.finish(end).await;
}

fn is_too_large(error: &axum::Error) -> bool {
    error.to_string().to_ascii_lowercase().contains("too long")
}

struct Connection {
    sink: SplitSink<WebSocket, Message>,
    link: Link,
    session: Session,
    pace: Pace,
    /// The client's ids for its destinations.
    subscriptions: HashMap<String, Destination>,
    connected: bool,
    trace_id: String,
    surroundings: Surroundings,
}

type Step = Result<(), End>;

impl Connection {
    async fn hear(&mut self, message: Message) -> Step {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            // The WebSocket layer answers pings by itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(bytes) if bytes.len() > MAX_MESSAGE_BYTES => return self.too_large().await,
            Message::Binary(_) => return self.counted_invalid("frames are text").await,
        };
        if text.len() > MAX_MESSAGE_BYTES {
            return self.too_large().await;
        }
        let incoming = frame::parse(&text);
        if incoming == Ok(Incoming::Heartbeat) {
            return Ok(());
        }
        match self.pace.message(self.surroundings.state.env.clock.now()) {
            Verdict::Take => {}
            Verdict::Drop { tell: false } => return Ok(()),
            Verdict::Drop { tell: true } => {
                let text = "more than 10 messages in a second: the rest of this second is dropped";
                return self.say_error(SocketError::harmless(SocketErrorCode::RateLimited, text)).await;
            }
            Verdict::Close => {
                let text = "too many messages again and again";
                return self.fail(SocketErrorCode::RateLimited, text, CloseCode::RateLimitExceeded).await;
            }
        }
        match incoming {
            Ok(Incoming::Frame(frame)) => self.obey(frame).await,
            Ok(Incoming::Heartbeat) => Ok(()),
            Err(error) => self.invalid(SocketErrorCode::InvalidMessage, &error.to_string()).await,
        }
    }

    async fn obey(&mut self, frame: Frame) -> Step {
        if !self.connected {
            return if frame.command == Command::Connect { self.connect(&frame).await } else { Err(End::Cut) };
        }
        let receipt = frame.header("receipt").map(str::to_owned);
        match frame.command {
            Command::Connect => self.invalid(SocketErrorCode::InvalidMessage, "already connected").await?,
            Command::Subscribe => self.subscribe(&frame).await?,
            Command::Unsubscribe => match frame.header("id").map(str::to_owned) {
                Some(id) => self.unsubscribe(&id).await,
                None => self.invalid(SocketErrorCode::InvalidMessage, "UNSUBSCRIBE needs an id").await?,
            },
            Command::Send => self.take_message(&frame).await?,
            Command::Ignored | Command::Disconnect => {}
        }
        if let Some(receipt) = receipt {
            self.write(Message::text(frame::print("RECEIPT", &[("receipt-id", &receipt)], ""))).await?;
        }
        if frame.command == Command::Disconnect { Err(End::Goodbye) } else { Ok(()) }
    }

    async fn connect(&mut self, frame: &Frame) -> Step {
        let versions = frame.header("accept-version").unwrap_or("1.0");
        if !versions.split(',').any(|version| version.trim() == "1.2") {
            let body = "this server speaks STOMP 1.2";
            self.write(Message::text(frame::print("ERROR", &[("version", "1.2"), ("message", body)], body))).await?;
            return Err(End::Cut);
        }
        self.connected = true;
        let ours = HEARTBEAT_SECONDS * 1000;
        let promise = HeartBeat { can_send: ours, wants: ours }.to_string();
        let user = self.session.user.to_string();
        let headers =
            [("version", "1.2"), ("heart-beat", promise.as_str()), ("server", "courtside"), ("user-name", &user)];
        self.write(Message::text(frame::print("CONNECTED", &headers, ""))).await
    }

    /// LIVE-32 to LIVE-39, LIVE-42.
    async fn subscribe(&mut self, frame: &Frame) -> Step {
        let (Some(id), Some(text)) = (frame.header("id"), frame.header("destination")) else {
            return self.invalid(SocketErrorCode::InvalidMessage, "SUBSCRIBE needs an id and a destination").await;
        };
        let (id, text) = (id.to_owned(), text.to_owned());
        let Some(destination) = Destination::parse(&text) else {
            return self.invalid(SocketErrorCode::InvalidSubscription, "no such destination").await;
        };
        if !destination.allows(self.session.role) {
            let text = "your role may not have this destination";
            return self.fail(SocketErrorCode::AuthDenied, text, CloseCode::AuthorizationDenied).await;
        }
        if self.subscriptions.contains_key(&id) || self.subscriptions.values().any(|known| *known == destination) {
            return self.invalid(SocketErrorCode::InvalidSubscription, "already subscribed").await;
        }
        if self.subscriptions.len() == MAX_SUBSCRIPTIONS {
            return self.invalid(SocketErrorCode::InvalidSubscription, "too many subscriptions").await;
        }
        match destination {
            Destination::CourtAvailability(court) => match self.join_court(court).await {
                Ok(()) => {}
                Err(PlatformError::NotFound) => {
                    return self.invalid(SocketErrorCode::InvalidSubscription, "no such court").await;
                }
                Err(error) => {
                    tracing::error!(%court, %error, "a court's slots could not be read for a subscription");
                    let text = "the court's slots cannot be read at the moment, subscribe again";
                    return self.say_error(SocketError::harmless(SocketErrorCode::InternalError, text)).await;
                }
            },
            Destination::Bookings => self.surroundings.gateway.join_bookings(self.session.user, self.link.clone()),
            Destination::CourtMatches(_) | Destination::Notifications | Destination::Matches | Destination::System => {}
        }
        self.subscriptions.insert(id, destination);
        Ok(())
    }

    /// Joins the readers and queues the snapshot in one step of the court's order, so that nothing falls in between.
    async fn join_court(&mut self, court: CourtId) -> Result<(), PlatformError> {
        let mut database = self.surroundings.pool.acquire().await?;
        let stored = platform_port::court(&mut database, court).await?;
        drop(database);
        // COURT-33: a court that is not shown exists for its owner only.
        let stored = stored
            .filter(|stored| stored.visible || stored.owner_id == self.session.user)
            .ok_or(PlatformError::NotFound)?;
        let readers = self.surroundings.gateway.readers_to_join(court);
        let mut readers = readers.lock().await;
        let now = self.surroundings.state.env.clock.now();
        let trace_id = self.trace_id.clone();
        let platform = &self.surroundings.platform;
        let parcel = days::snapshot(platform, &mut readers, court, &stored.timezone, now, trace_id).await?;
        self.link.send(parcel);
        readers.add(self.link.clone());
        Ok(())
    }

    async fn unsubscribe(&mut self, id: &str) {
        if let Some(destination) = self.subscriptions.remove(id) {
            self.leave(destination).await;
        }
    }

    async fn leave(&self, destination: Destination) {
        let gateway = &self.surroundings.gateway;
        match destination {
            Destination::CourtAvailability(court) => gateway.leave_court(court, self.link.id).await,
            Destination::Bookings => gateway.leave_bookings(self.session.user, self.link.id),
            Destination::CourtMatches(_) | Destination::Notifications | Destination::Matches | Destination::System => {}
        }
    }

    /// LIVE-29 to LIVE-31, LIVE-40.
    async fn take_message(&mut self, frame: &Frame) -> Step {
        if frame.header("destination") != Some(Destination::TOKEN_REFRESH) {
            return self.invalid(SocketErrorCode::InvalidMessage, "nothing can be sent there").await;
        }
        let Ok(ClientMessage::TokenRefresh(refresh)) = serde_json::from_str(&frame.body) else {
            return self.invalid(SocketErrorCode::InvalidMessage, "the body is no TOKEN_REFRESH").await;
        };
        let claims = self.surroundings.state.auth.authenticate(&refresh.token).await.ok();
        match claims.and_then(|claims| self.session.renew(&claims).ok()) {
            Some(role_changed) => {
                if role_changed {
                    self.recheck().await;
                }
                Ok(())
            }
            None => self.expired("the new token does not continue this connection").await,
        }
    }

    /// LIVE-31: a token with another role ends what it does not allow.
    async fn recheck(&mut self) {
        let role = self.session.role;
        let lost: Vec<String> =
            self.subscriptions.iter().filter(|(_, held)| !held.allows(role)).map(|(id, _)| id.clone()).collect();
        for id in lost {
            self.unsubscribe(&id).await;
        }
    }

    /// LIVE-28, LIVE-30.
    async fn token(&mut self, due: Due) -> Step {
        match due {
            Due::Warning => {
                self.session.warned();
                let expires_at = self.session.expires_at();
                self.say(&ServerMessage::TokenExpiring(TokenExpiring { expires_at })).await
            }
            Due::End => self.expired("the token has expired").await,
        }
    }

    async fn expired(&mut self, text: &str) -> Step {
        self.fail(SocketErrorCode::AuthExpired, text, CloseCode::AuthenticationExpired).await
    }

    /// LIVE-53. When to come back is spread by the connection's id, which is random in its last bytes.
    async fn shut_down(&mut self) -> Step {
        let spread = RECONNECT_MS.end - RECONNECT_MS.start;
        let reconnect_after_ms = RECONNECT_MS.start + spread_of(self.link.id) % spread;
        let goodbye = ServerShutdown { reason: ShutdownReason::Deployment, reconnect_after_ms };
        self.say(&ServerMessage::ServerShutdown(goodbye)).await?;
        Err(End::Close(CloseCode::ServerShutdown))
    }

    /// LIVE-51.
    async fn too_large(&mut self) -> Step {
        let text = format!("a message may have {MAX_MESSAGE_BYTES} bytes");
        self.fail(SocketErrorCode::MessageTooLarge, &text, CloseCode::MessageTooLarge).await
    }

    async fn counted_invalid(&mut self, text: &str) -> Step {
        match self.pace.message(self.surroundings.state.env.clock.now()) {
            Verdict::Take => self.invalid(SocketErrorCode::InvalidMessage, text).await,
            Verdict::Drop { .. } => Ok(()),
            Verdict::Close => {
                self.fail(SocketErrorCode::RateLimited, "too many messages", CloseCode::RateLimitExceeded).await
            }
        }
    }

    /// LIVE-50: says what is wrong; the third time, closes.
    async fn invalid(&mut self, code: SocketErrorCode, text: &str) -> Step {
        if self.pace.invalid() {
            return self.fail(code, text, CloseCode::InvalidMessages).await;
        }
        self.say_error(SocketError::harmless(code, text)).await
    }

    async fn fail(&mut self, code: SocketErrorCode, text: &str, close: CloseCode) -> Step {
        self.say_error(SocketError::fatal(code, text, close)).await?;
        Err(End::Close(close))
    }

    async fn say_error(&mut self, error: SocketError) -> Step {
        metrics::counter!("socket_errors_total", "code" => error.code.as_str()).increment(1);
        self.say(&ServerMessage::Error(error)).await
    }

    async fn say(&mut self, message: &ServerMessage) -> Step {
        self.deliver(&Parcel { destination: Destination::System, body: days::body(message) }).await
    }

    /// Prints a parcel as a MESSAGE of the subscription it belongs to; one for a subscription that just ended is dropped.
    async fn deliver(&mut self, parcel: &Parcel) -> Step {
        let held = self.subscriptions.iter().find(|(_, held)| **held == parcel.destination).map(|(id, _)| id.as_str());
        let subscription = match (held, parcel.destination) {
            (Some(id), _) => id,
            (None, Destination::System) => UNASKED,
            (None, _) => return Ok(()),
        };
        let headers = [
            ("destination", parcel.destination.to_string()),
            ("subscription", subscription.to_owned()),
            ("message-id", self.surroundings.state.env.ids.new_id().to_string()),
            ("content-type", "application/json".to_owned()),
        ];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let text = frame::print("MESSAGE", &headers, &parcel.body);
        self.write(Message::text(text)).await
    }

    async fn write(&mut self, message: Message) -> Step {
        match tokio::time::timeout(WRITE_TIME, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn finish(mut self, end: End) {
        let held: Vec<Destination> = self.subscriptions.drain().map(|(_, destination)| destination).collect();
        for destination in held {
            self.leave(destination).await;
        }
        let close = match end {
            End::Gone => return,
            End::Goodbye => CloseFrame { code: 1000, reason: "".into() },
            End::Cut => CloseFrame { code: 1008, reason: "".into() },
            End::Close(code) => CloseFrame { code: code.number(), reason: code.reason().into() },
        };
        if self.write(Message::Close(Some(close))).await.is_ok() {
            // The other side answers the close; waiting for it lets our last words arrive before the line is cut.
            let _ = tokio::time::timeout(Duration::from_secs(1), self.sink.close()).await;
        }
    }
}

fn spread_of(id: Uuid) -> u32 {
    let bytes = id.as_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}
