//! The least a program can do that asks over HTTP: one connection, kept alive, one request after the other.

use anyhow::{Context, Result, ensure};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What is read at once.
const CHUNK_BYTES: usize = 64 * 1_024;
/// How an answer ends whose length was not known when it began.
const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    headers: String,
    answer: Vec<u8>,
}

impl Client {
    /// Connects; every request carries the token, and what may be done to the answer (`gzip`), if anything.
    pub(crate) async fn connect(port: u16, token: &str, encoding: Option<&str>) -> Result<Self> {
        let stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        stream.set_nodelay(true)?;
        let accept = encoding.map(|encoding| format!("accept-encoding: {encoding}\r\n")).unwrap_or_default();
        let headers = format!("host: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n{accept}\r\n");
        Ok(Self { stream, headers, answer: Vec::with_capacity(CHUNK_BYTES) })
    }

    /// Asks and reads the answer to its end; its body as it came.
    pub(crate) async fn get(&mut self, path: &str) -> Result<&[u8]> {
        let request = format!("GET {path} HTTP/1.1\r\n{}", self.headers);
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        let body = loop {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the server hung up");
            if let Some(body) = whole(&self.answer)? {
                break body;
            }
        };
        self.answer.get(body..).context("the answer ends before its body")
    }
}

/// Where the body of an answer begins, once all of it is there.
fn whole(answer: &[u8]) -> Result<Option<usize>> {
    let Some(end) = answer.windows(4).take(4_096).position(|part| part == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{head}: {}", String::from_utf8_lossy(answer));
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let body = end + 4;
    let is_whole = match length {
        Some(length) => answer.len() >= body + length.parse::<usize>()?,
        None => answer.ends_with(LAST_CHUNK),
    };
    Ok(is_whole.then_some(body))
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let known = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(whole(known).unwrap(), Some(known.len() - 2));
        assert_eq!(whole(&known[..known.len() - 1]).unwrap(), None);
        assert_eq!(whole(b"HTTP/1.1 200 OK\r\n").unwrap(), None);
        let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        assert!(whole(chunked).unwrap().is_some());
        assert_eq!(whole(&chunked[..chunked.len() - 5]).unwrap(), None);
        assert!(whole(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").is_err());
    }
}
