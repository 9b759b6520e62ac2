//! A map that keeps what was used last, within a weight.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// What was used last; the rest is forgotten by [`Recent::trim`].
pub(super) struct Recent<K, V> {
    entries: HashMap<K, Entry<V>>,
    by_use: BTreeMap<u64, K>,
    uses: u64,
    weight: usize,
}

struct Entry<V> {
    value: V,
    used: u64,
    weight: usize,
}

impl<K: Copy + Eq + Hash, V> Recent<K, V> {
    pub(super) fn new() -> Self {
        Self {
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            uses: 0,
            weight: 0,
        }
    }

    /// The value, which is then the one used last.
    pub(super) fn get(&mut self, key: &K) -> Option<&mut V> {
        let entry = self.entries.get_mut(key)?;
        self.by_use.remove(&entry.used);
        self.uses += 1;
        entry.used = self.uses;
        self.by_use.insert(entry.used, *key);
        Some(&mut entry.value)
    }

    /// Sets the value, which is then the one used last.
    pub(super) fn insert(&mut self, key: K, value: V, weight: usize) {
        self.remove(&key);
        self.uses += 1;
        self.weight += weight;
        self.by_use.insert(self.uses, key);
        let entry = Entry {
            value,
            used: self.uses,
            weight,
        };
        self.entries.insert(key, entry);
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.remove(key)?;
        self.by_use.remove(&entry.used);
        self.weight -= entry.weight;
        Some(entry.value)
    }

    /// Forgets what is not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(&K) -> bool) {
        let forgotten: Vec<K> = self
            .entries
            .keys()
            .filter(|key| !keep(key))
            .copied()
            .collect();
        for key in forgotten {
            self.remove(&key);
        }
    }

    /// Forgets what was not used for longest, until what is left weighs no more than `weight`.
    pub(super) fn trim(&mut self, weight: usize) {
        while self.weight > weight {
            let Some(key) = self.by_use.values().next().copied() else {
                return;
            };
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut recent = Recent::new();
        for key in [1, 2, 3] {
            recent.insert(key, key * 10, 2);
        }
        assert_eq!(recent.get(&1), Some(&mut 10));
        recent.trim(4);
        assert_eq!(recent.get(&2), None);
        assert_eq!(recent.get(&1), Some(&mut 10));
        recent.insert(3, 31, 4);
        recent.trim(5);
        assert_eq!(recent.get(&1), None);
        assert_eq!(recent.get(&3), Some(&mut 31));
    }
}
