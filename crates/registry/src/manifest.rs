//! Reading manifests and indexes: what they name, and what kind they are (OCI image spec 1.1
//! "Image Manifest" and "Image Index"; Docker's "Image Manifest V 2, Schema 2").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Digest;
use crate::limits::DESCRIPTORS_MAX;

pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const SCHEMA_VERSION: u32 = 2;
/// Layers that are elsewhere, at URLs of their own, and never in a registry.
const FOREIGN_LAYERS: [&str; 4] = [
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
];

/// What a manifest or an index says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// The media type that it goes under.
    pub(crate) media_type: String,
    /// The configuration and the layers that must be in the repository, each with its size.
    pub(crate) blobs: Vec<(Digest, u64)>,
    /// The manifests that an index names.
    pub(crate) manifests: Vec<Digest>,
    /// What it is about.
    pub(crate) subject: Option<Digest>,
    /// Its own word for what kind of artifact it is, or its configuration's media type.
    pub(crate) artifact_media_type: Option<String>,
}

/// Why bytes are no manifest that is understood.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ManifestFault {
    #[error("The manifest is not valid: {0}.")]
    Json(String),
    #[error("The manifest's schemaVersion is {0}; only 2 is supported.")]
    SchemaVersion(u32),
    #[error("The manifest's media type is not said, neither in Content-Type nor in mediaType.")]
    NoMediaType,
    #[error(
        "Manifests of the media type '{0}' are not supported: OCI image manifests and indexes, \
         and Docker's of schema version 2, are."
    )]
    MediaType(String),
    #[error("The manifest's mediaType is '{inside}', and it was sent as '{outside}'.")]
    MediaTypesDiffer { inside: String, outside: String },
    #[error("The manifest has no '{0}'.")]
    Missing(&'static str),
    #[error("The manifest has '{0}', which belongs into one of another kind.")]
    Foreign(&'static str),
    #[error("'{0}' is no sha256 digest.")]
    Digest(String),
    #[error("The manifest names more than {DESCRIPTORS_MAX} blobs or manifests.")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

impl Descriptor {
    fn digest(&self) -> Result<Digest, ManifestFault> {
        self.digest
            .parse()
            .map_err(|_| ManifestFault::Digest(self.digest.chars().take(128).collect()))
    }
}

impl Manifest {
    /// Reads a manifest that was sent with this `Content-Type`.
    pub(crate) fn read(bytes: &[u8], content_type: Option<&str>) -> Result<Self, ManifestFault> {
        let document = parse(bytes)?;
        if document.schema_version != SCHEMA_VERSION {
            return Err(ManifestFault::SchemaVersion(document.schema_version));
        }
        let media_type = media_type(document.media_type.as_deref(), content_type)?;
        let of_index = match media_type.as_str() {
            OCI_MANIFEST | DOCKER_MANIFEST => false,
            OCI_INDEX | DOCKER_LIST => true,
            _ => return Err(ManifestFault::MediaType(media_type)),
        };
        let subject = document
            .subject
            .as_ref()
            .map(Descriptor::digest)
            .transpose()?;
        let declared = document.artifact_type.filter(|kind| !kind.is_empty());
        if of_index {
            // One document that is both, under two media types, would be two images under one
            // digest (CVE-2021-41190).
            for (member, there) in [
                ("config", document.config.is_some()),
                ("layers", document.layers.is_some()),
            ] {
                if there {
                    return Err(ManifestFault::Foreign(member));
                }
            }
            let manifests = document
                .manifests
                .ok_or(ManifestFault::Missing("manifests"))?;
            if manifests.len() > DESCRIPTORS_MAX {
                return Err(ManifestFault::TooMany);
            }
            return Ok(Self {
                media_type,
                blobs: Vec::new(),
                manifests: manifests
                    .iter()
                    .map(Descriptor::digest)
                    .collect::<Result<_, _>>()?,
                subject,
                artifact_media_type: declared,
            });
        }
        if document.manifests.is_some() {
            return Err(ManifestFault::Foreign("manifests"));
        }
        let config = document.config.ok_or(ManifestFault::Missing("config"))?;
        let layers = document.layers.ok_or(ManifestFault::Missing("layers"))?;
        if layers.len() > DESCRIPTORS_MAX {
            return Err(ManifestFault::TooMany);
        }
        let mut blobs = vec![(config.digest()?, config.size)];
        for layer in &layers {
            let digest = layer.digest()?;
            if !FOREIGN_LAYERS.contains(&layer.media_type.as_str()) {
                blobs.push((digest, layer.size));
            }
        }
        Ok(Self {
            media_type,
            blobs,
            manifests: Vec::new(),
            subject,
            artifact_media_type: Some(declared.unwrap_or(config.media_type)),
        })
    }
}

fn parse(bytes: &[u8]) -> Result<Document, ManifestFault> {
    serde_json::from_slice(bytes).map_err(|error| ManifestFault::Json(error.to_string()))
}

/// The media type, which may be said in two places and must be the same in both.
fn media_type(inside: Option<&str>, outside: Option<&str>) -> Result<String, ManifestFault> {
    // Parameters, such as a charset, are no part of the type.
    let outside = outside
        .and_then(|text| text.split(';').next())
        .map(str::trim)
        .filter(|text| !text.is_empty());
    match (inside.filter(|text| !text.is_empty()), outside) {
        (Some(inside), Some(outside)) if inside != outside => {
            Err(ManifestFault::MediaTypesDiffer {
                inside: inside.chars().take(128).collect(),
                outside: outside.chars().take(128).collect(),
            })
        }
        (Some(one), _) | (None, Some(one)) => Ok(one.to_owned()),
        (None, None) => Err(ManifestFault::NoMediaType),
    }
}

/// A referrer as an index of referrers names it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Referrer {
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

/// The answer to a question for referrers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReferrersIndex {
    schema_version: u32,
    media_type: &'static str,
    manifests: Vec<Referrer>,
}

impl ReferrersIndex {
    pub(crate) fn of(manifests: Vec<Referrer>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            media_type: OCI_INDEX,
            manifests,
        }
    }
}

