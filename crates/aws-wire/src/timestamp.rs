//! Moments as text, in the three formats of the models, and which of them a value is in.

use aws_schema::{Kind, Member, ReadError, Schema, Timestamp, TimestampFormat};
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

/// The format of a value: the member's own, else the shape's, else the protocol's.
pub(crate) fn format_of(
    member: Option<TimestampFormat>,
    schema: &Schema,
    protocol: TimestampFormat,
) -> TimestampFormat {
    let shape = match schema.kind {
        Kind::Timestamp(format) => format,
        _ => None,
    };
    member.or(shape).unwrap_or(protocol)
}

/// Keeps, for a writer, the format that the enclosing member or list item asks for.
#[derive(Default)]
pub(crate) struct Formats {
    /// Of the member just named.
    next: Option<TimestampFormat>,
    /// Of the items of each list or map that is open; `None` for structures.
    open: Vec<Option<TimestampFormat>>,
}

impl Formats {
    pub(crate) fn member(&mut self, member: &Member) {
        self.next = member.timestamp_format;
    }

    pub(crate) fn begin(&mut self, schema: &Schema) {
        self.next = None;
        self.open.push(match schema.kind {
            Kind::List(item) | Kind::Map(_, item) => item.timestamp_format,
            _ => None,
        });
    }

    pub(crate) fn end(&mut self) {
        self.next = None;
        self.open.pop();
    }

    pub(crate) fn of(&mut self, schema: &Schema, protocol: TimestampFormat) -> TimestampFormat {
        let member = self
            .next
            .take()
            .or_else(|| self.open.last().copied().flatten());
        format_of(member, schema, protocol)
    }
}

/// Writes a moment. Years beyond 9999, which the text formats cannot say, become their last.
pub(crate) fn to_text(value: Timestamp, format: TimestampFormat) -> String {
    match format {
        TimestampFormat::UnixSeconds => unix_seconds(value),
        TimestampFormat::Iso8601 => {
            let moment = moment(value);
            if value.as_millis() % 1000 == 0 {
                format!("{moment:.0}")
            } else {
                format!("{moment:.3}")
            }
        }
        TimestampFormat::HttpDate => DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&moment(value))
            // The printer refuses negative years only.
            .unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 GMT".to_owned()),
    }
}

/// Seconds since the epoch in decimal digits, exact: `1700000000`, `1700000000.25`.
pub(crate) fn unix_seconds(value: Timestamp) -> String {
    let millis = value.as_millis();
    let (sign, magnitude) = (if millis < 0 { "-" } else { "" }, millis.unsigned_abs());
    let (seconds, fraction) = (magnitude / 1000, magnitude % 1000);
    if fraction == 0 {
        return format!("{sign}{seconds}");
    }
    let digits = format!("{fraction:03}");
    format!("{sign}{seconds}.{}", digits.trim_end_matches('0'))
}

/// Reads what [`to_text`] writes, and in ISO 8601 any offset and any number of decimals.
pub(crate) fn from_text(text: &str, format: TimestampFormat) -> Result<Timestamp, ReadError> {
    let moment = match format {
        TimestampFormat::UnixSeconds => {
            let seconds = text.parse().ok().filter(|number: &f64| number.is_finite());
            return from_seconds(seconds.ok_or_else(|| {
                ReadError::new("expected a timestamp in seconds since the epoch")
            })?);
        }
        TimestampFormat::Iso8601 => text.parse::<jiff::Timestamp>().map_err(|_| {
            ReadError::new("expected a timestamp in ISO 8601, for instance 2026-01-31T23:59:59Z")
        })?,
        TimestampFormat::HttpDate => DateTimeParser::new().parse_timestamp(text).map_err(|_| {
            ReadError::new("expected a timestamp like Sat, 31 Jan 2026 23:59:59 GMT")
        })?,
    };
    Ok(Timestamp::from_millis(
        moment
            .as_nanosecond()
            .div_euclid(1_000_000)
            .try_into()
            .unwrap_or(i64::MAX),
    ))
}

/// Rounds to the nearest millisecond.
pub(crate) fn from_seconds(seconds: f64) -> Result<Timestamp, ReadError> {
    let millis = (seconds * 1000.0).round();
    #[expect(
        clippy::cast_precision_loss,
        reason = "the bounds need not be exact: they are far outside of any real moment"
    )]
    let bounds =
        jiff::Timestamp::MIN.as_millisecond() as f64..=jiff::Timestamp::MAX.as_millisecond() as f64;
    if !bounds.contains(&millis) {
        return Err(ReadError::new("timestamp out of range"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value is whole and within bounds"
    )]
    let millis = millis as i64;
    Ok(Timestamp::from_millis(millis))
}

/// From a whole number of seconds.
pub(crate) fn from_whole_seconds(seconds: i64) -> Result<Timestamp, ReadError> {
    jiff::Timestamp::from_second(seconds)
        .map(|moment| Timestamp::from_millis(moment.as_millisecond()))
        .map_err(|_| ReadError::new("timestamp out of range"))
}

fn moment(value: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(value.as_millis()).unwrap_or(if value.as_millis() < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use TimestampFormat::{HttpDate, Iso8601, UnixSeconds};

    #[test]
    fn a_moment_in_each_format() {
        let whole = Timestamp::from_millis(1_700_000_000_000);
        let part = Timestamp::from_millis(1_700_000_000_250);
        assert_eq!(to_text(whole, UnixSeconds), "1700000000");
        assert_eq!(to_text(part, UnixSeconds), "1700000000.25");
        assert_eq!(to_text(Timestamp::from_millis(-1), UnixSeconds), "-0.001");
        assert_eq!(to_text(whole, Iso8601), "2023-11-14T22:13:20Z");
        assert_eq!(to_text(part, Iso8601), "2023-11-14T22:13:20.250Z");
        assert_eq!(to_text(whole, HttpDate), "Tue, 14 Nov 2023 22:13:20 GMT");
    }

    #[test]
    fn what_clients_write_is_read() {
        let read = |text, format| from_text(text, format).map(Timestamp::as_millis);
        assert_eq!(read("2023-11-14T22:13:20Z", Iso8601), Ok(1_700_000_000_000));
        assert_eq!(
            read("2023-11-14T22:13:20.123456Z", Iso8601),
            Ok(1_700_000_000_123)
        );
        assert_eq!(
            read("2023-11-15T00:13:20+02:00", Iso8601),
            Ok(1_700_000_000_000)
        );
        assert_eq!(
            read("Tue, 14 Nov 2023 22:13:20 GMT", HttpDate),
            Ok(1_700_000_000_000)
        );
        assert_eq!(read("1700000000.25", UnixSeconds), Ok(1_700_000_000_250));
        for (text, format) in [
            ("yesterday", Iso8601),
            ("", HttpDate),
            ("NaN", UnixSeconds),
            ("1e300", UnixSeconds),
        ] {
            assert!(read(text, format).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_out_of_range_are_written_as_the_last() {
        let end = Timestamp::from_millis(i64::MAX);
        assert!(to_text(end, Iso8601).starts_with("9999-12-"));
        let start = Timestamp::from_millis(i64::MIN);
        assert!(!to_text(start, Iso8601).is_empty());
        assert!(!to_text(start, HttpDate).is_empty());
    }
}
