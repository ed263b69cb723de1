use super::*;
use crate::message::{Expected, Message};
use crate::resend::{Which, messages};
use bytes::Bytes;
use std::io::Write as _;
use std::time::Duration;
use vigia_model::{DataType, Quality, RejectReason, Timestamp, Value};

const AT: Timestamp = Timestamp::from_millis(1_736_359_200_000);

fn message(payload: &[u8]) -> Message {
    Message {
        due: Duration::ZERO,
        gateway: 0,
        topic: "factory/granix/ba/planta-1/gateway/gw/telemetry".into(),
        payload: Bytes::copy_from_slice(payload),
        expected: Expected::default(),
        id: None,
    }
}

fn refused(payload: &[u8], reason: RejectReason) -> Message {
    Message { expected: Expected::refused(reason), ..message(payload) }
}

const FLAT: &str = r#"{"type":"telemetry","tenant":"granix","plant":"planta-1","timestamp":5,"plcId":"p","metricId":"m","value":9007199254740993,"dataType":"int","unit":"kg","quality":"GOOD"}"#;

#[test]
fn bytes_come_back_exactly_whatever_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/ledger.jsonl");
    let payloads: [&[u8]; 5] =
        [FLAT.as_bytes(), b"{\"half\":", b"\xff\xfe\x00", b" {\"spaced\" : 1} ", b"{\"two\":\n\"lines\"}"];
    let writer = LedgerWriter::open(&path).unwrap();
    let mut batch: Vec<Message> = vec![message(payloads[0])];
    batch.extend(payloads[1..].iter().map(|payload| refused(payload, RejectReason::NotJson)));
    batch[0].expected.duplicate = true;
    writer.publish(AT, &mut batch).unwrap();
    writer.acked(&[1, 2, 4]);
    writer.flush(AT).unwrap();

    let ledger = Ledger::read(&path).unwrap();
    for (read, sent) in ledger.published.values().zip(payloads) {
        assert_eq!(read.payload, sent);
        assert_eq!((read.at, read.topic.as_str()), (AT, std::str::from_utf8(&batch[0].topic).unwrap()));
    }
    assert!(ledger.published[&1].duplicate);
    assert_eq!(ledger.rejections().len(), 4);
    assert_eq!(ledger.rejections()[0].1.reason, RejectReason::NotJson);
    assert_eq!(ledger.acked.iter().collect::<Vec<_>>(), [(1, 2), (4, 4)]);
    assert_eq!(ledger.pending().map(|published| published.id).collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn what_must_be_resent_is_sent_with_the_same_bytes_and_ids() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let writer = LedgerWriter::open(&path).unwrap();
    let later = AT.plus(Duration::from_mins(1));
    for (at, payload) in [(AT, "{\"n\":1}"), (AT, "{\"n\":2}"), (later, "{\"n\":3}")] {
        writer.publish(at, &mut [message(payload.as_bytes())]).unwrap();
    }
    writer.acked(&[2, 3]);
    writer.flush(later).unwrap();
    let resent = |which| -> Vec<(u64, Bytes)> {
        messages(&path, which).unwrap().map(Result::unwrap).map(|m| (m.id.unwrap(), m.payload)).collect()
    };
    assert_eq!(resent(Which::Pending), [(1, "{\"n\":1}".into())]);
    assert_eq!(resent(Which::Since(later)).iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(resent(Which::All).len(), 3);
    // A resend writes no message twice.
    let mut again: Vec<Message> = messages(&path, Which::All).unwrap().map(Result::unwrap).collect();
    writer.publish(later, &mut again).unwrap();
    assert_eq!(Ledger::read(&path).unwrap().published.len(), 3);
}

#[test]
fn a_ledger_cut_short_is_gone_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    LedgerWriter::open(&path).unwrap().publish(AT, &mut [message(b"{}"), message(b"{}")]).unwrap();
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(br#"{"id":3,"at":17363"#).unwrap();
    let mut batch = [message(b"{}")];
    LedgerWriter::open(&path).unwrap().publish(AT, &mut batch).unwrap();
    assert_eq!(batch[0].id, Some(4));
    assert_eq!(Ledger::read(&path).unwrap().published.keys().collect::<Vec<_>>(), [&1, &2, &4]);
}

#[test]
fn a_ledger_rotates_only_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let lengths = |writer: &LedgerWriter, path: &Path| {
        for _ in 0..100 {
            let mut batch = [message(FLAT.as_bytes())];
            writer.publish(AT, &mut batch).unwrap();
            writer.acked(&[batch[0].id.unwrap()]);
        }
        let old = path.with_extension("jsonl.old");
        [path, &old].map(|path| std::fs::metadata(path).map_or(0, |meta| meta.len()))
    };
    let whole = folder.path().join("whole.jsonl");
    let [all, none] = lengths(&LedgerWriter::open(&whole).unwrap(), &whole);
    assert!(all > 25_000 && none == 0, "{all} {none}");

    let path = folder.path().join("short.jsonl");
    let [current, old] = lengths(&LedgerWriter::open_rotating(&path, 5_000).unwrap(), &path);
    assert!((1..=5_000).contains(&current) && (4_000..=5_000).contains(&old), "{current} {old}");
    let (newer, older) =
        (Ledger::read(&path).unwrap(), Ledger::read(&path.with_extension("jsonl.old")).unwrap());
    let first = *newer.published.keys().next().unwrap();
    assert_eq!(older.published.keys().next_back(), Some(&(first - 1)), "no message is lost between the two");
    assert_eq!(newer.published.keys().next_back(), Some(&100));

    // Killed between the two steps of a rotation.
    std::fs::rename(&path, path.with_extension("jsonl.old")).unwrap();
    let mut batch = [message(b"{}")];
    LedgerWriter::open_rotating(&path, 5_000).unwrap().publish(AT, &mut batch).unwrap();
    assert_eq!(batch[0].id, Some(101));
}

#[test]
fn samples_are_exact_and_each_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let many = r#"{"type":"telemetry","tenant":"granix","plant":"planta-1","timestamp":5,"samples":[
        {"plcId":"p","metricId":"m","value":1,"dataType":"int","quality":"GOOD"},
        {"plcId":"p","metricId":"x","timestamp":6,"value":1.5,"dataType":"int","quality":"GOOD"},
        {"plcId":"p","metricId":"y","timestamp":7,"value":null,"dataType":"string","quality":"BAD"}]}"#
        .replace('\n', "");
    let mut mixed = message(many.as_bytes());
    mixed.expected.rejected =
        vec![ExpectedRejection { index: Some(1), reason: RejectReason::ValueTypeMismatch }];
    let beat = message(br#"{"type":"heartbeat","tenant":"granix","plant":"planta-1","timestamp":5}"#);
    let writer = LedgerWriter::open(&path).unwrap();
    writer.publish(AT, &mut [message(FLAT.as_bytes()), mixed, message(FLAT.as_bytes()), beat]).unwrap();

    let ledger = Ledger::read(&path).unwrap();
    assert!(Meaning::of(&ledger.published[&4]).is_heartbeat);
    let samples: Vec<_> = ledger.samples().into_iter().collect();
    assert_eq!(samples.len(), 2);
    assert_eq!(samples[0].0.metric, "m");
    assert_eq!(samples[0].1.value, Some(Value::Int(9_007_199_254_740_993)), "the first one published holds");
    assert_eq!(samples[0].1.unit.as_deref(), Some("kg"));
    assert_eq!((samples[1].1.data_type, samples[1].1.quality), (DataType::Text, Quality::Bad));
}
