//! AWS container services that anyone can run.
//!
//! This crate only wires: the command line (`cli`), the control plane (`control_plane`), the node
//! (`node`), and the commands that people use. What each part does is in its own crate.

#![forbid(unsafe_code)]

mod addresses;
mod backup;
mod cli;
mod control_plane;
mod doctor;
mod error;
mod files;
mod memory;
mod node;
mod notify;
mod open_files;
mod progress;
mod routes;
mod run;
mod status;
mod table;

use std::process::ExitCode;

/// The C library's allocator took a fifth of the time of a request that writes: what is read of one is
/// hundreds of structures larger than its fast lists hold.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The hidden commands fork and unshare, so they come before any thread is made.
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|name| name.to_str()) {
        Some("shim") => shim::main(arguments),
        Some("sandbox") => runtime::sandbox_child(arguments),
        _ => cli::main(),
    }
}
