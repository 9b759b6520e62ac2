//! Clusters, task definitions, tasks: handlers, planner, reconcilers, agent sessions.
//!
//! Requests only write what is wanted (`api`). Decisions are pure functions (`plan`). Reconcilers
//! make it so (`reconcile`), sessions carry it to the nodes (`session`), and what the nodes say
//! comes back as requests. The [`board`] holds the tasks in memory, following the store.

#![forbid(unsafe_code)]

mod api;
pub mod board;
mod error;
#[cfg(test)]
mod fixtures;
pub mod plan;
mod pool;
pub mod reconcile;
pub mod sentences;
pub mod session;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ambient::{Clock, Random};
use aws_api::ecs as model;
use aws_core::Caller;
use bytes::Bytes;
use plan::inactive::Inactive;
use records::Records;

pub use board::Board;
pub use session::{SessionServer, Sessions};

/// What is the same for every request.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where an agent that names no host reaches us, for instance `http://127.0.0.1:4566`.
    pub endpoint: String,
    /// The names under which images are ours, with port, beside those that callers were told
    /// (`records::ecr::RegistryName`).
    pub registry_hosts: Vec<String>,
}

/// The service.
pub struct Ecs {
    pub(crate) records: Records,
    pub(crate) board: Arc<Board>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) config: Config,
    /// Held to write by who deletes a cluster, to read by who puts tasks into one: that no task
    /// is in it cannot be compared in a transaction.
    pub(crate) clusters: tokio::sync::RwLock<()>,
    /// What was found to be over of each family, by the family's key: each such revision is looked at
    /// once in the life of the process, however often the newest active one is asked for.
    pub(crate) inactive: Mutex<HashMap<Bytes, Inactive>>,
}

impl Ecs {
    /// The service over `records`.
    #[must_use]
    pub fn new(
        records: Records,
        board: Arc<Board>,
        sessions: Arc<Sessions>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        config: Config,
    ) -> Self {
        Self {
            records,
            board,
            sessions,
            clock,
            random,
            config,
            clusters: tokio::sync::RwLock::default(),
            inactive: Mutex::default(),
        }
    }
}

macro_rules! operations {
    ($($name:ident: $input:ident => $output:ident, $handler:path;)*) => {
        impl model::Ecs for Ecs {
            $(
                async fn $name(
                    &self,
                    caller: &Caller,
                    input: model::$input,
                ) -> Result<model::$output, model::Error> {
                    Ok($handler(self, caller, input).await?)
                }
            )*
        }
    };
}

operations! {
    create_cluster: CreateClusterRequest => CreateClusterResponse, api::cluster::create;
    describe_clusters: DescribeClustersRequest => DescribeClustersResponse, api::cluster::describe;
    list_clusters: ListClustersRequest => ListClustersResponse, api::cluster::list;
    delete_cluster: DeleteClusterRequest => DeleteClusterResponse, api::cluster::delete;
    register_task_definition: RegisterTaskDefinitionRequest => RegisterTaskDefinitionResponse, api::task_definition::register;
    describe_task_definition: DescribeTaskDefinitionRequest => DescribeTaskDefinitionResponse, api::task_definition::describe;
    list_task_definitions: ListTaskDefinitionsRequest => ListTaskDefinitionsResponse, api::task_definition_list::list;
    list_task_definition_families: ListTaskDefinitionFamiliesRequest => ListTaskDefinitionFamiliesResponse, api::task_definition_list::list_families;
    deregister_task_definition: DeregisterTaskDefinitionRequest => DeregisterTaskDefinitionResponse, api::task_definition::deregister;
    delete_task_definitions: DeleteTaskDefinitionsRequest => DeleteTaskDefinitionsResponse, api::task_definition::delete;
    update_cluster: UpdateClusterRequest => UpdateClusterResponse, api::cluster::update;
    update_cluster_settings: UpdateClusterSettingsRequest => UpdateClusterSettingsResponse, api::cluster::update_settings;
    tag_resource: TagResourceRequest => TagResourceResponse, api::tags::tag;
    untag_resource: UntagResourceRequest => UntagResourceResponse, api::tags::untag;
    list_tags_for_resource: ListTagsForResourceRequest => ListTagsForResourceResponse, api::tags::list;
    put_account_setting: PutAccountSettingRequest => PutAccountSettingResponse, api::account_setting::put;
    put_account_setting_default: PutAccountSettingDefaultRequest => PutAccountSettingDefaultResponse, api::account_setting::put_default;
    list_account_settings: ListAccountSettingsRequest => ListAccountSettingsResponse, api::account_setting::list;
    delete_account_setting: DeleteAccountSettingRequest => DeleteAccountSettingResponse, api::account_setting::delete;
    run_task: RunTaskRequest => RunTaskResponse, api::run_task::run;
    start_task: StartTaskRequest => StartTaskResponse, api::start_task::start;
    stop_task: StopTaskRequest => StopTaskResponse, api::task::stop;
    describe_tasks: DescribeTasksRequest => DescribeTasksResponse, api::task::describe;
    list_tasks: ListTasksRequest => ListTasksResponse, api::task::list;
    register_container_instance: RegisterContainerInstanceRequest => RegisterContainerInstanceResponse, api::register::register;
    deregister_container_instance: DeregisterContainerInstanceRequest => DeregisterContainerInstanceResponse, api::container_instance::deregister;
    describe_container_instances: DescribeContainerInstancesRequest => DescribeContainerInstancesResponse, api::container_instance::describe;
    list_container_instances: ListContainerInstancesRequest => ListContainerInstancesResponse, api::container_instance::list;
    update_container_instances_state: UpdateContainerInstancesStateRequest => UpdateContainerInstancesStateResponse, api::container_instance::update_state;
    submit_attachment_state_changes: SubmitAttachmentStateChangesRequest => SubmitAttachmentStateChangesResponse, api::state_change::submit_attachments;
    discover_poll_endpoint: DiscoverPollEndpointRequest => DiscoverPollEndpointResponse, api::register::discover_poll_endpoint;
    submit_task_state_change: SubmitTaskStateChangeRequest => SubmitTaskStateChangeResponse, api::state_change::submit_task;
    submit_container_state_change: SubmitContainerStateChangeRequest => SubmitContainerStateChangeResponse, api::state_change::submit_container;
}
