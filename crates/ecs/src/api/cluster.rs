//! Clusters.

use aws_api::ecs as model;
use aws_core::Caller;
use records::Stored;
use records::ecs::{Cluster, ClusterStatus, FARGATE_CLUSTER, Node, NodeCapacity, TaskStatus};

use super::{DESCRIBE_MAX, listing, page_size, page_start, page_token, tags};
use crate::Ecs;
use crate::error::{Failure, invalid};
use crate::plan::definition::is_name;
use crate::sentences;

/// The cluster that is meant where none is named.
const DEFAULT_CLUSTER: &str = "default";

/// The cluster's name, from a name or an ARN of the caller's region.
///
/// # Errors
/// When it is neither.
pub(super) fn name_of(caller: &Caller, reference: Option<&str>) -> Result<String, Failure> {
    let reference = reference
        .filter(|text| !text.is_empty())
        .unwrap_or(DEFAULT_CLUSTER);
    let name = if reference.starts_with("arn:") {
        let arn: aws_core::Arn = reference
            .parse()
            .map_err(|_| invalid(sentences::invalid_name("cluster ARN", reference)))?;
        let ours = caller.region.as_str();
        if arn.region != ours {
            return Err(invalid(sentences::identifier_of_other_region(
                &arn.region,
                ours,
            )));
        }
        if arn.account != caller.account.as_str() {
            return Err(Failure(model::Error::cluster_not_found_exception(
                sentences::CLUSTER_NOT_FOUND,
            )));
        }
        arn.resource_of_kind("cluster")
            .unwrap_or_default()
            .to_owned()
    } else {
        reference.to_owned()
    };
    if is_name(&name) {
        Ok(name)
    } else {
        Err(invalid(sentences::invalid_name("cluster name", &name)))
    }
}

/// The active cluster that a request names. Nobody makes the default one but CreateCluster, as on
/// AWS.
///
/// # Errors
/// ClusterNotFoundException.
pub(super) fn active(
    ecs: &Ecs,
    caller: &Caller,
    reference: Option<&str>,
) -> Result<Cluster, Failure> {
    Ok(stored_active(ecs, caller, reference)?.record)
}

/// As [`active`], to be compared in a transaction: a deleted cluster is still there, but inactive.
///
/// # Errors
/// ClusterNotFoundException.
pub(super) fn stored_active(
    ecs: &Ecs,
    caller: &Caller,
    reference: Option<&str>,
) -> Result<Stored<Cluster>, Failure> {
    let name = name_of(caller, reference)?;
    let key = Cluster::key(&caller.account, &caller.region, &name);
    ecs.records
        .get(&key)?
        .filter(|stored| stored.record.status == ClusterStatus::Active)
        .ok_or_else(|| {
            Failure(model::Error::cluster_not_found_exception(
                sentences::CLUSTER_NOT_FOUND,
            ))
        })
}

pub(crate) async fn create(
    ecs: &Ecs,
    caller: &Caller,
    input: model::CreateClusterRequest,
) -> Result<model::CreateClusterResponse, Failure> {
    let name = name_of(caller, input.cluster_name.as_deref())?;
    if name == FARGATE_CLUSTER {
        return Err(invalid(format!(
            "The cluster name '{FARGATE_CLUSTER}' is reserved."
        )));
    }
    caller.authorise(&Cluster::arn(&caller.account, &caller.region, &name))?;
    let wanted = Cluster {
        name: name.clone(),
        status: ClusterStatus::Active,
        tags: tags::to_map(input.tags)?,
    };
    let key = Cluster::key(&caller.account, &caller.region, &name);
    let cluster = ecs
        .records
        .change(&key, |existing| {
            let active = existing.is_some_and(|cluster| cluster.status == ClusterStatus::Active);
            Ok::<_, Failure>((!active).then(|| wanted.clone()))
        })
        .await?
        .unwrap_or(wanted);
    ecs.board.catch_up().await;
    Ok(model::CreateClusterResponse {
        cluster: Some(show(ecs, caller, &cluster, true)?),
    })
}

