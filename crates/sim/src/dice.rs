//! Seeded randomness: the same seed gives the same draws. Everybody who draws has a generator of
//! their own, so that who draws first changes nothing for the others.

use std::sync::{Mutex, PoisonError};

use ambient::Random;

/// A generator (splitmix64). Fit for choosing, not for keys.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    state: Mutex<u64>,
}

impl Dice {
    /// The generator of a seed.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            state: Mutex::new(mix(seed)),
        }
    }

    /// The generator that `label` names. It depends on the seed alone, not on what was drawn.
    #[must_use]
    pub(crate) fn fork(&self, label: &str) -> Self {
        Self::new(digest(self.seed, [label.as_bytes()]))
    }

    fn draw(&self) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(*state)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&self, least: u64, most: u64) -> u64 {
        let span = most.saturating_sub(least).saturating_add(1);
        least + self.draw() % span
    }

    /// True that often in a hundred times.
    pub(crate) fn percent(&self, chance: u64) -> bool {
        self.draw() % 100 < chance
    }

    /// One of `choices`.
    pub(crate) fn pick<'a, T>(&self, choices: &'a [T]) -> Option<&'a T> {
        let last = u64::try_from(choices.len()).ok()?.checked_sub(1)?;
        choices.get(usize::try_from(self.between(0, last)).ok()?)
    }
}

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            for (to, from) in chunk.iter_mut().zip(self.draw().to_le_bytes()) {
                *to = from;
            }
        }
    }
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A number that stands for `parts`, for choices that must not depend on what was drawn before
/// (FNV-1a, then mixed).
#[must_use]
pub(crate) fn digest<'a>(seed: u64, parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ mix(seed);
    for part in parts {
        for byte in part {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // So that ("a", "b") is not ("ab", "").
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    mix(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_forks_are_their_own() {
        let (a, b) = (Dice::new(7), Dice::new(7));
        b.fork("other").draw();
        let draws = |dice: &Dice| (0..5).map(|_| dice.draw()).collect::<Vec<_>>();
        assert_eq!(draws(&a), draws(&b));
        assert_eq!(draws(&a.fork("x")), draws(&b.fork("x")));
        assert_ne!(draws(&a.fork("x")), draws(&a.fork("y")));
        assert_ne!(draws(&Dice::new(7)), draws(&Dice::new(8)));
    }

    #[test]
    fn draws_stay_in_bounds_and_reach_them() {
        let dice = Dice::new(1);
        let drawn: std::collections::BTreeSet<u64> = (0..200).map(|_| dice.between(3, 6)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [3, 4, 5, 6]);
        assert!((0..100).all(|_| !dice.percent(0) && dice.percent(100)));
        assert_eq!(dice.pick::<u8>(&[]), None);
    }
}
