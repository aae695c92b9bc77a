//! One connection: reads frames, keeps subscriptions, writes messages, until either side has enough.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use contracts::identity::{AccessClaims, AccountStatus, Language};
use contracts::ids::CourtId;
use contracts::socket::{
    ClientMessage, CloseCode, Destination, MAX_MESSAGE_BYTES, MISSED_HEARTBEATS, ServerMessage, ServerShutdown,
    ShutdownReason, SocketError, SocketErrorCode, TokenExpiring,
};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::days::{self, ReadError};
use super::domain::frame::{self, Command, Frame, HeartBeat, Incoming};
use super::domain::pace::{Pace, Verdict};
use super::domain::token::{Due, Session};
use super::hub::Surroundings;
use super::link::{Addressed, Link, Parcel};
use super::presence;
use super::receipts::Receipts;
use super::subscriptions::{Subscription, Subscriptions};
use crate::platform_port;

/// How long a new connection may take to say CONNECT.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// A write that takes longer is to a reader that has gone.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long a subscription may wait for its snapshot, other readers of the court before it included.
const JOIN_TIME: Duration = Duration::from_secs(5);
/// How long the other side may take to answer a close.
const CLOSE_TIME: Duration = Duration::from_secs(1);
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
    /// A client that speaks another version, is silent, or has fallen behind.
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
    let (sink, mut stream) = socket.split();
    let (mut connection, mut parcels) = Connection::new(sink, surroundings, &claims, language, trace_id);
    let (cut, shutdown) = (connection.cut.clone(), connection.surroundings.gateway.shutdown().clone());
    let presence = connection.surroundings.gateway.enter(claims.sub, connection.link.connection);
    // Between the upgrade and here the person may have been shut out, which nobody could tell this connection.
    if !connection.person_stands().await {
        presence.shut_out().cancel();
    }
    let beat = connection.beat();
    let mut heartbeat = tokio::time::interval_at(Instant::now() + beat, beat);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let opened = Instant::now();
    let mut heard = opened;
    let end = loop {
        let patience_ends = if connection.connected { heard + beat * MISSED_HEARTBEATS } else { opened + CONNECT_TIME };
        let (token_wait, token_due) = connection.session.next(connection.surroundings.state.env.clock.now());
        let step = tokio::select! {
            incoming = stream.next() => {
                heard = Instant::now();
                match incoming {
                    Some(Ok(message)) => connection.hear(message).await,
                    Some(Err(error)) if is_too_large(&error) => connection.too_large().await,
                    Some(Err(_)) | None => Err(End::Gone),
                }
            }
            Some(parcel) = parcels.recv() => connection.deliver(parcel).await,
            _ = heartbeat.tick() => connection.write(Message::text("\n")).await,
            () = tokio::time::sleep_until(patience_ends) => Err(End::Cut),
            () = tokio::time::sleep(token_wait) => connection.token(token_due).await,
            () = cut.cancelled() => Err(End::Cut),
            () = presence.shut_out().cancelled() => connection.shut_out().await,
            () = shutdown.cancelled() => {
                // What is on its way arrives before the goodbye.
                while let Ok(parcel) = parcels.try_recv() {
                    if connection.deliver(parcel).await.is_err() {
                        break;
                    }
                }
                connection.shut_down().await
            }
        };
        if let Err(end) = step {
            break end;
        }
    };
    connection.finish(end, stream).await;
}

/// The WebSocket layer refuses what is far above the limit before it is read.
fn is_too_large(error: &axum::Error) -> bool {
    use tungstenite::error::{CapacityError, Error};
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Error>());
    matches!(cause, Some(Error::Capacity(CapacityError::MessageTooLong { .. })))
}

struct Connection {
    sink: SplitSink<WebSocket, Message>,
    link: Link,
    cut: CancellationToken,
    session: Session,
    pace: Pace,
    subscriptions: Subscriptions,
    connected: bool,
    trace_id: String,
    surroundings: Surroundings,
    receipts: Receipts,
}

type Step = Result<(), End>;

