//! From a TCP connection to a session with the broker in the client's name.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::mqttbytes::v5::{ConnAck, Connect, ConnectReturnCode, LastWill, Login, Packet};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::connection::{Sides, ended, run};
use super::frames::{Frames, Lost, encoded};
use super::link::Link;
use super::shared::{End, Registered, Shared};
use super::stats::locked;
use super::tls::Tls;
use super::window::BROKER_WINDOW;

/// How long a client may take until its CONNECT is here, and the broker until we are connected to it.
const GREETING: Duration = Duration::from_secs(10);
/// Clients more than this wait to be let in: a whole fleet of gateways fits.
const MAX_CONNECTIONS: usize = 4_096;

pub(super) async fn serve(listener: TcpListener, broker: u16, tls: Tls, shared: Arc<Shared>) {
    let tls = Arc::new(tls);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                if let Ok((tcp, _)) = accepted {
                    connections.spawn(serve_one(tcp, broker, Arc::clone(&tls), Arc::clone(&shared)));
                }
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn serve_one(tcp: TcpStream, broker: u16, tls: Arc<Tls>, shared: Arc<Shared>) {
    shared.rules.subscribe().wait_for(|rules| !rules.stall).await.ok();
    // A client that is not let in, or says nothing, is nobody's: TLS has told it why.
    let Ok(Ok(mut greeted)) = timeout(GREETING, greet(tcp, &tls)).await else { return };
    if shared.rules.borrow().refuse_connects_of.contains(&greeted.common_name) {
        refuse(&mut greeted.stream).await.ok();
        return;
    }
    let client_id = greeted.connect.client_id.clone();
    let registered = shared.register(&client_id);
    let number = registered.number;
    Box::pin(continue_to_broker(greeted, registered, broker, &tls, &shared)).await;
    shared.unregister(&client_id, number);
}

/// A client that has said who it is.
struct Greeted {
    stream: TlsStream<TcpStream>,
    frames: Frames,
    common_name: String,
    connect: Connect,
    will: Option<LastWill>,
    login: Option<Login>,
}

async fn refuse(client: &mut TlsStream<TcpStream>) -> Result<(), Lost> {
    let code = ConnectReturnCode::NotAuthorized;
    let mut answer = encoded(&Packet::ConnAck(ConnAck { session_present: false, code, properties: None }))?;
    client.write_all_buf(&mut answer).await?;
    client.shutdown().await?;
    Ok(())
}

async fn greet(tcp: TcpStream, tls: &Tls) -> Result<Greeted, Lost> {
    let (mut stream, common_name) = tls.accept(tcp).await?;
    let mut frames = Frames::default();
    let frame = frames.next(&mut stream).await?;
    let kind = frame.kind;
    match frame.packet()? {
        // The broker would have to make up an id, and we would know the client by none.
        Packet::Connect(connect, will, login) if !connect.client_id.is_empty() => {
            Ok(Greeted { stream, frames, common_name, connect, will, login })
        }
        _ => Err(Lost::Unexpected(kind)),
    }
}

async fn continue_to_broker(
    greeted: Greeted,
    mut registered: Registered,
    broker: u16,
    tls: &Tls,
    shared: &Shared,
) {
    let Greeted { stream: client, frames, common_name, mut connect, will, login } = greeted;
    let client_id = connect.client_id.clone();
    let counted = shared.stats.client(&client_id);
    if !connect.clean_start && shared.loses_session(&client_id, registered.number) {
        connect.clean_start = true;
        locked(&counted).sessions_lost += 1;
    }
    let properties = connect.properties.get_or_insert_default();
    // Zero is against the standard; a client that says so gets no messages at all.
    let receive_maximum = properties.receive_maximum.unwrap_or(u16::MAX);
    properties.receive_maximum = u16::try_from(BROKER_WINDOW).ok();
    // An alias could be said in a message that is thrown away.
    properties.topic_alias_max = None;
    let dialled = async {
        let mut broker =
            timeout(GREETING, tls.dial(broker, &common_name)).await.map_err(io::Error::from)??;
        let mut connect = encoded(&Packet::Connect(connect, will, login))?;
        broker.write_all_buf(&mut connect).await?;
        broker.flush().await?;
        Ok::<_, Lost>(broker)
    };
    let dialled = tokio::select! {
        dialled = dialled => dialled,
        end = ended(&mut registered.end) => {
            if end == End::Cut {
                locked(&counted).cuts += 1;
            }
            Err(Lost::Closed)
        }
    };
    match dialled {
        Ok(broker) => {
            let sides = Sides { client, from_client: frames, broker };
            let Registered { number, end } = registered;
            let mut rules_seen = shared.rules.subscribe();
            let rules = rules_seen.borrow_and_update().clone();
            let link = Link::new(shared, &client_id, &common_name, number, rules, receive_maximum);
            run(link, sides, end, rules_seen).await;
        }
        // Without its broker the cloud is just gone.
        Err(_) => drop(client.get_ref().0.set_zero_linger()),
    }
}