pub(crate) async fn describe(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DescribeClustersRequest,
) -> Result<model::DescribeClustersResponse, Failure> {
    ecs.board.catch_up().await;
    let references = input
        .clusters
        .unwrap_or_else(|| vec![DEFAULT_CLUSTER.to_owned()]);
    if references.len() > DESCRIBE_MAX {
        return Err(invalid(format!(
            "At most {DESCRIBE_MAX} clusters can be described at once."
        )));
    }
    let include = input.include.unwrap_or_default();
    let with_tags = include.contains(&model::ClusterField::Tags);
    let mut clusters = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        let name = name_of(caller, Some(&reference))?;
        let arn = Cluster::arn(&caller.account, &caller.region, &name);
        caller.authorise(&arn)?;
        match ecs
            .records
            .get(&Cluster::key(&caller.account, &caller.region, &name))?
        {
            Some(stored) => clusters.push(show(ecs, caller, &stored.record, with_tags)?),
            None => failures.push(model::Failure {
                arn: Some(arn.to_string()),
                reason: Some("MISSING".to_owned()),
                ..model::Failure::default()
            }),
        }
    }
    Ok(model::DescribeClustersResponse {
        clusters: Some(clusters),
        failures: Some(failures),
    })
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListClustersRequest,
) -> Result<model::ListClustersResponse, Failure> {
    let size = page_size(input.max_results)?;
    let listing = listing(caller, &input);
    let start = page_start(&listing, input.next_token.as_deref())?;
    let prefix = Cluster::prefix(&caller.account, &caller.region);
    let after = start.map(|name| prefix.key(&name).bytes().clone());
    let active: Vec<_> = ecs
        .records
        .all(&prefix)?
        .into_iter()
        .filter(|stored| after.as_ref().is_none_or(|after| stored.key > after))
        .filter(|stored| stored.record.status == ClusterStatus::Active)
        .take(size + 1)
        .collect();
    let next = (active.len() > size)
        .then(|| {
            active
                .get(size - 1)
                .map(|last| page_token(&listing, &last.record.name))
        })
        .flatten();
    let arns = active.iter().take(size).map(|stored| {
        Cluster::arn(&caller.account, &caller.region, &stored.record.name).to_string()
    });
    Ok(model::ListClustersResponse {
        cluster_arns: Some(arns.collect()),
        next_token: next,
    })
}

pub(crate) async fn delete(
    ecs: &Ecs,
    caller: &Caller,
    input: model::DeleteClusterRequest,
) -> Result<model::DeleteClusterResponse, Failure> {
    let cluster = active(ecs, caller, input.cluster.as_deref())?;
    caller.authorise(&Cluster::arn(
        &caller.account,
        &caller.region,
        &cluster.name,
    ))?;
    // Whoever was putting tasks into it has done so, and the board shows them.
    let _alone = ecs.clusters.write().await;
    ecs.board.catch_up().await;
    let key = Cluster::key(&caller.account, &caller.region, &cluster.name);
    let deleted = ecs
        .records
        .change(&key, |existing| {
            let Some(existing) = existing else {
                return Ok(None);
            };
            let counts = Counts::of(ecs, caller, &existing.name)?;
            if counts.instances > 0 {
                return Err(Failure(
                    model::Error::cluster_contains_container_instances_exception(
                        sentences::CLUSTER_CONTAINS_INSTANCES,
                    ),
                ));
            }
            if counts.running + counts.pending > 0 {
                return Err(Failure(model::Error::cluster_contains_tasks_exception(
                    sentences::CLUSTER_CONTAINS_TASKS,
                )));
            }
            Ok::<_, Failure>(Some(Cluster {
                status: ClusterStatus::Inactive,
                ..existing.clone()
            }))
        })
        .await?
        .unwrap_or(cluster);
    Ok(model::DeleteClusterResponse {
        cluster: Some(show(ecs, caller, &deleted, false)?),
    })
}

/// What is in a cluster.
struct Counts {
    running: i32,
    pending: i32,
    instances: i32,
}

impl Counts {
    fn of(ecs: &Ecs, caller: &Caller, cluster: &str) -> Result<Self, Failure> {
        let mut counts = Self {
            running: 0,
            pending: 0,
            instances: 0,
        };
        for task in ecs
            .board
            .tasks_of_cluster(&caller.account, &caller.region, cluster)
        {
            match task.last_status {
                TaskStatus::Stopped => {}
                TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopping => {
                    counts.running += 1;
                }
                _ => counts.pending += 1,
            }
        }
        for node in ecs.records.all(&Node::prefix(&caller.account))? {
            let here = node.record.region == caller.region
                && matches!(&node.record.capacity, NodeCapacity::Cluster { name } if name == cluster);
            counts.instances += i32::from(here);
        }
        Ok(counts)
    }
}

fn show(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    with_tags: bool,
) -> Result<model::Cluster, Failure> {
    let counts = Counts::of(ecs, caller, &cluster.name)?;
    let status = match cluster.status {
        ClusterStatus::Active => "ACTIVE",
        ClusterStatus::Inactive => "INACTIVE",
    };
    Ok(model::Cluster {
        cluster_arn: Some(Cluster::arn(&caller.account, &caller.region, &cluster.name).to_string()),
        cluster_name: Some(cluster.name.clone()),
        status: Some(status.to_owned()),
        registered_container_instances_count: Some(counts.instances),
        running_tasks_count: Some(counts.running),
        pending_tasks_count: Some(counts.pending),
        active_services_count: Some(0),
        statistics: Some(Vec::new()),
        tags: Some(if with_tags {
            tags::to_list(&cluster.tags)
        } else {
            Vec::new()
        }),
        settings: Some(vec![model::ClusterSetting {
            name: Some(model::ClusterSettingName::ContainerInsights),
            value: Some("disabled".to_owned()),
        }]),
        capacity_providers: Some(Vec::new()),
        default_capacity_provider_strategy: Some(Vec::new()),
        ..model::Cluster::default()
    })
}
