//! How large the documents of a task may be. Sizes are of their JSON, as AWS counts.

use aws_api::ecs::{TaskDefinition, TaskOverride};
use aws_wire::document;

use crate::error::{Failure, client, invalid};
use crate::sentences;

/// The ECS quota for the size of a task definition. It also keeps a payload within a frame.
pub const DEFINITION_MAX_BYTES: usize = 64 * 1024;
/// What the API allows for the overrides of one task, the characters of JSON included (API
/// reference, TaskOverride).
pub const OVERRIDES_MAX_CHARS: usize = 8192;

/// Checks the size of a task definition.
///
/// # Errors
/// [`sentences::definition_too_long`].
pub fn check_definition(definition: &TaskDefinition) -> Result<(), Failure> {
    let bytes = document::to_text(definition).len();
    if bytes > DEFINITION_MAX_BYTES {
        return Err(client(sentences::definition_too_long(
            bytes,
            DEFINITION_MAX_BYTES,
        )));
    }
    Ok(())
}

/// Checks the size of a task's overrides.
///
/// # Errors
/// [`sentences::overrides_too_long`].
pub fn check_overrides(overrides: &TaskOverride) -> Result<(), Failure> {
    if document::to_text(overrides).chars().count() > OVERRIDES_MAX_CHARS {
        return Err(invalid(sentences::overrides_too_long(OVERRIDES_MAX_CHARS)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::definition::normalise;
    use aws_api::ecs::{
        ContainerDefinition, ContainerOverride, Error, KeyValuePair, RegisterTaskDefinitionRequest,
    };

    fn environment(bytes: usize) -> Option<Vec<KeyValuePair>> {
        Some(vec![KeyValuePair {
            name: Some("A".into()),
            value: Some("x".repeat(bytes)),
        }])
    }

    #[test]
    fn what_would_not_fit_a_frame_is_refused() {
        let input = |bytes| RegisterTaskDefinitionRequest {
            family: Some("web".into()),
            container_definitions: Some(vec![ContainerDefinition {
                name: Some("app".into()),
                image: Some("hello:1".into()),
                memory: Some(64),
                environment: environment(bytes),
                ..ContainerDefinition::default()
            }]),
            ..RegisterTaskDefinitionRequest::default()
        };
        assert!(normalise(&input(60_000)).is_ok());
        let refused = normalise(&input(DEFINITION_MAX_BYTES)).unwrap_err();
        assert!(
            matches!(&refused.0, Error::ClientException(_)),
            "{refused:?}"
        );
        let overrides = |bytes| TaskOverride {
            container_overrides: Some(vec![ContainerOverride {
                name: Some("app".into()),
                environment: environment(bytes),
                ..ContainerOverride::default()
            }]),
            ..TaskOverride::default()
        };
        assert!(check_overrides(&overrides(8000)).is_ok());
        assert!(check_overrides(&overrides(OVERRIDES_MAX_CHARS)).is_err());
    }
}
