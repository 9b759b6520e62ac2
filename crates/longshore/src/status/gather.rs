//! Asks for everything, page by page.

use agent::{CallError, ControlPlane};
use aws_api::ecs;
use aws_core::Region;
use aws_schema::Structure;

use super::{ClusterRow, NodeRow, Overview, TaskRow};

/// How many things a describe operation of ECS takes at once.
const DESCRIBE_MAX: usize = 100;

/// What there is in `regions`.
pub(super) async fn overview(
    client: &ControlPlane,
    regions: &[Region],
) -> Result<Overview, CallError> {
    let mut overview = Overview::default();
    for region in regions {
        let asked = Asked {
            client,
            region: region.as_str(),
        };
        for cluster in asked.clusters().await? {
            asked.cluster(&cluster, &mut overview).await?;
        }
    }
    Ok(overview)
}

/// Where is asked.
struct Asked<'a> {
    client: &'a ControlPlane,
    region: &'a str,
}

impl Asked<'_> {
    async fn call<I, O>(&self, operation: &'static str, input: &I) -> Result<O, CallError>
    where
        I: Structure,
        O: Structure,
    {
        self.client
            .call(&ecs::SERVICE, operation, self.region, input)
            .await
    }

    async fn clusters(&self) -> Result<Vec<String>, CallError> {
        let mut arns = Vec::new();
        let mut input = ecs::ListClustersRequest::default();
        loop {
            let page: ecs::ListClustersResponse = self.call("ListClusters", &input).await?;
            arns.extend(page.cluster_arns.unwrap_or_default());
            input.next_token = page.next_token;
            if input.next_token.is_none() {
                return Ok(arns);
            }
        }
    }

    async fn cluster(&self, arn: &str, overview: &mut Overview) -> Result<(), CallError> {
        let name = last_part(Some(arn));
        let input = ecs::DescribeClustersRequest {
            clusters: Some(vec![arn.to_owned()]),
            ..ecs::DescribeClustersRequest::default()
        };
        let described: ecs::DescribeClustersResponse =
            self.call("DescribeClusters", &input).await?;
        for cluster in described.clusters.unwrap_or_default() {
            overview.clusters.push(ClusterRow {
                region: self.region.to_owned(),
                cluster: name.clone(),
                status: cluster.status.unwrap_or_default(),
                nodes: cluster.registered_container_instances_count.unwrap_or(0),
                running: cluster.running_tasks_count.unwrap_or(0),
                pending: cluster.pending_tasks_count.unwrap_or(0),
            });
        }
        self.nodes(arn, &name, overview).await?;
        for desired in [ecs::DesiredStatus::Running, ecs::DesiredStatus::Stopped] {
            self.tasks(arn, &name, desired, overview).await?;
        }
        Ok(())
    }

    async fn nodes(
        &self,
        cluster: &str,
        name: &str,
        overview: &mut Overview,
    ) -> Result<(), CallError> {
        let mut input = ecs::ListContainerInstancesRequest {
            cluster: Some(cluster.to_owned()),
            ..ecs::ListContainerInstancesRequest::default()
        };
        let mut arns = Vec::new();
        loop {
            let page: ecs::ListContainerInstancesResponse =
                self.call("ListContainerInstances", &input).await?;
            arns.extend(page.container_instance_arns.unwrap_or_default());
            input.next_token = page.next_token;
            if input.next_token.is_none() {
                break;
            }
        }
        for some in arns.chunks(DESCRIBE_MAX) {
            let input = ecs::DescribeContainerInstancesRequest {
                cluster: Some(cluster.to_owned()),
                container_instances: Some(some.to_vec()),
                ..ecs::DescribeContainerInstancesRequest::default()
            };
            let described: ecs::DescribeContainerInstancesResponse =
                self.call("DescribeContainerInstances", &input).await?;
            for node in described.container_instances.unwrap_or_default() {
                let free_of = |resource: &str| {
                    [&node.remaining_resources, &node.registered_resources]
                        .map(|resources| amount(resources.as_deref(), resource))
                };
                overview.nodes.push(NodeRow {
                    region: self.region.to_owned(),
                    cluster: name.to_owned(),
                    cpu: free_of("CPU"),
                    memory_mib: free_of("MEMORY"),
                    node: last_part(node.container_instance_arn.as_deref()),
                    status: node.status.unwrap_or_default(),
                    connected: node.agent_connected.unwrap_or(false),
                    tasks: node.running_tasks_count.unwrap_or(0)
                        + node.pending_tasks_count.unwrap_or(0),
                });
            }
        }
        Ok(())
    }

    async fn tasks(
        &self,
        cluster: &str,
        name: &str,
        desired: ecs::DesiredStatus,
        overview: &mut Overview,
    ) -> Result<(), CallError> {
        let mut input = ecs::ListTasksRequest {
            cluster: Some(cluster.to_owned()),
            desired_status: Some(desired),
            ..ecs::ListTasksRequest::default()
        };
        loop {
            let page: ecs::ListTasksResponse = self.call("ListTasks", &input).await?;
            let arns = page.task_arns.unwrap_or_default();
            if !arns.is_empty() {
                let wanted = ecs::DescribeTasksRequest {
                    cluster: Some(cluster.to_owned()),
                    tasks: Some(arns),
                    ..ecs::DescribeTasksRequest::default()
                };
                let described: ecs::DescribeTasksResponse =
                    self.call("DescribeTasks", &wanted).await?;
                let tasks = described.tasks.unwrap_or_default();
                overview
                    .tasks
                    .extend(tasks.into_iter().map(|task| self.row(name, task)));
            }
            input.next_token = page.next_token;
            if input.next_token.is_none() {
                return Ok(());
            }
        }
    }

    fn row(&self, cluster: &str, task: ecs::Task) -> TaskRow {
        let address = task
            .containers
            .iter()
            .flatten()
            .flat_map(|container| container.network_interfaces.iter().flatten())
            .find_map(|interface| interface.private_ipv4_address.clone());
        TaskRow {
            region: self.region.to_owned(),
            cluster: cluster.to_owned(),
            task: last_part(task.task_arn.as_deref()),
            definition: last_part(task.task_definition_arn.as_deref()),
            launch_type: task
                .launch_type
                .map_or_else(String::new, |kind| kind.as_str().to_owned()),
            last_status: task.last_status.unwrap_or_default(),
            desired_status: task.desired_status.unwrap_or_default(),
            address: address.unwrap_or_else(|| "-".to_owned()),
            reason: task.stopped_reason.unwrap_or_default(),
        }
    }
}

fn amount(resources: Option<&[ecs::Resource]>, name: &str) -> i32 {
    resources
        .unwrap_or_default()
        .iter()
        .find(|resource| resource.name.as_deref() == Some(name))
        .and_then(|resource| resource.integer_value)
        .unwrap_or(0)
}

fn last_part(arn: Option<&str>) -> String {
    arn.unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}
