//! Tries, from inside a container, what would reach out of it: for this crate's tests.
//!
//! `longshore-isolation-probe HOST_PID HOST_FOLDER`: a process and a folder of the host's that a
//! container must not reach. Each attempt is a line: its name and what came of it. That is an error's
//! name, `nothing` where there was no error but nothing was gained either, or `DONE`. None does harm
//! where it succeeds. What is to come of each is in `tests/root/isolation.table`.
//!
//! `longshore-isolation-probe reach NAME=KIND:WHERE...` tries what its network leads to instead (module `reach`;
//! what is to come of it is in `tests/e2e/network.table`), and `longshore-isolation-probe hear PORT` is
//! somebody to be reached.

mod calls;
mod files;
mod kernel;
mod net;
mod processes;
mod reach;

use std::fmt;
use std::io;

/// What came of an attempt.
enum Outcome {
    Done,
    Nothing,
    Refused(io::Error),
    /// The attempt's own process was killed for it.
    Killed,
}

impl From<io::Result<()>> for Outcome {
    fn from(result: io::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(error) => Self::Refused(error),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error = match self {
            Self::Done => return formatter.write_str("DONE"),
            Self::Nothing => return formatter.write_str("nothing"),
            Self::Killed => return formatter.write_str("killed"),
            Self::Refused(error) => error,
        };
        let name = match error.raw_os_error() {
            Some(libc::EPERM) => "EPERM",
            Some(libc::EACCES) => "EACCES",
            Some(libc::ENOENT) => "ENOENT",
            Some(libc::ESRCH) => "ESRCH",
            Some(libc::ENOSYS) => "ENOSYS",
            Some(libc::EROFS) => "EROFS",
            Some(libc::EINVAL) => "EINVAL",
            Some(libc::ENOMEM) => "ENOMEM",
            Some(libc::ECONNREFUSED) => "ECONNREFUSED",
            Some(libc::EPROTONOSUPPORT) => "EPROTONOSUPPORT",
            Some(libc::ENXIO) => "ENXIO",
            Some(libc::ETIMEDOUT) => "ETIMEDOUT",
            Some(libc::ENETUNREACH) => "ENETUNREACH",
            Some(libc::EHOSTUNREACH) => "EHOSTUNREACH",
            _ => return write!(formatter, "{error}"),
        };
        formatter.write_str(name)
    }
}

/// What of the host's the attempts aim at.
struct Aim {
    pid: i32,
    folder: String,
}

/// An attempt: its name, and how to make it.
type Attempt = (&'static str, fn(&Aim) -> Outcome);

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    match arguments.peek().map(String::as_str) {
        Some("reach") => {
            for argument in arguments.skip(1) {
                if let Some((name, what)) = argument.split_once('=') {
                    println!("{name} {}", reach::attempt(what));
                }
            }
            println!("end");
            return Ok(());
        }
        Some("hear") => {
            let port = arguments.nth(1).and_then(|port| port.parse().ok());
            return reach::hear(port.unwrap_or_default());
        }
        _ => {}
    }
    let aim = Aim {
        pid: arguments
            .next()
            .and_then(|pid| pid.parse().ok())
            .unwrap_or(i32::MAX),
        folder: arguments.next().unwrap_or_default(),
    };
    let groups = [
        files::ATTEMPTS,
        kernel::ATTEMPTS,
        net::ATTEMPTS,
        processes::ATTEMPTS,
    ];
    for (name, attempt) in groups.into_iter().flatten() {
        println!("{name} {}", attempt(&aim));
    }
    println!("end");
    Ok(())
}
