//! How many series each rule matches, and decides for.

use crate::Api;
use crate::caller::Caller;
use crate::error::ApiError;
use vigia_model::{Census, Counted, Rule, SeriesId};
use vigia_store::rule::SentSeries;

/// Series read at once; some megabytes of names.
const AT_ONCE: u32 = 10_000;
/// So many are counted, in a few seconds.
const MOST_SERIES: u64 = 1_000_000;

/// Counts, and tells whether these were all.
pub(super) async fn count(api: &Api, caller: &Caller, rules: Vec<Rule>) -> Result<(Counted, bool), ApiError> {
    let mut census = Census::new(rules);
    let mut after = SeriesId(i32::MIN);
    let mut left = MOST_SERIES;
    loop {
        let series = api.store.sent_series(&caller.scope, after, AT_ONCE).await?;
        let Some(last) = series.last().map(SentSeries::id) else { return Ok((census.finish(), true)) };
        if left == 0 {
            return Ok((census.finish(), false));
        }
        left = left.saturating_sub(u64::from(AT_ONCE));
        after = last;
        let counting = tokio::task::spawn_blocking(move || {
            for one in &series {
                census.count(one.path());
            }
            census
        });
        census = counting.await.map_err(|_died| ApiError::Panic)?;
    }
}
