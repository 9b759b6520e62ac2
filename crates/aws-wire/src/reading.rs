//! What the readers of all formats share: where a value stands in the tree.

use aws_schema::{Kind, Member, ReadError, Schema, TimestampFormat};

use crate::NESTING_MAX_LEVELS;
use crate::timestamp::format_of;

/// Where a reader stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    levels: usize,
    timestamp_format: Option<TimestampFormat>,
    flattened: bool,
}

impl Place {
    /// The place of a member's, an item's or an entry's value inside this one.
    pub(crate) fn inside(self, member: &Member) -> Result<Self, ReadError> {
        if self.levels >= NESTING_MAX_LEVELS {
            return Err(ReadError::new(format!(
                "the request nests deeper than {NESTING_MAX_LEVELS} levels"
            )));
        }
        Ok(Self {
            levels: self.levels + 1,
            timestamp_format: member.timestamp_format,
            flattened: member.flattened,
        })
    }

    /// The format that a timestamp here is in.
    pub(crate) fn timestamp_format(
        self,
        schema: &Schema,
        protocol: TimestampFormat,
    ) -> TimestampFormat {
        format_of(self.timestamp_format, schema, protocol)
    }

    /// True where a list or map here has no element of its own (Query).
    pub(crate) fn flattened(self) -> bool {
        self.flattened
    }
}

/// A whole number that came as a floating-point one: `1.0` is 1. Fractions are refused rather
/// than cut off, for a client that sends one did not mean what it would get.
pub(crate) fn whole(number: f64) -> Result<i64, ReadError> {
    // 2^63, exactly representable; i64::MAX is not.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if number.fract() != 0.0 || !(-BOUND..BOUND).contains(&number) {
        return Err(ReadError::new("expected a whole number within 64 bits"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value is whole and within bounds"
    )]
    Ok(number as i64)
}

/// The values that JSON and Query have no digits for, and their names in all AWS protocols.
pub(crate) fn named_float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// The name of a float that has no digits.
pub(crate) fn float_name(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("Infinity")
    } else if value == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

/// The shortest digits that give the same number again at the schema's width: `1.0`, `1e300`.
pub(crate) fn float_digits(schema: &Schema, value: f64) -> String {
    if matches!(schema.kind, Kind::Float) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the value was widened from the model's width before"
        )]
        let narrow = value as f32;
        format!("{narrow:?}")
    } else {
        format!("{value:?}")
    }
}

/// Bytes from base64, with or without padding.
pub(crate) fn blob_from_base64(text: &str) -> Result<Vec<u8>, ReadError> {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT
        .decode(text)
        .map_err(|_| ReadError::new("expected bytes in base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_become_integers() {
        assert_eq!(whole(1.0), Ok(1));
        assert_eq!(whole(-2e3), Ok(-2000));
        assert_eq!(whole(-9_223_372_036_854_775_808.0), Ok(i64::MIN));
        for refused in [1.5, 9_223_372_036_854_775_808.0, f64::NAN, f64::INFINITY] {
            assert!(whole(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn base64_needs_no_padding() {
        assert_eq!(blob_from_base64("aGk="), Ok(b"hi".to_vec()));
        assert_eq!(blob_from_base64("aGk"), Ok(b"hi".to_vec()));
        assert!(blob_from_base64("a b").is_err());
    }
}
