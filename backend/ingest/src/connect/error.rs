//! Why one generation of a connection failed, in words for the log and the health page.

use super::aftermath::Cause;
use super::frame::MAX_PACKET_BYTES;
use super::ping::PING_EVERY;
use super::subscriptions::ANSWER_WITHIN;
use super::{open::CONNECT_WITHIN, wire::WRITE_WITHIN, words};
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, Disconnect, DisconnectReasonCode};
use std::error::Error;

/// Why a generation failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("cannot connect: {0}")]
    Connect(std::io::Error),
    #[error("cannot connect: no answer within {} s", CONNECT_WITHIN.as_secs())]
    ConnectTimeout,
    #[error("the broker refused the connection: {}", words::of(.0))]
    Refused(ConnectReturnCode),
    #[error("the broker answered CONNECT with {0}")]
    NoConnAck(String),
    #[error(
        "the broker closed the connection in answer to CONNECT; is the certificate active, and does its policy allow \
             this client id?"
    )]
    HungUp,
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("the broker closed the connection")]
    Closed,
    #[error("the broker ended the session: {}", words::disconnect(.0))]
    Ended(Box<Disconnect>),
    #[error("the broker did not answer a ping within {} s", PING_EVERY.as_secs())]
    Silent,
    #[error("the broker took nothing for {} s", WRITE_WITHIN.as_secs())]
    WriteTimeout,
    #[error(
        "the broker sent a packet of {bytes} bytes, more than the {MAX_PACKET_BYTES} it was told to keep to"
    )]
    TooLarge { bytes: usize },
    #[error("the broker sent a malformed {packet}: {fault}")]
    Malformed { packet: String, fault: String },
    #[error("the broker refused the subscription to {filter}: {reason}; does the policy allow it?")]
    SubscriptionRefused { filter: String, reason: String },
    #[error("the broker did not let go of a subscription nobody needs: {0}; does the policy allow it?")]
    UnsubscribeRefused(String),
    #[error("the broker did not confirm the subscription within {} s", ANSWER_WITHIN.as_secs())]
    SubscriptionTimeout,
}

impl SessionError {
    /// Whether another client with our id has taken the session.
    pub(super) fn is_taken_over(&self) -> bool {
        matches!(self, Self::Ended(bye) if bye.reason_code == DisconnectReasonCode::SessionTakenOver)
    }

    /// The same, of a connection that waits for its CONNACK. AWS IoT Core says no by hanging up.
    pub(super) fn in_answer_to_connect(self) -> Self {
        use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        match self {
            Self::Closed => Self::HungUp,
            Self::Io(error)
                if matches!(
                    error.kind(),
                    BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
                ) =>
            {
                Self::HungUp
            }
            other => other,
        }
    }

    /// Whether the broker has looked at who we are, and does not want us, or we not it. What else fails may be the network.
    ///
    /// A broker that hangs up in answer to CONNECT may be going down itself. That it is taken for a verdict costs a wait of
    /// half a minute; taken for the network, a certificate without a policy would never be told of.
    pub(super) fn is_verdict(&self) -> bool {
        match self {
            Self::Refused(_) | Self::HungUp | Self::SubscriptionRefused { .. } => true,
            Self::Connect(error) | Self::Io(error) => {
                error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>)
            }
            _ => false,
        }
    }

    /// The same in one word.
    pub(super) fn cause(&self) -> Cause {
        match self {
            error if error.is_taken_over() => Cause::TakenOver,
            error if error.is_verdict() => Cause::Verdict,
            _ => Cause::Other,
        }
    }

    /// Whether the broker may have said why before the connection broke under us.
    pub(super) fn is_io(&self) -> bool {
        matches!(self, Self::Io(_) | Self::WriteTimeout)
    }
}
