//! History as CSV (RFC 4180), as spreadsheets and Postgres' `copy` read it: no value is an empty field, an empty text `""`.

use crate::convert::{raw_sample, utc};
use std::io::Write as _;
use vigia_contract::http::JsonValue;
use vigia_store::telemetry::HistorySample;

/// The first line.
pub const CSV_HEADER: &str = "ts,metricId,value,quality,unit,dataType\r\n";

/// Appends a line for each sample, every value with all its digits.
pub fn write_csv(out: &mut Vec<u8>, samples: Vec<HistorySample>) {
    for sample in samples {
        let ts = utc(sample.sample.ts);
        let row = raw_sample(sample.metric, sample.sample);
        // Writing to memory does not fail.
        write!(out, "{ts},").unwrap_or_default();
        text(out, &row.metric_id);
        out.push(b',');
        match &row.value {
            JsonValue::Float(number) => serde_json::to_writer(&mut *out, number).unwrap_or_default(),
            JsonValue::Int(number) => write!(out, "{number}").unwrap_or_default(),
            JsonValue::Bool(flag) => write!(out, "{flag}").unwrap_or_default(),
            JsonValue::Text(value) => text(out, value),
            JsonValue::Null => {}
        }
        write!(out, ",{},", row.quality).unwrap_or_default();
        if let Some(unit) = &row.unit {
            text(out, unit);
        }
        write!(out, ",{}\r\n", row.data_type).unwrap_or_default();
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    let is_plain = |byte: u8| !matches!(byte, b',' | b'"' | b'\r' | b'\n');
    if !text.is_empty() && text.bytes().all(is_plain) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for (place, part) in text.split('"').enumerate() {
        if place > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigia_model::{DataType, Quality, Sample, SeriesId, Timestamp, Value};

    fn line(value: Option<Value>, data_type: DataType, unit: Option<&str>) -> String {
        let sample = Sample {
            ts: Timestamp::from_millis(1_736_359_200_007),
            data_type,
            value,
            quality: Quality::Good,
            unit: unit.map(Into::into),
        };
        let mut out = Vec::new();
        write_csv(&mut out, vec![HistorySample { series: SeriesId(1), metric: "m".to_owned(), sample }]);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_keep_their_digits_and_texts_their_marks() {
        let lines = [
            line(Some(Value::Float(0.1 + 0.2)), DataType::Float, Some("celsius")),
            line(Some(Value::Float(-0.0)), DataType::Float, None),
            line(Some(Value::Int(i64::MIN)), DataType::Int, None),
            line(Some(Value::Bool(true)), DataType::Bool, None),
            line(Some(Value::Text("a \"b\",\nc".into())), DataType::Text, Some("m³/h, dry")),
            line(Some(Value::Text("".into())), DataType::Text, None),
            line(None, DataType::Int, None),
        ];
        let at = "2025-01-08T18:00:00.007Z,m,";
        assert_eq!(
            lines.concat(),
            [
                format!("{at}0.30000000000000004,GOOD,celsius,float\r\n"),
                format!("{at}-0.0,GOOD,,float\r\n"),
                format!("{at}-9223372036854775808,GOOD,,int\r\n"),
                format!("{at}true,GOOD,,bool\r\n"),
                format!("{at}\"a \"\"b\"\",\nc\",GOOD,\"m³/h, dry\",string\r\n"),
                format!("{at}\"\",GOOD,,string\r\n"),
                format!("{at},GOOD,,int\r\n"),
            ]
            .concat()
        );
    }
}
