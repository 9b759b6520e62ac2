//! `longshore status`: clusters and tasks of a running Longshore, asked like any client asks.

use std::sync::Arc;

use agent::ControlPlane;
use ambient::{Clock, SystemClock};
use aws_api::ecs;
use aws_sign::{Credentials, Secret};
use serde_json::json;

use crate::cli::{DataDir, Output};
use crate::error::Failure;
use crate::{files, table};

struct Row {
    cluster: String,
    task: String,
    definition: String,
    last_status: String,
    desired_status: String,
    address: String,
}

/// Shows what runs.
pub(crate) fn show(data: &DataDir, output: Output) -> Result<(), Failure> {
    let endpoint = files::read_endpoint(&data.data_dir)?;
    let root = files::read_root_key(&data.data_dir)?;
    let credentials = Credentials {
        access_key_id: root.access_key_id.clone(),
        secret: Secret::new(root.secret_access_key.to_string()),
        session_token: None,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let client = ControlPlane::new(&endpoint.url, credentials, clock);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::when("cannot start"))?;
    let rows = runtime
        .block_on(rows(&client, endpoint.region.as_str()))
        .map_err(Failure::when(format!(
            "cannot ask {}; is it running?",
            endpoint.url
        )))?;
    match output {
        Output::Json => {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    json!({
                        "cluster": row.cluster,
                        "task": row.task,
                        "taskDefinition": row.definition,
                        "lastStatus": row.last_status,
                        "desiredStatus": row.desired_status,
                        "address": row.address,
                    })
                })
                .collect();
            println!("{}", json!({ "endpoint": endpoint.url, "tasks": rows }));
        }
        Output::Table => {
            println!("endpoint  {}\n", endpoint.url);
            let heads = [
                "CLUSTER",
                "TASK",
                "DEFINITION",
                "STATUS",
                "DESIRED",
                "ADDRESS",
            ];
            let rows: Vec<[String; 6]> = rows
                .into_iter()
                .map(|row| {
                    [
                        row.cluster,
                        row.task,
                        row.definition,
                        row.last_status,
                        row.desired_status,
                        row.address,
                    ]
                })
                .collect();
            print!("{}", table::render(heads, &rows));
        }
    }
    Ok(())
}

fn last_part(arn: Option<&str>) -> String {
    arn.unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

async fn rows(client: &ControlPlane, region: &str) -> Result<Vec<Row>, agent::CallError> {
    let mut rows = Vec::new();
    let clusters: ecs::ListClustersResponse = client
        .call(
            &ecs::SERVICE,
            "ListClusters",
            region,
            &ecs::ListClustersRequest::default(),
        )
        .await?;
    for cluster in clusters.cluster_arns.unwrap_or_default() {
        let name = last_part(Some(&cluster));
        let mut any = false;
        for desired in [ecs::DesiredStatus::Running, ecs::DesiredStatus::Stopped] {
            let input = ecs::ListTasksRequest {
                cluster: Some(cluster.clone()),
                desired_status: Some(desired),
                ..ecs::ListTasksRequest::default()
            };
            let listed: ecs::ListTasksResponse = client
                .call(&ecs::SERVICE, "ListTasks", region, &input)
                .await?;
            let tasks = listed.task_arns.unwrap_or_default();
            if tasks.is_empty() {
                continue;
            }
            let input = ecs::DescribeTasksRequest {
                cluster: Some(cluster.clone()),
                tasks: Some(tasks),
                ..ecs::DescribeTasksRequest::default()
            };
            let described: ecs::DescribeTasksResponse = client
                .call(&ecs::SERVICE, "DescribeTasks", region, &input)
                .await?;
            for task in described.tasks.unwrap_or_default() {
                any = true;
                let interfaces = task.containers.iter().flatten();
                let address = interfaces
                    .flat_map(|container| container.network_interfaces.iter().flatten())
                    .find_map(|interface| interface.private_ipv4_address.clone());
                rows.push(Row {
                    cluster: name.clone(),
                    task: last_part(task.task_arn.as_deref()),
                    definition: last_part(task.task_definition_arn.as_deref()),
                    last_status: task.last_status.unwrap_or_default(),
                    desired_status: task.desired_status.unwrap_or_default(),
                    address: address.unwrap_or_else(|| "-".to_owned()),
                });
            }
        }
        if !any {
            rows.push(Row {
                cluster: name,
                task: "-".to_owned(),
                definition: "-".to_owned(),
                last_status: "-".to_owned(),
                desired_status: "-".to_owned(),
                address: "-".to_owned(),
            });
        }
    }
    Ok(rows)
}