impl Connection {
    fn new(
        sink: SplitSink<WebSocket, Message>,
        surroundings: Surroundings,
        claims: &AccessClaims,
        language: Language,
        trace_id: String,
    ) -> (Self, tokio::sync::mpsc::Receiver<Addressed>) {
        let id = surroundings.state.env.ids.new_id();
        let cut = CancellationToken::new();
        let (link, parcels) = Link::new(id, claims.sub, language, cut.clone());
        let connection = Self {
            sink,
            link,
            cut,
            session: Session::begin(claims),
            pace: Pace::default(),
            subscriptions: Subscriptions::new(surroundings.gateway.clone(), claims.sub, id),
            connected: false,
            trace_id,
            surroundings,
            receipts: Receipts::default(),
        };
        (connection, parcels)
    }

    /// Whether the account may still call. One that cannot be asked about was asked about a moment ago.
    async fn person_stands(&self) -> bool {
        let status = self.surroundings.state.auth.accounts.account_status(self.session.user).await;
        !matches!(status, Ok(None | Some(AccountStatus::Suspended | AccountStatus::Deleted)))
    }

    /// LIVE-61.
    async fn shut_out(&mut self) -> Step {
        let text = "this account may not use the service any more";
        self.fail(SocketErrorCode::AuthDenied, text, CloseCode::AuthorizationDenied).await
    }

    /// LIVE-27.
    fn beat(&self) -> Duration {
        Duration::from_millis(u64::from(self.surroundings.state.config.realtime.heartbeat_ms.max(1)))
    }

