//! Tags, and the operations on the tags of any resource.

use std::collections::BTreeMap;

use aws_api::ecs::{self as model, Tag};
use aws_core::{Arn, Caller};
use records::Key;
use records::Record;
use records::ecs::{Cluster, ClusterStatus, Node, Task, TaskDefinition};

use super::account_setting;
use crate::Ecs;
use crate::error::{Failure, invalid, not_supported};
use crate::plan::definition::{DefinitionReference, is_name};
use crate::plan::setting;
use crate::sentences;

/// The AWS quota for tags of one resource.
const TAGS_MAX: usize = 50;
/// The prefix that is AWS's own.
const RESERVED_PREFIX: &str = "aws:";
/// The action that tags need beside the one that makes their resource.
const TAG_ACTION: &str = "ecs:TagResource";

/// The tags as a map; `aws:` is AWS's own prefix.
pub(super) fn to_map(tags: Option<Vec<Tag>>) -> Result<BTreeMap<String, String>, Failure> {
    let tags = tags.unwrap_or_default();
    if tags.len() > TAGS_MAX {
        return Err(invalid(sentences::too_many_tags(TAGS_MAX)));
    }
    let mut map = BTreeMap::new();
    for tag in tags {
        let key = tag.key.unwrap_or_default();
        if key.is_empty() {
            return Err(invalid(sentences::TAG_KEY_BLANK));
        }
        if is_reserved(&key) {
            return Err(invalid(sentences::TAG_KEY_RESERVED));
        }
        let value = tag.value.unwrap_or_default();
        if is_reserved(&value) {
            return Err(invalid(sentences::TAG_VALUE_RESERVED));
        }
        if map.insert(key.clone(), value).is_some() {
            return Err(invalid(sentences::tag_key_twice(&key)));
        }
    }
    Ok(map)
}

/// Checks how many tags a resource is to have. AWS's own do not count (API reference, TagResource).
///
/// # Errors
/// InvalidParameterException, where there are too many.
pub(super) fn check_count(tags: &BTreeMap<String, String>) -> Result<(), Failure> {
    let own = tags.keys().filter(|key| !is_reserved(key)).count();
    if own > TAGS_MAX {
        return Err(invalid(sentences::too_many_tags(TAGS_MAX)));
    }
    Ok(())
}

fn is_reserved(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with(RESERVED_PREFIX)
}

/// The tags as a list, in the order of their keys.
pub(super) fn to_list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}

/// May the caller give tags to what it makes? Where the account setting `tagResourceAuthorization`
/// is on, that needs an authority of its own.
///
/// # Errors
/// AccessDeniedException.
pub(super) fn authorise_on_creation(
    ecs: &Ecs,
    caller: &Caller,
    resource: &Arn,
    tags: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    if tags.is_empty() || !account_setting::is_on(ecs, caller, setting::TAG_AUTHORISATION)? {
        return Ok(());
    }
    let tagging = Caller {
        action: TAG_ACTION.to_owned(),
        ..caller.clone()
    };
    Ok(tagging.authorise(resource)?)
}

/// What can have tags.
enum Resource {
    Cluster(Key<Cluster>),
    Task(Key<Task>),
    Definition(Key<TaskDefinition>),
    /// A node, and the cluster that it is an instance of.
    Instance(Key<Node>, String),
}

impl Resource {
    /// The resource of that ARN, which the caller may act upon.
    fn parse(caller: &Caller, text: &str) -> Result<Self, Failure> {
        let malformed = || invalid(sentences::ARN_INVALID);
        let arn: Arn = text.parse().map_err(|_| malformed())?;
        if arn.service != "ecs" {
            return Err(malformed());
        }
        let ours = caller.region.as_str();
        if arn.region != ours {
            return Err(invalid(sentences::identifier_of_other_region(
                &arn.region,
                ours,
            )));
        }
        caller.authorise(&arn)?;
        let (account, region) = (&caller.account, &caller.region);
        if arn.account != account.as_str() {
            return Err(malformed());
        }
        let (kind, rest) = arn.resource.split_once('/').ok_or_else(malformed)?;
        match kind {
            "cluster" if is_name(rest) => Ok(Self::Cluster(Cluster::key(account, region, rest))),
            "task-definition" => {
                let reference = DefinitionReference::parse(text, ours)?;
                let revision = reference.revision.ok_or_else(malformed)?;
                Ok(Self::Definition(TaskDefinition::key(
                    account,
                    region,
                    &reference.family,
                    revision,
                )))
            }
            "task" => match rest.split_once('/') {
                Some((cluster, id)) if is_name(cluster) && is_name(id) => {
                    Ok(Self::Task(Task::key(account, region, cluster, id)))
                }
                Some(_) => Err(malformed()),
                None => Err(invalid(sentences::SHORT_ARN)),
            },
            "container-instance" => match rest.split_once('/') {
                Some((cluster, id)) if is_name(cluster) && is_name(id) => {
                    Ok(Self::Instance(Node::key(account, id), cluster.to_owned()))
                }
                Some(_) => Err(malformed()),
                None => Err(invalid(sentences::SHORT_ARN)),
            },
            "service" | "capacity-provider" => Err(not_supported(&format!("tags of a {kind}"))),
            _ => Err(malformed()),
        }
    }

