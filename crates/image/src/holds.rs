//! What may not be removed now: things in the store that a pull is busy with or a container runs on.
//!
//! Holds are in memory alone. After a start, whoever took over containers holds their images again,
//! before the first sweep. A sweep removes a thing under the lock of the holds, and only what nobody
//! has held at any time since the sweep began: so what it saw when it began need not be looked at anew.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::digest::Digest;

/// A thing in the store that is removed as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    /// That an image is here, by its manifest's digest, and its names.
    Image(Digest),
    /// A manifest, a configuration, or a layer as it came.
    Blob(Digest),
    /// An unpacked layer, by its chain id.
    Layer(Digest),
}

#[derive(Default)]
struct State {
    held: HashMap<Item, usize>,
    /// How many hold everything there is.
    everything: usize,
    /// What was held at any time since the sweep that goes on began.
    since_sweep_began: Option<HashSet<Item>>,
    /// The images that were held at any time since the last sweep began.
    used: HashSet<Digest>,
}

/// The holds of one store.
#[derive(Clone, Default)]
pub(crate) struct Holds(Arc<Mutex<State>>);

/// Keeps an image, or everything, from being removed, for as long as it or a clone of it lives.
#[derive(Clone)]
pub struct ImageHold(Arc<Hold>);

/// One holder. It can be added to until it is given out as an [`ImageHold`].
pub(crate) struct Hold {
    holds: Holds,
    items: BTreeSet<Item>,
    everything: bool,
}

impl Holds {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds `items` from now on, whether they are there yet or not. To look whether they are there
    /// comes after.
    pub(crate) fn hold(&self, items: impl IntoIterator<Item = Item>) -> Hold {
        let mut hold = Hold {
            holds: self.clone(),
            items: BTreeSet::new(),
            everything: false,
        };
        hold.add(items);
        hold
    }

    /// Holds everything that is and will be there.
    pub(crate) fn everything(&self) -> Hold {
        self.state().everything += 1;
        Hold {
            holds: self.clone(),
            items: BTreeSet::new(),
            everything: true,
        }
    }

    /// A sweep begins. The images that were held since the one before, or are held.
    pub(crate) fn begin_sweep(&self) -> HashSet<Digest> {
        let mut state = self.state();
        state.since_sweep_began = Some(state.held.keys().copied().collect());
        let held = state.held.keys().filter_map(|item| match item {
            Item::Image(digest) => Some(*digest),
            Item::Blob(_) | Item::Layer(_) => None,
        });
        let held = held.collect();
        let mut used = std::mem::take(&mut state.used);
        used.extend(&held);
        state.used = held;
        used
    }

    pub(crate) fn end_sweep(&self) {
        self.state().since_sweep_began = None;
    }

    pub(crate) fn holds_everything(&self) -> bool {
        self.state().everything > 0
    }

    /// Does `removal`, which is to be short, unless `item` is held or was since the sweep began.
    /// True where it was done.
    pub(crate) fn take(
        &self,
        item: Item,
        removal: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<bool> {
        let state = self.state();
        let spared = state.everything > 0
            || state.held.contains_key(&item)
            || state
                .since_sweep_began
                .as_ref()
                .is_some_and(|held| held.contains(&item));
        if spared {
            return Ok(false);
        }
        removal()?;
        Ok(true)
    }
}

impl Hold {
    /// Holds these as well.
    pub(crate) fn add(&mut self, items: impl IntoIterator<Item = Item>) {
        let mut state = self.holds.state();
        for item in items {
            if !self.items.insert(item) {
                continue;
            }
            *state.held.entry(item).or_default() += 1;
            if let Some(since) = &mut state.since_sweep_began {
                since.insert(item);
            }
            if let Item::Image(digest) = item {
                state.used.insert(digest);
            }
        }
    }

    pub(crate) fn give_out(self) -> ImageHold {
        ImageHold(Arc::new(self))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = self.holds.state();
        if self.everything {
            state.everything -= 1;
        }
        for item in &self.items {
            if let Some(count) = state.held.get_mut(item) {
                *count -= 1;
                if *count == 0 {
                    state.held.remove(item);
                }
            }
        }
    }
}

impl fmt::Debug for ImageHold {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ImageHold")
            .field("items", &self.0.items.len())
            .finish_non_exhaustive()
    }
}

/// Two holds are the same when they hold the same.
impl PartialEq for ImageHold {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.items, self.0.everything) == (&other.0.items, other.0.everything)
    }
}

impl Eq for ImageHold {}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(holds: &Holds, item: Item) -> bool {
        holds.take(item, || Ok(())).unwrap()
    }

    #[test]
    fn what_was_held_during_a_sweep_is_spared_by_it() {
        let holds = Holds::default();
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let hold = holds.hold([Item::Image(one), Item::Layer(two)]);
        let again = holds.hold([Item::Layer(two)]);
        drop(hold);
        assert!(!taken(&holds, Item::Layer(two)), "one holder is left");
        assert!(taken(&holds, Item::Image(one)));
        assert_eq!(holds.begin_sweep(), HashSet::from([one]));
        drop(again);
        drop(holds.hold([Item::Image(one)]));
        assert!(!taken(&holds, Item::Layer(two)), "held when it began");
        assert!(!taken(&holds, Item::Image(one)), "held meanwhile");
        holds.end_sweep();
        assert!(taken(&holds, Item::Layer(two)));
        assert_eq!(holds.begin_sweep(), HashSet::from([one]), "used meanwhile");
        holds.end_sweep();
        assert_eq!(holds.begin_sweep(), HashSet::new());
        holds.end_sweep();
        let all = holds.everything();
        assert!(holds.holds_everything() && !taken(&holds, Item::Layer(two)));
        drop(all);
        assert!(taken(&holds, Item::Layer(two)));
    }
}
