//! One port: tells services apart, checks signatures and authority, speaks each protocol.

#![forbid(unsafe_code)]
