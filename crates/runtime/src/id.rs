//! Names of tasks and containers, fit to be names of folders and cgroups.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::RuntimeError;

/// The longest task id: ECS's own have 32 characters.
const MAX_TASK_ID_CHARS: usize = 128;
/// The longest container name (ECS `ContainerDefinition.name`: up to 255 letters, digits,
/// underscores and hyphens).
const MAX_CONTAINER_NAME_CHARS: usize = 255;

/// A task's id: letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId(String);

/// A container's name within its task: letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContainerName(String);

macro_rules! name {
    ($type:ident, $what:literal, $max:ident) => {
        impl $type {
            /// The name itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = RuntimeError;

            fn from_str(name: &str) -> Result<Self, RuntimeError> {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                if name.is_empty() || name.len() > $max || !name.bytes().all(fits) {
                    return Err(RuntimeError::Name {
                        what: $what,
                        name: name.to_owned(),
                        max: $max,
                    });
                }
                Ok(Self(name.to_owned()))
            }
        }

        impl TryFrom<String> for $type {
            type Error = RuntimeError;

            fn try_from(name: String) -> Result<Self, RuntimeError> {
                name.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(TaskId, "task id", MAX_TASK_ID_CHARS);
name!(ContainerName, "container name", MAX_CONTAINER_NAME_CHARS);

/// A container of a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContainerId {
    /// The task.
    pub task: TaskId,
    /// The container's name in it.
    pub name: ContainerName,
}

impl ContainerId {
    /// From a task's id and a name in it.
    ///
    /// # Errors
    /// [`RuntimeError::Name`] when the name holds what folders should not be called.
    pub fn new(task: &TaskId, name: &str) -> Result<Self, RuntimeError> {
        Ok(Self {
            task: task.clone(),
            name: name.parse()?,
        })
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.task, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_their_folder_are_refused() {
        for name in ["", ".", "..", "a/b", "a b", "ä", "a\0", &"x".repeat(256)] {
            assert!(name.parse::<ContainerName>().is_err(), "{name:?}");
        }
        assert!("Web_1-a".parse::<ContainerName>().is_ok());
        assert!(serde_json::from_str::<TaskId>("\"../x\"").is_err());
    }
}
