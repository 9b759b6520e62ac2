//! A task as RunTask or StartTask wants it: checked, and not placed yet.

use std::collections::BTreeSet;

use aws_api::ecs as model;
use aws_core::{Caller, Common};
use records::ec2::{SecurityGroup, Subnet};
use records::ecs::{
    Cluster, Container, ContainerHealth, ContainerStatus, DesiredStatus, HealthStatus, LaunchType,
    NetworkMode, PortProtocol, ReservedPort, Task, TaskDefinition, TaskDefinitionStatus,
    TaskNetwork, TaskStatus, Timeline,
};
use records::iam::Role;

use super::{account_setting, show, tags, task_definition};
use crate::Ecs;
use crate::error::{Failure, client, invalid, not_supported};
use crate::plan::{definition, document_size, fargate};
use crate::sentences;

/// The AWS quotas for `awsvpcConfiguration`.
const SUBNETS_MAX: usize = 16;
const SECURITY_GROUPS_MAX: usize = 5;
const STARTED_BY_MAX_CHARS: usize = 128;
/// What the group of a service's tasks begins with; a service alone gives it.
const SERVICE_GROUP_PREFIX: &str = "service:";
/// The tag that `enableECSManagedTags` sets on a task of no service.
const CLUSTER_NAME_TAG: &str = "aws:ecs:clusterName";

/// What RunTask and StartTask have in common.
pub(super) struct Wanted<'a> {
    pub(super) launch_type: LaunchType,
    pub(super) platform_version: Option<&'a str>,
    pub(super) overrides: Option<&'a model::TaskOverride>,
    pub(super) network: Option<&'a model::NetworkConfiguration>,
    pub(super) started_by: Option<&'a str>,
    pub(super) group: Option<&'a str>,
    pub(super) tags: Option<&'a [model::Tag]>,
    pub(super) propagate_tags: Option<&'a model::PropagateTags>,
    pub(super) managed_tags: bool,
}

