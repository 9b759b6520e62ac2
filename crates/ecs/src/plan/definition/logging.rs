//! Where a container's output goes.

use std::collections::BTreeMap;

use aws_api::ecs::{ContainerDefinition, LogDriver};

use super::wrong;
use crate::error::{Failure, client, not_supported};
use crate::sentences;

/// A driver of Docker's that the model does not list although the agent has it.
const NONE: &str = "none";
/// How many files a container's log may be spread over, as the agent has it.
const FILES: std::ops::RangeInclusive<u32> = 1..=1000;
/// The largest `max-buffer-size`, in bytes. Docker's is memory of its daemon, 1m unless said otherwise, and has
/// no bound but that; ours is the node's disk, which is everybody's.
const BUFFER_MAX_BYTES: u64 = 1 << 30;
/// The modes in which output is handed to a driver.
pub(super) const MODES: [&str; 2] = ["blocking", "non-blocking"];

pub(super) fn check(name: &str, container: &ContainerDefinition) -> Result<(), Failure> {
    let Some(logging) = &container.log_configuration else {
        return Ok(());
    };
    let none = BTreeMap::new();
    let options = logging.options.as_ref().unwrap_or(&none);
    match &logging.log_driver {
        Some(LogDriver::Awslogs) => check_awslogs(name, options),
        Some(LogDriver::JsonFile) => check_json_file(name, options),
        Some(LogDriver::Unknown(driver)) if driver == NONE => match options.keys().next() {
            Some(option) => Err(disallowed(NONE, option)),
            None => Ok(()),
        },
        Some(LogDriver::Unknown(other)) => {
            Err(client(sentences::unknown_value("logDriver", other)))
        }
        Some(other) => Err(not_supported(&format!(
            "the log driver '{}'",
            other.as_str()
        ))),
        None => Err(client(sentences::LOG_DRIVER_BLANK)),
    }
}

fn disallowed(driver: &str, option: &str) -> Failure {
    client(sentences::log_option_disallowed(driver, option))
}

fn check_awslogs(name: &str, options: &BTreeMap<String, String>) -> Result<(), Failure> {
    let missing: Vec<&str> = ["awslogs-group", "awslogs-region"]
        .into_iter()
        .filter(|required| options.get(*required).is_none_or(String::is_empty))
        .collect();
    if !missing.is_empty() {
        return Err(client(sentences::log_options_missing("awslogs", &missing)));
    }
    for (option, value) in options {
        let valid = match option.as_str() {
            "awslogs-group" | "awslogs-region" | "awslogs-stream-prefix" => true,
            "awslogs-datetime-format" | "awslogs-multiline-pattern" => !value.is_empty(),
            "awslogs-create-group" => {
                value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
            }
            "mode" | "max-buffer-size" => is_buffering(option, value),
            "awslogs-endpoint" | "awslogs-format" => {
                return Err(not_supported(&format!("the log option '{option}'")));
            }
            _ => return Err(disallowed("awslogs", option)),
        };
        if !valid {
            return Err(bad_value(name, option, value));
        }
    }
    check_buffer(name, options)?;
    if options.contains_key("awslogs-datetime-format")
        && options.contains_key("awslogs-multiline-pattern")
    {
        return Err(wrong(name, sentences::DATETIME_AND_MULTILINE));
    }
    Ok(())
}

fn check_json_file(name: &str, options: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (option, value) in options {
        let valid = match option.as_str() {
            "mode" | "max-buffer-size" => is_buffering(option, value),
            "max-size" => size(value).is_some(),
            "labels" | "env" => true,
            "max-file" => files(value).is_some_and(|files| FILES.contains(&files)),
            _ => return Err(not_supported(&format!("the log option '{option}'"))),
        };
        if !valid {
            return Err(bad_value(name, option, value));
        }
    }
    check_buffer(name, options)?;
    let several = options
        .get("max-file")
        .and_then(|text| files(text))
        .is_some_and(|files| files > 1);
    if several && !options.contains_key("max-size") {
        return Err(wrong(name, sentences::MAX_FILE_WITHOUT_MAX_SIZE));
    }
    Ok(())
}

fn files(text: &str) -> Option<u32> {
    text.parse().ok()
}

/// True for the options that all drivers have in common, where the value is one of theirs.
fn is_buffering(option: &str, value: &str) -> bool {
    match option {
        "mode" => MODES.contains(&value),
        _ => size(value).is_some(),
    }
}

fn bad_value(name: &str, option: &str, value: &str) -> Failure {
    wrong(name, sentences::log_option_invalid(option, value))
}

fn check_buffer(name: &str, options: &BTreeMap<String, String>) -> Result<(), Failure> {
    let bytes = options.get("max-buffer-size").and_then(|text| size(text));
    if bytes.is_some_and(|bytes| bytes > BUFFER_MAX_BYTES) {
        return Err(wrong(
            name,
            sentences::log_buffer_too_large(BUFFER_MAX_BYTES),
        ));
    }
    Ok(())
}

/// A number of bytes as Docker writes it: `10m`, `512k`, `1g`, `4096`. What the agent cannot count is
/// none.
fn size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let text = lower.strip_suffix('b').unwrap_or(&lower);
    let units = [('k', 1_u64 << 10), ('m', 1 << 20), ('g', 1 << 30)];
    let (digits, unit) = units
        .into_iter()
        .find_map(|(letter, unit)| Some((text.strip_suffix(letter)?, unit)))
        .unwrap_or((text, 1));
    let bytes = digits.parse::<u64>().ok()?.checked_mul(unit)?;
    (bytes > 0).then_some(bytes)
}
