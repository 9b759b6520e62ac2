//! How much of a node's disk a container's output may take.
//!
//! The disk is everybody's: where one container's lines filled it, no task could be written down any more.
//! So what goes beyond a modest amount leaves a reserve free.

use std::path::Path;

use crate::DEFAULT_SPOOL_BYTES;

/// What a container's output may take however little is free.
pub const UNRESERVED_BYTES: u64 = DEFAULT_SPOOL_BYTES;
/// How much of the disk output beyond that leaves free, in bytes: as much as images do.
pub const RESERVED_FREE_BYTES: u64 = 512 << 20;

/// True where less than `reserved` bytes are free on the disk of `folder`. What cannot be measured is
/// found out by writing.
#[must_use]
pub fn is_short(folder: &Path, reserved: u64) -> bool {
    rustix::fs::statvfs(folder)
        .is_ok_and(|space| space.f_bavail.saturating_mul(space.f_frsize) < reserved)
}