/// The annotations of a stored manifest.
pub(crate) fn annotations(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    parse(bytes).ok().and_then(|document| document.annotations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(kind: &str, content: &str) -> serde_json::Value {
        serde_json::json!({
            "mediaType": kind,
            "digest": Digest::of(content.as_bytes()).as_str(),
            "size": content.len(),
        })
    }

    fn image() -> serde_json::Value {
        serde_json::json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", "config"),
            "layers": [
                descriptor("application/vnd.oci.image.layer.v1.tar+gzip", "layer"),
                descriptor(FOREIGN_LAYERS[0], "elsewhere"),
            ],
        })
    }

    fn read(
        document: &serde_json::Value,
        content_type: Option<&str>,
    ) -> Result<Manifest, ManifestFault> {
        Manifest::read(document.to_string().as_bytes(), content_type)
    }

    #[test]
    fn an_image_names_its_blobs() {
        let manifest = read(&image(), Some(OCI_MANIFEST)).unwrap();
        let blobs = vec![(Digest::of(b"config"), 6), (Digest::of(b"layer"), 5)];
        assert_eq!(manifest.blobs, blobs);
        assert_eq!(
            manifest.artifact_media_type.as_deref(),
            Some("application/vnd.oci.image.config.v1+json")
        );
        let mut bare = image();
        bare.as_object_mut().unwrap().remove("mediaType");
        let with_charset = format!("{OCI_MANIFEST}; charset=utf-8");
        assert_eq!(read(&bare, Some(&with_charset)).unwrap(), manifest);
        assert_eq!(read(&bare, None), Err(ManifestFault::NoMediaType));
    }

    #[test]
    fn an_index_names_its_manifests() {
        let index = serde_json::json!({
            "schemaVersion": 2,
            "manifests": [descriptor(OCI_MANIFEST, "one"), descriptor(OCI_MANIFEST, "two")],
            "subject": descriptor(OCI_MANIFEST, "subject"),
        });
        let manifest = read(&index, Some(OCI_INDEX)).unwrap();
        assert_eq!(manifest.manifests.len(), 2);
        assert_eq!(manifest.subject, Some(Digest::of(b"subject")));
        assert_eq!(manifest.artifact_media_type, None);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let with = |member: &str, value: serde_json::Value| {
            let mut document = image();
            document[member] = value;
            read(&document, Some(OCI_MANIFEST)).unwrap_err()
        };
        assert_eq!(
            with("schemaVersion", 1.into()),
            ManifestFault::SchemaVersion(1)
        );
        assert_eq!(
            with("manifests", serde_json::json!([])),
            ManifestFault::Foreign("manifests")
        );
        assert!(matches!(
            with("mediaType", OCI_INDEX.into()),
            ManifestFault::MediaTypesDiffer { .. }
        ));
        let mut config = descriptor("x", "y");
        config["digest"] = "sha256:../../etc/passwd".into();
        assert!(matches!(with("config", config), ManifestFault::Digest(_)));
        let layer = descriptor("x", "y");
        assert_eq!(
            with("layers", vec![layer; DESCRIPTORS_MAX + 1].into()),
            ManifestFault::TooMany
        );
        assert_eq!(
            with("config", serde_json::Value::Null),
            ManifestFault::Missing("config")
        );
        assert!(matches!(
            Manifest::read(b"{", Some(OCI_MANIFEST)),
            Err(ManifestFault::Json(_))
        ));
        let schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        let mut document = image();
        document.as_object_mut().unwrap().remove("mediaType");
        assert_eq!(
            read(&document, Some(schema1)),
            Err(ManifestFault::MediaType(schema1.to_owned()))
        );
        // A index's shape under a manifest's type.
        let mut ambiguous = image();
        ambiguous["mediaType"] = OCI_INDEX.into();
        assert_eq!(
            read(&ambiguous, Some(OCI_INDEX)),
            Err(ManifestFault::Foreign("config"))
        );
    }
}
