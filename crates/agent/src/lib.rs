//! A node: takes payloads, runs tasks, reports what is.
//!
//! ```text
//!   control plane ◀────────── reports, log lines ─────────────────────┐
//!        │ websocket                                                  │
//!   ┌─ Session ─┐ payloads  ┌─ Engine ─┐ one a task  ┌─ Owner ────────┴────────┐
//!   │ register  │──────────▶│ records  │────────────▶│ ┌─ Life ──────────────┐ │
//!   │ ack·health│◀──────────│ health   │   stop      │ │ plan (pure): next?  │ │
//!   └───────────┘  board    └──────────┘             │ │ do it, look, again  │ │
//!                                                    │ └─┬───────┬────────┬──┘ │
//!                                                    └───│───────│────────│────┘
//!                                                     runtime  network  logging
//! ```
//!
//! [`Session`] keeps the websocket and hands what comes to the [`Engine`], which writes it down
//! before it is acknowledged. Each task has one owner, which looks at where its containers are,
//! asks a pure function for the next step, and does it. Nothing here decides about more than
//! this machine.

#![forbid(unsafe_code)]

mod capabilities;
mod control_plane;
mod engine;
mod health_board;
mod image_source;
mod instance_status;
mod logging;
mod names;
mod registry_auth;
mod retry;
mod session;
mod task;

use std::path::PathBuf;
use std::time::Duration;

pub use control_plane::{CallError, ControlPlane};
pub use engine::{Engine, EngineError, Parts};
pub use image_source::{
    EcrImages, ImageFailure, ImageSource, OtherRegistries, PretendImages, RunnableImage,
};
pub use registry_auth::{RegistryAuth, RegistryAuthError};
pub use session::{Session, SessionError};

/// What an agent is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The region that the node registers in.
    pub region: String,
    /// The cluster that it is a container instance of; it offers itself to Fargate besides.
    pub cluster: Option<String>,
    /// CPU units that it offers: 1024 are one core.
    pub cpu_units: i32,
    /// MiB that it offers.
    pub memory_mib: i32,
    /// Where records of tasks are kept, on disk.
    pub state_dir: PathBuf,
    /// Where payloads are kept, which may hold secrets: on tmpfs.
    pub run_dir: PathBuf,
    /// Where this node finds the control plane, and so do tasks in the host's network.
    pub endpoint: String,
    /// The port of their host's address at which other tasks find it, where it listens on this machine.
    /// `None`: they find it where the node does.
    pub forwarded_port: Option<u16>,
    /// The host's `resolv.conf` contents, the best first.
    pub resolvers: Vec<String>,
    /// How often images that nobody uses are looked for.
    pub image_sweep_interval: Duration,
}
