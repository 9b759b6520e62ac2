//! A node: takes payloads, runs tasks, reports what is.

#![forbid(unsafe_code)]