/// The definition that a request names, if tasks may be started from it.
pub(super) fn startable_definition(
    ecs: &Ecs,
    caller: &Caller,
    reference: &str,
) -> Result<TaskDefinition, Failure> {
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

/// A task as the request wants it, without what is each task's own.
pub(super) fn template(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    definition: &TaskDefinition,
    wanted: &Wanted<'_>,
) -> Result<Task, Failure> {
    let document = &definition.definition;
    check_launch_type(document, wanted)?;
    check_marks(wanted)?;
    let overrides = overrides(wanted);
    document_size::check_overrides(&overrides)?;
    let size = task_size(document, &overrides, wanted.launch_type)?;
    definition::check_overrides(document, &overrides, size, wanted.launch_type)?;
    let role = overrides
        .execution_role_arn
        .as_ref()
        .or(document.execution_role_arn.as_ref());
    if let Some(role) = role {
        check_role_exists(ecs, caller, role)?;
    }
    let storage_gib = storage_gib(document, &overrides, wanted.launch_type)?;
    let containers: Vec<Container> = document
        .container_definitions
        .iter()
        .flatten()
        .map(|definition| container(definition, &overrides))
        .collect();
    let (cpu_units, memory_mib) = taken(size, &containers);
    let network_mode = network_mode(document);
    let network = match (network_mode, wanted.network) {
        (NetworkMode::Awsvpc, configuration) => network(ecs, caller, configuration)?,
        (_, Some(_)) => return Err(invalid(sentences::NETWORK_CONFIGURATION_NOT_VALID)),
        (_, None) => TaskNetwork::default(),
    };
    Ok(Task {
        id: String::new(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        cluster: cluster.name.clone(),
        family: definition.family.clone(),
        revision: definition.revision,
        launch_type: wanted.launch_type,
        desired_status: DesiredStatus::Running,
        last_status: TaskStatus::Provisioning,
        version: 1,
        cpu_units,
        memory_mib,
        ephemeral_storage_gib: storage_gib,
        log_mode: Some(account_setting::log_driver_mode(ecs, caller)?),
        architecture: definition::architecture(document).map(str::to_owned),
        containers,
        overrides,
        network,
        network_mode,
        host_ports: host_ports(document, network_mode),
        node: None,
        started_by: wanted.started_by.map(str::to_owned),
        group: wanted
            .group
            .map_or_else(|| format!("family:{}", definition.family), str::to_owned),
        tags: task_tags(ecs, caller, cluster, definition, wanted)?,
        timeline: Timeline {
            created_at: ecs.clock.now(),
            ..Timeline::default()
        },
        stop_code: None,
        stopped_reason: None,
    })
}

/// Checks what the task is to be found by.
fn check_marks(wanted: &Wanted<'_>) -> Result<(), Failure> {
    let started_by = wanted.started_by.unwrap_or_default();
    if started_by.chars().count() > STARTED_BY_MAX_CHARS {
        return Err(invalid(sentences::started_by_too_long(
            STARTED_BY_MAX_CHARS,
        )));
    }
    // The API reference, RunTask.
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_');
    if !started_by.bytes().all(allowed) {
        return Err(invalid(sentences::STARTED_BY_INVALID));
    }
    // What is in a service's group is the service's.
    if wanted
        .group
        .is_some_and(|group| group.starts_with(SERVICE_GROUP_PREFIX))
    {
        return Err(invalid(sentences::GROUP_OF_SERVICE));
    }
    Ok(())
}

fn check_launch_type(document: &model::TaskDefinition, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let compatibility = match wanted.launch_type {
        LaunchType::Fargate => model::Compatibility::Fargate,
        LaunchType::Ec2 => model::Compatibility::Ec2,
    };
    let compatible = document
        .compatibilities
        .iter()
        .flatten()
        .any(|one| *one == compatibility);
    if !compatible {
        return Err(invalid(sentences::launch_type_incompatible(
            wanted.launch_type.as_str(),
        )));
    }
    match (wanted.launch_type, wanted.platform_version) {
        (_, None) | (LaunchType::Fargate, Some("LATEST" | show::FARGATE_PLATFORM_VERSION)) => {
            Ok(())
        }
        (LaunchType::Fargate, Some(version)) => {
            Err(not_supported(&format!("platformVersion {version}")))
        }
        (LaunchType::Ec2, Some(_)) => Err(invalid(sentences::PLATFORM_VERSION_ON_EC2)),
    }
}

/// The overrides of the request. A size that is blank is none, as in a definition.
fn overrides(wanted: &Wanted<'_>) -> model::TaskOverride {
    let mut overrides = wanted.overrides.cloned().unwrap_or_default();
    for size in [&mut overrides.cpu, &mut overrides.memory] {
        size.take_if(|text| text.is_empty());
    }
    overrides
}

fn container(
    definition: &model::ContainerDefinition,
    overrides: &model::TaskOverride,
) -> Container {
    let changed = overrides
        .container_overrides
        .iter()
        .flatten()
        .find(|one| one.name == definition.name);
    Container {
        id: String::new(),
        name: definition.name.clone().unwrap_or_default(),
        image: definition.image.clone().unwrap_or_default(),
        image_digest: None,
        runtime_id: None,
        status: ContainerStatus::Pending,
        exit_code: None,
        reason: None,
        essential: definition.essential.unwrap_or(true),
        cpu_units: changed
            .and_then(|one| one.cpu)
            .or(definition.cpu)
            .unwrap_or(0),
        memory_mib: changed.and_then(|one| one.memory).or(definition.memory),
        memory_reservation_mib: changed
            .and_then(|one| one.memory_reservation)
            .or(definition.memory_reservation),
        network_bindings: Vec::new(),
        health: definition.health_check.as_ref().map(|_| ContainerHealth {
            status: HealthStatus::Unknown,
            since: ambient::Timestamp::default(),
        }),
    }
}

/// How the containers of a definition see the network; on an instance, the host's bridge is the
/// default.
fn network_mode(document: &model::TaskDefinition) -> NetworkMode {
    match &document.network_mode {
        Some(model::NetworkMode::Awsvpc) => NetworkMode::Awsvpc,
        Some(model::NetworkMode::Host) => NetworkMode::Host,
        Some(model::NetworkMode::None) => NetworkMode::None,
        _ => NetworkMode::Bridge,
    }
}

/// The ports of its host that a task takes by number. Those that the node chooses are known only
/// when it has.
fn host_ports(document: &model::TaskDefinition, mode: NetworkMode) -> Vec<ReservedPort> {
    let mappings = document
        .container_definitions
        .iter()
        .flatten()
        .flat_map(|container| container.port_mappings.iter().flatten());
    let ports: BTreeSet<ReservedPort> = mappings
        .filter_map(|mapping| {
            let port = match mode {
                NetworkMode::Bridge => mapping.host_port,
                NetworkMode::Host => mapping.host_port.or(mapping.container_port),
                NetworkMode::Awsvpc | NetworkMode::None => None,
            };
            let port = port.and_then(|port| u16::try_from(port).ok())?;
            let protocol = match mapping.protocol {
                Some(model::TransportProtocol::Udp) => PortProtocol::Udp,
                _ => PortProtocol::Tcp,
            };
            (port > 0).then_some(ReservedPort { port, protocol })
        })
        .collect();
    ports.into_iter().collect()
}

fn task_tags(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    definition: &TaskDefinition,
    wanted: &Wanted<'_>,
) -> Result<std::collections::BTreeMap<String, String>, Failure> {
    let own = tags::to_map(wanted.tags.map(<[_]>::to_vec))?;
    let any_task = caller.arn("ecs", &format!("task/{}/*", cluster.name));
    tags::authorise_on_creation(ecs, caller, &any_task, &own)?;
    let mut all = match wanted.propagate_tags {
        None | Some(model::PropagateTags::None) => std::collections::BTreeMap::new(),
        Some(model::PropagateTags::TaskDefinition) => definition.tags.clone(),
        // Only a service's tasks can have a service's tags.
        Some(_) => return Err(invalid(sentences::PROPAGATE_TAGS_OF_SERVICE)),
    };
    all.extend(own);
    tags::check_count(&all)?;
    if wanted.managed_tags {
        all.insert(CLUSTER_NAME_TAG.to_owned(), cluster.name.clone());
    }
    Ok(all)
}

/// One task of the template.
pub(super) fn instance_of(ecs: &Ecs, template: &Task) -> Task {
    let mut task = template.clone();
    task.id = ecs.random.hex::<16>();
    if task.network_mode == NetworkMode::Awsvpc {
        task.network.attachment_id = ecs.random.uuid();
    }
    for container in &mut task.containers {
        container.id = ecs.random.uuid();
    }
    task
}

/// CPU units and MiB that the task has as a whole. On Fargate it has both.
fn task_size(
    document: &model::TaskDefinition,
    overrides: &model::TaskOverride,
    launch_type: LaunchType,
) -> Result<(Option<i32>, Option<i32>), Failure> {
    let cpu = overrides.cpu.as_deref().or(document.cpu.as_deref());
    let memory = overrides.memory.as_deref().or(document.memory.as_deref());
    match launch_type {
        LaunchType::Ec2 => definition::task_size(cpu, memory),
        LaunchType::Fargate => {
            let cpu = cpu.and_then(fargate::cpu_units);
            let memory = memory.and_then(fargate::memory_mib);
            match (cpu, memory) {
                (Some(units), Some(mib)) if fargate::is_offered(units, mib) => Ok((cpu, memory)),
                _ => Err(invalid(sentences::FARGATE_SIZE)),
            }
        }
    }
}

/// The disk of a Fargate task. Elsewhere none is set aside, and who asks for one is told so.
fn storage_gib(
    document: &model::TaskDefinition,
    overrides: &model::TaskOverride,
    launch_type: LaunchType,
) -> Result<i32, Failure> {
    let asked = |storage: &Option<model::EphemeralStorage>| {
        storage.as_ref().and_then(|storage| storage.size_in_gi_b)
    };
    let (ours, theirs) = (
        asked(&overrides.ephemeral_storage),
        asked(&document.ephemeral_storage),
    );
    if let Some(gib) = ours {
        fargate::check_storage(gib, "overrides.ephemeralStorage")?;
    }
    match ours.or(theirs) {
        Some(_) if launch_type != LaunchType::Fargate => {
            Err(invalid(sentences::EPHEMERAL_STORAGE_NOT_ON_FARGATE))
        }
        asked => Ok(asked.unwrap_or(fargate::STORAGE_DEFAULT_GIB)),
    }
}

/// What a task takes of its node, in CPU units and MiB: what it asks for as a whole, else the sum of
/// what its containers ask for.
fn taken((cpu, memory): (Option<i32>, Option<i32>), containers: &[Container]) -> (i32, i32) {
    let sum = |of: fn(&Container) -> i32| {
        containers
            .iter()
            .fold(0_i32, |sum, container| sum.saturating_add(of(container)))
    };
    let memory = memory.unwrap_or_else(|| {
        sum(|one| {
            one.memory_reservation_mib
                .or(one.memory_mib)
                .unwrap_or_default()
        })
    });
    (cpu.unwrap_or_else(|| sum(|one| one.cpu_units)), memory)
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
        return Err(invalid(sentences::empty("subnets")));
    }
    if subnets.len() > SUBNETS_MAX {
        return Err(invalid(sentences::too_many_items("subnets", SUBNETS_MAX)));
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
            return Err(invalid(sentences::SUBNETS_OF_SEVERAL_VPCS));
        }
    }
    let groups = configuration.security_groups.clone().unwrap_or_default();
    if groups.len() > SECURITY_GROUPS_MAX {
        return Err(invalid(sentences::too_many_items(
            "securityGroups",
            SECURITY_GROUPS_MAX,
        )));
    }
    for group in &groups {
        let found = is_ec2_id("sg-", group)
            .then(|| ecs.records.get(&SecurityGroup::key(account, region, group)))
            .transpose()?
            .flatten()
            .ok_or_else(|| invalid(sentences::security_group_not_found(group)))?;
        if vpc.as_deref() != Some(found.record.vpc_id.as_str()) {
            return Err(invalid(sentences::security_group_of_other_vpc(group)));
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
