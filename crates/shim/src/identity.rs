//! Which process is meant: a bare process id is used again sooner or later.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags};
use serde::{Deserialize, Serialize};

use crate::pidfd;

/// Index of `starttime` (field 22 of proc_pid_stat(5)) after the name's closing bracket.
const STAT_START_TIME: usize = 19;
/// Index of `exit_code` (field 52), filled once the process is a zombie.
const STAT_EXIT_CODE: usize = 49;
/// Index of `state` (field 3).
const STAT_STATE: usize = 0;

/// A process, told apart from every other that ever had or will have its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The process id in the host's PID namespace.
    pub pid: i32,
    /// Clock ticks from the machine's start to the process's.
    pub start_time: u64,
    /// The kernel's random id of this boot.
    pub boot_id: String,
}

/// What `/proc/PID/stat` says of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Clock ticks from the machine's start to the process's.
    pub start_time: u64,
    /// The status for wait(2), once the process is a zombie.
    pub zombie_status: Option<i32>,
}

impl Identity {
    /// Of the process that has this id now.
    ///
    /// # Errors
    /// When there is none or `/proc` cannot be read.
    pub fn of(pid: i32) -> io::Result<Self> {
        let stat = stat(pid)?.ok_or_else(|| io::Error::from_raw_os_error(libc::ESRCH))?;
        Ok(Self {
            pid,
            start_time: stat.start_time,
            boot_id: boot_id()?,
        })
    }

    /// Of the calling process.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn current() -> io::Result<Self> {
        Self::of(rustix::process::getpid().as_raw_nonzero().get())
    }

    /// A pidfd of the process; `None` when it is gone (and its parent has reaped it).
    ///
    /// The start time is compared after the pidfd was opened: the process was there before both,
    /// so if it still has the number, the pidfd is its own.
    ///
    /// # Errors
    /// When `/proc` cannot be read or the process may not be opened.
    pub fn open(&self) -> io::Result<Option<OwnedFd>> {
        if self.boot_id != boot_id()? {
            return Ok(None);
        }
        let Some(pid) = Pid::from_raw(self.pid) else {
            return Ok(None);
        };
        let Some(pidfd) = pidfd::of(pid, PidfdFlags::empty())? else {
            return Ok(None);
        };
        Ok(match stat(self.pid)? {
            Some(stat) if stat.start_time == self.start_time => Some(pidfd),
            _ => None,
        })
    }

    /// The process's `/proc` entry, if the number is still its own.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn stat(&self) -> io::Result<Option<Stat>> {
        Ok(stat(self.pid)?.filter(|stat| stat.start_time == self.start_time))
    }
}

/// The kernel's random id of this boot.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?
        .trim()
        .to_owned())
}

/// `/proc/PID/stat` of whatever process has the number; `None` when none has.
fn stat(pid: i32) -> io::Result<Option<Stat>> {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(text) => parse_stat(&text)
            .map(Some)
            .ok_or_else(|| io::Error::other(format!("/proc/{pid}/stat is not as proc(5) says"))),
        Err(error)
            if error.kind() == io::ErrorKind::NotFound
                || error.raw_os_error() == Some(libc::ESRCH) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name may hold anything, brackets and blanks included; what follows the last bracket
    // does not.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let start_time = fields.get(STAT_START_TIME)?.parse().ok()?;
    let zombie_status = match *fields.get(STAT_STATE)? {
        "Z" => Some(fields.get(STAT_EXIT_CODE)?.parse().ok()?),
        _ => None,
    };
    Some(Stat {
        start_time,
        zombie_status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let mut fields: Vec<String> = (3..=52).map(|field| field.to_string()).collect();
        fields[STAT_STATE] = "S".into();
        let text = format!("12 (a) b) {}", fields.join(" "));
        let stat = parse_stat(&text).unwrap();
        assert_eq!(stat.start_time, 22);
        assert_eq!(stat.zombie_status, None);
        fields[STAT_STATE] = "Z".into();
        let text = format!("12 (a) b) {}", fields.join(" "));
        assert_eq!(parse_stat(&text).unwrap().zombie_status, Some(52));
    }

    #[test]
    fn the_own_process_is_found_and_another_start_time_is_not() {
        let mut identity = Identity::current().unwrap();
        assert!(identity.open().unwrap().is_some());
        identity.start_time += 1;
        assert!(identity.open().unwrap().is_none());
        identity.start_time -= 1;
        identity.boot_id = "another boot".into();
        assert!(identity.open().unwrap().is_none());
    }
}
