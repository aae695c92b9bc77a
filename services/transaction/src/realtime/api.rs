//! `GET /ws`: checks the token before the upgrade and hands the connection over.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::{IntoResponse as _, Response};
use contracts::codes;
use contracts::socket::MAX_MESSAGE_BYTES;
use http::HeaderMap;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use kit::error::{ApiError, ApiResult};
use kit::http::{Query, RequestContext};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::connection;
use super::hub::Surroundings;
use crate::platform_port;
use crate::state::AppState;

/// STOMP 1.2 as a WebSocket subprotocol.
const SUBPROTOCOL: &str = "v12.stomp";
/// Seconds to wait when all seats are taken.
const RETRY_AFTER_SECONDS: u64 = 5;
/// What a connection reads at once. It is set aside for every connection, and idle ones are many.
const READ_BUFFER: usize = 4 * 1024;
/// Frames above this are cut off by the WebSocket layer; between the limit and this the client is told why.
const HARD_LIMIT: usize = 4 * MAX_MESSAGE_BYTES;

/// The route of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(open))
}

/// Token of a WebSocket connection.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OpenQuery {
    /// Access token; removed from logs and traces.
    token: Option<String>,
}

/// Opens a live connection: STOMP 1.2 over WebSocket.
#[utoipa::path(
    get,
    path = "/ws",
    tag = "realtime",
    params(OpenQuery),
    responses(
        (status = 101, description = "Speaks STOMP 1.2; messages are described in api/websocket.json"),
        (status = 400, description = "Not a WebSocket request, or one for another subprotocol"),
        (status = 401, description = "Missing, wrong or expired token"),
        (status = 403, description = "The account is suspended"),
        (status = 503, description = "All connections of this instance are taken, or it is stopping"),
    ),
)]
async fn open(
    State(state): State<AppState>,
    context: RequestContext,
    headers: HeaderMap,
    Query(query): Query<OpenQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> ApiResult<Response> {
    let token = query.token.ok_or_else(|| ApiError::new(&codes::AUTH_REQUIRED))?;
    let claims = state.auth.authenticate(&token).await?;
    let upgrade = upgrade.map_err(|rejection| {
        ApiError::new(&codes::VALIDATION_ERROR).caused_by(anyhow::anyhow!(rejection.body_text()))
    })?;
    // Who offers subprotocols hears nothing useful in another one.
    if !speaks_stomp(&headers) {
        let (en, el) = (format!("must offer {SUBPROTOCOL}"), format!("πρέπει να προτείνει το {SUBPROTOCOL}"));
        return Err(ApiError::validation("Sec-WebSocket-Protocol", en, el));
    }
    let seat = state.gateway.take_seat().ok_or_else(|| {
        ApiError::unavailable(anyhow::anyhow!("no seat is free for another connection"), RETRY_AFTER_SECONDS)
    })?;
    let language = platform_port::language(&state.pool, claims.sub).await?.unwrap_or_default();
    let surroundings = Surroundings::of(&state);
    let response = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .max_message_size(HARD_LIMIT)
        .max_frame_size(HARD_LIMIT)
        .on_upgrade(move |socket| async move {
            connection::serve(socket, surroundings, claims, language, context.trace_id).await;
            drop(seat);
        });
    Ok(response.into_response())
}

/// Whether a client that offers subprotocols offers ours. One that offers none means it.
fn speaks_stomp(headers: &HeaderMap) -> bool {
    let mut offers = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().peekable();
    offers.peek().is_none()
        || offers
            .filter_map(|offer| offer.to_str().ok())
            .flat_map(|offer| offer.split(','))
            .any(|offer| offer.trim() == SUBPROTOCOL)
}
