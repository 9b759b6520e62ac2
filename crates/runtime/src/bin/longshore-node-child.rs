//! The node's hidden subcommands alone, for this crate's tests: `shim ...` and `sandbox ...`.
//! In the product the binary `longshore` wires the same two functions.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|name| name.to_str()) {
        Some("shim") => shim::main(arguments),
        Some("sandbox") => runtime::sandbox_child(arguments),
        _ => {
            eprintln!("usage: longshore-node-child shim|sandbox ...");
            ExitCode::FAILURE
        }
    }
}
