//! The account settings: their values, and which of them mean something here.

use crate::error::{Failure, invalid, not_supported};
use crate::sentences;

/// An account setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    /// As the API has it.
    pub name: &'static str,
    /// What it can be (API reference, PutAccountSetting).
    values: &'static [&'static str],
    /// Those of the values that Longshore can honour.
    honoured: &'static [&'static str],
    /// What holds where nobody has set it.
    pub default: &'static str,
    /// True where AWS sets it, not the user.
    pub managed: bool,
}

const SWITCH: &[&str] = &["enabled", "disabled"];
const ON_OR_OFF: &[&str] = &["on", "off"];

/// Whether tags at creation need `ecs:TagResource`. On: AWS has turned it on for all accounts in
/// 2024 (Amazon ECS Developer Guide, "Tagging authorization").
pub const TAG_AUTHORISATION: &Known = &Known {
    name: "tagResourceAuthorization",
    values: ON_OR_OFF,
    honoured: ON_OR_OFF,
    default: "on",
    managed: false,
};

/// The delivery mode of log drivers where a definition names none. Non-blocking since 2025-06-25
/// (API reference, PutAccountSetting).
pub const LOG_DRIVER_MODE: &Known = &Known {
    name: "defaultLogDriverMode",
    values: &["blocking", "non-blocking"],
    honoured: &["blocking", "non-blocking"],
    default: "non-blocking",
    managed: false,
};

/// Every setting of the model, by name. Where only the default is honoured, there is nothing that
/// another value could change: no trunk interfaces, no metrics, no maintenance of nodes.
pub static ALL: [&Known; 11] = [
    &only("awsvpcTrunking", SWITCH, "disabled"),
    &only(
        "containerInsights",
        &["enabled", "disabled", "enhanced"],
        "disabled",
    ),
    &only("containerInstanceLongArnFormat", SWITCH, "enabled"),
    LOG_DRIVER_MODE,
    &only("fargateEventWindows", SWITCH, "disabled"),
    &only("fargateFIPSMode", SWITCH, "disabled"),
    &only("fargateTaskRetirementWaitPeriod", &["0", "7", "14"], "7"),
    &Known {
        name: "guardDutyActivate",
        values: ON_OR_OFF,
        honoured: &[],
        default: "off",
        managed: true,
    },
    &only("serviceLongArnFormat", SWITCH, "enabled"),
    TAG_AUTHORISATION,
    &only("taskLongArnFormat", SWITCH, "enabled"),
];

/// A setting that can be nothing but its default.
const fn only(name: &'static str, values: &'static [&'static str], default: &'static str) -> Known {
    Known {
        name,
        values,
        honoured: &[],
        default,
        managed: false,
    }
}

/// The setting of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Known> {
    ALL.into_iter().find(|known| known.name == name)
}

/// The value, if the setting can have it.
///
/// # Errors
/// When it is none of the setting's values, when AWS manages the setting, or by name where
/// Longshore cannot honour it.
pub fn check<'a>(known: &Known, value: &'a str) -> Result<&'a str, Failure> {
    if known.managed {
        return Err(invalid(sentences::SETTING_MANAGED));
    }
    if !known.values.contains(&value) {
        return Err(invalid(sentences::SETTING_VALUE_INVALID));
    }
    if value == known.default || known.honoured.contains(&value) {
        return Ok(value);
    }
    Err(not_supported(&format!(
        "the account setting {} {value}",
        known.name
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_every_default_is_a_value() {
        let names: Vec<&str> = ALL.iter().map(|known| known.name).collect();
        assert!(names.is_sorted(), "a page ends at a name");
        let mut model: Vec<&str> = aws_api::ecs::SettingName::VALUES.to_vec();
        model.sort_unstable();
        assert_eq!(names, model);
        for known in ALL {
            assert!(known.values.contains(&known.default), "{}", known.name);
            assert!(known.honoured.iter().all(|one| known.values.contains(one)));
        }
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        let refused = |name: &str, value: &str| {
            format!("{:?}", check(find(name).unwrap(), value).unwrap_err())
        };
        assert!(refused("containerInsights", "enabled").contains("containerInsights enabled"));
        assert!(refused("taskLongArnFormat", "disabled").contains("taskLongArnFormat disabled"));
        assert!(refused("taskLongArnFormat", "ENABLED").contains("Invalid setting 'value'"));
        assert!(refused("guardDutyActivate", "on").contains("guardDutyActivate"));
        assert_eq!(check(LOG_DRIVER_MODE, "blocking").unwrap(), "blocking");
        assert_eq!(check(TAG_AUTHORISATION, "off").unwrap(), "off");
    }
}
