//! The sizes that Fargate offers.
//!
//! Sources: Amazon ECS Developer Guide, "Task CPU and memory" of the Fargate task definition
//! parameters; API reference, EphemeralStorage.

use std::ops::RangeInclusive;

use crate::error::{Failure, client};
use crate::sentences;

/// The disk that a task may ask for, in GiB.
const STORAGE_GIB: RangeInclusive<i32> = 21..=200;
/// What it has where it asks for none.
pub const STORAGE_DEFAULT_GIB: i32 = 20;

/// One row of the table: CPU units, and the memory that goes with them in MiB.
struct Size {
    cpu_units: i32,
    least_mib: i32,
    most_mib: i32,
    step_mib: i32,
}

const SIZES: [Size; 7] = [
    Size {
        cpu_units: 256,
        least_mib: 512,
        most_mib: 2048,
        step_mib: 512,
    },
    Size {
        cpu_units: 512,
        least_mib: 1024,
        most_mib: 4096,
        step_mib: 1024,
    },
    Size {
        cpu_units: 1024,
        least_mib: 2048,
        most_mib: 8192,
        step_mib: 1024,
    },
    Size {
        cpu_units: 2048,
        least_mib: 4096,
        most_mib: 16384,
        step_mib: 1024,
    },
    Size {
        cpu_units: 4096,
        least_mib: 8192,
        most_mib: 30720,
        step_mib: 1024,
    },
    Size {
        cpu_units: 8192,
        least_mib: 16384,
        most_mib: 61440,
        step_mib: 4096,
    },
    Size {
        cpu_units: 16384,
        least_mib: 32768,
        most_mib: 122_880,
        step_mib: 8192,
    },
];

/// A quarter of a core goes with 0.5, 1 and 2 GB, but not with 1.5.
const MISSING: (i32, i32) = (256, 1536);

/// True where Fargate offers that much CPU (units) with that much memory (MiB).
#[must_use]
pub fn is_offered(cpu_units: i32, memory_mib: i32) -> bool {
    (cpu_units, memory_mib) != MISSING
        && SIZES.iter().any(|size| {
            size.cpu_units == cpu_units
                && (size.least_mib..=size.most_mib).contains(&memory_mib)
                && (memory_mib - size.least_mib) % size.step_mib == 0
        })
}

/// Checks how much disk is asked for; `member` says where.
///
/// # Errors
/// Where Fargate does not offer it.
pub fn check_storage(gib: i32, member: &str) -> Result<(), Failure> {
    if STORAGE_GIB.contains(&gib) {
        return Ok(());
    }
    let member = format!("{member}.sizeInGiB");
    Err(client(sentences::out_of_range(
        &member,
        *STORAGE_GIB.start(),
        *STORAGE_GIB.end(),
    )))
}

/// CPU units from the forms that a task definition may use: `256`, `.25 vCPU`, `1 vcpu`.
#[must_use]
pub fn cpu_units(text: &str) -> Option<i32> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix("vcpu") {
        Some(cores) => thousandths(cores.trim(), 1024),
        None => text.parse().ok().filter(|units| *units > 0),
    }
}

/// MiB from the forms that a task definition may use: `512`, `0.5 GB`, `1gb`.
#[must_use]
pub fn memory_mib(text: &str) -> Option<i32> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_suffix("gb") {
        Some(gigabytes) => thousandths(gigabytes.trim(), 1024),
        None => text.parse().ok().filter(|mib| *mib > 0),
    }
}

/// `text`, a decimal number with at most three digits after the point, times `unit`.
fn thousandths(text: &str, unit: i32) -> Option<i32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let fraction: i64 = format!("{fraction:0<3}").parse().ok()?;
    let scaled = whole
        .checked_mul(1000)?
        .checked_add(fraction)?
        .checked_mul(i64::from(unit))?;
    let value = i32::try_from(scaled / 1000).ok()?;
    (value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_developer_guide() {
        for (cpu, memory, offered) in [
            (256, 512, true),
            (256, 1536, false),
            (256, 2048, true),
            (256, 4096, false),
            (512, 1024, true),
            (512, 512, false),
            (1024, 8192, true),
            (4096, 30720, true),
            (8192, 16384, true),
            (8192, 17408, false),
            (16384, 122_880, true),
            (16384, 131_072, false),
            (300, 512, false),
        ] {
            assert_eq!(is_offered(cpu, memory), offered, "{cpu} with {memory}");
        }
    }

    #[test]
    fn sizes_in_words() {
        assert_eq!(cpu_units("256"), Some(256));
        assert_eq!(cpu_units(".25 vCPU"), Some(256));
        assert_eq!(cpu_units("1 vcpu"), Some(1024));
        assert_eq!(memory_mib("0.5GB"), Some(512));
        assert_eq!(memory_mib("30 GB"), Some(30720));
        for wrong in ["", "vCPU", "-1", "1.2345 vcpu", "a", "0"] {
            assert_eq!(cpu_units(wrong), None, "{wrong}");
        }
    }
}
