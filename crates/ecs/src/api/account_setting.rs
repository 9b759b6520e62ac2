//! Account settings: what a principal has set, over what the root user has set for all, over what
//! holds of itself.

use aws_api::ecs as model;
use aws_core::{Arn, Caller, Principal};
use records::ecs::AccountSetting;
use records::iam::Role;

use super::{listing, page_start, page_token};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::definition::check_role;
use crate::plan::setting::{self, Known};
use crate::sentences;

/// The most settings that a list gives at once, and what it gives when not asked.
const RESULTS_MAX: i32 = 10;

/// The root user of the caller's account, whose settings are the defaults.
fn root(caller: &Caller) -> Arn {
    Arn::global("iam", &caller.account, "root")
}

/// The principal that a request is about: the caller, unless it names another. Nobody but the
/// root user may name another.
fn principal(ecs: &Ecs, caller: &Caller, named: Option<&str>) -> Result<Arn, Failure> {
    let own = caller.principal.arn();
    let Some(text) = named.filter(|text| !text.is_empty()) else {
        return Ok(own);
    };
    let arn: Arn = text
        .parse()
        .map_err(|_| invalid(sentences::PRINCIPAL_INVALID))?;
    if arn == own {
        return Ok(own);
    }
    if !matches!(caller.principal, Principal::Root { .. }) {
        return Err(Failure::from(aws_core::Common::AccessDenied(
            sentences::PRINCIPAL_OF_OTHERS.to_owned(),
        )));
    }
    let role = (arn.service == "iam" && arn.account == caller.account.as_str())
        .then(|| check_role(text).ok())
        .flatten();
    let found = role
        .map(|name| ecs.records.get(&Role::key(&caller.account, name)))
        .transpose()?
        .flatten();
    match found {
        Some(stored) if stored.record.arn(&caller.account) == arn => Ok(arn),
        _ => Err(invalid(sentences::PRINCIPAL_INVALID)),
    }
}

fn own(ecs: &Ecs, caller: &Caller, principal: &Arn, name: &str) -> Result<Option<String>, Failure> {
    let key = AccountSetting::key(&caller.account, &caller.region, principal, name);
    Ok(ecs.records.get(&key)?.map(|stored| stored.record.value))
}

/// What holds for a principal.
fn effective(
    ecs: &Ecs,
    caller: &Caller,
    principal: &Arn,
    known: &Known,
) -> Result<String, Failure> {
    if let Some(value) = own(ecs, caller, principal, known.name)? {
        return Ok(value);
    }
    let everybodys = own(ecs, caller, &root(caller), known.name)?;
    Ok(everybodys.unwrap_or_else(|| known.default.to_owned()))
}

/// True where a setting of the values `on` and `off` is on for the caller.
pub(super) fn is_on(ecs: &Ecs, caller: &Caller, known: &Known) -> Result<bool, Failure> {
    Ok(effective(ecs, caller, &caller.principal.arn(), known)? == "on")
}

/// The delivery mode of log drivers for tasks that the caller starts, where their definition names
/// none.
pub(super) fn log_driver_mode(ecs: &Ecs, caller: &Caller) -> Result<String, Failure> {
    effective(
        ecs,
        caller,
        &caller.principal.arn(),
        setting::LOG_DRIVER_MODE,
    )
}

fn known(name: Option<&model::SettingName>) -> Result<&'static Known, Failure> {
    setting::find(name.map_or("", |name| name.as_str()))
        .ok_or_else(|| invalid(sentences::SETTING_NAME_INVALID))
}

fn show(known: &Known, value: String, principal: &Arn) -> model::Setting {
    model::Setting {
        name: Some(model::SettingName::from(known.name)),
        value: Some(value),
        principal_arn: Some(principal.to_string()),
        r#type: Some(if known.managed {
            model::SettingType::AwsManaged
        } else {
            model::SettingType::User
        }),
    }
}

