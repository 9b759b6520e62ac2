//! RunTask.

use aws_api::ecs as model;
use aws_core::{Caller, Common};
use records::ec2::{SecurityGroup, Subnet};
use records::ecs::{
    ClientToken, Cluster, Container, ContainerStatus, DesiredStatus, LaunchType, Task,
    TaskDefinition, TaskDefinitionStatus, TaskNetwork, TaskStatus, Timeline,
};
use records::iam::Role;
use records::{Committed, Key};
use sha2::{Digest, Sha256};

use super::{cluster, show, tags, task_definition};
use crate::Ecs;
use crate::error::{Failure, client, invalid, not_supported};
use crate::plan::{definition, document_size, fargate};
use crate::sentences;

/// The ECS quota for tasks of one RunTask.
const COUNT_MAX: i32 = 10;
/// The AWS quotas for `awsvpcConfiguration`.
const SUBNETS_MAX: usize = 16;
const SECURITY_GROUPS_MAX: usize = 5;
const STARTED_BY_MAX_CHARS: usize = 128;
/// The API's bound on a client token, in ASCII characters.
const CLIENT_TOKEN_MAX_CHARS: usize = 64;
/// What a Fargate task gets where it asks for nothing.
const EPHEMERAL_STORAGE_DEFAULT_GIB: i32 = 20;

pub(crate) async fn run(
    ecs: &Ecs,
    caller: &Caller,
    input: model::RunTaskRequest,
) -> Result<model::RunTaskResponse, Failure> {
    let not_deleted_meanwhile = ecs.clusters.read().await;
    let stored_cluster = cluster::stored_active(ecs, caller, input.cluster.as_deref())?;
    let cluster = &stored_cluster.record;
    let definition = startable_definition(ecs, caller, &input)?;
    caller.authorise(&TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &definition.family,
        definition.revision,
    ))?;
    let token = client_token(caller, cluster, &input)?;
    if let Some((key, digest)) = &token
        && let Some(used) = ecs.records.get(key)?
    {
        return replay(ecs, caller, cluster, &used.record, digest);
    }
    let template = template(ecs, caller, cluster, &definition, &input)?;
    let count = input.count.unwrap_or(1);
    if !(1..=COUNT_MAX).contains(&count) {
        return Err(invalid(sentences::out_of_range("count", 1, COUNT_MAX)));
    }
    let tasks: Vec<Task> = (0..count).map(|_| instance_of(ecs, &template)).collect();
    let mut transaction = ecs.records.transaction();
    transaction.expect(&stored_cluster);
    for task in &tasks {
        transaction.create(&task.own_key(), task)?;
    }
    if let Some((key, digest)) = &token {
        let used = ClientToken {
            parameters_sha256: digest.clone(),
            task_ids: tasks.iter().map(|task| task.id.clone()).collect(),
            used_at: ecs.clock.now(),
        };
        transaction.create(key, &used)?;
    }
    let committed = transaction.commit().await?;
    drop(not_deleted_meanwhile);
    match committed {
        Committed::Yes(revision) => {
            ecs.board.wait_for(revision).await;
            Ok(response(&tasks))
        }
        // Another request with the same token got in between.
        Committed::Conflict => match &token {
            Some((key, digest)) => match ecs.records.get(key)? {
                Some(used) => replay(ecs, caller, cluster, &used.record, digest),
                None => Err(cluster_gone()),
            },
            None => Err(cluster_gone()),
        },
    }
}

fn cluster_gone() -> Failure {
    Failure(model::Error::cluster_not_found_exception(
        sentences::CLUSTER_NOT_FOUND,
    ))
}

fn response(tasks: &[Task]) -> model::RunTaskResponse {
    model::RunTaskResponse {
        tasks: Some(tasks.iter().map(|task| show::task(task, true)).collect()),
        failures: Some(Vec::new()),
    }
}

fn startable_definition(
    ecs: &Ecs,
    caller: &Caller,
    input: &model::RunTaskRequest,
) -> Result<TaskDefinition, Failure> {
    let reference = input.task_definition.as_deref().unwrap_or_default();
    if reference.is_empty() {
        return Err(client(sentences::DEFINITION_BLANK));
    }
    let found = task_definition::find(ecs, caller, reference)?
        .ok_or_else(|| client(sentences::DEFINITION_NOT_FOUND))?;
    if found.status != TaskDefinitionStatus::Active {
        return Err(client(sentences::DEFINITION_INACTIVE));
    }
    Ok(found)
}

