//! Clusters.

use aws_api::ecs as model;
use aws_core::{Arn, Caller};
use records::Stored;
use records::ecs::{Cluster, ClusterStatus, FARGATE_CLUSTER, NodeStatus};

use super::{DESCRIBE_MAX, listing, page_size, page_start, page_token, tags};
use crate::Ecs;
use crate::board;
use crate::error::{Failure, invalid};
use crate::plan::definition::is_name;
use crate::sentences;

/// The cluster that is meant where none is named.
pub(super) const DEFAULT_CLUSTER: &str = "default";

/// The ARN that a reference to a cluster is; none where it is a name.
///
/// # Errors
/// When it begins like an ARN and is none.
fn arn_of(reference: &str) -> Result<Option<Arn>, Failure> {
    if !reference.starts_with("arn:") {
        return Ok(None);
    }
    let arn = reference
        .parse()
        .map_err(|_| invalid(sentences::invalid_name("cluster ARN", reference)))?;
    Ok(Some(arn))
}

/// The cluster's name, from a name or an ARN of the caller's region.
///
/// # Errors
/// When it is neither.
pub(super) fn name_of(caller: &Caller, reference: Option<&str>) -> Result<String, Failure> {
    let reference = reference
        .filter(|text| !text.is_empty())
        .unwrap_or(DEFAULT_CLUSTER);
    let name = if let Some(arn) = arn_of(reference)? {
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

/// The default cluster as it is made where an agent finds none.
pub(super) fn default_cluster() -> Cluster {
    Cluster {
        name: DEFAULT_CLUSTER.to_owned(),
        status: ClusterStatus::Active,
        tags: std::collections::BTreeMap::new(),
        deleted_at: None,
    }
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
        return Err(invalid(sentences::cluster_name_reserved(FARGATE_CLUSTER)));
    }
    let arn = Cluster::arn(&caller.account, &caller.region, &name);
    caller.authorise(&arn)?;
    check_settings(input.settings.as_deref())?;
    let tags = tags::to_map(input.tags)?;
    tags::authorise_on_creation(ecs, caller, &arn, &tags)?;
    let wanted = Cluster {
        name: name.clone(),
        status: ClusterStatus::Active,
        tags,
        deleted_at: None,
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
        cluster: Some(show(ecs, caller, &cluster, &Shown::AS_CREATED)?),
    })
}

/// The only setting is `containerInsights`, and its only value here is `disabled`: others do not
/// get this far.
fn check_settings(settings: Option<&[model::ClusterSetting]>) -> Result<(), Failure> {
    for setting in settings.unwrap_or_default() {
        if setting.name != Some(model::ClusterSettingName::ContainerInsights) {
            return Err(invalid(sentences::unknown_value(
                "settings.name",
                setting.name.as_ref().map_or("", |name| name.as_str()),
            )));
        }
    }
    Ok(())
}

pub(crate) async fn update(
    ecs: &Ecs,
    caller: &Caller,
    input: model::UpdateClusterRequest,
) -> Result<model::UpdateClusterResponse, Failure> {
    let settings = input.settings.as_deref();
    Ok(model::UpdateClusterResponse {
        cluster: Some(with_settings(ecs, caller, input.cluster.as_deref(), settings).await?),
    })
}

pub(crate) async fn update_settings(
    ecs: &Ecs,
    caller: &Caller,
    input: model::UpdateClusterSettingsRequest,
) -> Result<model::UpdateClusterSettingsResponse, Failure> {
    let settings = input.settings.as_deref();
    if settings.is_none_or(<[_]>::is_empty) {
        return Err(invalid(sentences::empty("settings")));
    }
    Ok(model::UpdateClusterSettingsResponse {
        cluster: Some(with_settings(ecs, caller, input.cluster.as_deref(), settings).await?),
    })
}

