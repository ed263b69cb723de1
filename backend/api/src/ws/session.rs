//! One WebSocket from its first frame to its last.
//!
//! One task does all: it reads what the client says, and writes what is new. While a write waits for a slow client
//! nothing is read and nothing piles up: the subscription holds only which entries changed.

use super::alarms::{AlarmsBefore, alarms_before, arrival};
use super::filter::read_message;
use super::frame;
use crate::Api;
use crate::caller::Caller;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::SinkExt as _;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use vigia_contract::ws::ServerMessage;
use vigia_live::{Event, Filter, Subscription};

/// After so long without a message a `tick` shows that the link lives; `lagged` comes no more often.
const TICK_AFTER: Duration = Duration::from_secs(1);
/// A client that takes nothing for so long is given up.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a goodbye may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Pings a client may leave unanswered.
const MAX_SILENT_PINGS: u32 = 2;
/// How often it is asked whether the client is still let in.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// Closed because the session has ended, by the name of the HTTP status.
const LOGGED_OUT: u16 = 4401;
/// Frames written before the client is listened to again.
const FRAMES_AT_ONCE: u32 = 64;

/// How long a client keeps a set of filters at least: making another one goes through everything there is.
const KEEP_FILTERS: Duration = Duration::from_millis(250);

/// The connection ends: the client went, or takes nothing any more.
struct Gone;

/// A connection and its subscription.
pub(super) struct Session {
    api: Api,
    caller: Caller,
    socket: WebSocket,
    subscription: Subscription,
    /// Under way until it is there.
    alarms_before: Option<AlarmsBefore>,
    last_sent: Instant,
    /// Until when no news are told, as the pace of all feeds wants it.
    held_until: Option<Instant>,
    last_lagged: Instant,
    /// Until when the client keeps its filters.
    filters_kept_until: Instant,
    silent_pings: u32,
}

impl Session {
    pub(super) fn new(api: Api, caller: Caller, socket: WebSocket, filters: Vec<Filter>) -> Self {
        let now = Instant::now();
        let (subscription, before) = subscribe(&api, &caller, filters);
        Self {
            api,
            caller,
            socket,
            subscription,
            alarms_before: Some(before),
            last_sent: now,
            held_until: None,
            last_lagged: now,
            filters_kept_until: now,
            silent_pings: 0,
        }
    }

    /// Runs until the client goes, falls silent or does not take what it is sent, or the process shuts down.
    pub(super) async fn run(mut self) {
        let shutdown = self.api.shutdown.clone();
        let farewell = tokio::select! {
            () = shutdown.cancelled() => Some((close_code::AWAY, "the server shuts down")),
            farewell = self.talk() => farewell,
        };
        if let Some((code, reason)) = farewell {
            let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
            // Whether the client still hears it does not matter any more.
            drop(timeout(CLOSE_TIMEOUT, self.socket.send(close)).await);
        }
    }

