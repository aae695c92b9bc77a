//! Listening: one task per connection, and an orderly end.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests in flight may take after the shutdown began (OPS-07).
const DRAIN_TIME: Duration = Duration::from_secs(30);

/// Serves `router` until `shutdown`; then accepts nothing new and waits up to 30 seconds for requests in flight.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) -> std::io::Result<()> {
    let address = listener.local_addr()?;
    tracing::info!(%address, "listening");
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Answers are small and complete: waiting to fill a packet only costs time. A refusal changes nothing but speed.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let drained = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN_TIME).await;
    };
    tokio::select! {
        result = server => result,
        () = drained => {
            tracing::warn!(%address, seconds = DRAIN_TIME.as_secs(), "some requests did not finish in time");
            Ok(())
        }
    }
}
