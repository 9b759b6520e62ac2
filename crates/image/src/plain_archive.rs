//! A layer's archive without its compression: hashed as it is read, and no more of it than is accepted.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;
use crate::limits::{MAX_UNPACK_RATIO, UNPACK_RATIO_FREE_BYTES};

/// The most that a layer of so many bytes may unpack to.
pub(crate) fn most_plain_bytes(compressed: u64) -> u64 {
    compressed
        .saturating_mul(MAX_UNPACK_RATIO)
        .max(UNPACK_RATIO_FREE_BYTES)
}

/// The archive without its compression: hashed, and no more of it than the limit.
pub(crate) struct Plain<R> {
    reader: R,
    hasher: Sha256,
    left: u64,
}

impl<R> Plain<R> {
    /// At most `left` bytes of `reader`.
    pub(crate) fn new(reader: R, left: u64) -> Self {
        Self {
            reader,
            hasher: Sha256::new(),
            left,
        }
    }

    /// The digest of all that was read.
    pub(crate) fn digest(self) -> Digest {
        Digest::from_hasher(self.hasher)
    }
}

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it is larger than this node accepts"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_unpacks_to_so_many_times_its_size_beyond_what_is_free() {
        let break_even = UNPACK_RATIO_FREE_BYTES / MAX_UNPACK_RATIO;
        assert_eq!(most_plain_bytes(0), UNPACK_RATIO_FREE_BYTES);
        assert_eq!(most_plain_bytes(break_even), UNPACK_RATIO_FREE_BYTES);
        let more = break_even + 1;
        assert_eq!(most_plain_bytes(more), more * MAX_UNPACK_RATIO);
        assert_eq!(most_plain_bytes(u64::MAX), u64::MAX);
    }

    #[test]
    fn not_a_byte_is_taken_beyond_the_limit() {
        let plain = |left: u64| Plain::new([7; 100].as_slice(), left);
        let mut taken = Vec::new();
        plain(100).read_to_end(&mut taken).unwrap();
        assert_eq!(taken.len(), 100);
        let error = plain(99).read_to_end(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("larger than this node accepts"));
    }
}
