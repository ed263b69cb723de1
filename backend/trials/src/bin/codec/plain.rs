//! Times and values given to pco as they are, with its own header and settings.

use pco::ChunkConfig;
use pco::errors::PcoResult;
use pco::standalone::{simple_compress, simple_decompress};

pub(crate) fn encode(times: &[i64], floats: &[f64]) -> PcoResult<Vec<u8>> {
    let config = ChunkConfig::default();
    let times = simple_compress(times, &config)?;
    let mut out = u32::try_from(times.len()).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    out.extend(times);
    out.extend(simple_compress(floats, &config)?);
    Ok(out)
}

/// `None` if the bytes are not what [`encode`] wrote.
pub(crate) fn decode(bytes: &[u8]) -> Option<(Vec<i64>, Vec<f64>)> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (times, floats) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    Some((simple_decompress(times).ok()?, simple_decompress(floats).ok()?))
}
