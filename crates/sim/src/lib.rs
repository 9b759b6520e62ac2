//! The control plane with pretend nodes, a seeded clock and faults.

#![forbid(unsafe_code)]
