//! Chance that is the same for the same seed, however connections interleave.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// A source for the `nth` connection of this client.
pub(super) fn chance(seed: u64, client_id: &str, nth: u64) -> ChaCha8Rng {
    // FNV-1a: the standard library's hash may be another one in its next version.
    let name = client_id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut chance = ChaCha8Rng::seed_from_u64(seed ^ name);
    chance.set_stream(nth);
    chance
}

/// A time to live with an exponential distribution.
pub(super) fn lifetime(mean: Duration, chance: &mut impl Rng) -> Duration {
    let uniform: f64 = chance.random_range(f64::MIN_POSITIVE..1.0);
    mean.mul_f64(-uniform.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_repeatable_and_have_their_mean() {
        let mean = Duration::from_secs(2);
        let lives = |seed| -> Vec<Duration> {
            (0..2_000).map(|nth| lifetime(mean, &mut chance(seed, "backend", nth))).collect()
        };
        assert_eq!(lives(1), lives(1));
        assert_ne!(lives(1), lives(2));
        let average = lives(3).iter().sum::<Duration>() / 2_000;
        assert!(average.abs_diff(mean) < mean / 10, "{average:?}");
    }
}
