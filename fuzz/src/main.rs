//! The fuzz targets: one parser, or a few of a kind, each. `scripts/fuzz` builds and runs them; the
//! environment variable `FUZZ_TARGET` says which one this process is for.
//!
//! A target is a function of bytes that panics where a property does not hold. That nothing panics,
//! that memory stays below a limit and that each input is done within seconds holds for all.

#![no_main]

mod input;
mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = targets::ALL.iter().find(|(known, _)| *known == name);
    let Some((_, target)) = found else {
        let known: Vec<&str> = targets::ALL.iter().map(|(name, _)| *name).collect();
        panic!(
            "FUZZ_TARGET is '{name}'; it can be one of: {}",
            known.join(", ")
        );
    };
    *target
});

fuzz_target!(|data: &[u8]| (*TARGET)(data));