    async fn hear(&mut self, message: Message) -> Step {
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            // The WebSocket layer answers pings by itself.
            Message::Ping(_) => return Ok(()),
            Message::Pong(payload) => {
                self.receipts.acknowledge(&payload);
                return Ok(());
            }
            Message::Binary(bytes) if bytes.len() > MAX_MESSAGE_BYTES => return self.too_large().await,
            Message::Binary(_) => {
                if self.admit().await? {
                    self.invalid(SocketErrorCode::InvalidMessage, "frames are text").await?;
                }
                return Ok(());
            }
        };
        if text.len() > MAX_MESSAGE_BYTES {
            return self.too_large().await;
        }
        let incoming = frame::parse(&text);
        if incoming == Ok(Incoming::Heartbeat) || !self.admit().await? {
            return Ok(());
        }
        match incoming {
            Ok(Incoming::Frame(frame)) => self.obey(frame).await,
            Ok(Incoming::Heartbeat) => Ok(()),
            Err(error) => self.invalid(SocketErrorCode::InvalidMessage, &error.to_string()).await,
        }
    }

    /// LIVE-52: whether a message may be looked at.
    async fn admit(&mut self) -> Result<bool, End> {
        match self.pace.message(self.surroundings.state.env.clock.now()) {
            Verdict::Take => Ok(true),
            Verdict::Drop { tell } => {
                if tell {
                    let text = "more than 10 messages in a second: the rest of this second is dropped";
                    self.say_error(SocketError::harmless(SocketErrorCode::RateLimited, text)).await?;
                }
                Ok(false)
            }
            Verdict::Close => {
                let text = "too many messages again and again";
                self.fail(SocketErrorCode::RateLimited, text, CloseCode::RateLimitExceeded).await?;
                Ok(false)
            }
        }
    }

    async fn obey(&mut self, frame: Frame) -> Step {
        if !self.connected {
            return match frame.command {
                Command::Connect => self.connect(&frame).await,
                _ => self.invalid(SocketErrorCode::InvalidMessage, "the first frame is CONNECT").await,
            };
        }
        let receipt = frame.header("receipt").map(str::to_owned);
        match frame.command {
            Command::Connect => self.invalid(SocketErrorCode::InvalidMessage, "already connected").await?,
            Command::Subscribe => self.subscribe(&frame).await?,
            Command::Unsubscribe => match frame.header("id") {
                // One that has ended by itself is no mistake of the client.
                Some(id) => {
                    if let Some(ticket) = self.subscriptions.named(id) {
                        self.subscriptions.end(ticket);
                    }
                }
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
        let ours = self.surroundings.state.config.realtime.heartbeat_ms;
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
        let Some(destination) = Destination::parse(text) else {
            return self.invalid(SocketErrorCode::InvalidSubscription, "no such destination").await;
        };
        if !destination.allows(self.session.role) {
            let text = "your role may not have this destination";
            return self.fail(SocketErrorCode::AuthDenied, text, CloseCode::AuthorizationDenied).await;
        }
        let ticket = match self.subscriptions.ticket(id, destination) {
            Ok(ticket) => ticket,
            Err(refusal) => return self.invalid(SocketErrorCode::InvalidSubscription, &refusal.to_string()).await,
        };
        match destination {
            Destination::CourtAvailability(court) => match self.join_court(court, ticket).await {
                Ok(()) => {}
                Err(ReadError::NoSuchCourt) => {
                    return self.invalid(SocketErrorCode::InvalidSubscription, "no such court").await;
                }
                Err(error) => {
                    tracing::error!(%court, %error, "a court's slots could not be read for a subscription");
                    let text = "the court's slots cannot be read at the moment, subscribe again";
                    return self.say_error(SocketError::harmless(SocketErrorCode::InternalError, text)).await;
                }
            },
            Destination::Bookings => self.surroundings.gateway.join_bookings(self.link.to(ticket)),
            Destination::Notifications => {
                self.surroundings.gateway.join_notifications(self.link.to(ticket));
                // Before the client is told: from here on its person counts as present everywhere.
                presence::note(&self.surroundings, self.session.user).await;
            }
            Destination::CourtMatches(_) | Destination::Matches | Destination::System => {}
        }
        self.subscriptions.insert(ticket, Subscription { id: id.to_owned(), destination });
        Ok(())
    }

    /// Joins the readers and queues the snapshot in one step of the court's order, so that nothing falls in between.
    async fn join_court(&self, id: CourtId, ticket: u64) -> Result<(), ReadError> {
        let mut database = self.surroundings.pool.acquire().await?;
        let stored = platform_port::court(&mut database, id).await?;
        drop(database);
        // COURT-33: a court that is not shown exists for its owner only.
        let stored = stored
            .filter(|stored| stored.visible || stored.owner_id == self.session.user)
            .ok_or(ReadError::NoSuchCourt)?;
        let link = self.link.to(ticket);
        let court = self.surroundings.gateway.court_to_watch(id);
        let joining = async {
            let mut order = court.order.lock().await;
            let platform = &self.surroundings.platform;
            let at = self.surroundings.gateway.stamp(self.surroundings.state.env.clock.now());
            let body = days::snapshot(platform, &mut order, &stored, at, self.trace_id.clone()).await?;
            link.send(Parcel::Message(body));
            court.add(link);
            Ok(())
        };
        let joined = tokio::time::timeout(JOIN_TIME, joining).await.unwrap_or(Err(ReadError::Late));
        drop(court);
        self.surroundings.gateway.forget_if_unwatched(id);
        joined
    }

    /// LIVE-29 to LIVE-31, LIVE-40.
    async fn take_message(&mut self, frame: &Frame) -> Step {
        if frame.header("destination") != Some(Destination::TOKEN_REFRESH) {
            return self.invalid(SocketErrorCode::InvalidMessage, "nothing can be sent there").await;
        }
        let Ok(ClientMessage::TokenRefresh(refresh)) = serde_json::from_str(&frame.body) else {
            return self.invalid(SocketErrorCode::InvalidMessage, "the body is no TOKEN_REFRESH").await;
        };
        let renewed = match self.surroundings.state.auth.authenticate(&refresh.token).await {
            Ok(claims) => self.session.renew(&claims).ok(),
            Err(error) if error.status() == StatusCode::SERVICE_UNAVAILABLE => {
                let text = "the token cannot be checked at the moment, send it again";
                return self.say_error(SocketError::harmless(SocketErrorCode::InternalError, text)).await;
            }
            Err(_) => None,
        };
        match renewed {
            Some(true) => self.recheck().await,
            Some(false) => Ok(()),
            None => self.expired("the new token does not continue this connection").await,
        }
    }

    /// LIVE-31: a token with another role ends what it does not allow.
    async fn recheck(&mut self) -> Step {
        for ticket in self.subscriptions.forbidden_to(self.session.role) {
            if let Some(ended) = self.subscriptions.end(ticket) {
                let text = format!("your new role may not have {}", ended.destination);
                self.say_error(SocketError::harmless(SocketErrorCode::AuthDenied, text)).await?;
            }
        }
        Ok(())
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
        let reconnect_after_ms = RECONNECT_MS.start + spread_of(self.link.connection) % spread;
        let goodbye = ServerShutdown { reason: ShutdownReason::Deployment, reconnect_after_ms };
        self.say(&ServerMessage::ServerShutdown(goodbye)).await?;
        Err(End::Close(CloseCode::ServerShutdown))
    }

    /// LIVE-51.
    async fn too_large(&mut self) -> Step {
        let text = format!("a message may have {MAX_MESSAGE_BYTES} bytes");
        self.fail(SocketErrorCode::MessageTooLarge, &text, CloseCode::MessageTooLarge).await
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
        let text = self.print(Destination::System, UNASKED, &days::body(message));
        self.write(Message::text(text)).await
    }

    /// Passes a parcel on to the subscription it is for; one for a subscription that has ended is dropped.
    async fn deliver(&mut self, Addressed { ticket, parcel }: Addressed) -> Step {
        let Some(subscription) = self.subscriptions.get(ticket) else { return Ok(()) };
        match parcel {
            Parcel::Message(body) => {
                let text = self.print(subscription.destination, &subscription.id, &body);
                self.write(Message::text(text)).await
            }
            Parcel::Certified(body, sender) => {
                let text = self.print(subscription.destination, &subscription.id, &body);
                self.write(Message::text(text)).await?;
                // Every client's socket answers a ping by itself, and in order: its pong says that what was sent before
                // has arrived.
                let question = self.receipts.expect(sender);
                self.write(Message::Ping(question)).await
            }
            Parcel::Ended => {
                let text = format!("{} is not there any more", subscription.destination);
                self.subscriptions.end(ticket);
                self.say_error(SocketError::harmless(SocketErrorCode::InvalidSubscription, text)).await
            }
        }
    }

    fn print(&self, destination: Destination, subscription: &str, body: &str) -> String {
        let (destination, id) = (destination.to_string(), self.surroundings.state.env.ids.new_id().to_string());
        let headers = [
            ("destination", destination.as_str()),
            ("subscription", subscription),
            ("message-id", id.as_str()),
            ("content-type", "application/json"),
        ];
        frame::print("MESSAGE", &headers, body)
    }

    async fn write(&mut self, message: Message) -> Step {
        tokio::select! {
            biased;
            sent = tokio::time::timeout(WRITE_TIME, self.sink.send(message)) => {
                sent.ok().and_then(Result::ok).ok_or(End::Gone)
            }
            // A reader that has fallen behind is not waited for (LIVE-55).
            () = self.cut.cancelled() => Err(End::Cut),
        }
    }

    async fn finish(mut self, end: End, mut stream: SplitStream<WebSocket>) {
        self.subscriptions.end_all();
        let close = match end {
            End::Gone => return,
            End::Goodbye => CloseFrame { code: 1000, reason: "".into() },
            End::Cut => CloseFrame { code: 1008, reason: "".into() },
            End::Close(code) => CloseFrame { code: code.number(), reason: code.reason().into() },
        };
        let _ = tokio::time::timeout(CLOSE_TIME, self.sink.send(Message::Close(Some(close)))).await;
        // Hanging up with something unread may take our last words from the client, so it is heard out for a moment.
        let heard_out =
            tokio::time::timeout(CLOSE_TIME, async { while let Some(Ok(_)) = stream.next().await {} }).await;
        if heard_out.is_ok() && end == End::Close(CloseCode::MessageTooLarge) {
            // What was too large is not read; the client gets a moment to notice the close.
            tokio::time::sleep(CLOSE_TIME).await;
        }
    }
}

fn spread_of(id: Uuid) -> u32 {
    let bytes = id.as_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}
