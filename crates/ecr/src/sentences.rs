//! The sentences that ECR says, each with its source: `thread` was seen in public issue threads,
//! `unverified` is ours.

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
