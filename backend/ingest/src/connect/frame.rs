//! Packets out of bytes: rumqttc's MQTT 5 codec, behind a framing of our own.
//!
//! Two habits of the codec make that necessary. To a whole packet that ends too early inside it answers "more bytes
//! needed" *after* it has taken its bytes away, which reads as patience and is a lost packet: so what is whole is
//! decided here. And a DISCONNECT without properties, which Mosquitto sends when a session is taken over, is such a
//! packet to it, though the standard allows it: so its short forms are read here.

use super::error::SessionError;
use bytes::{Buf, Bytes, BytesMut};
use rumqttc::v5::mqttbytes::Error as CodecError;
use rumqttc::v5::mqttbytes::v5::{
    Disconnect, DisconnectReasonCode, FixedHeader, Packet, PacketType, Publish, check,
};
use vigia_contract::mqtt::MAX_PAYLOAD_BYTES;

/// Room for the topic and properties around the largest payload, and for quarantining what is a little too large.
pub(super) const MAX_PACKET_BYTES: u32 = 2 * 128 * 1024;

const _: () = assert!(MAX_PAYLOAD_BYTES < 256 * 1024, "a packet must hold the largest payload");

/// Takes the next packet off the front, if all of it is there.
///
/// A packet is copied out, topic and payload into one allocation of their size. Slices of the read buffer would keep
/// 64 KiB alive for as long as any message in them waits for its commit, and are no faster: 99 ns a message against 89.
pub(super) fn next_packet(input: &mut BytesMut) -> Result<Option<Packet>, SessionError> {
    let header = match check(input.iter(), Some(MAX_PACKET_BYTES)) {
        Ok(header) => header,
        Err(CodecError::InsufficientBytes(_)) => return Ok(None),
        Err(CodecError::PayloadSizeLimitExceeded { pkt_size, .. }) => {
            return Err(SessionError::TooLarge { bytes: pkt_size });
        }
        Err(fault) => return Err(malformed("packet", &fault)),
    };
    let Some(frame) = input.get(..header.frame_length()) else { return Ok(None) };
    let frame = Bytes::copy_from_slice(frame);
    input.advance(frame.len());
    let kind = header.packet_type().map_err(|fault| malformed("packet", &fault))?;
    let packet = decode(header, kind, frame);
    packet.map(Some).map_err(|fault| malformed(&format!("{kind:?}").to_uppercase(), &fault))
}

fn decode(header: FixedHeader, kind: PacketType, frame: Bytes) -> Result<Packet, CodecError> {
    match (kind, &*frame) {
        (PacketType::Publish, _) => Publish::read(header, frame).map(Packet::Publish),
        (PacketType::Disconnect, [_, 0]) => {
            Ok(Packet::Disconnect(Disconnect::new(DisconnectReasonCode::NormalDisconnection)))
        }
        (PacketType::Disconnect, [_, 1, reason]) => {
            let reason = DisconnectReasonCode::try_from(*reason)?;
            Ok(Packet::Disconnect(Disconnect::new(reason)))
        }
        _ => Packet::read(&mut BytesMut::from(frame), None),
    }
}

fn malformed(packet: &str, fault: &CodecError) -> SessionError {
    let fault = match fault {
        CodecError::InsufficientBytes(_) => "it ends too early".to_owned(),
        other => other.to_string(),
    };
    SessionError::Malformed { packet: packet.to_owned(), fault }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rumqttc::v5::mqttbytes::QoS;
    use rumqttc::v5::mqttbytes::v5::{PingResp, PubAck};

    fn publish(packet_id: u16, payload: &[u8]) -> Packet {
        let mut publish = Publish::new("a/b", QoS::AtLeastOnce, payload.to_vec(), None);
        publish.pkid = packet_id;
        Packet::Publish(publish)
    }

    #[test]
    fn packets_come_whole_however_the_bytes_do() {
        let sent = [publish(1, b"one"), Packet::PingResp(PingResp), publish(2, &[7; 300])];
        let mut bytes = BytesMut::new();
        for packet in &sent {
            packet.write(&mut bytes, None).unwrap();
        }
        let (mut input, mut got) = (BytesMut::new(), Vec::new());
        for byte in bytes {
            input.extend_from_slice(&[byte]);
            while let Some(packet) = next_packet(&mut input).unwrap() {
                got.push(packet);
            }
        }
        assert_eq!(got, sent);
        assert!(input.is_empty());
    }

    #[test]
    fn short_forms_of_disconnect_are_read() {
        for (bytes, reason) in [
            (&[0xE0, 0][..], DisconnectReasonCode::NormalDisconnection),
            (&[0xE0, 1, 0x8E], DisconnectReasonCode::SessionTakenOver),
            (&[0xE0, 2, 0x87, 0], DisconnectReasonCode::NotAuthorized),
        ] {
            let packet = next_packet(&mut BytesMut::from(bytes)).unwrap();
            assert_eq!(packet, Some(Packet::Disconnect(Disconnect::new(reason))), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases: [(&[u8], &str); 4] = [
            // What a broker of MQTT 3.1.1 answers: no properties.
            (&[0x20, 2, 0, 1], "the broker sent a malformed CONNACK: it ends too early"),
            (&[0x32, 3, 0, 9, b'a'], "malformed PUBLISH"),
            (&[0x00, 0], "malformed packet: Invalid packet type = 0"),
            (&[0x32, 0xFF, 0xFF, 0xFF, 0x7F], "a packet of 268435455 bytes, more than the 262144"),
        ];
        for (bytes, expected) in cases {
            let error = next_packet(&mut BytesMut::from(bytes)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_message_is_as_large_as_itself() {
        let mut input = BytesMut::with_capacity(64 * 1024);
        publish(1, b"payload").write(&mut input, None).unwrap();
        PubAck::new(1, None).write(&mut input).unwrap();
        let capacity = input.capacity();
        let Some(Packet::Publish(publish)) = next_packet(&mut input).unwrap() else { panic!() };
        // The buffer is nobody's but ours while the message lives.
        assert!(input.try_reclaim(capacity - input.len()));
        assert_eq!(publish.payload, "payload");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut input = BytesMut::from(&*bytes);
            while let Ok(Some(_)) = next_packet(&mut input) {}
        }

        #[test]
        fn no_near_miss_panics(at in 0_usize..40, byte in any::<u8>()) {
            let mut input = BytesMut::new();
            publish(300, b"0123456789").write(&mut input, None).unwrap();
            let disconnect = Disconnect::new(DisconnectReasonCode::ServerBusy);
            disconnect.write(&mut input).unwrap();
            if let Some(place) = input.get_mut(at) {
                *place = byte;
            }
            while let Ok(Some(_)) = next_packet(&mut input) {}
        }
    }
}
