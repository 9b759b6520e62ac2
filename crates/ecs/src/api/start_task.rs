//! StartTask: a task on each of the container instances that the caller names.

use aws_api::ecs as model;
use aws_core::Caller;
use records::ecs::{LaunchType, TaskDefinition};

use super::launch::Launch;
use super::template::{self, Wanted, startable_definition};
use super::{cluster, show};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::sentences;

/// The AWS quota for container instances of one StartTask.
const INSTANCES_MAX: usize = 10;

pub(crate) async fn start(
    ecs: &Ecs,
    caller: &Caller,
    input: model::StartTaskRequest,
) -> Result<model::StartTaskResponse, Failure> {
    let _not_deleted_meanwhile = ecs.clusters.read().await;
    let cluster = cluster::stored_active(ecs, caller, input.cluster.as_deref())?;
    let reference = input.task_definition.as_deref().unwrap_or_default();
    let definition = startable_definition(ecs, caller, reference)?;
    caller.authorise(&TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &definition.family,
        definition.revision,
    ))?;
    let named = input.container_instances.unwrap_or_default();
    if named.is_empty() {
        return Err(invalid(sentences::INSTANCES_BLANK));
    }
    if named.len() > INSTANCES_MAX {
        return Err(invalid(sentences::too_many_at_once(
            INSTANCES_MAX,
            "container instances",
            "named",
        )));
    }
    let wanted = Wanted {
        launch_type: LaunchType::Ec2,
        platform_version: None,
        overrides: input.overrides.as_ref(),
        network: input.network_configuration.as_ref(),
        started_by: input.started_by.as_deref(),
        group: input.group.as_deref(),
        tags: input.tags.as_deref(),
        propagate_tags: input.propagate_tags.as_ref(),
        managed_tags: input.enable_ecs_managed_tags.unwrap_or(false),
    };
    let template = template::template(ecs, caller, &cluster.record, &definition, &wanted)?;
    let launch = Launch {
        caller,
        cluster: &cluster,
        definition: &definition,
        template: &template,
        token: None,
    };
    let launched = launch.on(ecs, &named).await?;
    let tasks = launched.tasks.iter().map(|task| show::task(task, true));
    Ok(model::StartTaskResponse {
        tasks: Some(tasks.collect()),
        failures: Some(launched.failures),
    })
}
