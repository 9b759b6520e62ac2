//! The sentences that ECR says, each with its source: `thread` was seen in public issue threads,
//! `unverified` is ours.

use registry::Digest;

/// `thread`.
pub(crate) fn repository_exists(name: &str, account: &str) -> String {
    format!("The repository with name '{name}' already exists in the registry with id '{account}'")
}

/// `thread`.
pub(crate) fn repository_not_found(name: &str, account: &str) -> String {
    format!("The repository with name '{name}' does not exist in the registry with id '{account}'")
}

/// `thread`.
pub(crate) fn image_not_found(image: &str, name: &str, account: &str) -> String {
    format!(
        "The image with imageId {image} does not exist within the repository with name '{name}' in \
         the registry with id '{account}'"
    )
}

/// `thread`.
pub(crate) fn invalid_name(name: &str) -> String {
    format!(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular \
         expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'': '{name}'"
    )
}

/// `unverified`.
pub(crate) fn not_together(one: &str, other: &str) -> String {
    format!("Invalid parameter at '{one}': it cannot be used together with '{other}'")
}

/// `unverified`.
pub(crate) fn too_many_tags(most: usize) -> String {
    format!("A repository has at most {most} tags.")
}

/// `unverified`: the lengths are of the ECR API reference, `Tag`.
pub(crate) fn invalid_tag(key: &str) -> String {
    format!(
        "Invalid tag '{key}': a key has 1 to 128 characters and does not begin with 'aws:', a \
         value has at most 256 characters, and no key comes twice."
    )
}

/// `thread` (aws/aws-cdk#24822).
pub(crate) fn repository_not_empty(name: &str, account: &str) -> String {
    format!(
        "The repository with name '{name}' in registry with id '{account}' cannot be deleted \
         because it still contains images"
    )
}

/// `thread` (buildkite-plugins/ecr-buildkite-plugin#111) with a tag, `unverified` without.
pub(crate) fn image_exists(digest: &str, tag: Option<&str>, name: &str, account: &str) -> String {
    let tag = tag.map_or(String::new(), |tag| format!(" and tag '{tag}'"));
    format!(
        "Image with digest '{digest}'{tag} already exists in the repository with name '{name}' in \
         registry with id '{account}'"
    )
}

/// `thread` (osscontainertools/kaniko#204).
pub(crate) fn tag_immutable(tag: &str, name: &str) -> String {
    format!(
        "The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten \
         because the tag is immutable."
    )
}

/// `thread` for images, alike for layers.
pub(crate) fn parts_missing(what: &str, missing: &[Digest], name: &str, account: &str) -> String {
    let digests: Vec<&str> = missing.iter().map(Digest::as_str).collect();
    format!(
        "{what} with digests '[{}]' required for pushing image into repository with name '{name}' \
         in the registry with id '{account}' do not exist",
        digests.join(", ")
    )
}

/// Nearly a `thread` (google/go-containerregistry#1568).
pub(crate) fn digest_does_not_match(digest: &str, name: &str, account: &str) -> String {
    format!(
        "The image with digest '{digest}' in repository '{name}' and registry ID '{account}' does \
         not match the digest of its manifest."
    )
}

/// `unverified`.
pub(crate) fn invalid_manifest(why: &str) -> String {
    format!("Invalid parameter at 'imageManifest' failed to satisfy constraint: '{why}'")
}

/// `thread` (monken/aws-ecr-public#11).
pub(crate) fn layer_not_found(digest: &str, name: &str, account: &str) -> String {
    format!(
        "The layer with digest {digest} does not exist within the repository with name '{name}' in \
         the registry with id '{account}'"
    )
}

/// `unverified`.
pub(crate) fn layer_exists(digest: &str, name: &str, account: &str) -> String {
    format!(
        "The layer with digest '{digest}' already exists in the repository with name '{name}' in \
         registry with id '{account}'"
    )
}

/// `unverified`; its form is that of the sentence on empty uploads.
pub(crate) fn upload_not_found(id: &str, name: &str, account: &str) -> String {
    format!(
        "The upload with id '{id}' in the repository with name '{name}' in registry with id \
         '{account}' could not be found"
    )
}

/// `thread` (devcontainers/cli#814).
pub(crate) fn empty_upload(id: &str, name: &str, account: &str) -> String {
    format!(
        "The upload with id '{id}' in the repository with name '{name}' in registry with id \
         '{account}' cannot be completed because it does not have any parts"
    )
}

/// `thread` (dotnet/sdk-container-builds#424).
pub(crate) const PART_TOO_SMALL: &str =
    "All layer parts except the last part should be at least 5MB";

