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
        Self::linux(match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            other => other,
        })
    }

    /// Whether an image made for `offered` runs here: the variant only counts when both name one.
    pub(crate) fn accepts(&self, offered: &Self) -> bool {
        self.os == offered.os
            && self.architecture == offered.architecture
            && (self.variant.is_empty()
                || offered.variant.is_empty()
                || self.variant == offered.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(out, "/{}", self.variant)?;
        }
        Ok(())
    }
}