/// The cluster with these settings, which are those that it has: see [`check_settings`].
async fn with_settings(
    ecs: &Ecs,
    caller: &Caller,
    reference: Option<&str>,
    settings: Option<&[model::ClusterSetting]>,
) -> Result<model::Cluster, Failure> {
    let cluster = active(ecs, caller, reference)?;
    caller.authorise(&Cluster::arn(
        &caller.account,
        &caller.region,
        &cluster.name,
    ))?;
    check_settings(settings)?;
    ecs.board.catch_up().await;
    show(ecs, caller, &cluster, &Shown::AS_CREATED)
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
        return Err(invalid(sentences::too_many_at_once(
            DESCRIBE_MAX,
            "clusters",
            "described",
        )));
    }
    let shown = Shown::of(&input.include.unwrap_or_default());
    let mut clusters = Vec::new();
    let mut failures = Vec::new();
    for reference in references {
        let (arn, found) = find(ecs, caller, &reference)?;
        match found {
            Some(cluster) => clusters.push(show(ecs, caller, &cluster, &shown)?),
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

/// The ARN that is meant, and the cluster where there is one. What is another account's or region's is
/// not here: the operation has no error of its own for it.
///
/// # Errors
/// When the reference is neither a name nor an ARN, or the caller may not describe what it names here.
fn find(ecs: &Ecs, caller: &Caller, reference: &str) -> Result<(Arn, Option<Cluster>), Failure> {
    let (account, region) = (&caller.account, &caller.region);
    if let Some(arn) = arn_of(reference)?
        && (arn.account != account.as_str() || arn.region != region.as_str())
    {
        // Nothing of it is shown, so nobody is asked: who may what in its account is not known here.
        return Ok((arn, None));
    }
    let name = name_of(caller, Some(reference))?;
    let arn = Cluster::arn(account, region, &name);
    caller.authorise(&arn)?;
    let stored = ecs.records.get(&Cluster::key(account, region, &name))?;
    Ok((arn, stored.map(|stored| stored.record)))
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
            let counts = Counts::of(ecs, caller, &existing.name);
            if counts.instances > 0 {
                return Err(Failure(
                    model::Error::cluster_contains_container_instances_exception(
                        sentences::CLUSTER_CONTAINS_INSTANCES,
                    ),
                ));
            }
            if counts.tasks.running.sum() + counts.tasks.pending.sum() > 0 {
                return Err(Failure(model::Error::cluster_contains_tasks_exception(
                    sentences::CLUSTER_CONTAINS_TASKS,
                )));
            }
            Ok::<_, Failure>(Some(Cluster {
                status: ClusterStatus::Inactive,
                deleted_at: Some(ecs.clock.now()),
                ..existing.clone()
            }))
        })
        .await?
        .unwrap_or(cluster);
    Ok(model::DeleteClusterResponse {
        cluster: Some(show(ecs, caller, &deleted, &Shown::of(&[]))?),
    })
}

/// What is in a cluster.
struct Counts {
    tasks: board::Counts,
    instances: i32,
}

impl Counts {
    fn of(ecs: &Ecs, caller: &Caller, cluster: &str) -> Self {
        let Caller {
            account, region, ..
        } = caller;
        let instances = ecs.board.instances_of(account, region, cluster);
        let registered = instances
            .iter()
            .filter(|node| node.record.status != NodeStatus::Inactive);
        Self {
            instances: i32::try_from(registered.count()).unwrap_or(i32::MAX),
            tasks: ecs.board.counts(account, region, cluster),
        }
    }

    /// The same by launch type, in the API's words. There are no services, nor instances outside.
    fn statistics(&self) -> Vec<model::KeyValuePair> {
        [
            ("runningEC2TasksCount", self.tasks.running.ec2),
            ("runningFargateTasksCount", self.tasks.running.fargate),
            ("pendingEC2TasksCount", self.tasks.pending.ec2),
            ("pendingFargateTasksCount", self.tasks.pending.fargate),
            ("activeEC2ServiceCount", 0),
            ("activeFargateServiceCount", 0),
            ("drainingEC2ServiceCount", 0),
            ("drainingFargateServiceCount", 0),
        ]
        .map(|(name, count)| model::KeyValuePair {
            name: Some(name.to_owned()),
            value: Some(count.to_string()),
        })
        .into()
    }
}

/// What is shown of a cluster beside what always is.
struct Shown {
    attachments: bool,
    settings: bool,
    statistics: bool,
    tags: bool,
}

impl Shown {
    /// What the operations that make and change a cluster show.
    const AS_CREATED: Self = Self {
        attachments: false,
        settings: true,
        statistics: false,
        tags: true,
    };

    fn of(include: &[model::ClusterField]) -> Self {
        let asked = |field| include.contains(&field);
        Self {
            attachments: asked(model::ClusterField::Attachments),
            settings: asked(model::ClusterField::Settings),
            statistics: asked(model::ClusterField::Statistics),
            tags: asked(model::ClusterField::Tags),
        }
    }
}

fn show(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    shown: &Shown,
) -> Result<model::Cluster, Failure> {
    let counts = Counts::of(ecs, caller, &cluster.name);
    let status = match cluster.status {
        ClusterStatus::Active => "ACTIVE",
        ClusterStatus::Inactive => "INACTIVE",
    };
    let insights = || model::ClusterSetting {
        name: Some(model::ClusterSettingName::ContainerInsights),
        value: Some("disabled".to_owned()),
    };
    Ok(model::Cluster {
        cluster_arn: Some(Cluster::arn(&caller.account, &caller.region, &cluster.name).to_string()),
        cluster_name: Some(cluster.name.clone()),
        status: Some(status.to_owned()),
        registered_container_instances_count: Some(counts.instances),
        running_tasks_count: Some(counts.tasks.running.sum()),
        pending_tasks_count: Some(counts.tasks.pending.sum()),
        active_services_count: Some(0),
        statistics: Some(if shown.statistics {
            counts.statistics()
        } else {
            Vec::new()
        }),
        tags: Some(if shown.tags {
            tags::to_list(&cluster.tags)
        } else {
            Vec::new()
        }),
        settings: Some(if shown.settings {
            vec![insights()]
        } else {
            Vec::new()
        }),
        // CONFIGURATIONS shows what a cluster was configured with, which no cluster is yet.
        attachments: shown.attachments.then(Vec::new),
        capacity_providers: Some(Vec::new()),
        default_capacity_provider_strategy: Some(Vec::new()),
        ..model::Cluster::default()
    })
}
