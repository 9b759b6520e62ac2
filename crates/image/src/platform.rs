//! The platform whose image is taken out of an index.

use std::fmt;

use serde::Deserialize;

/// Operating system and processor, in Go's words (OCI image-index.md, "platform").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub struct Platform {
    /// Operating system; containers here are `linux`.
    #[serde(default)]
    pub os: String,
    /// Processor, such as `amd64` or `arm64`.
    #[serde(default)]
    pub architecture: String,
    /// Processor variant, such as `v7`; empty when there is none.
    #[serde(default)]
    pub variant: String,
}

impl Platform {
    /// `linux` on the given processor.
    #[must_use]
    pub fn linux(architecture: &str) -> Self {
        Self {
            os: "linux".to_owned(),
            architecture: architecture.to_owned(),
            variant: String::new(),
        }
    }

    /// The platform of this machine.
    #[must_use]
    pub fn host() -> Self {
        let (architecture, variant) = match std::env::consts::ARCH {
            "x86_64" => ("amd64", amd64_level()),
            "aarch64" => ("arm64", "v8"),
            "x86" => ("386", ""),
            other => (other, ""),
        };
        Self {
            variant: variant.to_owned(),
            ..Self::linux(architecture)
        }
    }

    /// How well an image made for `offered` suits this platform, the larger the better; none
    /// when it does not run. A newer processor runs what was made for an older one of its kind:
    /// the rule, and what an absent variant means, are containerd's (package `platforms`).
    pub(crate) fn fit(&self, offered: &Self) -> Option<u32> {
        if self.os != offered.os || self.architecture != offered.architecture {
            return None;
        }
        if self.variant == offered.variant {
            return Some(u32::MAX);
        }
        let (here, there) = (self.level()?, offered.level()?);
        (there <= here).then_some(there)
    }

    /// The number in a variant such as `v8`; of no variant, that of the architecture's first.
    fn level(&self) -> Option<u32> {
        match (self.variant.as_str(), self.architecture.as_str()) {
            ("", "arm64") => Some(8),
            ("", "arm") => Some(7),
            ("", _) => Some(1),
            // Later arm64 versions count on: v8.1, v9.
            (variant, _) => variant.strip_prefix('v')?.split('.').next()?.parse().ok(),
        }
    }
}

/// The level of the x86-64 psABI that this processor has (its section "Micro-Architecture
/// Levels").
#[cfg(target_arch = "x86_64")]
fn amd64_level() -> &'static str {
    macro_rules! has {
        ($($feature:tt)+) => { true $(&& std::arch::is_x86_feature_detected!($feature))+ };
    }
    let v2 = has!("cmpxchg16b" "popcnt" "sse3" "sse4.1" "sse4.2" "ssse3");
    let v3 = v2 && has!("avx" "avx2" "bmi1" "bmi2" "f16c" "fma" "lzcnt" "movbe");
    let v4 = v3 && has!("avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl");
    match (v2, v3, v4) {
        (_, _, true) => "v4",
        (_, true, _) => "v3",
        (true, ..) => "v2",
        _ => "",
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn amd64_level() -> &'static str {
    ""
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        // AWS's sentences name amd64 without its level.
        if !self.variant.is_empty() && self.architecture != "amd64" {
            write!(out, "/{}", self.variant)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_runs_what_was_made_for_older_ones_of_its_kind() {
        let platform = |architecture: &str, variant: &str| Platform {
            variant: variant.to_owned(),
            ..Platform::linux(architecture)
        };
        for (architecture, here, offered, runs) in [
            ("amd64", "", "", true),
            ("amd64", "", "v1", true),
            ("amd64", "", "v2", false),
            ("amd64", "v3", "v2", true),
            ("amd64", "v3", "v4", false),
            ("arm64", "v8", "", true),
            ("arm64", "", "v8", true),
            ("arm64", "v8", "v9", false),
            ("arm", "v7", "v6", true),
            ("arm", "v6", "v7", false),
            ("arm", "v6", "", false),
            ("riscv64", "", "", true),
            ("amd64", "v3", "x", false),
        ] {
            let fit = platform(architecture, here).fit(&platform(architecture, offered));
            assert_eq!(fit.is_some(), runs, "{architecture} {here} {offered}");
        }
        assert_eq!(platform("amd64", "").fit(&platform("arm64", "")), None);
        assert!(Platform::host().fit(&Platform::linux("nothing")).is_none());
        let base = Platform {
            variant: String::new(),
            ..Platform::host()
        };
        assert!(Platform::host().fit(&base).is_some());
    }
}
