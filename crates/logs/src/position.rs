//! Where an event stands in its group: the order of all events, the ids of events, and the tokens
//! of GetLogEvents.
//!
//! As text a position is a number of 56 digits, as AWS's ids and tokens are: the timestamp in
//! milliseconds, shifted left by 144 bits, and below it what tells events of one millisecond
//! apart. AWS's numbers divide by their timestamps to the same power of two.

/// The place of an event. Events are ordered by time, then by stream, then as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    /// The timestamp, ms since the epoch.
    pub(crate) timestamp: u64,
    /// The stream's id; never 0.
    pub(crate) stream: u64,
    /// The event's sequence in its stream.
    pub(crate) sequence: u64,
}

const TIMESTAMP_SHIFT_BITS: u32 = 16;
const DIGITS: usize = 56;
/// The digits of the largest number of 192 bits.
const DIGITS_MAX: usize = 58;
/// How many digits are taken at once.
const CHUNK_DIGITS: usize = 18;
const CHUNK: u128 = 1_000_000_000_000_000_000;

impl Position {
    /// Before every event of that time, and after every earlier one.
    pub(crate) fn start_of(timestamp: u64) -> Self {
        Self {
            timestamp,
            stream: 0,
            sequence: 0,
        }
    }

    /// As a number of 56 digits.
    pub(crate) fn digits(self) -> String {
        let mut limbs = [
            u128::from(self.timestamp << TIMESTAMP_SHIFT_BITS),
            u128::from(self.stream),
            u128::from(self.sequence),
        ];
        let mut chunks = [0; 4];
        for chunk in &mut chunks {
            let mut rest = 0;
            for limb in &mut limbs {
                let value = (rest << 64) | *limb;
                *limb = value / CHUNK;
                rest = value % CHUNK;
            }
            *chunk = rest;
        }
        let [low, middle, high, highest] = chunks;
        let text = format!("{highest}{high:018}{middle:018}{low:018}");
        let number = text.trim_start_matches('0');
        format!("{number:0>DIGITS$}")
    }

    /// From digits; `None` when they are no position.
    pub(crate) fn from_digits(digits: &str) -> Option<Self> {
        let valid = (1..=DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !valid {
            return None;
        }
        let mut limbs = [0_u128; 3];
        let (head, rest) = digits.split_at(digits.len() % CHUNK_DIGITS);
        let chunks = rest.as_bytes().chunks(CHUNK_DIGITS);
        for chunk in std::iter::once(head.as_bytes()).chain(chunks) {
            let mut carry = std::str::from_utf8(chunk).ok()?.parse().unwrap_or(0);
            for limb in limbs.iter_mut().rev() {
                let value = *limb * CHUNK + carry;
                *limb = value & u128::from(u64::MAX);
                carry = value >> 64;
            }
            if carry > 0 {
                return None;
            }
        }
        let [high, stream, sequence] = limbs.map(|limb| u64::try_from(limb).unwrap_or(u64::MAX));
        let timestamp = high >> TIMESTAMP_SHIFT_BITS;
        (timestamp << TIMESTAMP_SHIFT_BITS == high).then_some(Self {
            timestamp,
            stream,
            sequence,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_has_56_digits_and_its_time_stands_first() {
        // From an example of AWS's documentation, of an event at that time.
        let aws = "34783877304859518393868359594929986069206639495374241795";
        let digits = |timestamp| Position::start_of(timestamp).digits();
        assert_eq!(digits(1_559_763_003_218).len(), 56);
        assert!(digits(1_559_763_003_218).as_str() <= aws);
        assert!(digits(1_559_763_003_219).as_str() > aws);
        assert_eq!(Position::start_of(0).digits(), "0".repeat(56));
    }

    #[test]
    fn what_is_no_position_is_refused() {
        for text in ["", "x", "-1", &"9".repeat(58), &"1".repeat(59)] {
            assert_eq!(Position::from_digits(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn digits_read_back_and_sort(
            a in (0_u64..1 << 41, any::<u64>(), any::<u64>()),
            b in (0_u64..1 << 41, any::<u64>(), any::<u64>()),
        ) {
            let position = |(timestamp, stream, sequence)| Position { timestamp, stream, sequence };
            let (a, b) = (position(a), position(b));
            prop_assert_eq!(Position::from_digits(&a.digits()), Some(a));
            prop_assert_eq!(a.digits().cmp(&b.digits()), a.cmp(&b));
        }
    }
}
