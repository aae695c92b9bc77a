//! A live connection as clients open it. Knows STOMP as far as a reader of one court needs it.

use anyhow::{Context as _, bail};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::api::{Api, Court, Person};

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a connection of `person` and says CONNECT.
pub async fn open(api: &Api, person: &Person) -> anyhow::Result<Socket> {
    let address = format!("{}/ws?token={}", api.base.replacen("http", "ws", 1), person.token);
    let mut request = address.into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "v12.stomp".parse()?);
    // Thousands of these stand side by side: what each sets aside has to be small.
    let small = WebSocketConfig::default().read_buffer_size(4 * 1024);
    let (mut socket, _) =
        connect_async_with_config(request, Some(small), true).await.context("cannot open the socket")?;
    socket.send(Message::text("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0")).await?;
    Ok(socket)
}

/// Subscribes to a court and waits for its snapshot.
pub async fn watch(socket: &mut Socket, court: &Court) -> anyhow::Result<()> {
    let frame = format!("SUBSCRIBE\nid:a\ndestination:/topic/courts/{}/availability\n\n\0", court.id);
    socket.send(Message::text(frame)).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        if text.contains("AVAILABILITY_SNAPSHOT") {
            return Ok(());
        }
        if text.contains("\"messageType\":\"ERROR\"") {
            bail!("refused: {text}");
        }
    }
    bail!("the socket was closed before the snapshot")
}