/// `unverified`.
pub(crate) const LAYER_DIGEST_DIFFERS: &str =
    "The layer's digest is not the one of the bytes that were uploaded; the upload is given up.";

/// `unverified`.
pub(crate) fn part_not_as_long(first: i64, last: i64) -> String {
    format!("The layer part is not as long as from byte {first} to byte {last}")
}

/// `unverified`.
pub(crate) fn part_out_of_order(first: i64, length: u64) -> String {
    format!("The layer part begins at byte {first}, and the upload has {length} bytes")
}

/// `unverified`: the pattern is of the ECR API reference, for the one algorithm that is in use.
pub(crate) const INVALID_LAYER_DIGEST: &str = "Invalid parameter at 'layerDigest' failed to \
    satisfy constraint: 'must be sha256: and 64 lower-case hexadecimal digits'";

/// `unverified`.
pub(crate) const ONE_LAYER_DIGEST: &str =
    "Invalid parameter at 'layerDigests' failed to satisfy constraint: 'must be one digest'";

/// `unverified`.
pub(crate) const MISSING_DIGEST_AND_TAG: &str =
    "Invalid request parameters: both tag and digest cannot be null";

/// `unverified`.
pub(crate) const INVALID_IMAGE_DIGEST: &str = "Invalid request parameters: image digest should \
    satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";

/// `unverified`.
pub(crate) const INVALID_IMAGE_TAG: &str = "Invalid parameter at 'imageTag' failed to satisfy \
    constraint: 'must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}''";

/// `unverified`.
pub(crate) const IMAGE_NOT_FOUND: &str = "Requested image not found";

/// `unverified`.
pub(crate) const TAG_DOES_NOT_MATCH_DIGEST: &str =
    "Invalid request parameters: the image tag is not one of the image with that digest";

/// `unverified`.
pub(crate) fn referenced_by_list(by: &[String]) -> String {
    format!(
        "Requested image referenced by manifest list: [{}]",
        by.join(", ")
    )
}

/// `unverified`.
pub(crate) fn media_type_not_accepted(media_type: &str) -> String {
    format!("The image's media type '{media_type}' is none of acceptedMediaTypes")
}

/// `unverified`.
pub(crate) fn manifests_too_large(most: u64) -> String {
    format!("The manifests are larger than {most} bytes together: ask for fewer images.")
}

/// `unverified`.
pub(crate) const TOO_MANY_CHANGES: &str = "Too many changes at once: try again later.";

/// `unverified`.
pub(crate) fn invalid_arn() -> String {
    "Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'".to_owned()
}

/// `unverified`.
pub(crate) fn unknown_mutability(value: &str) -> String {
    format!("Invalid parameter at 'imageTagMutability': '{value}'")
}

/// `unverified`.
pub(crate) fn exclusion_filters(needed: bool) -> String {
    let how = if needed { "needs" } else { "goes without" };
    format!(
        "Invalid parameter at 'imageTagMutabilityExclusionFilters': this imageTagMutability {how} \
         filters"
    )
}

/// `unverified`: the pattern is of the ECR API reference, the number of wildcards of its user
/// guide.
pub(crate) fn invalid_filter(filter: &str) -> String {
    format!(
        "Invalid parameter at 'imageTagMutabilityExclusionFilters': '{filter}' is no WILDCARD of 1 \
         to 128 characters '[0-9a-zA-Z._-]' with at most two '*'"
    )
}

/// `unverified`: AWS supports it.
pub(crate) fn not_supported(what: &str) -> String {
    format!("Longshore does not support {what} yet.")
}

/// `unverified`.
pub(crate) fn registry_of_other_account(id: &str) -> String {
    format!(
        "The registry with id '{id}' is not the caller's; registries of other accounts cannot be used"
    )
}

/// `unverified`; the bounds are of the ECR API reference.
pub(crate) fn max_results_out_of_range(most: i32) -> String {
    format!("maxResults must be between 1 and {most}.")
}

/// `unverified`.
pub(crate) const TOKEN_INVALID: &str = "Invalid parameter: nextToken";

/// `unverified`.
pub(crate) const IMAGE_ID_EMPTY: &str =
    "Invalid parameter at 'imageIds': a digest or a tag is needed";

/// `unverified`.
pub(crate) fn too_many_image_tags(most: usize) -> String {
    format!("An image has at most {most} tags.")
}

/// `unverified`.
pub(crate) fn too_many_images(most: u64) -> String {
    format!("A repository has at most {most} images.")
}

/// `unverified`.
pub(crate) fn too_many_manifests(most: usize) -> String {
    format!("An index names at most {most} manifests.")
}

/// `unverified`.
pub(crate) fn too_many_indexes(most: usize) -> String {
    format!("An image is named by at most {most} indexes.")
}
