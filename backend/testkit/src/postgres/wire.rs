//! Just enough of Postgres's protocol to run a statement: no driver to build, no `psql` to find.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};

const PROTOCOL_3_0: i32 = 196_608;
/// No statement of a test setup takes longer; a hung server must not hang the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `sql` over the cluster's socket, which trusts us; the rows joined by `|`.
pub(super) fn query(socket: &Path, user: &str, database: &str, sql: &str) -> Result<Vec<String>> {
    let broken = |source| Error::Connection { socket: socket.to_owned(), source };
    let refused = |message| Error::Statement { statement: sql.to_owned(), message };
    let mut stream = UnixStream::connect(socket).map_err(broken)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(broken)?;

    let mut startup = PROTOCOL_3_0.to_be_bytes().to_vec();
    for word in ["user", user, "database", database, ""] {
        startup.extend_from_slice(word.as_bytes());
        startup.push(0);
    }
    send(&mut stream, None, &startup).map_err(broken)?;
    read_until_ready(&mut stream).map_err(broken)?.map_err(refused)?;
    send(&mut stream, Some(b'Q'), &[sql.as_bytes(), b"\0"].concat()).map_err(broken)?;
    read_until_ready(&mut stream).map_err(broken)?.map_err(refused)
}

fn send(stream: &mut UnixStream, kind: Option<u8>, body: &[u8]) -> io::Result<()> {
    let length = i32::try_from(body.len() + 4).map_err(io::Error::other)?;
    let mut message: Vec<u8> = kind.into_iter().collect();
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(body);
    stream.write_all(&message)
}

/// Collects rows until the server is ready for the next statement, or the text of its refusal.
fn read_until_ready(stream: &mut UnixStream) -> io::Result<std::result::Result<Vec<String>, String>> {
    let mut rows = Vec::new();
    let mut refusal = None;
    loop {
        let mut kind = [0];
        match stream.read_exact(&mut kind) {
            // A server that refuses the connection says why and hangs up.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return refusal.map_or(Err(error), |text| Ok(Err(text)));
            }
            other => other?,
        }
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = usize::try_from(i32::from_be_bytes(length) - 4).map_err(io::Error::other)?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        match kind {
            [b'D'] => rows.push(row(&body)?),
            [b'E'] => refusal = Some(message(&body)),
            [b'Z'] => return Ok(refusal.map_or(Ok(rows), Err)),
            _ => {}
        }
    }
}

/// A `DataRow`: a count, then each column as a length (-1 is null) and its text.
fn row(mut body: &[u8]) -> io::Result<String> {
    let mut count = [0; 2];
    body.read_exact(&mut count)?;
    let mut columns = Vec::new();
    for _ in 0..u16::from_be_bytes(count) {
        let mut length = [0; 4];
        body.read_exact(&mut length)?;
        let mut text = vec![0; usize::try_from(i32::from_be_bytes(length)).unwrap_or(0)];
        body.read_exact(&mut text)?;
        columns.push(String::from_utf8_lossy(&text).into_owned());
    }
    Ok(columns.join("|"))
}

/// The fields of an `ErrorResponse`: a letter and a text each; `C` is the code, `M` the message.
fn message(body: &[u8]) -> String {
    let fields = body.split(|&byte| byte == 0).filter_map(|field| field.split_first());
    let wanted = fields.filter(|(letter, _)| matches!(letter, b'C' | b'M'));
    wanted.map(|(_, text)| String::from_utf8_lossy(text)).collect::<Vec<_>>().join(" ")
}
