//! The errors of `sts`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

errors! {}
