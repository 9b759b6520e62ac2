//! Filter patterns of logs: the first line is the pattern, the rest the message. Both are read
//! within a bounded time, the message also when it is long; a pattern of plain
//! words takes what has all of them.

use logs::fuzzing::matches;
use rustix::time::{ClockId, clock_gettime};

use crate::input::Input;

/// Of the processor, for a pattern of at most 1024 characters on a long message, in
/// this build, which is some ten times slower than what is released.
const TIME_MAX_MILLIS: i64 = 3_000;
/// A quarter of the longest message of an event, so that enough others are tried.
const MESSAGE_MAX_BYTES: usize = 64 * 1024;
/// Of 256 first bytes, those that ask for a long message, which takes time.
const LONG_BELOW: u8 = 8;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let long = input.byte() < LONG_BELOW;
    let pattern = input.text_line();
    let mut message = String::from_utf8_lossy(input.rest()).into_owned();
    let began = processor_millis();
    let Some(taken) = matches(&pattern, &message) else {
        return;
    };
    assert_eq!(matches(pattern.trim(), &message), Some(taken));
    let words: Vec<&str> = pattern.split(' ').filter(|word| !word.is_empty()).collect();
    let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if words.iter().all(plain) {
        let all = words.iter().all(|word| message.contains(word));
        assert_eq!(taken, all, "{pattern:?} on {message:?}");
    }
    if long && !message.is_empty() {
        message = message.repeat(MESSAGE_MAX_BYTES / message.len());
        let _ = matches(&pattern, &message);
    }
    let took = processor_millis() - began;
    assert!(took < TIME_MAX_MILLIS, "{pattern:?} took {took} ms");
}

fn processor_millis() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
