//! What the proxy does to its clients. The numbers are those AWS publishes.

use std::time::Duration;

/// What applies to every connection; may change at any time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The most un-acknowledged QoS 1 messages on a connection; a client's receive maximum lowers it. AWS: 100.
    pub window: u16,
    /// The most messages a second on a connection; what is above is thrown away. AWS: [`RateLimit::AWS`].
    pub rate: Option<RateLimit>,
    /// How many messages a second a client gets that had waited in the broker, because it was away or slow. AWS: 10
    /// in a session of its own, 20 for each member of a shared subscription.
    pub drain_rate: Option<f64>,
    /// Whether messages are sent a second time although nothing is wrong.
    pub twice: Option<Twice>,
    /// After so long without an acknowledgement a message is sent again, under another packet id and without the
    /// DUP flag. AWS: 30 s.
    pub resend_after: Option<Duration>,
    /// How long what goes to a client takes.
    pub delay: Duration,
    /// No byte passes between client and proxy.
    pub stall: bool,
    /// Every SUBSCRIBE is answered with "not authorized".
    pub refuse_subscriptions: bool,
    /// Certificates, by their common name, whose CONNECT is answered with "not authorized", before it ends any older
    /// connection: they are inactive, or have no policy.
    pub refuse_connects_of: Vec<String>,
    /// Certificates, by their common name, that may connect and not subscribe: their policy lacks something.
    pub refuse_subscriptions_of: Vec<String>,
    /// Connections are reset at random.
    pub cuts: Option<RandomCuts>,
}

impl Default for Rules {
    /// The window and the repetition of AWS; neither its rates nor faults.
    fn default() -> Self {
        Self {
            window: 100,
            rate: None,
            drain_rate: None,
            twice: None,
            resend_after: Some(Duration::from_secs(30)),
            delay: Duration::ZERO,
            stall: false,
            refuse_subscriptions: false,
            refuse_connects_of: Vec::new(),
            refuse_subscriptions_of: Vec::new(),
            cuts: None,
        }
    }
}

/// A token bucket for each connection.
///
/// Messages that waited in the broker are exempt: AWS counts a message when it is published, not when a backlog is
/// drained, and that has a rate of its own: [`Rules::drain_rate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// What is added to the bucket.
    pub per_second: u32,
    /// What the bucket holds.
    pub burst: u32,
}

impl RateLimit {
    /// 100 a second for ever, and one second's worth at once. AWS was seen to be softer in a short burst: it passed
    /// all of 500 messages in one second and 70 % of 1 000.
    pub const AWS: Self = Self { per_second: 100, burst: 100 };
}

/// Some messages come twice within one connection, under two packet ids.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Twice {
    /// Of all QoS 1 messages, from 0 to 1.
    pub share: f64,
    /// How long after the first copy the second is sent, or later when the window is full.
    pub after: Duration,
    /// Decides, with the client id, which messages.
    pub seed: u64,
}

/// Each connection lives for a random time, with an exponential distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomCuts {
    /// The average life.
    pub mean: Duration,
    /// Decides, with the client id, when.
    pub seed: u64,
}

/// Which of the clients that ask for their session get a new and empty one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum SessionLoss {
    /// None.
    #[default]
    Never,
    /// As many as this, whoever comes first.
    Next(u32),
    /// This share of them, from 0 to 1.
    Share {
        /// Of all that ask for their session.
        share: f64,
        /// Decides, with the client id, which.
        seed: u64,
    },
}
