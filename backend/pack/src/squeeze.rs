//! All that is said to pco: numbers to bytes and back, with nothing around them. Their count is kept elsewhere.

use crate::error::Malformed;
use pco::data_types::Number;
use pco::metadata::DeltaEncoding;
use pco::wrapped::{FileCompressor, FileDecompressor};
use pco::{ChunkConfig, DeltaSpec, PagingSpec};

/// The header of pco's own format. It is the same in every block and not written: the version of the block stands for
/// it. A pco that writes another one needs a new version.
const HEADER: [u8; 2] = [4, 1];

/// How often neighbours are subtracted from each other. Higher orders gained nothing on any signal tried.
const DELTA_ORDERS: [usize; 3] = [0, 1, 2];

/// The modes of pco that [`compress`] may choose: classic, multiples of an integer or a float, and rounded floats.
/// The fifth is a dictionary, which may claim 256 MiB before it is read.
const MODES: u8 = 4;

/// `None` if pco does not take the numbers: there are none, or more than it counts.
pub(crate) fn compress<T: Number>(numbers: &[T]) -> Option<Vec<u8>> {
    DELTA_ORDERS.iter().filter_map(|order| compress_with(numbers, *order)).min_by_key(Vec::len)
}

pub(crate) fn decompress<T: Number>(bytes: &[u8], count: usize) -> Result<Vec<T>, Malformed> {
    if bytes.first().is_none_or(|first| first & 0x0f >= MODES) {
        return Err(Malformed::Contradiction("numbers of a kind that is not written"));
    }
    let refused = |error| Malformed::Numbers(Box::new(error));
    let (file, _) = FileDecompressor::new(HEADER.as_slice()).map_err(refused)?;
    let (mut chunk, rest) = file.chunk_decompressor::<T, _>(bytes).map_err(refused)?;
    if !matches!(chunk.meta().delta_encoding, DeltaEncoding::NoOp | DeltaEncoding::Consecutive { .. }) {
        return Err(Malformed::Contradiction("differences of a kind that is not written"));
    }
    let mut numbers = vec![T::default(); count];
    let mut page = chunk.page_decompressor(rest, count).map_err(refused)?;
    let progress = page.read(&mut numbers).map_err(refused)?;
    if !progress.finished || !page.into_src().is_empty() {
        return Err(Malformed::Contradiction("numbers that end elsewhere than they should"));
    }
    Ok(numbers)
}

fn compress_with<T: Number>(numbers: &[T], order: usize) -> Option<Vec<u8>> {
    let delta = if order == 0 { DeltaSpec::NoOp } else { DeltaSpec::TryConsecutive(order) };
    let config = ChunkConfig::default()
        .with_delta_spec(delta)
        .with_paging_spec(PagingSpec::Exact(vec![numbers.len()]))
        .with_enable_8_bit(true);
    let mut chunk = FileCompressor::default().chunk_compressor(numbers, &config).ok()?;
    let mut bytes = Vec::new();
    chunk.write_meta(&mut bytes).ok()?;
    chunk.write_page(0, &mut bytes).ok()?;
    Some(bytes)
}

/// Which of pco's ways it was.
#[cfg(test)]
pub(crate) fn kind<T: Number>(bytes: &[u8]) -> String {
    let (file, _) = FileDecompressor::new(HEADER.as_slice()).unwrap();
    let (chunk, _) = file.chunk_decompressor::<T, _>(bytes).unwrap();
    let mode = format!("{:?}", chunk.meta().mode);
    let delta = match chunk.meta().delta_encoding {
        DeltaEncoding::Consecutive { order, .. } => order,
        _ => 0,
    };
    let name = mode.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    format!("{name}, order {delta}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pco_writes_the_format_that_the_version_stands_for() {
        let mut header = Vec::new();
        FileCompressor::default().write_header(&mut header).unwrap();
        assert_eq!(header, HEADER);
    }

    #[test]
    fn none_are_not_compressed() {
        assert_eq!(compress::<u8>(&[]), None);
    }
}
