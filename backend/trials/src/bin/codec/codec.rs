//! The codecs that are compared.

use crate::signal::{Span, Values};
use crate::{arrays, gorilla, numbers, plain};
use anyhow::{Context, Result, ensure};
use vigia_model::{DataType, Quality, Timestamp, Value};
use vigia_pack::{Block, Kept, Reading};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Ours, with quality, type, unit and gateway. The others keep times and values alone.
    Pack,
    /// What ours is made with, by itself.
    Pco,
    ArraysLz4,
    Gorilla,
    GorillaLz4,
}

/// A span as the codecs take it, made before the clock runs.
pub(crate) struct Input<'a> {
    span: &'a Span,
    kept: Vec<Kept>,
    floats: Vec<f64>,
}

impl Codec {
    pub(crate) const ALL: [Self; 5] =
        [Self::Pack, Self::Pco, Self::ArraysLz4, Self::Gorilla, Self::GorillaLz4];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pack => "Vigía",
            Self::Pco => "plain pco",
            Self::ArraysLz4 => "arrays + lz4",
            Self::Gorilla => "Gorilla",
            Self::GorillaLz4 => "Gorilla + lz4",
        }
    }

    pub(crate) fn encode(self, input: &Input<'_>) -> Result<Vec<u8>> {
        let with_texts = |mut bytes: Vec<u8>| {
            if let Values::Texts(texts) = &input.span.values {
                bytes.extend(numbers::distinct(texts).concat().into_bytes());
            }
            bytes
        };
        let gorilla = || with_texts(gorilla::encode(&input.span.times, &input.floats));
        Ok(match self {
            Self::Pack => vigia_pack::pack(&input.kept)?,
            Self::Pco => with_texts(plain::encode(&input.span.times, &input.floats)?),
            Self::ArraysLz4 => lz4_flex::compress_prepend_size(&arrays::encode(input.span)),
            Self::Gorilla => gorilla(),
            Self::GorillaLz4 => lz4_flex::compress_prepend_size(&gorilla()),
        })
    }

    /// Decodes to what a chart takes and returns how many numbers there are; of texts, samples.
    pub(crate) fn decode(self, bytes: &[u8], input: &Input<'_>) -> Result<usize> {
        let gorilla = |bytes: &[u8]| {
            let (times, _) = gorilla::decode(bytes, input.len()).context("Gorilla ends too early")?;
            anyhow::Ok(times.len())
        };
        match self {
            Self::Pack if matches!(input.span.values, Values::Texts(_)) => {
                Ok(Block::open(bytes)?.samples()?.len())
            }
            Self::Pack => {
                let mut points = Vec::new();
                Block::open(bytes)?.points(|ts, point| points.push((ts, point)))?;
                Ok(points.len())
            }
            Self::Pco => {
                let (times, _) = plain::decode(bytes).context("pco does not read what it wrote")?;
                Ok(times.len())
            }
            // What is left is a copy, which costs next to nothing.
            Self::ArraysLz4 => Ok(lz4_flex::decompress_size_prepended(bytes)?.len().min(input.len())),
            Self::Gorilla => gorilla(bytes),
            Self::GorillaLz4 => gorilla(&lz4_flex::decompress_size_prepended(bytes)?),
        }
    }

    /// That what was encoded comes back to the bit.
    pub(crate) fn check(self, bytes: &[u8], input: &Input<'_>) -> Result<()> {
        let is_input = |decoded: Option<(Vec<i64>, Vec<f64>)>| {
            decoded.is_some_and(|(times, floats)| {
                times == input.span.times
                    && floats.iter().map(|f| f.to_bits()).eq(input.floats.iter().map(|f| f.to_bits()))
            })
        };
        let gorilla = |bytes: &[u8]| is_input(gorilla::decode(bytes, input.len()));
        let same = match self {
            Self::Pack => Block::open(bytes)?.samples()? == input.kept,
            Self::ArraysLz4 => lz4_flex::decompress_size_prepended(bytes)? == arrays::encode(input.span),
            Self::Pco => is_input(plain::decode(bytes)),
            Self::Gorilla => gorilla(bytes),
            Self::GorillaLz4 => gorilla(&lz4_flex::decompress_size_prepended(bytes)?),
        };
        ensure!(same, "{} does not give back what it was given", self.name());
        Ok(())
    }
}

impl<'a> Input<'a> {
    pub(crate) fn new(span: &'a Span) -> Self {
        let values: Vec<Value> = match &span.values {
            Values::Floats(floats) => floats.iter().map(|float| Value::Float(*float)).collect(),
            Values::Ints(ints) => ints.iter().map(|int| Value::Int(*int)).collect(),
            Values::Bools(bools) => bools.iter().map(|flag| Value::Bool(*flag)).collect(),
            Values::Texts(texts) => texts.iter().map(|text| Value::Text((*text).into())).collect(),
        };
        let data_type = match &span.values {
            Values::Floats(_) => DataType::Float,
            Values::Ints(_) => DataType::Int,
            Values::Bools(_) => DataType::Bool,
            Values::Texts(_) => DataType::Text,
        };
        let kept = span.times.iter().zip(values).map(|(ms, value)| Kept {
            ts: Timestamp::from_millis(*ms),
            reading: Some(Reading {
                data_type,
                value: Some(value),
                quality: Quality::Good,
                unit: Some(3),
                gateway: 4_000,
            }),
        });
        Self { span, kept: kept.collect(), floats: numbers::floats(&span.values) }
    }

    pub(crate) fn len(&self) -> usize {
        self.span.times.len()
    }
}
