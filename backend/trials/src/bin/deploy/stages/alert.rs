//! A real alert reaches somebody: the program is stopped, Prometheus finds it, and Alertmanager writes an e-mail to a mail
//! server and a sign of life to an address, both played by us where the containers' way out ends.

use crate::command::{run, wait_for};
use crate::docker::{inspect, text};
use crate::stage::{Bench, HEALTHY_WITHIN};
use crate::web::NAME;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const SERVICE: &str = "alertmanager";
/// The alert fires after a minute; it is looked for every 15 s, and what is critical waits for ten.
const TOLD_WITHIN: Duration = Duration::from_mins(4);

/// What fills in the settings until the mail server of the test is there.
pub(crate) fn settings() -> [(&'static str, String); 4] {
    [
        ("ALERT_EMAIL_TO", "ana@example.com".to_owned()),
        ("ALERT_EMAIL_FROM", "vigia@example.com".to_owned()),
        ("ALERT_SMTP", "127.0.0.1:9".to_owned()),
        ("ALERT_SMTP_TLS", "off".to_owned()),
    ]
}

pub(crate) async fn alert(bench: &mut Bench) -> Result<String> {
    if !bench.project.services()?.iter().any(|name| name == SERVICE) {
        return Ok("left out: no image of Alertmanager is here".to_owned());
    }
    let document = inspect(&bench.project.container(SERVICE))?;
    let gateway =
        text(&document, &format!("/NetworkSettings/Networks/{}/Gateway", bench.project.network("edge")));
    let mail = Listener::start(&gateway, mail_server)?;
    let heartbeat = Listener::start(&gateway, web_server)?;
    bench.project.set("ALERT_SMTP", &format!("{gateway}:{}", mail.port))?;
    // A file of secrets/ is no setting whose change would be seen.
    let address = format!("http://{gateway}:{}/alive\n", heartbeat.port);
    fs::write(bench.project.dir.join("secrets/alert_heartbeat_url.txt"), address)?;
    run(&mut bench.project.compose(&[
        "up",
        "--detach",
        "--no-build",
        "--no-deps",
        "--force-recreate",
        SERVICE,
    ]))?;
    bench.project.wait_healthy(&[SERVICE.to_owned()], HEALTHY_WITHIN).await?;
    let alive = wait_for("a sign of life", TOLD_WITHIN, || Ok(heartbeat.heard("VigiaWatchdog"))).await?;
    ensure!(alive.starts_with("POST /alive "), "the sign of life is {alive}");
    is_watched(bench).await?;

    run(&mut bench.project.compose(&["stop", "api"]))?;
    let began = Instant::now();
    let told = wait_for("an e-mail about VigiaDown", TOLD_WITHIN, || Ok(mail.heard("VigiaDown"))).await;
    let took = began.elapsed();
    run(&mut bench.project.compose(&["start", "api"]))?;
    bench.project.wait_healthy(&["api".to_owned()], HEALTHY_WITHIN).await?;
    let told = told?;
    for words in ["To: ana@example.com", "CRITICAL", NAME, "does not answer", "docs/operations/monitoring.md"]
    {
        ensure!(told.contains(words), "the e-mail does not say {words:?}: {told}");
    }
    Ok(format!(
        "{:.0} s after the program was stopped an e-mail told of it; signs of life came",
        took.as_secs_f64()
    ))
}

/// What `VigiaAlertsNotDelivered` looks at is there: failures of Alertmanager, by the receiver they were meant for.
async fn is_watched(bench: &Bench) -> Result<()> {
    let expression =
        "alertmanager_notifications_failed_total{job=\"alertmanager\",receiver_name=\"critical\"}";
    let query = ["promtool", "query", "instant", "http://127.0.0.1:9090", expression];
    wait_for("Prometheus to know what failed at Alertmanager", HEALTHY_WITHIN, || {
        Ok(bench.project.exec("prometheus", &query)?.contains("integration=").then_some(()))
    })
    .await
}

/// Somebody who listens, and notes what each caller said.
struct Listener {
    port: u16,
    said: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// Takes callers until the test ends.
    fn start(address: &str, talk: fn(TcpStream) -> std::io::Result<String>) -> Result<Self> {
        let listener =
            TcpListener::bind((address, 0)).with_context(|| format!("cannot listen at {address}"))?;
        let port = listener.local_addr()?.port();
        let said = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&said);
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                caller.set_read_timeout(Some(Duration::from_secs(10))).ok();
                if let Ok(text) = talk(caller) {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
        });
        Ok(Self { port, said })
    }

    /// The first that was said with this word in it.
    fn heard(&self, word: &str) -> Option<String> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().find(|text| text.contains(word)).cloned()
    }
}

/// A mail server that takes everything; the message.
fn mail_server(mut caller: TcpStream) -> std::io::Result<String> {
    let mut lines = BufReader::new(caller.try_clone()?).lines();
    let mut message = String::new();
    caller.write_all(b"220 mail.test ESMTP\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.split(' ').next().unwrap_or_default().to_uppercase();
        match command.as_str() {
            "DATA" => {
                caller.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    message.push_str(&line);
                    message.push('\n');
                }
                caller.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => {
                caller.write_all(b"221 farewell\r\n")?;
                break;
            }
            _ => caller.write_all(b"250 well\r\n")?,
        }
    }
    Ok(message)
}

/// A web server that takes everything; the first line of the request, and its body.
fn web_server(mut caller: TcpStream) -> std::io::Result<String> {
    let mut reader = BufReader::new(caller.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    std::io::Read::read_exact(&mut reader, &mut body)?;
    caller.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    Ok(format!("{}\n{}", head.lines().next().unwrap_or_default(), String::from_utf8_lossy(&body)))
}

#[cfg(test)]
mod tests {
    use super::{Listener, mail_server, web_server};
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::Duration;

    fn say(port: u16, text: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn what_is_said_is_noted() {
        let mail = Listener::start("127.0.0.1", mail_server).unwrap();
        let answer = say(
            mail.port,
            "EHLO a\r\nMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n",
        );
        assert_eq!(answer.lines().count(), 7, "{answer}");
        let web = Listener::start("127.0.0.1", web_server).unwrap();
        assert!(say(web.port, "POST /alive HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello").contains(" 200 "));
        for listener in [mail, web] {
            let heard = (0..50).find_map(|_| {
                std::thread::sleep(Duration::from_millis(20));
                listener.heard("hello")
            });
            assert!(heard.is_some());
            assert_eq!(listener.heard("goodbye"), None);
        }
    }
}
