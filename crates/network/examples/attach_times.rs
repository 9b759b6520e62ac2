//! How long a task waits for its interface, and a stopped one for its end: `attach_times [TASKS]` as root.
//!
//! Everything is in a host of its own, a network namespace below a temporary folder, so that it disturbs
//! nothing and nothing of the machine's firewall is measured. The namespaces of the tasks are made
//! before, because making them is the container runtime's part.

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use network::linux::{Config, pin_network_namespace, unpin_network_namespace};
use network::{
    Attachment, InstanceId, LinuxNetwork, Network, SecurityGroup, Subnet, Vpc, VpcState,
};

const TASKS_DEFAULT: usize = 100;
/// A subnet's bridge has so many ports.
const TASKS_MAX: usize = 1_000;
/// How many tasks start at once in the second half.
const AT_ONCE: usize = 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let count = std::env::args().nth(1).map(|text| text.parse());
    let count: usize = count.transpose()?.unwrap_or(TASKS_DEFAULT).min(TASKS_MAX);
    let folder =
        std::env::temp_dir().join(format!("longshore-attach-times-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("tasks"))?;
    let result = measure(&folder, count).await;
    for entry in std::fs::read_dir(folder.join("tasks"))? {
        unpin_network_namespace(&entry?.path())?;
    }
    unpin_network_namespace(&folder.join("host"))?;
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn measure(folder: &Path, count: usize) -> Outcome<()> {
    let host = folder.join("host");
    pin_network_namespace(&host).await?;
    let network = LinuxNetwork::open(Config {
        instance: InstanceId::from_seed(&folder.display().to_string()),
        namespaces: folder.join("routers"),
        state: folder.join("state"),
        host_namespace: Some(host),
    })
    .await?;
    let network = Arc::new(network);
    let result = run(&network, &folder.join("tasks"), count).await;
    network.teardown().await?;
    result
}

async fn run(network: &Arc<LinuxNetwork>, folder: &Path, count: usize) -> Outcome<()> {
    let vpc = Vpc {
        id: "vpc-1".to_owned(),
        cidr: "10.77.0.0/16".parse()?,
    };
    network
        .apply(&VpcState {
            vpc: vpc.clone(),
            security_groups: vec![SecurityGroup::default_of_vpc("sg-d", [].into())],
        })
        .await?;
    let mut tasks = Vec::new();
    for number in 0..count {
        let netns = folder.join(number.to_string());
        pin_network_namespace(&netns).await?;
        tasks.push(attachment(&vpc, number, netns)?);
    }

    let mut attach = Vec::new();
    let mut detach = Vec::new();
    for task in &tasks {
        attach.push(timed(network.attach(task)).await?);
    }
    for task in &tasks {
        detach.push(timed(network.detach(&task.task_id)).await?);
    }
    report("attach, one after another", &mut attach);
    report("detach, one after another", &mut detach);

    attach.clear();
    detach.clear();
    let began = Instant::now();
    for group in tasks.chunks(AT_ONCE) {
        let calls = group.iter().map(|task| timed(network.attach(task)));
        for time in futures_util::future::join_all(calls).await {
            attach.push(time?);
        }
    }
    let attached = began.elapsed();
    let began = Instant::now();
    for group in tasks.chunks(AT_ONCE) {
        let calls = group
            .iter()
            .map(|task| timed(network.detach(&task.task_id)));
        for time in futures_util::future::join_all(calls).await {
            detach.push(time?);
        }
    }
    let detached = began.elapsed();
    report(&format!("attach, {AT_ONCE} at once"), &mut attach);
    report(&format!("detach, {AT_ONCE} at once"), &mut detach);
    let each = |all: Duration| all.as_secs_f64() * 1e3 / count.max(1) as f64;
    println!(
        "{AT_ONCE} at once: {:.2} ms a task attached, {:.2} ms detached",
        each(attached),
        each(detached)
    );
    Ok(())
}

fn attachment(vpc: &Vpc, number: usize, netns: PathBuf) -> Outcome<Attachment> {
    let first = Ipv4Addr::new(10, 77, 0, 4);
    Ok(Attachment {
        task_id: format!("task{number}"),
        vpc: vpc.clone(),
        subnet: Subnet {
            id: "subnet-1".to_owned(),
            cidr: "10.77.0.0/20".parse()?,
        },
        address: Ipv4Addr::from_bits(first.to_bits() + u32::try_from(number)?),
        security_groups: vec!["sg-d".to_owned()],
        netns,
    })
}

async fn timed<T>(call: impl Future<Output = Result<T, network::Error>>) -> Outcome<Duration> {
    let began = Instant::now();
    call.await?;
    Ok(began.elapsed())
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| {
        times
            .get(times.len() * part / 100)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    println!(
        "{what}: median {:.2} ms, 95th {:.2} ms, first {:.2} ms",
        at(50),
        at(95),
        at(0)
    );
}
