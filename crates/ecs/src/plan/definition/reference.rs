//! How a request names a task definition, and a role.

use crate::error::{Failure, client, invalid};
use crate::sentences;

use super::is_name;

/// The IAM quota for a role's name.
const ROLE_NAME_MAX_CHARS: usize = 64;

/// A reference to a definition: `family`, `family:revision` or an ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionReference {
    /// The family.
    pub family: String,
    /// The revision; the newest active one where none is named.
    pub revision: Option<i32>,
}

impl DefinitionReference {
    /// Reads a reference, which must be of `region` where it names one.
    ///
    /// # Errors
    /// When it is no reference.
    pub fn parse(text: &str, region: &str) -> Result<Self, Failure> {
        let malformed = || invalid(sentences::definition_reference_invalid(text));
        let rest = if text.starts_with("arn:") {
            let arn: aws_core::Arn = text.parse().map_err(|_| malformed())?;
            if arn.region != region {
                return Err(invalid(sentences::identifier_of_other_region(
                    &arn.region,
                    region,
                )));
            }
            arn.resource_of_kind("task-definition")
                .ok_or_else(malformed)?
                .to_owned()
        } else {
            text.to_owned()
        };
        let (family, revision) = match rest.split_once(':') {
            Some((family, revision)) => {
                let revision: i32 = revision.parse().map_err(|_| malformed())?;
                (
                    family,
                    Some(revision)
                        .filter(|number| *number > 0)
                        .ok_or_else(malformed)?
                        .into(),
                )
            }
            None => (rest.as_str(), None),
        };
        if !is_name(family) {
            return Err(malformed());
        }
        Ok(Self {
            family: family.to_owned(),
            revision,
        })
    }
}

/// The role's name, from a name or an ARN.
///
/// # Errors
/// [`sentences::ROLE_INVALID`].
pub fn check_role(role: &str) -> Result<&str, Failure> {
    let name = if role.starts_with("arn:") {
        let arn: aws_core::Arn = role.parse().map_err(|_| client(sentences::ROLE_INVALID))?;
        let is_role = arn.service == "iam" && arn.resource.starts_with("role/");
        role.rsplit('/').next().filter(|_| is_role)
    } else {
        Some(role)
    };
    let valid = |name: &&str| {
        !name.is_empty()
            && name.len() <= ROLE_NAME_MAX_CHARS
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
    };
    name.filter(valid)
        .ok_or_else(|| client(sentences::ROLE_INVALID))
}