/// The key of the request's client token and the digest of its parameters.
fn client_token(
    caller: &Caller,
    cluster: &Cluster,
    input: &model::RunTaskRequest,
) -> Result<Option<(Key<ClientToken>, String)>, Failure> {
    let Some(token) = &input.client_token else {
        return Ok(None);
    };
    if token.is_empty() || token.len() > CLIENT_TOKEN_MAX_CHARS || !token.is_ascii() {
        return Err(invalid(format!(
            "clientToken must have between 1 and {CLIENT_TOKEN_MAX_CHARS} ASCII characters."
        )));
    }
    let mut parameters = input.clone();
    parameters.client_token = None;
    let canonical = serde_json::to_vec(&Canonical(parameters)).map_err(|error| {
        Common::Internal(format!("a request cannot be written as JSON: {error}"))
    })?;
    let digest = hex::encode(Sha256::digest(&canonical));
    let name = hex::encode(Sha256::digest(token.as_bytes()));
    let key = ClientToken::key(&caller.account, &caller.region, &cluster.name, &name);
    Ok(Some((key, digest)))
}

/// A request in its canonical form, of which the digest is taken.
#[derive(serde::Serialize)]
struct Canonical(#[serde(with = "aws_wire::document")] model::RunTaskRequest);

/// The answer to a request whose token was used before.
fn replay(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    used: &ClientToken,
    digest: &str,
) -> Result<model::RunTaskResponse, Failure> {
    let keys = used
        .task_ids
        .iter()
        .map(|id| Task::key(&caller.account, &caller.region, &cluster.name, id));
    let mut tasks = Vec::new();
    for key in keys {
        tasks.extend(ecs.records.get(&key)?.map(|stored| stored.record));
    }
    if used.parameters_sha256 != digest {
        return Err(Failure(model::Error::ConflictException(
            model::ConflictException {
                message: Some("The client token was used before with other parameters.".to_owned()),
                resource_ids: Some(tasks.iter().map(|task| task.arn().to_string()).collect()),
            },
        )));
    }
    Ok(response(&tasks))
}

/// A task as the request wants it, without what is each task's own.
fn template(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    definition: &TaskDefinition,
    input: &model::RunTaskRequest,
) -> Result<Task, Failure> {
    let document = &definition.definition;
    match &input.launch_type {
        Some(model::LaunchType::Fargate) => {}
        None => {
            return Err(not_supported(
                "launchType EC2, which is meant where none is given (ask for FARGATE),",
            ));
        }
        Some(other) => return Err(not_supported(&format!("launchType {}", other.as_str()))),
    }
    let compatible = document
        .compatibilities
        .iter()
        .flatten()
        .any(|one| *one == model::Compatibility::Fargate);
    if !compatible {
        return Err(invalid(sentences::launch_type_incompatible("FARGATE")));
    }
    if let Some(version) = &input.platform_version
        && !matches!(version.as_str(), "LATEST" | show::FARGATE_PLATFORM_VERSION)
    {
        return Err(not_supported(&format!("platformVersion {version}")));
    }
    if input
        .started_by
        .as_ref()
        .is_some_and(|text| text.chars().count() > STARTED_BY_MAX_CHARS)
    {
        return Err(invalid(format!(
            "startedBy must have at most {STARTED_BY_MAX_CHARS} characters."
        )));
    }
    let overrides = input.overrides.clone().unwrap_or_default();
    document_size::check_overrides(&overrides)?;
    let (cpu_units, memory_mib) = size(document, &overrides)?;
    let names = overrides
        .container_overrides
        .iter()
        .flatten()
        .filter_map(|one| one.name.as_deref());
    for name in names {
        let known = document
            .container_definitions
            .iter()
            .flatten()
            .any(|container| container.name.as_deref() == Some(name));
        if !known {
            return Err(invalid(format!(
                "Override for container named {name} is not a container in the TaskDefinition."
            )));
        }
    }
    let role = overrides
        .execution_role_arn
        .as_ref()
        .or(document.execution_role_arn.as_ref());
    if let Some(role) = role {
        check_role_exists(ecs, caller, role)?;
    }
    let storage = overrides
        .ephemeral_storage
        .as_ref()
        .or(document.ephemeral_storage.as_ref())
        .and_then(|storage| storage.size_in_gi_b);
    let containers = document
        .container_definitions
        .iter()
        .flatten()
        .map(|container| {
            let changed = overrides
                .container_overrides
                .iter()
                .flatten()
                .find(|one| one.name == container.name);
            Container {
                id: String::new(),
                name: container.name.clone().unwrap_or_default(),
                image: container.image.clone().unwrap_or_default(),
                image_digest: None,
                runtime_id: None,
                status: ContainerStatus::Pending,
                exit_code: None,
                reason: None,
                essential: container.essential.unwrap_or(true),
                cpu_units: changed
                    .and_then(|one| one.cpu)
                    .or(container.cpu)
                    .unwrap_or(0),
                memory_mib: changed.and_then(|one| one.memory).or(container.memory),
                memory_reservation_mib: changed
                    .and_then(|one| one.memory_reservation)
                    .or(container.memory_reservation),
            }
        });
    Ok(Task {
        id: String::new(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        cluster: cluster.name.clone(),
        family: definition.family.clone(),
        revision: definition.revision,
        launch_type: LaunchType::Fargate,
        desired_status: DesiredStatus::Running,
        last_status: TaskStatus::Provisioning,
        version: 1,
        cpu_units,
        memory_mib,
        ephemeral_storage_gib: storage.unwrap_or(EPHEMERAL_STORAGE_DEFAULT_GIB),
        containers: containers.collect(),
        overrides,
        network: network(ecs, caller, input.network_configuration.as_ref())?,
        node: None,
        started_by: input.started_by.clone(),
        group: input
            .group
            .clone()
            .unwrap_or_else(|| format!("family:{}", definition.family)),
        tags: tags::to_map(input.tags.clone())?,
        timeline: Timeline {
            created_at: ecs.clock.now(),
            ..Timeline::default()
        },
        stop_code: None,
        stopped_reason: None,
    })
}

/// One task of the template.
fn instance_of(ecs: &Ecs, template: &Task) -> Task {
    let mut task = template.clone();
    task.id = ecs.random.hex::<16>();
    task.network.attachment_id = ecs.random.uuid();
    for container in &mut task.containers {
        container.id = ecs.random.uuid();
    }
    task
}

fn size(
    document: &model::TaskDefinition,
    overrides: &model::TaskOverride,
) -> Result<(i32, i32), Failure> {
    let cpu = overrides
        .cpu
        .as_deref()
        .or(document.cpu.as_deref())
        .and_then(fargate::cpu_units);
    let memory = overrides
        .memory
        .as_deref()
        .or(document.memory.as_deref())
        .and_then(fargate::memory_mib);
    match (cpu, memory) {
        (Some(cpu), Some(memory)) if fargate::is_offered(cpu, memory) => Ok((cpu, memory)),
        _ => Err(invalid(sentences::FARGATE_SIZE)),
    }
}

fn check_role_exists(ecs: &Ecs, caller: &Caller, role: &str) -> Result<(), Failure> {
    let name = definition::check_role(role)?;
    let found = ecs.records.get(&Role::key(&caller.account, name))?;
    let same = found.is_some_and(|stored| {
        !role.starts_with("arn:") || stored.record.arn(&caller.account).to_string() == role
    });
    if same {
        Ok(())
    } else {
        Err(client(sentences::role_cannot_be_assumed(role)))
    }
}

fn network(
    ecs: &Ecs,
    caller: &Caller,
    configuration: Option<&model::NetworkConfiguration>,
) -> Result<TaskNetwork, Failure> {
    let configuration = configuration
        .and_then(|configuration| configuration.awsvpc_configuration.as_ref())
        .ok_or_else(|| invalid(sentences::NETWORK_CONFIGURATION_MISSING))?;
    let (account, region) = (&caller.account, &caller.region);
    let subnets = configuration.subnets.clone().unwrap_or_default();
    if subnets.is_empty() {
        return Err(invalid("subnets can not be empty."));
    }
    if subnets.len() > SUBNETS_MAX {
        return Err(invalid(format!(
            "subnets can have at most {SUBNETS_MAX} items."
        )));
    }
    let mut vpc = None;
    for subnet in &subnets {
        let found = is_ec2_id("subnet-", subnet)
            .then(|| ecs.records.get(&Subnet::key(account, region, subnet)))
            .transpose()?
            .flatten()
            .ok_or_else(|| invalid(sentences::subnet_not_found(subnet)))?;
        let its = found.record.vpc_id;
        if *vpc.get_or_insert_with(|| its.clone()) != its {
            return Err(invalid("The subnets must be of one VPC."));
        }
    }
    let groups = configuration.security_groups.clone().unwrap_or_default();
    if groups.len() > SECURITY_GROUPS_MAX {
        return Err(invalid(format!(
            "securityGroups can have at most {SECURITY_GROUPS_MAX} items."
        )));
    }
    for group in &groups {
        let found = is_ec2_id("sg-", group)
            .then(|| ecs.records.get(&SecurityGroup::key(account, region, group)))
            .transpose()?
            .flatten()
            .ok_or_else(|| invalid(sentences::security_group_not_found(group)))?;
        if vpc.as_deref() != Some(found.record.vpc_id.as_str()) {
            return Err(invalid(format!(
                "The security group '{group}' is not of the VPC that the subnets are of."
            )));
        }
    }
    let security_groups = if groups.is_empty() {
        let all = ecs.records.all(&SecurityGroup::prefix(account, region))?;
        let default = all
            .into_iter()
            .map(|stored| stored.record)
            .find(|group| group.name == "default" && vpc.as_deref() == Some(group.vpc_id.as_str()));
        let default = default
            .ok_or_else(|| Common::Internal("a VPC has no default security group".to_owned()))?;
        vec![default.id]
    } else {
        groups
    };
    Ok(TaskNetwork {
        subnets,
        security_groups,
        ..TaskNetwork::default()
    })
}

/// True for ids that can stand in a key.
fn is_ec2_id(prefix: &str, id: &str) -> bool {
    id.strip_prefix(prefix).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
