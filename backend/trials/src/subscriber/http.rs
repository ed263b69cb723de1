//! Just enough HTTP to be asked what Vigía is asked: `/health/ready` and `/metrics`.

use super::Figures;
use anyhow::Result;
use std::net::Ipv4Addr;
use std::sync::atomic::Ordering;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Answers until the process ends.
pub(super) async fn serve(port: u16, connections: usize, figures: &'static Figures) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let mut clients = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await?;
        clients.spawn(answer(client, connections, figures));
    }
}

/// Answers one client's requests; the trial keeps its connection.
async fn answer(client: TcpStream, connections: usize, figures: &Figures) -> Result<()> {
    client.set_nodelay(true)?;
    let mut client = BufReader::new(client);
    let mut line = String::new();
    loop {
        line.clear();
        if client.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let asks_ready = line.starts_with("GET /health/ready");
        while line != "\r\n" {
            line.clear();
            client.read_line(&mut line).await?;
        }
        let is_ready = figures.subscribed.load(Ordering::Relaxed) >= connections;
        let status = if asks_ready && !is_ready { "503 Service Unavailable" } else { "200 OK" };
        let body = format!(r#"{{"mqttMessagesProcessed":{}}}"#, figures.done.load(Ordering::Relaxed));
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        client.write_all(answer.as_bytes()).await?;
    }
}
