//! Manifests and indexes: OCI's and Docker's schema 2, which say the same with other names.

use serde::Deserialize;

use crate::digest::Digest;
use crate::error::Error;
use crate::limits::{MAX_CONFIG_BYTES, MAX_LAYER_COMPRESSED_BYTES, MAX_LAYERS};
use crate::platform::Platform;

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";

/// What a manifest request says that it can read.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// A pointer to content (OCI descriptor.md).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) platform: Option<Platform>,
}

/// The configuration and layers of one image, checked against the limits; layers lowest first.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
}

/// What a registry answers to a request for a manifest.
#[derive(Clone, Debug)]
pub(crate) enum Document {
    Image(Manifest),
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(default)]
    schema_version: u32,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Option<Vec<Descriptor>>,
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
}

/// Reads the manifest named `what`. `content_type` is what the registry called it, if it did;
/// what the document says of itself wins, because the digest covers it.
pub(crate) fn parse(
    what: &str,
    content_type: Option<&str>,
    bytes: &[u8],
) -> Result<Document, Error> {
    let raw: Raw = serde_json::from_slice(bytes)
        .map_err(|error| Error::corrupt(what, format!("not a manifest: {error}")))?;
    if raw.schema_version == 1 {
        return Err(Error::unsupported(
            what,
            "a Docker schema 1 manifest; push the image again with a current tool",
        ));
    }
    let media_type = raw
        .media_type
        .as_deref()
        .or(content_type)
        .and_then(|name| name.split(';').next())
        .map(str::trim);
    match (media_type, raw.manifests, raw.config) {
        // An object that can be read as both is an attempt to be two images at once.
        (_, Some(_), Some(_)) => Err(Error::corrupt(what, "both an index and a manifest")),
        (Some(OCI_INDEX | DOCKER_LIST) | None, Some(manifests), None) => {
            Ok(Document::Index(manifests))
        }
        (Some(OCI_MANIFEST | DOCKER_MANIFEST) | None, None, Some(config)) => {
            image(what, config, raw.layers.unwrap_or_default()).map(Document::Image)
        }
        (Some(OCI_INDEX | DOCKER_LIST | OCI_MANIFEST | DOCKER_MANIFEST) | None, ..) => Err(
            Error::corrupt(what, "the manifest lacks what its type promises"),
        ),
        (Some(other), ..) => Err(Error::unsupported(
            what,
            format!("manifest type '{other}' is not an image's"),
        )),
    }
}

fn image(what: &str, config: Descriptor, layers: Vec<Descriptor>) -> Result<Manifest, Error> {
    if config.media_type != OCI_CONFIG && config.media_type != DOCKER_CONFIG {
        return Err(Error::unsupported(
            what,
            format!("an artifact of type '{}', not an image", config.media_type),
        ));
    }
    if config.size > MAX_CONFIG_BYTES {
        return Err(Error::corrupt(
            what,
            format!(
                "the configuration is {} bytes, more than {MAX_CONFIG_BYTES}",
                config.size
            ),
        ));
    }
    if layers.len() > MAX_LAYERS {
        return Err(Error::corrupt(
            what,
            format!("{} layers, more than {MAX_LAYERS}", layers.len()),
        ));
    }
    for layer in &layers {
        check_layer(what, layer)?;
    }
    Ok(Manifest { config, layers })
}

fn check_layer(what: &str, layer: &Descriptor) -> Result<(), Error> {
    if layer.size > MAX_LAYER_COMPRESSED_BYTES {
        return Err(Error::corrupt(
            what,
            format!(
                "layer {} is {} bytes, more than {MAX_LAYER_COMPRESSED_BYTES}",
                layer.digest, layer.size
            ),
        ));
    }
    match layer.media_type.as_str() {
        "application/vnd.oci.image.layer.v1.tar"
        | "application/vnd.oci.image.layer.v1.tar+gzip"
        | "application/vnd.oci.image.layer.v1.tar+zstd"
        | "application/vnd.docker.image.rootfs.diff.tar"
        | "application/vnd.docker.image.rootfs.diff.tar.gzip"
        | "application/vnd.docker.image.rootfs.diff.tar.zstd" => Ok(()),
        foreign if foreign.contains(".nondistributable.") || foreign.contains(".foreign.") => {
            Err(Error::unsupported(
                what,
                format!(
                    "layer {} is foreign ('{foreign}'): registries do not carry it; build the \
                     image without non-distributable layers",
                    layer.digest
                ),
            ))
        }
        encrypted if encrypted.ends_with("+encrypted") => Err(Error::unsupported(
            what,
            format!(
                "layer {} is encrypted, and no key for it is known here; push the image \
                 unencrypted",
                layer.digest
            ),
        )),
        other => Err(Error::unsupported(
            what,
            format!(
                "layer {} is of type '{other}', which is not supported",
                layer.digest
            ),
        )),
    }
}

