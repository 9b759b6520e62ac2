//! The terminal of a container that has one.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer};

use crate::ShimError;

const SOCKET: &str = "console";
/// The longest message that comes with the terminal: its name.
const NAME_BYTES: usize = 4096;

/// A terminal, held open at both ends: reading of one whose container has closed it for a moment
/// would fail, and it would hang up.
#[derive(Debug)]
pub(crate) struct Console {
    terminal: OwnedFd,
    _container_end: OwnedFd,
}

impl Console {
    fn new(terminal: OwnedFd) -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let container_end = ioctl_tiocgptpeer(&terminal, flags)?;
        fcntl_setfl(&terminal, fcntl_getfl(&terminal)? | OFlags::NONBLOCK)?;
        Ok(Self {
            terminal,
            _container_end: container_end,
        })
    }

    /// That of another process, given as `PID:FD`: the terminal of a container whose shim has died.
    pub(crate) fn of_other(place: &str) -> io::Result<Self> {
        let numbers = place.split_once(':').and_then(|(pid, fd)| {
            Some((Pid::from_raw(pid.parse().ok()?)?, fd.parse::<i32>().ok()?))
        });
        let (pid, fd) = numbers.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let process = pidfd_open(pid, PidfdFlags::empty())?;
        // What is no terminal has no other end.
        Self::new(pidfd_getfd(process, fd, PidfdGetfdFlags::empty())?)
    }

    pub(crate) fn terminal(&self) -> &OwnedFd {
        &self.terminal
    }

    /// For [`crate::State::console`].
    pub(crate) fn number(&self) -> i32 {
        self.terminal.as_raw_fd()
    }
}

/// The socket through which the OCI runtime sends a terminal.
pub(crate) struct Socket {
    listener: UnixListener,
    folder: File,
    file: PathBuf,
}

impl Socket {
    pub(crate) fn listen(folder_path: &Path) -> Result<Self, ShimError> {
        let file = folder_path.join(SOCKET);
        let _ = std::fs::remove_file(&file);
        let folder = File::open(folder_path).map_err(ShimError::io("open", folder_path))?;
        // A socket's name is short (unix(7)), a container's folder's is not.
        let path = format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd());
        let listener = UnixListener::bind(path).map_err(ShimError::io("listen at", &file))?;
        Ok(Self {
            listener,
            folder,
            file,
        })
    }

    /// As another process can name it.
    pub(crate) fn path(&self) -> PathBuf {
        let (pid, fd) = (std::process::id(), self.folder.as_raw_fd());
        format!("/proc/{pid}/fd/{fd}/{SOCKET}").into()
    }

    /// The terminal that was sent. To be called when the sender is done: it does not wait.
    pub(crate) fn receive(self) -> Result<Console, ShimError> {
        let received = self
            .listener
            .set_nonblocking(true)
            .and_then(|()| self.listener.accept())
            .and_then(|(stream, _)| {
                let mut name = [0; NAME_BYTES];
                let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = RecvAncillaryBuffer::new(&mut room);
                let mut parts = [io::IoSliceMut::new(&mut name)];
                recvmsg(&stream, &mut parts, &mut control, RecvFlags::CMSG_CLOEXEC)?;
                control
                    .drain()
                    .find_map(|message| match message {
                        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
                        _ => None,
                    })
                    .ok_or_else(|| io::Error::other("no descriptor came"))
            })
            .and_then(Console::new);
        let _ = std::fs::remove_file(&self.file);
        received.map_err(ShimError::io("receive a terminal through", &self.file))
    }
}
