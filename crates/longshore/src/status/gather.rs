//! Asks for everything, page by page.

use std::collections::BTreeSet;

use agent::{CallError, ControlPlane};
use aws_api::ecs;
use aws_core::Region;
use aws_schema::Structure;
use records::ecs::FARGATE_CLUSTER;

use super::{ClusterRow, NodeRow, Overview, TaskRow};

/// How many things a describe operation of ECS takes at once.
const DESCRIBE_MAX: usize = 100;
/// What is said of a cluster that is not there, or no more.
const CLUSTER_GONE: &str = "ClusterNotFoundException";

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
            let mut found = Overview::default();
            // One that is deleted meanwhile is none.
            if there(asked.cluster(&cluster, &mut found).await)? {
                overview.add(found);
            }
        }
        there(asked.nodes(FARGATE_CLUSTER, None, &mut overview).await)?;
    }
    Ok(overview)
}

/// Whether the cluster was there that was asked about.
fn there(asked: Result<(), CallError>) -> Result<bool, CallError> {
    match asked {
        Ok(()) => Ok(true),
        Err(error) if error.code() == Some(CLUSTER_GONE) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Overview {
    fn add(&mut self, more: Self) {
        self.clusters.extend(more.clusters);
        self.nodes.extend(more.nodes);
        self.tasks.extend(more.tasks);
    }
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
        self.nodes(arn, Some(&name), overview).await?;
        self.tasks(arn, &name, overview).await
    }

    async fn nodes(
        &self,
        cluster: &str,
        name: Option<&str>,
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
                    cluster: name.map(str::to_owned),
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
        overview: &mut Overview,
    ) -> Result<(), CallError> {
        let mut arns = Vec::new();
        // What is stopped between the two is in both.
        let mut seen = BTreeSet::new();
        for desired in [ecs::DesiredStatus::Running, ecs::DesiredStatus::Stopped] {
            let listed = self.task_arns(cluster, desired).await?;
            arns.extend(listed.into_iter().filter(|arn| seen.insert(arn.clone())));
        }
        for some in arns.chunks(DESCRIBE_MAX) {
            let wanted = ecs::DescribeTasksRequest {
                cluster: Some(cluster.to_owned()),
                tasks: Some(some.to_vec()),
                ..ecs::DescribeTasksRequest::default()
            };
            let described: ecs::DescribeTasksResponse = self.call("DescribeTasks", &wanted).await?;
            let tasks = described.tasks.unwrap_or_default();
            overview
                .tasks
                .extend(tasks.into_iter().map(|task| self.row(name, task)));
        }
        Ok(())
    }

    async fn task_arns(
        &self,
        cluster: &str,
        desired: ecs::DesiredStatus,
    ) -> Result<Vec<String>, CallError> {
        let mut input = ecs::ListTasksRequest {
            cluster: Some(cluster.to_owned()),
            desired_status: Some(desired),
            ..ecs::ListTasksRequest::default()
        };
        let mut arns = Vec::new();
        loop {
            let page: ecs::ListTasksResponse = self.call("ListTasks", &input).await?;
            arns.extend(page.task_arns.unwrap_or_default());
            input.next_token = page.next_token;
            if input.next_token.is_none() {
                return Ok(arns);
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use ambient::{Clock, SystemClock};
    use aws_sign::{Credentials, Secret};
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Status and answer to an operation and its input.
    type Answers = dyn Fn(&str, &Value) -> (u16, Value) + Send + Sync;

    /// What is shown of a control plane that answers so.
    async fn shown(
        answers: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static,
    ) -> Value {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let answers: Arc<Answers> = Arc::new(answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&answers)));
            }
        });
        let credentials = Credentials {
            access_key_id: "AKIATEST".into(),
            secret: Secret::new("secret".to_owned()),
            session_token: None,
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let client = ControlPlane::new(&endpoint, credentials, clock);
        let regions = ["us-east-1".parse().unwrap()];
        json!(overview(&client, &regions).await.unwrap())
    }

    async fn answer(mut stream: TcpStream, answers: Arc<Answers>) {
        let mut request = Vec::new();
        let (status, answer) = loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && let Ok(input) = serde_json::from_str(body)
            {
                let (_, target) = head
                    .split_once("AmazonEC2ContainerServiceV20141113.")
                    .unwrap();
                break answers(target.lines().next().unwrap(), &input);
            }
            if stream.read_buf(&mut request).await.unwrap() == 0 {
                return;
            }
        };
        let answer = answer.to_string();
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 {status} So\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    fn gone() -> (u16, Value) {
        (
            400,
            json!({"__type": CLUSTER_GONE, "message": "Cluster not found."}),
        )
    }

    /// The names that stand in a table of what is shown.
    fn names<'a>(shown: &'a Value, table: &str, member: &str) -> Vec<&'a str> {
        let rows = shown[table].as_array().unwrap();
        rows.iter()
            .map(|row| row[member].as_str().unwrap_or("-"))
            .collect()
    }

    #[tokio::test]
    async fn a_cluster_that_is_deleted_meanwhile_is_none() {
        for last in ["DescribeClusters", "ListContainerInstances", "ListTasks"] {
            let shown = shown(move |operation, input| match operation {
                "ListClusters" => (200, json!({"clusterArns": ["c/kept", "c/gone"]})),
                "ListContainerInstances" if input["cluster"] == FARGATE_CLUSTER => gone(),
                _ if operation == last && input.to_string().contains("gone") => gone(),
                "DescribeClusters" => (200, json!({"clusters": [{"status": "ACTIVE"}]})),
                _ => (200, json!({})),
            });
            assert_eq!(names(&shown.await, "clusters", "cluster"), ["kept"]);
        }
    }

    #[tokio::test]
    async fn a_task_that_stops_meanwhile_is_one() {
        let described = Arc::new(Mutex::new(0));
        let count = Arc::clone(&described);
        let shown = shown(move |operation, input| match operation {
            "ListClusters" => (200, json!({"clusterArns": ["c/one"]})),
            "ListTasks" if input["desiredStatus"] == "RUNNING" => {
                (200, json!({"taskArns": ["t/a", "t/b"]}))
            }
            "ListTasks" => (200, json!({"taskArns": ["t/b", "t/c"]})),
            "DescribeTasks" => {
                let asked = input["tasks"].as_array().unwrap();
                *count.lock().unwrap() += asked.len();
                let tasks: Vec<Value> = asked.iter().map(|arn| json!({"taskArn": arn})).collect();
                (200, json!({"tasks": tasks}))
            }
            _ => (200, json!({})),
        })
        .await;
        assert_eq!(names(&shown, "tasks", "task"), ["a", "b", "c"]);
        assert_eq!(*described.lock().unwrap(), 3);
    }

    #[tokio::test]
    async fn nodes_that_are_in_no_cluster_are_shown() {
        let shown = shown(
            |operation, input| match (operation, input["cluster"].as_str()) {
                ("ListClusters", _) => (200, json!({"clusterArns": ["c/one"]})),
                ("ListContainerInstances", cluster) => {
                    let node = if cluster == Some(FARGATE_CLUSTER) {
                        "n/free"
                    } else {
                        "n/member"
                    };
                    (200, json!({"containerInstanceArns": [node]}))
                }
                ("DescribeContainerInstances", _) => {
                    let arn = &input["containerInstances"][0];
                    (
                        200,
                        json!({"containerInstances": [{"containerInstanceArn": arn}]}),
                    )
                }
                _ => (200, json!({})),
            },
        )
        .await;
        assert_eq!(names(&shown, "nodes", "node"), ["member", "free"]);
        assert_eq!(names(&shown, "nodes", "cluster"), ["one", "-"]);
    }
}
