//! Tasks: stop, describe, list.

use aws_api::ecs as model;
use aws_core::{Arn, Caller};
use records::ecs::{DesiredStatus, LaunchType, StopCode, Task};

use super::container_instance::instance_reference;
use super::{DESCRIBE_MAX, cluster, listing, page_size, page_start, page_token, show};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::life;
use crate::sentences;

const TASK_ID_CHARS: [usize; 2] = [32, 36];
const REASON_MAX_CHARS: usize = 1024;

/// The id of a task of `cluster`, from an id or an ARN.
fn id_of(caller: &Caller, cluster: &str, reference: &str) -> Result<String, Failure> {
    let id = if reference.starts_with("arn:") {
        let arn: Arn = reference
            .parse()
            .map_err(|_| invalid(sentences::TASK_ARN_INVALID))?;
        let ours = caller.region.as_str();
        if arn.region != ours {
            return Err(invalid(sentences::identifier_of_other_region(
                &arn.region,
                ours,
            )));
        }
        let rest = arn.resource_of_kind("task").unwrap_or_default();
        let foreign = arn.service != "ecs" || arn.account != caller.account.as_str();
        // An ARN of the old form has no cluster in it.
        match rest.split_once('/') {
            _ if foreign => String::new(),
            Some((its_cluster, _)) if its_cluster != cluster => String::new(),
            Some((_, id)) => id.to_owned(),
            None => rest.to_owned(),
        }
    } else if TASK_ID_CHARS.contains(&reference.len()) {
        reference.to_owned()
    } else {
        return Err(invalid(sentences::TASK_ID_LENGTH));
    };
    if id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        Ok(id)
    } else {
        Err(invalid(sentences::TASK_ID_INVALID))
    }
}

pub(crate) async fn stop(
    ecs: &Ecs,
    caller: &Caller,
    input: model::StopTaskRequest,
) -> Result<model::StopTaskResponse, Failure> {
    let cluster = cluster::active(ecs, caller, input.cluster.as_deref())?;
    let id = id_of(
        caller,
        &cluster.name,
        input.task.as_deref().unwrap_or_default(),
    )?;
    caller.authorise(&caller.arn("ecs", &format!("task/{}/{id}", cluster.name)))?;
    let reason = input
        .reason
        .unwrap_or_else(|| sentences::STOPPED_BY_USER.to_owned());
    if reason.chars().count() > REASON_MAX_CHARS {
        return Err(invalid(sentences::too_long("reason", REASON_MAX_CHARS)));
    }
    let key = Task::key(&caller.account, &caller.region, &cluster.name, &id);
    let now = ecs.clock.now();
    let stopped = ecs
        .records
        .change(&key, |task| {
            let task = task.ok_or_else(|| invalid(sentences::TASK_NOT_FOUND))?;
            Ok::<_, Failure>(life::after_stop(
                task,
                StopCode::UserInitiated,
                &reason,
                now,
            ))
        })
        .await?;
    Ok(model::StopTaskResponse {
        task: stopped.map(|task| show::task(&task, true)),
    })
}

pub(crate) async fn describe(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DescribeTasksRequest,
) -> Result<model::DescribeTasksResponse, Failure> {
    let cluster = cluster::active(ecs, caller, input.cluster.as_deref())?;
    let references = input.tasks.unwrap_or_default();
    if references.is_empty() {
        return Err(invalid(sentences::TASKS_BLANK));
    }
    if references.len() > DESCRIBE_MAX {
        return Err(invalid(sentences::too_many_at_once(
            DESCRIBE_MAX,
            "tasks",
            "described",
        )));
    }
    let with_tags = input
        .include
        .unwrap_or_default()
        .contains(&model::TaskField::Tags);
    let mut tasks = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        let id = id_of(caller, &cluster.name, &reference)?;
        let arn = caller.arn("ecs", &format!("task/{}/{id}", cluster.name));
        caller.authorise(&arn)?;
        let key = Task::key(&caller.account, &caller.region, &cluster.name, &id);
        match ecs.records.get(&key)? {
            Some(stored) => tasks.push(show::task_now(ecs, &stored.record, with_tags)),
            None => failures.push(model::Failure {
                arn: Some(if reference.starts_with("arn:") {
                    reference
                } else {
                    arn.to_string()
                }),
                reason: Some("MISSING".to_owned()),
                ..model::Failure::default()
            }),
        }
    }
    Ok(model::DescribeTasksResponse {
        tasks: Some(tasks),
        failures: Some(failures),
    })
}