/// The entry of an index that runs on `platform`: the one made for the most of its processor,
/// and of equals the first.
pub(crate) fn select<'a>(index: &'a [Descriptor], platform: &Platform) -> Option<&'a Descriptor> {
    let fits = |entry: &'a Descriptor| Some((platform.fit(entry.platform.as_ref()?)?, entry));
    let best = index
        .iter()
        .filter_map(fits)
        // The last of equals is the greatest to max_by_key.
        .rev()
        .max_by_key(|(fit, _)| *fit);
    best.map(|(_, entry)| entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(media_type: &str, size: u64) -> String {
        let digest = Digest::of(b"x");
        format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}}}"#)
    }

    fn manifest(layers: &[String]) -> String {
        format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{}]}}"#,
            layer(OCI_CONFIG, 2),
            layers.join(",")
        )
    }

    #[test]
    fn kinds_that_are_not_handled_are_named() {
        let gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
        assert!(matches!(
            parse(
                "m",
                Some(OCI_MANIFEST),
                manifest(&[layer(gzip, 1)]).as_bytes()
            ),
            Ok(Document::Image(_))
        ));
        for (text, word) in [
            (
                manifest(&[layer(
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                    1,
                )]),
                "foreign",
            ),
            (
                manifest(&[layer(
                    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                    1,
                )]),
                "foreign",
            ),
            (
                manifest(&[layer(
                    "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
                    1,
                )]),
                "encrypted",
            ),
            (manifest(&[layer("application/x-strange", 1)]), "x-strange"),
            (manifest(&[layer(gzip, u64::MAX)]), "more than"),
            (manifest(&vec![layer(gzip, 1); 128]), "128 layers"),
            (r#"{"schemaVersion":1}"#.to_owned(), "schema 1"),
            (
                format!(
                    r#"{{"schemaVersion":2,"config":{},"layers":[]}}"#,
                    layer("application/vnd.cncf.helm.config.v1+json", 1)
                ),
                "helm",
            ),
            (
                format!(
                    r#"{{"schemaVersion":2,"config":{},"manifests":[]}}"#,
                    layer(OCI_CONFIG, 1)
                ),
                "both",
            ),
            (r#"{"schemaVersion":2}"#.to_owned(), "lacks"),
            ("[]".to_owned(), "lacks"),
            ("x".to_owned(), "not a manifest"),
        ] {
            let error = parse("m", None, text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn the_best_entry_for_the_platform_is_taken() {
        let entry = |name: &str, platform: Option<(&str, &str, &str)>| Descriptor {
            media_type: OCI_MANIFEST.to_owned(),
            digest: Digest::of(name.as_bytes()),
            size: 1,
            platform: platform.map(|(os, architecture, variant)| Platform {
                os: os.to_owned(),
                architecture: architecture.to_owned(),
                variant: variant.to_owned(),
            }),
        };
        let index = [
            entry("none", None),
            entry("attestation", Some(("unknown", "unknown", ""))),
            entry("arm", Some(("linux", "arm64", "v8"))),
            entry("first", Some(("linux", "amd64", ""))),
            entry("second", Some(("linux", "amd64", "v3"))),
        ];
        let digest =
            |architecture| select(&index, &Platform::linux(architecture)).map(|entry| entry.digest);
        assert_eq!(digest("amd64"), Some(Digest::of(b"first")));
        assert_eq!(digest("arm64"), Some(Digest::of(b"arm")));
        assert_eq!(digest("riscv64"), None);
        let on = |variant: &str| {
            let platform = Platform {
                variant: variant.to_owned(),
                ..Platform::linux("amd64")
            };
            select(&index, &platform).map(|entry| entry.digest)
        };
        assert_eq!(on("v2"), Some(Digest::of(b"first")));
        assert_eq!(on("v3"), Some(Digest::of(b"second")));
        assert_eq!(on("v4"), Some(Digest::of(b"second")));
    }
}
