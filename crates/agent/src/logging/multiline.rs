//! Lines put together into events, where `awslogs-multiline-pattern` or `awslogs-datetime-format` says
//! how an event begins. Pure.
//!
//! As Docker's driver does it: a line that the pattern matches begins an event, the others belong to
//! the one before; each line keeps its newline.

use std::collections::BTreeMap;

use ambient::Timestamp;
// Of bytes, since that of texts has no limit of a word of ASCII.
use regex::bytes::{Regex, RegexBuilder};
use runtime::Record;

/// The most bytes of one event: what CloudWatch Logs took for long, and Docker's driver cuts at.
const EVENT_MAX_BYTES: usize = 262_144 - 26;
/// What a compiled pattern may take: some thousand states, far beyond any that is written by hand.
const PATTERN_MAX_BYTES: usize = 1024 * 1024;

/// What `awslogs-datetime-format` may hold, from the table of Docker's documentation of the driver.
const DATE_PARTS: [(char, &str); 18] = [
    ('a', "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"),
    (
        'A',
        "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
    ),
    ('w', "[0-6]"),
    ('d', "(?:0[1-9]|[12][0-9]|3[01])"),
    ('b', "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"),
    (
        'B',
        "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
    ),
    ('m', "(?:0[1-9]|1[0-2])"),
    ('Y', "[0-9]{4}"),
    ('y', "[0-9]{2}"),
    ('H', "(?:[01][0-9]|2[0-3])"),
    ('I', "(?:0[0-9]|1[0-2])"),
    ('p', "[AP]M"),
    ('M', "[0-5][0-9]"),
    ('S', "[0-5][0-9]"),
    ('L', "[0-9]{3}"),
    ('f', "[0-9]{6}"),
    ('z', "[+-][0-9]{4}"),
    ('Z', "[A-Z]{1,4}T"),
];
/// The day of the year, `%j`, beside the table above: it has three forms.
const DAY_OF_YEAR: &str = "(?:0[0-9][1-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6])";

/// The pattern that the options of the driver ask for.
///
/// # Errors
/// In words, when both options are there or one is no pattern.
pub(super) fn pattern(options: &BTreeMap<String, String>) -> Result<Option<Regex>, String> {
    let option = |name: &str| options.get(name).filter(|text| !text.is_empty());
    let text = match (
        option("awslogs-datetime-format"),
        option("awslogs-multiline-pattern"),
    ) {
        (Some(_), Some(_)) => {
            return Err(
                "you cannot configure log opt 'awslogs-datetime-format' and \
                        'awslogs-multiline-pattern' at the same time"
                    .to_owned(),
            );
        }
        (Some(format), None) => of_date(format),
        (None, Some(pattern)) => pattern.clone(),
        (None, None) => return Ok(None),
    };
    RegexBuilder::new(&of_docker(&text))
        .octal(true)
        .size_limit(PATTERN_MAX_BYTES)
        .build()
        .map(Some)
        .map_err(|_| format!("awslogs could not parse multiline pattern key \"{text}\""))
}

/// The pattern of a date as strftime(3) describes it; what is between its parts is a pattern too.
fn of_date(format: &str) -> String {
    let mut pattern = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            pattern.push(letter);
            continue;
        }
        match letters.next() {
            Some('j') => pattern.push_str(DAY_OF_YEAR),
            Some(part) => {
                let known = DATE_PARTS.iter().find(|(name, _)| *name == part);
                // As in Docker, what is not known matches nothing there.
                pattern.push_str(known.map_or("", |(_, pattern)| pattern));
            }
            None => pattern.push('%'),
        }
    }
    pattern
}

/// A pattern as Docker reads it, with Go's `regexp`, for this library: there the classes of Perl are of ASCII, what
/// counts nothing is itself, and so is a bracket, `&` or `~` within a class.
fn of_docker(pattern: &str) -> String {
    let mut read = String::new();
    let mut rest = pattern;
    let mut class = Class::Outside;
    while let Some(letter) = rest.chars().next() {
        let (taken, meant) = match (letter, class) {
            ('\\', _) => escaped(rest),
            ('{', Class::Outside) if !counts(rest) => (1, r"\{".to_owned()),
            ('[', Class::Outside) => {
                let begin = if rest.starts_with("[^") { "[^" } else { "[" };
                (begin.len(), begin.to_owned())
            }
            // A named class, such as [:alpha:].
            ('[', _) if named(rest) > 0 => (named(rest), rest[..named(rest)].to_owned()),
            (']', Class::Begins)
            | ('[' | '&' | '~', Class::Within)
            | ('[' | '&' | '~', Class::Begins) => (1, format!("\\{letter}")),
            // Not what is in one class and not in another.
            ('-', Class::Within) if read.ends_with('-') && !read.ends_with(r"\-") => {
                (1, r"\-".to_owned())
            }
            _ => (letter.len_utf8(), letter.to_string()),
        };
        class = match (letter, class) {
            ('[', Class::Outside) => Class::Begins,
            (']', Class::Outside | Class::Within) | (_, Class::Outside) => Class::Outside,
            _ => Class::Within,
        };
        read.push_str(&meant);
        rest = &rest[taken..];
    }
    read
}