/// Two of the filters stand alone, but for `desiredStatus`, which clients send with both.
fn check_filters(input: &model::ListTasksRequest) -> Result<(), Failure> {
    let (service, starter) = (input.service_name.is_some(), input.started_by.is_some());
    let instance_or_family = input.container_instance.is_some() || input.family.is_some();
    if starter && (instance_or_family || service || input.launch_type.is_some()) {
        return Err(invalid(sentences::filter_stands_alone("startedBy")));
    }
    if service && instance_or_family {
        return Err(invalid(sentences::filter_stands_alone("serviceName")));
    }
    if service {
        // There are no services yet, so none has the name.
        return Err(Failure(model::Error::service_not_found_exception(
            sentences::SERVICE_NOT_FOUND,
        )));
    }
    Ok(())
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListTasksRequest,
) -> Result<model::ListTasksResponse, Failure> {
    let cluster = cluster::active(ecs, caller, input.cluster.as_deref())?;
    let size = page_size(input.max_results)?;
    check_filters(&input)?;
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let instance = input
        .container_instance
        .as_deref()
        .map(|reference| instance_reference(caller, &cluster.name, reference))
        .transpose()?
        .map(|(id, _)| id);
    let matches = |task: &Task| {
        let desired = match &input.desired_status {
            None | Some(model::DesiredStatus::Running) => {
                task.desired_status == DesiredStatus::Running
            }
            Some(model::DesiredStatus::Stopped) => task.desired_status == DesiredStatus::Stopped,
            // ECS never sets a task's desired status to PENDING: nothing has it.
            Some(_) => false,
        };
        let launched = match &input.launch_type {
            None => true,
            Some(wanted) => task.launch_type.as_str() == wanted.as_str(),
        };
        // Fargate's nodes are not shown, so no task is on a container instance that could be named.
        let on_instance =
            instance.is_none() || (task.launch_type == LaunchType::Ec2 && instance == task.node);
        desired
            && launched
            && on_instance
            && input
                .family
                .as_ref()
                .is_none_or(|family| *family == task.family)
            && (input.started_by.is_none() || input.started_by == task.started_by)
    };
    ecs.board.catch_up().await;
    let found = ecs.board.tasks_of_cluster(
        (&caller.account, &caller.region, &cluster.name),
        start.as_deref(),
        size + 1,
        matches,
    );
    let next = (found.len() > size)
        .then(|| {
            found
                .get(size - 1)
                .map(|last| page_token(&listing, &last.record.id))
        })
        .flatten();
    Ok(model::ListTasksResponse {
        task_arns: Some(
            found
                .iter()
                .take(size)
                .map(|stored| stored.record.arn().to_string())
                .collect(),
        ),
        next_token: next,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use aws_core::{Authoriser, Decision, Principal};

    struct Everything;

    impl Authoriser for Everything {
        fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
            Decision::Allow
        }
    }

    #[test]
    fn another_accounts_task_is_none_of_ours() {
        let ours = crate::fixtures::placed_task();
        let caller = Caller {
            principal: Principal::Root {
                account: ours.account.clone(),
            },
            account: ours.account.clone(),
            region: ours.region.clone(),
            request_id: String::new(),
            host: None,
            action: "ecs:StopTask".into(),
            authoriser: Arc::new(Everything),
        };
        let arn = ours.arn().to_string();
        let id = |reference: &str| id_of(&caller, "default", reference).ok();
        assert_eq!(id(&arn), Some(ours.id.clone()));
        assert_eq!(id(&ours.id), Some(ours.id.clone()));
        let theirs = arn.replace("123456789012", "210987654321");
        assert_eq!(id(&theirs), Some(String::new()), "it is missing");
        assert_eq!(
            id(&arn.replace("/default/", "/other/")),
            Some(String::new())
        );
        assert_eq!(id(&arn.replace("default/", "default/x/")), None);
    }
}
