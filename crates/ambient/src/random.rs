/// Where random bytes come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random bytes, fit for keys and tokens.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// `2 * N` lower-case hexadecimal digits: the form of ECS task ids (`N` = 16).
    #[must_use]
    pub fn hex<const N: usize>(&self) -> String {
        let mut out = String::with_capacity(2 * N);
        for byte in self.bytes::<N>() {
            for nibble in [byte >> 4, byte & 0xf] {
                out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        out
    }

    /// A version 4 UUID in its usual form (RFC 9562 section 5.4).
    #[must_use]
    pub fn uuid(&self) -> String {
        let [a, b, c, d, e, f, g, h, i, rest @ ..] = self.bytes::<16>();
        let mut hex = String::with_capacity(36);
        let g = (g & 0x0f) | 0x40;
        let i = (i & 0x3f) | 0x80;
        for (index, byte) in [a, b, c, d, e, f, g, h, i]
            .into_iter()
            .chain(rest)
            .enumerate()
        {
            if matches!(index, 4 | 6 | 8 | 10) {
                hex.push('-');
            }
            for nibble in [byte >> 4, byte & 0xf] {
                hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        hex
    }
}

/// The operating system's random source.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // Without a random source no key or token could be trusted, and Linux only fails here
        // before its pool is seeded at boot; going on would be worse than ending.
        if let Err(error) = getrandom::fill(bytes) {
            eprintln!("longshore: the operating system gives no random bytes: {error}");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;
    impl Random for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let random: &dyn Random = &Zero;
        assert_eq!(random.uuid(), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn ids_are_hexadecimal_and_of_the_right_length() {
        let random: &dyn Random = &SystemRandom;
        let id = random.hex::<16>();
        assert_eq!(id.len(), 32);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
