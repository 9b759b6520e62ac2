//! What nodes report.

use aws_api::ecs as model;
use aws_core::{Arn, Caller, Common, Principal};
use records::ecs::{BoundPorts, ContainerStatus, NetworkBinding, PortProtocol, Task};
use records::{Committed, Stored};

use crate::Ecs;
use crate::error::{Failure, client, invalid};
use crate::plan::life::{self, ContainerReport, Report, ReportedStatus};
use crate::{pool, sentences};

/// ECS bounds reasons that agents send to 255 characters; longer ones are cut, and so is whatever
/// else a node makes up.
const REASON_MAX_CHARS: usize = 255;
/// The ECS quota for reserved ports of an instance, which no container can have more of.
const BINDINGS_MAX: usize = 100;
/// How many ports of its host a container may have: what its ranges name is looked at one by one
/// whenever a task is placed.
const PORTS_MAX: usize = 65_535;
const ATTEMPTS_MAX: usize = 16;
/// The status of an interface that is there.
const ATTACHED: &str = "ATTACHED";
/// Every address of the host.
const ANY_ADDRESS: &str = "0.0.0.0";

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
        Some(other) => return Err(client(sentences::unknown_status("task", other))),
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
        attached: input.attachments.iter().flatten().any(is_attached),
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
        network_bindings: input.network_bindings,
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
        network_bindings: said
            .network_bindings
            .unwrap_or_default()
            .into_iter()
            .take(BINDINGS_MAX)
            .filter_map(binding)
            .scan(0, |ports, binding| {
                *ports += pool::count(&binding);
                (*ports <= PORTS_MAX).then_some(binding)
            })
            .collect(),
    })
}

fn binding(said: model::NetworkBinding) -> Option<NetworkBinding> {
    let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    let ports = match (said.container_port_range, said.host_port_range) {
        (Some(container), Some(host)) => BoundPorts::Range {
            container: cut(container),
            host: cut(host),
        },
        _ => BoundPorts::One {
            container: port(said.container_port)?,
            host: port(said.host_port)?,
        },
    };
    Some(NetworkBinding {
        bind_ip: cut(said.bind_ip.unwrap_or_else(|| ANY_ADDRESS.to_owned())),
        protocol: match said.protocol {
            Some(model::TransportProtocol::Udp) => PortProtocol::Udp,
            _ => PortProtocol::Tcp,
        },
        ports,
    })
}

fn is_attached(change: &model::AttachmentStateChange) -> bool {
    change.status.as_deref() == Some(ATTACHED)
}

/// Interfaces that are there: their tasks show them as attached. An agent may say so of the tasks
/// that were placed on it.
pub(crate) async fn submit_attachments(
    ecs: &Ecs,
    caller: &Caller,
    input: model::SubmitAttachmentStateChangesRequest,
) -> Result<model::SubmitAttachmentStateChangesResponse, Failure> {
    ecs.board.catch_up().await;
    for change in input.attachments.unwrap_or_default() {
        let arn = change.attachment_arn.clone().unwrap_or_default();
        let parsed: Arn = arn
            .parse()
            .map_err(|_| invalid(sentences::ATTACHMENT_NOT_FOUND))?;
        caller.authorise(&parsed)?;
        let task = parsed
            .resource_of_kind("attachment")
            .and_then(|rest| rest.rsplit('/').next())
            .filter(|id| !id.is_empty())
            .and_then(|id| {
                ecs.board
                    .task_of_attachment(&caller.account, &caller.region, id)
            })
            .ok_or_else(|| invalid(sentences::ATTACHMENT_NOT_FOUND))?;
        if !is_attached(&change) {
            let status = change.status.unwrap_or_default();
            return Err(client(sentences::unknown_status("attachment", &status)));
        }
        let report = Report {
            attached: true,
            ..Report::default()
        };
        apply(ecs, caller, &task.record.arn().to_string(), &report).await?;
    }
    Ok(model::SubmitAttachmentStateChangesResponse {
        acknowledgment: Some(ACCEPTED.to_owned()),
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
        .map_err(|_| invalid(sentences::TASK_ARN_INVALID))?;
    let (cluster, id) = parsed
        .resource_of_kind("task")
        .and_then(|rest| rest.split_once('/'))
        .filter(|(cluster, id)| !cluster.contains('/') && !id.contains('/'))
        .ok_or_else(|| invalid(sentences::TASK_ARN_INVALID))?;
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
        let task = &stored.record;
        // A node that comes back says of a task that was given up that it has stopped it.
        let released = || {
            (report.status == Some(ReportedStatus::Stopped))
                .then(|| life::after_release(task))
                .flatten()
        };
        let next = life::after_report(task, report, ecs.clock.now()).or_else(released);
        let Some(next) = next else {
            return Ok(());
        };
        if commit(ecs, &stored, &next).await? {
            return Ok(());
        }
    }
    Err(Common::Throttling(sentences::RATE_EXCEEDED.to_owned()).into())
}

fn check_reporter(caller: &Caller, task: &Task) -> Result<(), Common> {
    match &caller.principal {
        // Else it would run first, and then be placed.
        Principal::Root { .. } if task.node.is_none() && !task.is_stopped() => {
            Err(Common::Validation(sentences::task_on_no_node(&task.arn())))
        }
        Principal::Root { .. } => Ok(()),
        Principal::Instance { instance_id, .. } if task.node.as_ref() == Some(instance_id) => {
            Ok(())
        }
        Principal::Instance { .. } => Err(Common::AccessDenied(sentences::task_of_other_node(
            &caller.principal.arn(),
            &caller.action,
            &task.arn(),
        ))),
    }
}

/// Writes the task, and gives its interface back in the same transaction once it has stopped.
async fn commit(ecs: &Ecs, before: &Stored<Task>, next: &Task) -> Result<bool, Failure> {
    let mut transaction = ecs.records.transaction();
    transaction.replace(before, next)?;
    if next.network.interface_id.is_none() {
        pool::part(&mut transaction, &before.record);
    }
    match transaction.commit().await? {
        Committed::Yes(_) => Ok(true),
        Committed::Conflict => Ok(false),
    }
}
