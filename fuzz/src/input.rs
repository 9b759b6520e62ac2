//! Takes values off the front of a fuzzer's bytes; where there are none left, zeros and nothing.

/// The bytes that are left.
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// Mostly small, at times any.
    pub(crate) fn skewed(&mut self) -> u64 {
        match self.byte() {
            255 => self.number(),
            254 => u64::MAX,
            small => u64::from(small),
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for (to, from) in out.iter_mut().zip(self.bytes(N)) {
            *to = *from;
        }
        out
    }

    /// At most `count` bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// At most 255 bytes, as many as the next byte says.
    pub(crate) fn short(&mut self) -> &'a [u8] {
        let count = usize::from(self.byte());
        self.bytes(count)
    }

    pub(crate) fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[usize::from(self.byte()) % of.len()]
    }

    /// What is before the next line feed, which is taken, too.
    pub(crate) fn line(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b'\n');
        let line = self.bytes(end.unwrap_or(self.0.len()));
        self.bytes(1);
        line
    }

    /// The same as text; bytes that are none are replaced.
    pub(crate) fn text_line(&mut self) -> String {
        String::from_utf8_lossy(self.line()).into_owned()
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.bytes(usize::MAX)
    }
}
