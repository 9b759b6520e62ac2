//! Sets of addresses: subnets give theirs one after the other, so that thousands of members of a
//! security group are a few ranges.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many addresses a set that is read may have: those of the largest VPC, a /16.
pub const SET_ADDRESSES_MAX: u64 = 1 << 16;

/// A set of addresses, kept and written as ranges: `["172.31.0.4", "172.31.0.9-172.31.2.17"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet {
    /// The last address of each range, by its first. No two ranges touch.
    ranges: BTreeMap<u32, u32>,
    count: u64,
}

impl AddressSet {
    /// Adds an address. False where it was there.
    pub fn insert(&mut self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        if self.range_of(address).is_some() {
            return false;
        }
        let mut first = address;
        if let Some(before) = address.checked_sub(1)
            && let Some((start, _)) = self.range_of(before)
        {
            first = start;
        }
        let mut last = address;
        if let Some(after) = address.checked_add(1)
            && let Some(end) = self.ranges.remove(&after)
        {
            last = end;
        }
        self.ranges.insert(first, last);
        self.count += 1;
        true
    }

    /// Takes an address out. False where it was not there.
    pub fn remove(&mut self, address: Ipv4Addr) -> bool {
        let address = u32::from(address);
        let Some((first, last)) = self.range_of(address) else {
            return false;
        };
        self.ranges.remove(&first);
        self.count -= 1;
        if first < address {
            self.ranges.insert(first, address - 1);
        }
        if address < last {
            self.ranges.insert(address + 1, last);
        }
        true
    }

    /// True where the address is in the set.
    #[must_use]
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.range_of(u32::from(address)).is_some()
    }

    /// How many addresses there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// True where there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The addresses, in order.
    pub fn iter(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        self.ranges
            .iter()
            .flat_map(|(first, last)| (*first..=*last).map(Ipv4Addr::from))
    }

    /// The first of the addresses from `from` to `last` that is not in the set.
    #[must_use]
    pub fn first_absent(&self, from: Ipv4Addr, last: Ipv4Addr) -> Option<Ipv4Addr> {
        let (from, last) = (u32::from(from), u32::from(last));
        let free = match self.range_of(from) {
            Some((_, end)) => end.checked_add(1)?,
            None => from,
        };
        (free <= last).then(|| Ipv4Addr::from(free))
    }

    fn range_of(&self, address: u32) -> Option<(u32, u32)> {
        let (first, last) = self.ranges.range(..=address).next_back()?;
        (*last >= address).then_some((*first, *last))
    }
}

impl FromIterator<Ipv4Addr> for AddressSet {
    fn from_iter<I: IntoIterator<Item = Ipv4Addr>>(addresses: I) -> Self {
        let mut set = Self::default();
        for address in addresses {
            set.insert(address);
        }
        set
    }
}

/// A range as text.
struct Range(u32, u32);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(first, last) = *self;
        write!(f, "{}", Ipv4Addr::from(first))?;
        if first != last {
            write!(f, "-{}", Ipv4Addr::from(last))?;
        }
        Ok(())
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let address = |text: &str| text.parse::<Ipv4Addr>().ok().map(u32::from);
        match text.split_once('-') {
            None => address(text).map(|one| Self(one, one)),
            Some((first, last)) => Some(Self(address(first)?, address(last)?)),
        }
    }
}

impl Serialize for AddressSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ranges = self.ranges.iter();
        serializer.collect_seq(ranges.map(|(first, last)| Range(*first, *last)))
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AddressSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ranges;

        impl<'de> Visitor<'de> for Ranges {
            type Value = AddressSet;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("addresses and ranges of addresses, in order")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<AddressSet, A::Error> {
                let mut set = AddressSet::default();
                let mut least = 0;
                while let Some(text) = items.next_element::<std::borrow::Cow<'de, str>>()? {
                    let Some(Range(first, last)) = Range::parse(&text) else {
                        return Err(A::Error::custom("neither an address nor a range of them"));
                    };
                    // In order and apart, as they are written: nothing has to be merged.
                    if first > last || u64::from(first) < least {
                        return Err(A::Error::custom("ranges of addresses out of order"));
                    }
                    set.count += u64::from(last - first) + 1;
                    if set.count > SET_ADDRESSES_MAX {
                        return Err(A::Error::custom("more addresses than a VPC has"));
                    }
                    least = u64::from(last) + 2;
                    set.ranges.insert(first, last);
                }
                Ok(set)
            }
        }

        deserializer.deserialize_seq(Ranges)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    #[test]
    fn neighbours_are_one_range() {
        let set: AddressSet = ["10.0.0.4", "10.0.0.6", "10.0.0.5", "10.0.1.0"]
            .map(ip)
            .into_iter()
            .collect();
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, r#"["10.0.0.4-10.0.0.6","10.0.1.0"]"#);
        assert_eq!(serde_json::from_str::<AddressSet>(&text).unwrap(), set);
        assert_eq!(set.count(), 4);
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for wrong in [
            r#"["10.0.0.5-10.0.0.4"]"#,
            r#"["10.0.0.4","10.0.0.4"]"#,
            r#"["10.0.0.4","10.0.0.5"]"#,
            r#"["10.0.0.9","10.0.0.4"]"#,
            r#"["10.0.0.0-10.1.0.0"]"#,
            r#"["0.0.0.0-255.255.255.255","1.1.1.1"]"#,
            r#"["web"]"#,
        ] {
            assert!(
                serde_json::from_str::<AddressSet>(wrong).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn the_ends_of_all_addresses_are_addresses() {
        let mut set = AddressSet::default();
        assert!(set.insert(Ipv4Addr::BROADCAST) && set.insert(Ipv4Addr::UNSPECIFIED));
        assert_eq!(
            set.first_absent(Ipv4Addr::BROADCAST, Ipv4Addr::BROADCAST),
            None
        );
        assert_eq!(set.iter().count(), 2);
        assert!(set.remove(Ipv4Addr::BROADCAST) && !set.remove(Ipv4Addr::BROADCAST));
    }

    #[test]
    fn it_is_a_set() {
        // Every order of insertion and removal that a small generator comes to.
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 16
        };
        let (mut set, mut model) = (AddressSet::default(), BTreeSet::new());
        for _ in 0..5_000 {
            let address = Ipv4Addr::from(0x0a00_0000 + draw() % 64);
            if draw() % 2 == 0 {
                assert_eq!(set.insert(address), model.insert(address));
            } else {
                assert_eq!(set.remove(address), model.remove(&address));
            }
            assert!(set.iter().eq(model.iter().copied()));
            assert_eq!(set.count(), model.len() as u64);
            let from = Ipv4Addr::from(0x0a00_0000 + draw() % 64);
            let last = Ipv4Addr::from(0x0a00_003f);
            let absent = (u32::from(from)..=u32::from(last))
                .map(Ipv4Addr::from)
                .find(|one| !model.contains(one));
            assert_eq!(set.first_absent(from, last), absent);
            let text = serde_json::to_string(&set).unwrap();
            assert_eq!(serde_json::from_str::<AddressSet>(&text).unwrap(), set);
        }
    }
}
