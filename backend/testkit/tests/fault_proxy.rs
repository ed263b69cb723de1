//! The TCP proxy between two blocking ends.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};
use vigia_testkit::FaultProxy;

const SHORT: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that sends everything back, and its proxy.
fn echo() -> FaultProxy {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || std::io::copy(&mut stream.try_clone().unwrap(), &mut stream).ok());
        }
    });
    FaultProxy::start(address).unwrap()
}

fn connect(proxy: &FaultProxy) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends the text and waits until it is back.
fn round_trip(mut stream: &TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
    read(stream, text);
}

fn read(mut stream: &TcpStream, text: &str) {
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, text.as_bytes());
}

fn error(mut stream: &TcpStream) -> ErrorKind {
    stream.read(&mut [0]).map(|bytes| format!("{bytes} bytes")).unwrap_err().kind()
}

#[test]
fn bytes_pass_and_each_side_may_say_good_bye_first() {
    let proxy = echo();
    let stream = connect(&proxy);
    let large = "0123456789abcdef".repeat(250_000);
    thread::scope(|threads| {
        let mut writer = &stream;
        let text = &large;
        threads.spawn(move || {
            writer.write_all(text.as_bytes()).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        read(&stream, &large);
    });
    assert_eq!((&stream).read(&mut [0]).unwrap(), 0);
    assert_eq!((proxy.connections(), proxy.cuts()), (1, 0));
}

#[test]
fn a_cut_resets_present_connections_only() {
    let proxy = echo();
    let (one, two) = (connect(&proxy), connect(&proxy));
    round_trip(&one, "one");
    round_trip(&two, "two");
    proxy.cut();
    assert_eq!((error(&one), error(&two)), (ErrorKind::ConnectionReset, ErrorKind::ConnectionReset));
    round_trip(&connect(&proxy), "three");
    assert_eq!((proxy.connections(), proxy.cuts()), (3, 2));
}

#[test]
fn nobody_is_let_in_while_it_refuses() {
    let proxy = echo();
    let stream = connect(&proxy);
    round_trip(&stream, "one");
    proxy.refuse(true);
    assert_eq!(error(&stream), ErrorKind::ConnectionReset);
    assert_eq!(error(&connect(&proxy)), ErrorKind::ConnectionReset);
    proxy.refuse(false);
    round_trip(&connect(&proxy), "two");
    assert_eq!((proxy.connections(), proxy.cuts(), proxy.refused()), (2, 1, 1));
}

#[test]
fn a_stall_loses_nothing() {
    let proxy = echo();
    let mut stream = connect(&proxy);
    round_trip(&stream, "one");
    proxy.stall(true);
    thread::sleep(SHORT);
    stream.write_all(b"two").unwrap();
    stream.set_read_timeout(Some(SHORT)).unwrap();
    assert_eq!(error(&stream), ErrorKind::WouldBlock);
    proxy.stall(false);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    read(&stream, "two");
    proxy.stall(true);
    proxy.cut();
    assert_eq!(error(&stream), ErrorKind::ConnectionReset, "a stalled connection can be cut");
}

#[test]
fn a_delay_is_added_in_each_direction() {
    let proxy = echo();
    let stream = connect(&proxy);
    round_trip(&stream, "one");
    proxy.delay(SHORT);
    // The change may take a moment to reach a connection, as a change of a network does.
    thread::sleep(Duration::from_millis(20));
    let began = Instant::now();
    round_trip(&stream, "two");
    let elapsed = began.elapsed();
    assert!(elapsed >= 2 * SHORT && elapsed < 10 * SHORT, "{elapsed:?}");
}

#[test]
fn without_a_server_or_a_proxy_there_is_no_connection() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = FaultProxy::start(gone.to_string()).unwrap();
    assert_eq!(error(&connect(&proxy)), ErrorKind::ConnectionReset);
    let proxy = echo();
    let (stream, port) = (connect(&proxy), proxy.port());
    round_trip(&stream, "one");
    drop(proxy);
    assert_eq!((&stream).read(&mut [0]).unwrap_or(0), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
