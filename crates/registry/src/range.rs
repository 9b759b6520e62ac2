//! Byte ranges: of a blob that is read (RFC 9110 section 14), and of a chunk that is written (OCI
//! Distribution 1.1, "Pushing a blob in chunks").

/// What a request for a blob asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// All of it.
    Whole,
    /// `length` bytes from `start`; at least one.
    Part {
        /// The first byte's place.
        start: u64,
        /// How many.
        length: u64,
    },
    /// Bytes that it does not have.
    Unsatisfiable,
}

/// Reads a `Range` header about `size` bytes. What is no single range of bytes is as no header at
/// all, as RFC 9110 section 14.2 has it.
pub(crate) fn asked(header: Option<&str>, size: u64) -> Asked {
    let Some((first, last)) = header
        .and_then(|text| text.trim().strip_prefix("bytes="))
        .and_then(|text| text.split_once('-'))
    else {
        return Asked::Whole;
    };
    match (number(first), number(last)) {
        // The last so many bytes.
        (None, Some(suffix)) if first.is_empty() => {
            let length = suffix.min(size);
            part(size - length, length)
        }
        (Some(start), None) if last.is_empty() => part(start, size.saturating_sub(start)),
        (Some(start), Some(last)) if start <= last => {
            let end = last.saturating_add(1).min(size);
            part(start, end.saturating_sub(start))
        }
        _ => Asked::Whole,
    }
}

fn part(start: u64, length: u64) -> Asked {
    if length == 0 {
        Asked::Unsatisfiable
    } else {
        Asked::Part { start, length }
    }
}

/// A `Content-Range` of an upload's chunk: `<first>-<last>`, both inclusive, as start and length.
pub(crate) fn chunk(header: &str) -> Option<(u64, u64)> {
    let text = header.trim();
    // As RFC 9110 would have it, which some clients send.
    let text = text.strip_prefix("bytes ").unwrap_or(text);
    let text = text.split_once('/').map_or(text, |(range, _)| range);
    let (first, last) = text.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let length = last.checked_sub(first)?.checked_add(1)?;
    Some((first, length))
}

/// How far an upload of `length` bytes is, as a `Range` header says it: of nothing, `0-0`.
pub(crate) fn uploaded(length: u64) -> String {
    format!("0-{}", length.saturating_sub(1))
}

fn number(text: &str) -> Option<u64> {
    // `parse` alone would take a sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_of_a_blob() {
        let part = |start, length| Asked::Part { start, length };
        for (header, expected) in [
            ("bytes=0-3", part(0, 4)),
            ("bytes=4-", part(4, 6)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-30", part(0, 10)),
            ("bytes=8-100", part(8, 2)),
            ("bytes=10-", Asked::Unsatisfiable),
            ("bytes=10-12", Asked::Unsatisfiable),
            ("bytes=-0", Asked::Unsatisfiable),
            ("bytes=3-2", Asked::Whole),
            ("bytes=0-1,3-4", Asked::Whole),
            ("bytes=+1-2", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=0-18446744073709551615", part(0, 10)),
        ] {
            assert_eq!(asked(Some(header), 10), expected, "{header}");
        }
        assert_eq!(asked(None, 10), Asked::Whole);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::Unsatisfiable);
    }

    #[test]
    fn ranges_of_a_chunk() {
        assert_eq!(chunk("0-9"), Some((0, 10)));
        assert_eq!(chunk("bytes 10-10/*"), Some((10, 1)));
        assert_eq!(chunk("9-0"), None);
        assert_eq!(chunk("0-18446744073709551615"), None);
        assert_eq!(chunk("-5"), None);
        assert_eq!(uploaded(0), "0-0");
        assert_eq!(uploaded(10), "0-9");
    }

    proptest! {
        #[test]
        fn what_is_asked_is_there(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in any::<u64>()) {
            if let Asked::Part { start, length } = asked(Some(&header), size) {
                prop_assert!(length > 0 && start.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }
}
