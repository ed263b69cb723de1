//! Chance that repeats: every part of the fleet draws from a stream of its own, named by the seed and its path, so
//! that adding one metric changes no value of another.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The stream called `name` under `seed`: the same numbers on every machine.
    pub fn new(seed: u64, name: &str) -> Self {
        Self(ChaCha8Rng::seed_from_u64(fingerprint(seed, name)))
    }

    /// Evenly spread over `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Evenly spread over `low..high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Bell-shaped with standard deviation 1, never beyond ±3.
    pub fn noise(&mut self) -> f64 {
        2.0 * (self.unit() + self.unit() + self.unit() - 1.5)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        p > 0.0 && self.unit() < p
    }

    /// A waiting time with mean `mean`, never below a tenth nor above four times of it.
    pub fn dwell(&mut self, mean: f64) -> f64 {
        (-mean * (1.0 - self.unit()).ln()).clamp(mean * 0.1, mean * 4.0)
    }

    /// One of `0..len`; 0 when there is none.
    pub fn below(&mut self, len: usize) -> usize {
        if len == 0 { 0 } else { self.0.random_range(0..len) }
    }
}

/// A number made of a seed and a name (FNV-1a): spreads well, and is the same everywhere.
pub fn fingerprint(seed: u64, name: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    seed.to_le_bytes()
        .into_iter()
        .chain(name.bytes())
        .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_name_give_the_same_numbers() {
        let draw = |seed, name| {
            let mut random = Random::new(seed, name);
            [random.unit(), random.noise(), random.dwell(10.0)].map(f64::to_bits)
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
    }

    #[test]
    fn noise_and_dwell_keep_their_bounds() {
        let mut random = Random::new(7, "bounds");
        for _ in 0..10_000 {
            assert!(random.noise().abs() <= 3.0);
            assert!((1.0..=40.0).contains(&random.dwell(10.0)));
            assert!(random.below(3) < 3);
        }
    }
}
