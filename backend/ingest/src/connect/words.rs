//! The broker's reason codes as words.

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Disconnect, DisconnectReasonCode, SubscribeReasonCode, UnsubAckReason};
use std::fmt::Debug;

/// A code's name as words: `NotAuthorized` is "not authorized".
pub(super) fn of(code: &impl Debug) -> String {
    let name = format!("{code:?}").replace("QoS", "Qos");
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Why the broker says good-bye, with its own text if it gives one.
pub(super) fn disconnect(bye: &Disconnect) -> String {
    let reason = match bye.reason_code {
        DisconnectReasonCode::SessionTakenOver => {
            "session taken over by another client with this id".to_owned()
        }
        DisconnectReasonCode::NormalDisconnection => "no reason given".to_owned(),
        other => of(&other),
    };
    match bye.properties.as_ref().and_then(|properties| properties.reason_string.as_ref()) {
        Some(text) => format!("{reason} ({text})"),
        None => reason,
    }
}

/// Why a filter is not granted; `None` when it is.
pub(super) fn refusal(code: Option<&SubscribeReasonCode>) -> Option<String> {
    match code {
        Some(SubscribeReasonCode::Success(QoS::AtLeastOnce | QoS::ExactlyOnce)) => None,
        Some(SubscribeReasonCode::Success(QoS::AtMostOnce)) => Some("granted at QoS 0 only".to_owned()),
        Some(SubscribeReasonCode::Failure | SubscribeReasonCode::Unspecified) => {
            Some("unspecified error".to_owned())
        }
        Some(other) => Some(of(other)),
        None => Some("no answer in the SUBACK".to_owned()),
    }
}

/// Why some filter is still subscribed to; `None` when all are given up.
pub(super) fn kept(codes: &[UnsubAckReason]) -> Option<String> {
    let given_up = [UnsubAckReason::Success, UnsubAckReason::NoSubscriptionExisted];
    codes.iter().find(|code| !given_up.contains(code)).map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumqttc::v5::mqttbytes::v5::ConnectReturnCode;

    #[test]
    fn codes_read_as_words() {
        assert_eq!(of(&ConnectReturnCode::NotAuthorized), "not authorized");
        assert_eq!(of(&DisconnectReasonCode::QoSNotSupported), "qos not supported");
        let taken = Disconnect::new(DisconnectReasonCode::SessionTakenOver);
        assert_eq!(disconnect(&taken), "session taken over by another client with this id");
        assert_eq!(refusal(Some(&SubscribeReasonCode::Success(QoS::AtLeastOnce))), None);
        let weak = refusal(Some(&SubscribeReasonCode::Success(QoS::AtMostOnce)));
        assert_eq!(weak.as_deref(), Some("granted at QoS 0 only"));
        assert_eq!(refusal(Some(&SubscribeReasonCode::NotAuthorized)).as_deref(), Some("not authorized"));
        assert_eq!(kept(&[UnsubAckReason::Success, UnsubAckReason::NoSubscriptionExisted]), None);
        let refused = kept(&[UnsubAckReason::Success, UnsubAckReason::NotAuthorized]);
        assert_eq!(refused.as_deref(), Some("not authorized"));
    }
}
