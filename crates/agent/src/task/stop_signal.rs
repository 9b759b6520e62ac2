//! Which signal an image wants to be stopped with (OCI image specification, `StopSignal`). Pure.

/// What is sent where an image says nothing.
const SIGTERM: i32 = 15;
/// Signals by their names without `SIG`, as signal(7) numbers them on x86 and ARM.
const NAMES: [(&str, i32); 35] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("IOT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("POLL", 29),
    ("PWR", 30),
    ("SYS", 31),
    ("UNUSED", 31),
];
/// The first real-time signal that programs may use: the C library keeps two for itself.
const RTMIN: i32 = 34;
/// The last one.
const RTMAX: i32 = 64;

/// The number of a signal by number or name, in any case, with or without `SIG`.
///
/// # Errors
/// In Docker's words, where there is no such signal.
pub(super) fn parse(stop_signal: &str) -> Result<i32, String> {
    let text = stop_signal.trim().to_ascii_uppercase();
    if text.is_empty() {
        return Ok(SIGTERM);
    }
    let name = text.strip_prefix("SIG").unwrap_or(&text);
    let known = NAMES.iter().find(|(known, _)| *known == name);
    let number = known
        .map(|(_, number)| *number)
        .or_else(|| text.parse().ok())
        .or_else(|| real_time(name));
    number
        .filter(|number| (1..=RTMAX).contains(number))
        .ok_or_else(|| {
            format!(
                "invalid signal: {stop_signal}: the image's STOPSIGNAL is a number from 1 to {RTMAX}, or a \
                 name such as SIGQUIT or SIGRTMIN+3"
            )
        })
}

fn real_time(name: &str) -> Option<i32> {
    let distance = |text: &str, sign: char| -> Option<i32> {
        if text.is_empty() {
            return Some(0);
        }
        let digits = text.strip_prefix(sign)?;
        digits.parse::<u8>().ok().map(i32::from)
    };
    let number = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
        (Some(rest), _) => RTMIN + distance(rest, '+')?,
        (_, Some(rest)) => RTMAX - distance(rest, '-')?,
        _ => return None,
    };
    (RTMIN..=RTMAX).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_by_name_and_number() {
        for (text, number) in [
            ("", 15),
            ("SIGQUIT", 3),
            ("2", 2),
            ("64", 64),
            ("abrt", 6),
            ("SIGCONT", 18),
            ("SIGTSTP", 20),
            ("SIGRTMIN", 34),
            ("SIGRTMIN+4", 38),
            ("RTMAX-14", 50),
            ("SIGRTMAX", 64),
        ] {
            assert_eq!(parse(text), Ok(number), "{text}");
        }
        // Each number but those that the C library keeps has a name.
        for number in 1..RTMIN {
            let has_name = NAMES.iter().any(|(_, known)| *known == number);
            assert_eq!(has_name, number < 32, "{number}");
        }
    }

    #[test]
    fn what_is_no_signal_is_named() {
        for text in [
            "SIGFOO",
            "0",
            "65",
            "-1",
            "SIGRTMIN+31",
            "RTMAX-31",
            "RTMIN-1",
            "RTMIN+",
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                error.starts_with(&format!("invalid signal: {text}: ")),
                "{error}"
            );
        }
    }
}
