//! How many images a repository has, without a look at all of them.
//!
//! There are sixteen counts, by the first digit of the digest, so that pushes at the same time seldom
//! change the same one. Whoever makes or deletes an image writes its count in the same transaction. A
//! repository of an older version has no counts: then keys are counted, and the next change writes down
//! what was found.

use std::collections::BTreeMap;

use records::ecr::{Image, ImageCount};
use records::{Key, RecordError, Stored, Transaction};

use crate::RecordCatalogue;
use crate::catalogue::{Outcome, failed};

/// What the digests of images begin with, before the digit that says where they are counted.
const ALGORITHM: &str = "sha256:";
const DIGITS: &str = "0123456789abcdef";

/// Some of a repository's counts, by digit.
pub(crate) struct Tally(BTreeMap<char, Part>);

struct Part {
    key: Key<ImageCount>,
    stored: Option<Stored<ImageCount>>,
    images: u64,
    changed: bool,
}

fn digit(digest: &str) -> char {
    digest
        .strip_prefix(ALGORITHM)
        .and_then(|hex| hex.chars().next())
        .unwrap_or_default()
}

impl RecordCatalogue {
    /// All counts of a repository.
    pub(crate) fn tally(&self, at: &registry::Repository) -> Outcome<Tally> {
        self.tally_of(at, DIGITS.chars())
    }

    /// The count among which an image of that digest is.
    pub(crate) fn tally_with(&self, at: &registry::Repository, digest: &str) -> Outcome<Tally> {
        self.tally_of(at, [digit(digest)])
    }

    fn tally_of(
        &self,
        at: &registry::Repository,
        digits: impl IntoIterator<Item = char>,
    ) -> Outcome<Tally> {
        let part = |digit: char| {
            let last = digit.to_string();
            let key = ImageCount::key(&at.account, &at.region, &at.name, &last);
            let stored = self.records.get(&key).map_err(failed)?;
            let (images, changed) = match &stored {
                Some(stored) => (stored.record.images, false),
                None => {
                    let images = self.count(at, digit)?;
                    (images, images > 0)
                }
            };
            let part = Part {
                key,
                stored,
                images,
                changed,
            };
            Ok((digit, part))
        };
        digits
            .into_iter()
            .map(part)
            .collect::<Outcome<_>>()
            .map(Tally)
    }

    /// How many keys there are.
    fn count(&self, at: &registry::Repository, digit: char) -> Outcome<u64> {
        let images = Image::prefix(&at.account, &at.region, &at.name);
        let key = images.key(&format!("{ALGORITHM}{digit}"));
        let range = store::Range::prefix(key.bytes().clone());
        let page = self.records.store().range(range).map_err(RecordError::from);
        Ok(page.map_err(failed)?.items.len() as u64)
    }
}

impl Tally {
    pub(crate) fn images(&self) -> u64 {
        self.0.values().map(|part| part.images).sum()
    }

    /// One image more.
    pub(crate) fn add(&mut self, digest: &str) {
        self.change(digest, |images| images.saturating_add(1));
    }

    /// One image less.
    pub(crate) fn take(&mut self, digest: &str) {
        self.change(digest, |images| images.saturating_sub(1));
    }

    fn change(&mut self, digest: &str, change: impl FnOnce(u64) -> u64) {
        if let Some(part) = self.0.get_mut(&digit(digest)) {
            part.images = change(part.images);
            part.changed = true;
        }
    }

    /// Writes what has changed and what was not written down before; holds only if nobody else has
    /// meanwhile.
    pub(crate) fn write(&self, transaction: &mut Transaction) -> Outcome<()> {
        for part in self.0.values().filter(|part| part.changed) {
            let count = ImageCount {
                images: part.images,
            };
            match &part.stored {
                Some(stored) => transaction.replace(stored, &count),
                None => transaction.create(&part.key, &count),
            }
            .map_err(failed)?;
        }
        Ok(())
    }

    /// Deletes all of them.
    pub(crate) fn delete(&self, transaction: &mut Transaction) {
        for part in self.0.values() {
            match &part.stored {
                Some(stored) => transaction.delete(stored),
                None => transaction.expect_absent(&part.key),
            }
        }
    }
}
