//! What nodes report.

use aws_api::ecs as model;
use aws_core::{Arn, Caller, Common, Principal};
use records::ec2::{AddressLease, NetworkInterface};
use records::ecs::{ContainerStatus, Task};
use records::{Committed, Stored};

use crate::Ecs;
use crate::error::{Failure, client, invalid};
use crate::plan::life::{self, ContainerReport, Report, ReportedStatus};
use crate::sentences;

/// ECS bounds reasons that agents send to 255 characters; longer ones are cut, and so is whatever
/// else a node makes up.
const REASON_MAX_CHARS: usize = 255;
const ATTEMPTS_MAX: usize = 16;

/// The acknowledgement that agents of every version understand.
const ACCEPTED: &str = "ACCEPT";

pub(crate) async fn submit_task(
    ecs: &Ecs,
    caller: &Caller,
    input: model::SubmitTaskStateChangeRequest,
) -> Result<model::SubmitTaskStateChangeResponse, Failure> {
    let arn = input.task.as_deref().unwrap_or_default();
    let status = match input.status.as_deref() {
        None | Some("") => None,
        Some("RUNNING") => Some(ReportedStatus::Running),
        Some("STOPPED") => Some(ReportedStatus::Stopped),
        // A task that is created but does not run yet is no further than PENDING.
        Some("CREATED" | "PULLED" | "MANIFEST_PULLED" | "PENDING") => None,
        Some(other) => return Err(client(format!("Unknown task status '{other}'."))),
    };
    let report = Report {
        status,
        reason: cut(input.reason.unwrap_or_default()),
        containers: input
            .containers
            .unwrap_or_default()
            .into_iter()
            .filter_map(container_report)
            .collect(),
        pull_started_at: input.pull_started_at,
        pull_stopped_at: input.pull_stopped_at,
        execution_stopped_at: input.execution_stopped_at,
    };
    apply(ecs, caller, arn, &report).await?;
    Ok(model::SubmitTaskStateChangeResponse {
        acknowledgment: Some(ACCEPTED.to_owned()),
    })
}

pub(crate) async fn submit_container(
    ecs: &Ecs,
    caller: &Caller,
    input: model::SubmitContainerStateChangeRequest,
) -> Result<model::SubmitContainerStateChangeResponse, Failure> {
    let arn = input.task.as_deref().unwrap_or_default();
    let container = container_report(model::ContainerStateChange {
        container_name: input.container_name,
        exit_code: input.exit_code,
        reason: input.reason,
        runtime_id: input.runtime_id,
        status: input.status,
        ..model::ContainerStateChange::default()
    });
    let report = Report {
        containers: container.into_iter().collect(),
        ..Report::default()
    };
    apply(ecs, caller, arn, &report).await?;
    Ok(model::SubmitContainerStateChangeResponse {
        acknowledgment: Some(ACCEPTED.to_owned()),
    })
}

fn container_report(said: model::ContainerStateChange) -> Option<ContainerReport> {
    let status = match said.status.as_deref()? {
        "RUNNING" | "RESOURCES_PROVISIONED" => ContainerStatus::Running,
        "STOPPED" => ContainerStatus::Stopped,
        _ => ContainerStatus::Pending,
    };
    Some(ContainerReport {
        name: said.container_name?,
        status,
        exit_code: said.exit_code,
        reason: said.reason.filter(|text| !text.is_empty()).map(cut),
        runtime_id: said.runtime_id.filter(|text| !text.is_empty()).map(cut),
        image_digest: said.image_digest.filter(|text| !text.is_empty()).map(cut),
    })
}

fn cut(text: String) -> String {
    match text.char_indices().nth(REASON_MAX_CHARS) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// Applies a report to its task. A node may report only on tasks that it was given.
async fn apply(ecs: &Ecs, caller: &Caller, arn: &str, report: &Report) -> Result<(), Failure> {
    let parsed: Arn = arn
        .parse()
        .map_err(|_| invalid("Invalid identifier: it is no task's ARN."))?;
    let (cluster, id) = parsed
        .resource_of_kind("task")
        .and_then(|rest| rest.split_once('/'))
        .filter(|(cluster, id)| !cluster.contains('/') && !id.contains('/'))
        .ok_or_else(|| invalid("Invalid identifier: it is no task's ARN."))?;
    if parsed.region != caller.region.as_str() || parsed.account != caller.account.as_str() {
        return Err(invalid(sentences::TASK_NOT_FOUND));
    }
    caller.authorise(&parsed)?;
    let key = Task::key(&caller.account, &caller.region, cluster, id);
    for _ in 0..ATTEMPTS_MAX {
        let stored = ecs
            .records
            .get(&key)?
            .ok_or_else(|| invalid(sentences::TASK_NOT_FOUND))?;
        check_reporter(caller, &stored.record)?;
        let Some(next) = life::after_report(&stored.record, report, ecs.clock.now()) else {
            return Ok(());
        };
        if commit(ecs, &stored, &next).await? {
            return Ok(());
        }
    }
    Err(Common::Throttling("Rate exceeded".to_owned()).into())
}

fn check_reporter(caller: &Caller, task: &Task) -> Result<(), Common> {
    match &caller.principal {
        // Else it would run first, and then be placed.
        Principal::Root { .. } if task.node.is_none() && !task.is_stopped() => {
            Err(Common::Validation(format!(
                "The task {} is on no node yet that could report on it.",
                task.arn()
            )))
        }
        Principal::Root { .. } => Ok(()),
        Principal::Instance { instance_id, .. } if task.node.as_ref() == Some(instance_id) => {
            Ok(())
        }
        Principal::Instance { .. } => Err(Common::AccessDenied(format!(
            "User: {} is not authorized to perform: {} on resource: {}: the task was not placed on this instance",
            caller.principal.arn(),
            caller.action,
            task.arn(),
        ))),
    }
}

/// Writes the task, and gives its interface back in the same transaction once it has stopped.
async fn commit(ecs: &Ecs, before: &Stored<Task>, next: &Task) -> Result<bool, Failure> {
    let mut transaction = ecs.records.transaction();
    transaction.replace(before, next)?;
    if next.is_stopped()
        && let Some(interface) = &before.record.network.interface_id
    {
        let task = &before.record;
        transaction.delete_any(&NetworkInterface::key(
            &task.account,
            &task.region,
            interface,
        ));
        if let (Some(subnet), Some(address)) = (&task.network.subnet_id, task.network.address) {
            transaction.delete_any(&AddressLease::key(
                &task.account,
                &task.region,
                subnet,
                address,
            ));
        }
    }
    match transaction.commit().await? {
        Committed::Yes(_) => Ok(true),
        Committed::Conflict => Ok(false),
    }
}