/// Where in a pattern a letter stands.
#[derive(Clone, Copy)]
enum Class {
    Outside,
    /// First in a class, where a bracket that closes is itself.
    Begins,
    Within,
}

/// What begins with a backslash: how long it is, and what it means.
fn escaped(text: &str) -> (usize, String) {
    let Some(letter) = text[1..].chars().next() else {
        return (text.len(), text.to_owned());
    };
    let length = 1 + letter.len_utf8();
    let meant = match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        'b' => r"(?-u:\b)",
        'B' => r"(?-u:\B)",
        '<' => "<",
        '>' => ">",
        'Q' => {
            // All up to \E is itself.
            let quoted = &text[length..];
            let end = quoted.find(r"\E").unwrap_or(quoted.len());
            let taken = (length + end + 2).min(text.len());
            return (taken, regex::escape(&quoted[..end]));
        }
        'p' | 'P' | 'x' if text[length..].starts_with('{') => {
            let end = text.find('}').map_or(text.len(), |end| end + 1);
            return (end, text[..end].to_owned());
        }
        _ => &text[..length],
    };
    (length, meant.to_owned())
}

/// Whether it begins with how often something is repeated: `{2}`, `{2,}` or `{2,3}`.
fn counts(text: &str) -> bool {
    let Some((count, _)) = text[1..].split_once('}') else {
        return false;
    };
    let (least, most) = count.split_once(',').unwrap_or((count, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

/// How long the name of a class is that it begins with; 0 where it is none.
fn named(text: &str) -> usize {
    let Some(name) = text.strip_prefix("[:") else {
        return 0;
    };
    let end = name.find(|letter: char| !letter.is_ascii_alphabetic() && letter != '^');
    end.filter(|end| name[*end..].starts_with(":]"))
        .map_or(0, |end| end + 4)
}

/// One event for PutLogEvents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// When its first line was written.
    pub(super) at: Timestamp,
    /// The offset of its first line.
    first: u64,
    /// The offset of its last line, by which the sink tells new from old.
    pub(super) offset: u64,
    pub(super) text: String,
}

/// Puts lines together.
pub(super) struct Grouper {
    pattern: Option<Regex>,
    held: Option<Event>,
    /// True where the last line goes on in the next record.
    in_line: bool,
}

impl Grouper {
    /// Without a pattern every line is an event.
    pub(super) fn new(pattern: Option<Regex>) -> Self {
        Self {
            pattern,
            held: None,
            in_line: false,
        }
    }

    /// Takes a line; gives the event that is complete with it.
    pub(super) fn take(&mut self, record: &Record) -> Option<Event> {
        let mut text = String::from_utf8_lossy(&record.bytes).into_owned();
        let Some(pattern) = &self.pattern else {
            return Some(event(record, text)).filter(|event| !event.text.is_empty());
        };
        let goes_on = std::mem::replace(&mut self.in_line, record.partial);
        let begins = !goes_on && pattern.is_match(text.as_bytes());
        if !record.partial && text.len() < EVENT_MAX_BYTES {
            text.push('\n');
        }
        match &mut self.held {
            Some(held) if !begins && held.text.len() + text.len() <= EVENT_MAX_BYTES => {
                held.text.push_str(&text);
                held.offset = record.offset;
                None
            }
            _ => self.held.replace(event(record, text)),
        }
    }

    /// Gives what is held: no more lines of it are waited for.
    pub(super) fn flush(&mut self) -> Option<Event> {
        self.held.take()
    }

    /// The offset of the first line that is held.
    pub(super) fn held_from(&self) -> Option<u64> {
        self.held.as_ref().map(|held| held.first)
    }
}

fn event(record: &Record, text: String) -> Event {
    Event {
        at: record.at,
        first: record.offset,
        offset: record.offset,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use runtime::Stream;

    fn record(offset: u64, text: &str) -> Record {
        Record {
            stream: Stream::Stdout,
            at: Timestamp::from_millis(i64::try_from(offset).unwrap()),
            offset,
            partial: false,
            bytes: text.as_bytes().to_vec(),
        }
    }

    fn with(name: &str, value: &str) -> Result<Option<Regex>, String> {
        pattern(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    fn events(pattern: Option<Regex>, lines: &[&str]) -> Vec<(u64, String)> {
        let mut grouper = Grouper::new(pattern);
        let mut found: Vec<Event> = lines
            .iter()
            .enumerate()
            .filter_map(|(index, line)| grouper.take(&record(index as u64, line)))
            .collect();
        found.extend(grouper.flush());
        found
            .into_iter()
            .map(|event| (event.offset, event.text))
            .collect()
    }

    #[test]
    fn a_pattern_says_where_an_event_begins() {
        let pattern = with("awslogs-multiline-pattern", r"^INFO").unwrap();
        let lines = ["lost", "INFO a", " at b", "", "INFO c"];
        let expected = [
            (0, "lost\n".to_owned()),
            (3, "INFO a\n at b\n\n".to_owned()),
            (4, "INFO c\n".to_owned()),
        ];
        assert_eq!(events(pattern, &lines), expected);
        let plain = [(0, "INFO a".to_owned()), (2, "b".to_owned())];
        assert_eq!(events(None, &["INFO a", "", "b"]), plain);
    }

    #[test]
    fn a_date_is_a_pattern() {
        let pattern = with("awslogs-datetime-format", r"\[%b %d, %Y %H:%M:%S\]")
            .unwrap()
            .unwrap();
        assert!(pattern.is_match(b"x [May 01, 2017 19:00:01] A message was logged"));
        assert!(!pattern.is_match(b"[May 41, 2017 19:00:01]"));
        let all = with(
            "awslogs-datetime-format",
            "%a %A %w %B %m %y %I %p %f %L %z %Z %j %q",
        );
        let all = all.unwrap().unwrap();
        assert!(all.is_match(b"Mon Monday 1 May 05 17 07 AM 123456 123 +0200 CEST 121 "));
    }

    #[test]
    fn patterns_are_read_as_docker_reads_them() {
        let matches = |pattern: &str, line: &str| {
            let found = with("awslogs-multiline-pattern", pattern);
            let pattern = found.unwrap_or_else(|error| panic!("{pattern}: {error}"));
            pattern.unwrap().is_match(line.as_bytes())
        };
        for (pattern, begins, goes_on) in [
            (r"^\S", "Error", "  at main"),
            (r"^[^\s]", "Error", "\tat main"),
            (r"^\[.*\] ", "[ü] a", "[ü a"),
            (r"^(INFO|WARN).*$", "WARN b", "at WARN"),
            (r"^.ber: [äöü]$", "Über: ü", "xyber: ü"),
            (r"^\d{4}-\d\d\D", "2026-11-", "٢٠٢٦-١١-"),
            (r"(?i)^error\b", "ERROR: x", "errors"),
            (r"^a\B", "ab", "a b"),
            (r"^[]x]", "]", "a]"),
            (r"^[^]x]", "a", "]"),
            (r"^[[]\w+", "[a", "a"),
            (r"^[a&&b]", "&", "c"),
            (r"^[[:upper:]\d]", "7", "a"),
            (r"^[\]a]", "]", "b"),
            (r"^\\d", r"\d", "7"),
            (r"^\p{Lu}", "Ä", "ä"),
            (r"^\p{Cyrillic}", "Ж", "Z"),
            (r"^{", "{", " {"),
            (r#"^{"time":"\d{4}-"#, r#"{"time":"2026-"#, "{"),
            (r"^a{2,}b{1}{", "aab{", "ab{"),
            (r"^\<\d+\>", "<34>Oct", "34"),
            (r"^\033\[", "\u{1b}[1m", "[1m"),
            (r"^\Q[a.b]\E.", "[a.b]c", "a"),
            (r"^[[:(]", ":", "a"),
            (r"^[+--]x", ",x", "ax"),
            (r"^\x{41}", "A", "x{41}"),
        ] {
            assert!(matches(pattern, begins), "{pattern} begins at {begins}");
            assert!(!matches(pattern, goes_on), "{pattern} begins at {goes_on}");
        }
        let date = with("awslogs-datetime-format", "%Y-%m-%d %H:%M:%S.%L").unwrap();
        assert!(date.unwrap().is_match(b"2026-11-22 03:04:05.678 up"));
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        assert!(with("awslogs-multiline-pattern", "(").is_err());
        assert!(with("awslogs-multiline-pattern", "(a{1000}){1000}").is_err());
        let both = ["awslogs-multiline-pattern", "awslogs-datetime-format"]
            .map(|name| (name.to_owned(), "%Y".to_owned()));
        assert!(
            pattern(&both.into())
                .unwrap_err()
                .contains("at the same time")
        );
        assert_eq!(pattern(&BTreeMap::new()).unwrap().map(|_| ()), None);
    }

    #[test]
    fn an_event_has_an_end() {
        let line = "x".repeat(100_000);
        let found = events(
            with("awslogs-multiline-pattern", "^never").unwrap(),
            &[line.as_str(); 5],
        );
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|(_, text)| text.len() <= EVENT_MAX_BYTES));
        let mut grouper = Grouper::new(with("awslogs-multiline-pattern", "^x").unwrap());
        let mut long = record(0, "x a");
        long.partial = true;
        assert_eq!(grouper.take(&long), None);
        assert_eq!(grouper.take(&record(4, "x b")), None, "the line goes on");
        assert_eq!(grouper.held_from(), Some(0));
        assert_eq!(grouper.flush().unwrap().text, "x ax b\n");
    }

    proptest! {
        /// No byte is lost or changes its place, wherever events begin.
        #[test]
        fn nothing_is_lost(lines in proptest::collection::vec("[ab]{1,3}", 0..20)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let found = events(with("awslogs-multiline-pattern", "^a").unwrap(), &lines);
            let text: String = found.iter().map(|(_, text)| text.as_str()).collect();
            prop_assert_eq!(text, lines.iter().map(|line| format!("{line}\n")).collect::<String>());
            prop_assert!(found.is_sorted_by_key(|(offset, _)| *offset));
        }
    }
}
