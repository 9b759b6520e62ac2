//! CloudWatch Logs: groups, streams, events in append-only segments.

#![forbid(unsafe_code)]