    fn tags(
        &self,
        ecs: &Ecs,
        caller: &Caller,
    ) -> Result<Option<BTreeMap<String, String>>, Failure> {
        Ok(match self {
            Self::Cluster(key) => match ecs.records.get(key)? {
                Some(stored) => {
                    check_active(&stored.record)?;
                    Some(stored.record.tags)
                }
                None => return Err(cluster_not_found()),
            },
            Self::Task(key) => ecs.records.get(key)?.map(|stored| stored.record.tags),
            Self::Definition(key) => ecs.records.get(key)?.map(|stored| stored.record.tags),
            Self::Instance(key, cluster) => ecs
                .records
                .get(key)?
                .filter(|stored| stored.record.is_of_cluster(&caller.region, cluster))
                .map(|stored| stored.record.tags),
        })
    }

    /// Changes the tags of what is there.
    async fn change(
        &self,
        ecs: &Ecs,
        caller: &Caller,
        change: impl Fn(&mut BTreeMap<String, String>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        match self {
            Self::Instance(key, cluster) => {
                rewrite(ecs, key, not_found, |node| {
                    if !node.is_of_cluster(&caller.region, cluster) {
                        return Err(not_found());
                    }
                    change(&mut node.tags)
                })
                .await
            }
            Self::Cluster(key) => {
                let missing = cluster_not_found;
                rewrite(ecs, key, missing, |cluster| {
                    check_active(cluster)?;
                    change(&mut cluster.tags)
                })
                .await
            }
            Self::Task(key) => rewrite(ecs, key, not_found, |task| change(&mut task.tags)).await,
            Self::Definition(key) => {
                rewrite(ecs, key, not_found, |definition| {
                    change(&mut definition.tags)
                })
                .await
            }
        }
    }
}

fn check_active(cluster: &Cluster) -> Result<(), Failure> {
    match cluster.status {
        ClusterStatus::Active => Ok(()),
        ClusterStatus::Inactive => Err(invalid(sentences::CLUSTER_INACTIVE)),
    }
}

fn cluster_not_found() -> Failure {
    Failure(model::Error::cluster_not_found_exception(
        sentences::CLUSTER_NOT_FOUND,
    ))
}

fn not_found() -> Failure {
    Failure(model::Error::resource_not_found_exception(
        sentences::RESOURCE_NOT_FOUND,
    ))
}

async fn rewrite<R: Record>(
    ecs: &Ecs,
    key: &Key<R>,
    missing: impl Fn() -> Failure,
    change: impl Fn(&mut R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    ecs.records
        .change(key, |record| {
            let mut record = record.ok_or_else(&missing)?.clone();
            change(&mut record)?;
            Ok::<_, Failure>(Some(record))
        })
        .await?;
    Ok(())
}

pub(crate) async fn tag(
    ecs: &Ecs,
    caller: &Caller,
    input: model::TagResourceRequest,
) -> Result<model::TagResourceResponse, Failure> {
    let resource = Resource::parse(caller, input.resource_arn.as_deref().unwrap_or_default())?;
    let new = to_map(input.tags)?;
    if new.is_empty() {
        return Err(invalid(sentences::empty("Tags")));
    }
    let add = |tags: &mut BTreeMap<String, String>| {
        tags.extend(new.clone());
        check_count(tags)
    };
    resource.change(ecs, caller, add).await?;
    Ok(model::TagResourceResponse::default())
}

pub(crate) async fn untag(
    ecs: &Ecs,
    caller: &Caller,
    input: model::UntagResourceRequest,
) -> Result<model::UntagResourceResponse, Failure> {
    let resource = Resource::parse(caller, input.resource_arn.as_deref().unwrap_or_default())?;
    let keys = input.tag_keys.unwrap_or_default();
    if keys.is_empty() {
        return Err(invalid(sentences::empty("Tag keys")));
    }
    if keys.iter().any(|key| is_reserved(key)) {
        return Err(invalid(sentences::TAG_KEY_RESERVED));
    }
    let remove = |tags: &mut BTreeMap<String, String>| {
        tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    resource.change(ecs, caller, remove).await?;
    Ok(model::UntagResourceResponse::default())
}

pub(crate) async fn list(
    ecs: &Ecs,
    caller: &Caller,
    input: model::ListTagsForResourceRequest,
) -> Result<model::ListTagsForResourceResponse, Failure> {
    let resource = Resource::parse(caller, input.resource_arn.as_deref().unwrap_or_default())?;
    // The operation has no error of its own for what is not there.
    let tags = resource
        .tags(ecs, caller)?
        .ok_or_else(|| invalid(sentences::RESOURCE_NOT_FOUND))?;
    Ok(model::ListTagsForResourceResponse {
        tags: Some(to_list(&tags)),
    })
}
