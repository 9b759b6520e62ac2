//! What a pretended container is told to do.

use std::time::Duration;

use crate::RuntimeError;

/// Parsed from a container's command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) lines: Vec<String>,
    pub(super) exit: Option<(i32, Duration)>,
    pub(super) hangs: bool,
    pub(super) fail_create: Option<String>,
    pub(super) fail_start: Option<String>,
}

impl Script {
    /// A command that does not begin with `mock` runs until a signal ends it.
    pub(super) fn parse(args: &[String]) -> Result<Self, RuntimeError> {
        let mut script = Self::default();
        let mut words = args.iter().map(String::as_str).peekable();
        if words.next() != Some("mock") {
            return Ok(script);
        }
        while let Some(word) = words.next() {
            let mut text = || {
                words
                    .next()
                    .map(str::to_owned)
                    .ok_or_else(|| RuntimeError::Unsupported {
                        what: format!("the mock command {word:?} without a word behind it"),
                    })
            };
            match word {
                "say" => script.lines.push(text()?),
                "fail-create" => script.fail_create = Some(text()?),
                "fail-start" => script.fail_start = Some(text()?),
                "hang" => script.hangs = true,
                "exit" => {
                    let code = text()?;
                    let code = code.parse().map_err(|_| RuntimeError::Unsupported {
                        what: format!("the mock exit code {code:?}"),
                    })?;
                    let millis = words.next_if(|word| word.parse::<u64>().is_ok());
                    let millis = millis.and_then(|millis| millis.parse().ok());
                    script.exit = Some((code, Duration::from_millis(millis.unwrap_or(0))));
                }
                _ => {
                    return Err(RuntimeError::Unsupported {
                        what: format!("the mock command {word:?}"),
                    });
                }
            }
        }
        Ok(script)
    }
}
