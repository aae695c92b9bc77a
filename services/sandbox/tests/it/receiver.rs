//! A webhook receiver that notes every delivery and answers as told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use sandbox::config::WebhookTarget;
use serde_json::Value;

use crate::bench::eventually;

/// One delivery as it came in.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub signature: String,
    pub raw: String,
    pub event: Value,
}

#[derive(Default)]
struct Notes {
    seen: Vec<Delivery>,
    refuse: usize,
}

/// A receiver on a port of its own.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    notes: Arc<Mutex<Notes>>,
}

pub const SECRET: &str = "whsec_receiver";

impl Receiver {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let receiver = Self { url, notes: Arc::default() };
        let app = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        receiver
    }

    /// The next `times` deliveries are answered with 500.
    pub fn refuse(&self, times: usize) {
        self.notes.lock().expect("the notes").refuse = times;
    }

    pub fn target(&self, connect: bool) -> WebhookTarget {
        WebhookTarget {
            name: "receiver".to_owned(),
            url: self.url.clone(),
            secret: SECRET.to_owned(),
            connect,
            events: Vec::new(),
        }
    }

    pub fn seen(&self) -> Vec<Delivery> {
        self.notes.lock().expect("the notes").seen.clone()
    }

    pub fn seen_of(&self, kind: &str) -> Vec<Delivery> {
        self.seen().into_iter().filter(|delivery| delivery.event["type"] == kind).collect()
    }

    /// Waits until there are `count` deliveries of that type.
    pub async fn wait_for(&self, kind: &str, count: usize) -> Vec<Delivery> {
        eventually(&format!("{count} x {kind}"), || async {
            Some(self.seen_of(kind)).filter(|seen| seen.len() >= count)
        })
        .await
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let raw = String::from_utf8(body.to_vec()).expect("text");
    let delivery = Delivery {
        signature: headers["stripe-signature"].to_str().expect("text").to_owned(),
        event: serde_json::from_str(&raw).expect("an event"),
        raw,
    };
    let mut notes = receiver.notes.lock().expect("the notes");
    notes.seen.push(delivery);
    if notes.refuse > 0 {
        notes.refuse -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::OK
}