    /// Talks; what to say at the end, if the client is still there to hear it.
    async fn talk(&mut self) -> Option<(u16, &'static str)> {
        let heartbeat = self.api.settings.ws_heartbeat;
        let mut pings = interval_at(Instant::now() + heartbeat, heartbeat);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Those that came at once do not all ask at once.
        let first_look = LOOK_AGAIN.mul_f64(rand::random_range(0.5..1.0));
        let mut looks = interval_at(Instant::now() + first_look, LOOK_AGAIN);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut timer = pin!(sleep_until(self.last_sent + TICK_AFTER));
        loop {
            let wake_at = self.held_until.unwrap_or(self.last_sent + TICK_AFTER);
            if timer.deadline() != wake_at {
                timer.as_mut().reset(wake_at);
            }
            let done = tokio::select! {
                // What keeps the connection in order comes before news, which never end on a busy plant.
                biased;
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(_)) | None => Err(Gone),
                },
                _ = pings.tick() => {
                    if self.silent_pings >= MAX_SILENT_PINGS {
                        return Some((close_code::POLICY, "no answer to pings"));
                    }
                    self.silent_pings += 1;
                    self.write(Message::Ping(axum::body::Bytes::new())).await
                }
                _ = looks.tick() => {
                    if !is_still_let_in(&self.api, &self.caller).await {
                        return Some((LOGGED_OUT, "the session has ended"));
                    }
                    Ok(())
                }
                before = arrival(&mut self.alarms_before) => {
                    self.alarms_before = None;
                    self.subscription.begin_alarms(before);
                    Ok(())
                }
                event = self.subscription.next(), if self.held_until.is_none() => self.tell(event).await,
                () = &mut timer => self.wake().await,
            };
            if done.is_err() {
                return None;
            }
        }
    }

    /// The client said something: in any case it lives.
    async fn hear(&mut self, message: Message) -> Result<(), Gone> {
        self.silent_pings = 0;
        let refusal = match message {
            Message::Text(text) => match read_message(text.as_str()) {
                Ok(filters) => {
                    // Whoever changes its mind that fast is not listened to meanwhile.
                    sleep_until(self.filters_kept_until).await;
                    self.filters_kept_until = Instant::now() + KEEP_FILTERS;
                    let (subscription, before) = subscribe(&self.api, &self.caller, filters);
                    self.subscription = subscription;
                    self.alarms_before = Some(before);
                    return Ok(());
                }
                Err(refusal) => ServerMessage::Error { code: refusal.code, detail: refusal.detail },
            },
            Message::Binary(_) => {
                ServerMessage::Error { code: "invalid_message", detail: "only text is read".to_owned() }
            }
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(Gone),
        };
        self.say(&refusal).await
    }

    /// Writes this event and those that are ready with it.
    async fn tell(&mut self, first: Event) -> Result<(), Gone> {
        self.feed(first).await?;
        let mut frames = 1;
        while frames < FRAMES_AT_ONCE {
            let Some(event) = self.subscription.try_next() else { break };
            self.feed(event).await?;
            frames += 1;
        }
        self.flush().await?;
        self.held_until = self.api.doors.pace.wrote(frames, self.last_sent);
        self.report_lag().await
    }

    /// A wait is over: for further news, or for any at all.
    async fn wake(&mut self) -> Result<(), Gone> {
        if self.held_until.take().is_none() {
            return self.tick().await;
        }
        match self.subscription.try_next() {
            Some(event) => self.tell(event).await,
            None => Ok(()),
        }
    }

    /// Nothing was sent for a while.
    async fn tick(&mut self) -> Result<(), Gone> {
        if self.subscription.missed().is_none() {
            self.say(&ServerMessage::Tick).await
        } else {
            self.report_lag().await
        }
    }

    /// Says how much was merged away, once a second at most.
    async fn report_lag(&mut self) -> Result<(), Gone> {
        if self.subscription.missed().is_none() || self.last_lagged.elapsed() < TICK_AFTER {
            return Ok(());
        }
        self.last_lagged = Instant::now();
        let missed = self.subscription.take_missed();
        self.say(&ServerMessage::Lagged { missed: missed.updates, alarms: missed.alarms }).await
    }

    async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), Gone> {
        self.write(frame::text(message)).await?;
        self.last_sent = Instant::now();
        Ok(())
    }

    async fn write(&mut self, message: Message) -> Result<(), Gone> {
        timeout(WRITE_TIMEOUT, self.socket.send(message)).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    /// Hands a frame over to be written; waits while the ones before do not go out.
    async fn feed(&mut self, event: Event) -> Result<(), Gone> {
        let frame = frame::event(event);
        timeout(WRITE_TIMEOUT, self.socket.feed(frame)).await.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        timeout(WRITE_TIMEOUT, self.socket.flush()).await.map_err(|_| Gone)?.map_err(|_| Gone)?;
        self.last_sent = Instant::now();
        Ok(())
    }
}

/// A view on what the filters want, and the alarms there are, to be read now: what is new from here on comes after them.
fn subscribe(api: &Api, caller: &Caller, filters: Vec<Filter>) -> (Subscription, AlarmsBefore) {
    let subscription = api.live.subscribe(caller.scope.clone(), filters.clone());
    (subscription, alarms_before(api.clone(), caller.scope.clone(), filters))
}

/// Whether the token still stands for the same person with the same rights. Whose rights have changed comes back with
/// the new ones.
async fn is_still_let_in(api: &Api, caller: &Caller) -> bool {
    match api.doors.known.find(api, &caller.token, caller.address).await {
        Ok(Some(known)) => known.admin == caller.identity.admin && known.roles == caller.identity.roles,
        Ok(None) => false,
        // The database is away: nobody is put out for that before his time.
        Err(_) => caller.identity.expires_at.is_none_or(|end| end > api.clock.now()),
    }
}