async fn write(
    ecs: &Ecs,
    caller: &Caller,
    principal: Arn,
    name: Option<&model::SettingName>,
    value: Option<&str>,
) -> Result<model::Setting, Failure> {
    let known = known(name)?;
    let value = setting::check(known, value.unwrap_or_default())?;
    let key = AccountSetting::key(&caller.account, &caller.region, &principal, known.name);
    let wanted = AccountSetting {
        principal: principal.clone(),
        name: known.name.to_owned(),
        value: value.to_owned(),
    };
    ecs.records
        .change(&key, |_| Ok::<_, Failure>(Some(wanted.clone())))
        .await?;
    Ok(show(known, value.to_owned(), &principal))
}

pub(crate) async fn put(
    ecs: &Ecs,
    caller: &Caller,
    input: model::PutAccountSettingRequest,
) -> Result<model::PutAccountSettingResponse, Failure> {
    let principal = principal(ecs, caller, input.principal_arn.as_deref())?;
    let written = write(
        ecs,
        caller,
        principal,
        input.name.as_ref(),
        input.value.as_deref(),
    );
    Ok(model::PutAccountSettingResponse {
        setting: Some(written.await?),
    })
}

pub(crate) async fn put_default(
    ecs: &Ecs,
    caller: &Caller,
    input: model::PutAccountSettingDefaultRequest,
) -> Result<model::PutAccountSettingDefaultResponse, Failure> {
    let written = write(
        ecs,
        caller,
        root(caller),
        input.name.as_ref(),
        input.value.as_deref(),
    );
    Ok(model::PutAccountSettingDefaultResponse {
        setting: Some(written.await?),
    })
}

pub(crate) async fn delete(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DeleteAccountSettingRequest,
) -> Result<model::DeleteAccountSettingResponse, Failure> {
    let known = known(input.name.as_ref())?;
    if known.managed {
        return Err(invalid(sentences::SETTING_MANAGED));
    }
    let principal = principal(ecs, caller, input.principal_arn.as_deref())?;
    let key = AccountSetting::key(&caller.account, &caller.region, &principal, known.name);
    let mut transaction = ecs.records.transaction();
    transaction.delete_any(&key);
    transaction.commit().await?;
    let now = effective(ecs, caller, &principal, known)?;
    Ok(model::DeleteAccountSettingResponse {
        setting: Some(show(known, now, &principal)),
    })
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListAccountSettingsRequest,
) -> Result<model::ListAccountSettingsResponse, Failure> {
    // The model's integer is not boxed: clients may send 0 for "not given".
    let size = input.max_results.filter(|asked| *asked != 0);
    let size = size.unwrap_or(RESULTS_MAX);
    if !(1..=RESULTS_MAX).contains(&size) {
        return Err(invalid(sentences::out_of_range(
            "maxResults",
            1,
            RESULTS_MAX,
        )));
    }
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let only = input
        .name
        .as_ref()
        .map(|name| known(Some(name)))
        .transpose()?;
    let value = input.value.as_deref().filter(|value| !value.is_empty());
    if value.is_some() && only.is_none() {
        return Err(invalid(sentences::SETTING_VALUE_WITHOUT_NAME));
    }
    let principal = principal(ecs, caller, input.principal_arn.as_deref())?;
    let all = input.effective_settings == Some(true);
    let mut found = Vec::new();
    for known in setting::ALL {
        let wanted = only.is_none_or(|only| only.name == known.name);
        let passed = start.as_deref().is_some_and(|start| known.name <= start);
        if !wanted || passed {
            continue;
        }
        let set = own(ecs, caller, &principal, known.name)?;
        let shown = if all {
            Some(effective(ecs, caller, &principal, known)?)
        } else {
            set
        };
        if let Some(shown) = shown
            && value.is_none_or(|value| value == shown)
        {
            found.push(show(known, shown, &principal));
        }
    }
    let size = usize::try_from(size).unwrap_or(1);
    let next = (found.len() > size)
        .then(|| {
            let last = found.get(size - 1)?.name.as_ref()?;
            Some(page_token(&listing, last.as_str()))
        })
        .flatten();
    found.truncate(size);
    Ok(model::ListAccountSettingsResponse {
        settings: Some(found),
        next_token: next,
    })
}
