//! What tests share.

#![forbid(unsafe_code)]
