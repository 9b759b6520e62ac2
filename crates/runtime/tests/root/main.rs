//! Real containers through a real OCI runtime. Every test needs root and is below the module `root`,
//! so that a run without root can leave them out by name. Each stands under one temporary folder
//! and one cgroup of its own, and ends by proving that nothing of it is left.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "a test's helpers fail by panicking, as its tests do"
)]

mod attempts;
mod node;

mod root {
    //! The tests.
    mod commands;
    mod containers;
    mod faults;
    mod fields;
    mod isolation;
    mod sharing;
    mod staging;
    mod storage;
}
