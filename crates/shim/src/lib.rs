//! One process per container: it starts the container through an OCI runtime, keeps its output in
//! a bounded spool and its exit in a record, and outlives the agent that asked for it.
//!
//! A shim knows one folder, its container's, and nothing of tasks, networks or images. What it
//! leaves to others: writing the bundle and [`Settings`] (crate `runtime`), reading the spool
//! (the agent, through [`spool::Reader`]), stopping the container (a signal to init from whoever
//! holds its pidfd), removing the folder.
//!
//! Files of the folder, all owned by root:
//!
//! | file | written by | holds |
//! | --- | --- | --- |
//! | `shim.json` | runtime | [`Settings`] |
//! | `lock` | runtime, shim | flock held as long as a shim lives |
//! | `waiting` | runtime | nothing; there until a shim that waits is told to begin, and removes it |
//! | `stdout`, `stderr` | shim | FIFOs, owned by the container's user |
//! | `stdin` | shim | the same, only where standard input stays open; nothing is ever in it |
//! | `control` | shim | FIFO; the byte `s` asks for the start |
//! | `state.json` | shim | [`State`], from the moment that the container is created |
//! | `spool/` | shim, reader | log segments and the reader's cursor |
//! | `tail.stdout`, `tail.stderr` | shim | a line that has not ended yet |
//! | `exit.json` | shim | [`Exit`], the last thing written |
//! | `init.pid` | runtime command | the process id of init |
//! | `init.pidfd` | shim | a pidfd of init, mounted: it knows the exit code when all are gone |
//! | `*.reserve` | shim | room for records, so that a full disk loses none |
//! | `runtime.log`, `shim.log` | runtime command, shim | what went wrong |

/// Says something on standard error, which is a file as a rule: where that fails, for instance
/// because the disk is full, nothing is said. `eprintln!` would end the process, and a container
/// would lose its shim because it had something to complain about.
macro_rules! say {
    ($($arguments:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($arguments)*);
    }};
}

mod console;
mod error;
mod exit;
pub mod identity;
mod launch;
mod lines;
pub mod lock;
mod oci;
mod output;
pub mod pidfd;
pub mod record;
pub mod room;
mod settings;
pub mod spool;
mod state;
mod stdio;
mod supervise;

pub use error::ShimError;
pub use exit::Exit;
pub use identity::Identity;
pub use launch::{EXIT_REFUSED, main};
pub use settings::{DEFAULT_SPOOL_BYTES, LogLimits, LogMode, MIN_SPOOL_BYTES, Settings};
pub use state::State;

/// Names of the files in a container's folder.
pub mod file {
    /// [`crate::Settings`].
    pub const SETTINGS: &str = "shim.json";
    /// Held locked by a living shim.
    pub const LOCK: &str = "lock";
    /// There as long as nothing was begun: a shim waits to be told to.
    pub const WAITING: &str = "waiting";
    /// The container's standard output.
    pub const STDOUT: &str = "stdout";
    /// The container's standard error.
    pub const STDERR: &str = "stderr";
    /// Commands to the shim.
    pub const CONTROL: &str = "control";
    /// [`crate::State`].
    pub const STATE: &str = "state.json";
    /// [`crate::Exit`].
    pub const EXIT: &str = "exit.json";
    /// Log segments and the reader's cursor.
    pub const SPOOL: &str = "spool";
    /// What the OCI runtime logged.
    pub const RUNTIME_LOG: &str = "runtime.log";
    /// What the shim has to say.
    pub const SHIM_LOG: &str = "shim.log";
    /// Standard input of a container that keeps it open.
    pub const STDIN: &str = "stdin";
    /// A pidfd of the container's first process, pinned ([`crate::pidfd::pin`]).
    pub const INIT: &str = "init.pidfd";
    /// Init's process id, as the OCI runtime wrote it.
    pub const PID: &str = "init.pid";
}

/// The byte that asks a shim, through its control FIFO, to start the container.
pub const CONTROL_START: u8 = b's';
