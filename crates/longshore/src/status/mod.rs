//! `longshore status`: clusters, nodes and tasks of a running Longshore, in all of its regions, asked
//! like any client asks.

mod gather;

use std::sync::Arc;

use agent::ControlPlane;
use ambient::{Clock, SystemClock};
use aws_sign::{Credentials, Secret};
use serde::Serialize;
use serde_json::json;

use crate::cli::{DataDir, Output};
use crate::error::Failure;
use crate::{files, table};

/// A cluster.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterRow {
    region: String,
    cluster: String,
    status: String,
    nodes: i32,
    running: i32,
    pending: i32,
}

/// A node.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeRow {
    region: String,
    /// None where it serves Fargate alone.
    cluster: Option<String>,
    node: String,
    status: String,
    connected: bool,
    /// Free and in all.
    cpu: [i32; 2],
    memory_mib: [i32; 2],
    tasks: i32,
}

/// A task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskRow {
    region: String,
    cluster: String,
    task: String,
    #[serde(rename = "taskDefinition")]
    definition: String,
    launch_type: String,
    last_status: String,
    desired_status: String,
    address: String,
    reason: String,
}

/// All that is shown.
#[derive(Debug, Default, Serialize)]
struct Overview {
    clusters: Vec<ClusterRow>,
    nodes: Vec<NodeRow>,
    tasks: Vec<TaskRow>,
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = ControlPlane::new(&endpoint.url, credentials, clock);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::when("cannot start"))?;
    let overview = runtime
        .block_on(gather::overview(&client, &endpoint.regions()))
        .map_err(Failure::when(format!(
            "cannot ask {}; is it running?",
            endpoint.url
        )))?;
    match output {
        Output::Json => {
            let mut shown = json!(overview);
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("endpoint".to_owned(), json!(endpoint.url));
            }
            println!("{shown}");
        }
        Output::Table => {
            println!("endpoint  {}", endpoint.url);
            print_tables(&overview);
        }
    }
    Ok(())
}

fn print_tables(overview: &Overview) {
    let clusters: Vec<[String; 6]> = overview
        .clusters
        .iter()
        .map(|row| {
            [
                row.region.clone(),
                row.cluster.clone(),
                row.status.clone(),
                row.nodes.to_string(),
                row.running.to_string(),
                row.pending.to_string(),
            ]
        })
        .collect();
    let heads = ["REGION", "CLUSTER", "STATUS", "NODES", "RUNNING", "PENDING"];
    println!("\n{}", table::render(heads, &clusters).trim_end());
    let nodes: Vec<[String; 7]> = overview
        .nodes
        .iter()
        .map(|row| {
            let free_of = |[free, all]: [i32; 2]| format!("{free}/{all}");
            [
                row.cluster.clone().unwrap_or_else(|| "-".to_owned()),
                row.node.clone(),
                row.status.clone(),
                if row.connected { "yes" } else { "NO" }.to_owned(),
                free_of(row.cpu),
                free_of(row.memory_mib),
                row.tasks.to_string(),
            ]
        })
        .collect();
    if !nodes.is_empty() {
        let heads = [
            "CLUSTER",
            "NODE",
            "STATUS",
            "CONNECTED",
            "CPU FREE",
            "MIB FREE",
            "TASKS",
        ];
        println!("\n{}", table::render(heads, &nodes).trim_end());
    }
    let tasks: Vec<[String; 7]> = overview
        .tasks
        .iter()
        .map(|row| {
            [
                row.cluster.clone(),
                row.task.clone(),
                row.definition.clone(),
                row.launch_type.clone(),
                row.last_status.clone(),
                row.address.clone(),
                row.reason.clone(),
            ]
        })
        .collect();
    if !tasks.is_empty() {
        let heads = [
            "CLUSTER",
            "TASK",
            "DEFINITION",
            "LAUNCH",
            "STATUS",
            "ADDRESS",
            "REASON",
        ];
        println!("\n{}", table::render(heads, &tasks).trim_end());
    }
}
