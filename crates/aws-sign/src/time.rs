//! The two forms in which a request may carry its date.

use ambient::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

const BASIC_FORMAT: &str = "%Y%m%dT%H%M%SZ";
const BASIC_BYTES: usize = 16;

/// ISO 8601 basic, for instance `20150830T123600Z`; empty for a moment beyond year 9999.
pub(crate) fn basic(moment: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(moment.as_millis())
        .map(|moment| moment.strftime(BASIC_FORMAT).to_string())
        .unwrap_or_default()
}

/// Reads ISO 8601 basic, and nothing looser.
pub(crate) fn parse_basic(text: &str) -> Option<Timestamp> {
    let well_formed = text.len() == BASIC_BYTES
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return None;
    }
    let moment = DateTime::strptime(BASIC_FORMAT, text)
        .ok()?
        .to_zoned(TimeZone::UTC)
        .ok()?;
    Some(Timestamp::from_millis(moment.timestamp().as_millisecond()))
}

/// Reads a `Date` header: ISO 8601 basic, or the form of RFC 9110 and RFC 2822.
pub(crate) fn parse_date_header(text: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);
    parse_basic(text).or_else(|| {
        let moment = PARSER.parse_timestamp(text).ok()?;
        Some(Timestamp::from_millis(moment.as_millisecond()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_mean_the_same_moment() {
        let moment = parse_basic("20150830T123600Z").unwrap();
        assert_eq!(moment.as_secs(), 1_440_938_160);
        assert_eq!(basic(moment), "20150830T123600Z");
        for text in [
            "Sun, 30 Aug 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00 -0000",
            "20150830T123600Z",
        ] {
            assert_eq!(parse_date_header(text), Some(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "20150830",
            "20150830T123600",
            "20151330T123600Z",
            "20150830T256000Z",
            "+2150830T123600Z",
            "２０150830T1236Z",
        ] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
        assert_eq!(parse_date_header("yesterday"), None);
    }
}
