//! The errors of `ec2`.
// Generated from models/ by `cargo xtask codegen`: do not edit.

errors! {}
