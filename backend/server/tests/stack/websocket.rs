//! A browser's side of the live feed.

use crate::app::ADMIN;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use vigia_testkit::session_token;

pub(crate) struct LiveFeed(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl LiveFeed {
    pub(crate) async fn open(url: &str) -> Self {
        let mut request = url.into_client_request().unwrap();
        let bearer = format!("Bearer {}", session_token(ADMIN)).parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        Self(connect_async(request).await.unwrap().0)
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message for which `wanted` holds; others are passed over.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let next = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if wanted(&message) {
                        return message;
                    }
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), next).await.expect("the message comes")
    }
}
