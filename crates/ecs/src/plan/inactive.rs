//! Which revisions of a family are known to be over, so that whoever looks for the newest active one
//! need not look at them again.

use std::collections::BTreeMap;

/// Revisions of one family that were deregistered, or deleted after that. None of them becomes
/// active again, so that what was once seen holds for ever.
#[derive(Clone, Debug, Default)]
pub struct Inactive {
    /// The last revision of each run without a gap, by the first.
    runs: BTreeMap<i32, i32>,
}

impl Inactive {
    /// The newest revision up to `revision` that may be active; 0 where there is none.
    #[must_use]
    pub fn newest_other(&self, revision: i32) -> i32 {
        match self.runs.range(..=revision).next_back() {
            Some((first, last)) if *last >= revision => first - 1,
            _ => revision,
        }
    }

    /// Notes a revision that is over.
    pub fn add(&mut self, revision: i32) {
        if self.newest_other(revision) != revision {
            return;
        }
        let before = self.runs.range(..revision).next_back();
        let first = before
            .filter(|(_, last)| **last == revision - 1)
            .map_or(revision, |(first, _)| *first);
        let last = self.runs.remove(&(revision + 1)).unwrap_or(revision);
        self.runs.insert(first, last);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Inactive;

    proptest! {
        #[test]
        fn runs_tell_what_a_set_would(added in proptest::collection::vec(1..40_i32, 0..60)) {
            let mut inactive = Inactive::default();
            let mut set = BTreeSet::new();
            for revision in added {
                inactive.add(revision);
                set.insert(revision);
                for from in 0..=41 {
                    let wanted = (1..=from).rev().find(|one| !set.contains(one)).unwrap_or(0);
                    prop_assert_eq!(inactive.newest_other(from), wanted);
                }
                let gaps = set.iter().filter(|one| !set.contains(&(**one + 1))).count();
                prop_assert_eq!(inactive.runs.len(), gaps, "neighbours are one run");
            }
        }
    }
}
