//! One simulation from its beginning to its end.

use std::net::Ipv4Addr;
use std::sync::Arc;

use ambient::{Clock, Random};
use aws_api::ecs as model;
use aws_api::ecs::Ecs as _;
use aws_core::{AccountId, Region};
use records::ec2::{Cidr, Subnet};
use records::{RecordError, Records};
use store::Store;
use thiserror::Error;
use tokio::task::JoinSet;

use crate::checks::Checks;
use crate::clients::{CLUSTERS, Clients, FAMILIES};
use crate::clock::{SimClock, Turn};
use crate::control_plane::ControlPlane;
use crate::dice::Dice;
use crate::disk::SimStore;
use crate::ledger::{Figures, Ledger};
use crate::node::Node;
use crate::options::{Options, Weakness};
use crate::trace::Trace;
use crate::witness::Witness;
use crate::{ending, faults};

use crate::world::World;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";
/// CPU units and MiB of a node of a small run.
const NODE_SIZE: (i32, i32) = (2_048, 8_192);
/// Behind the default subnets. A /28 has eleven addresses to give.
const TINY_SUBNET: Ipv4Addr = Ipv4Addr::new(172, 31, 48, 0);
const TINY_SUBNET_PREFIX_BITS: u8 = 28;

/// How many lines of the trace are printed of a run that broke a promise.
const FAILURE_LINES_MAX: usize = 300;

/// Why there was no simulation.
#[derive(Debug, Error)]
pub enum SimError {
    /// The runtime could not be made.
    #[error("cannot make a runtime to simulate in: {0}")]
    Runtime(#[from] std::io::Error),
    /// What every run begins with could not be made.
    #[error("the simulation of seed {seed} could not begin: {reason}")]
    Beginning {
        /// The seed.
        seed: u64,
        /// Why.
        reason: String,
    },
}

/// What came of a simulation.
#[derive(Debug)]
pub struct Report {
    /// The options.
    pub options: Options,
    /// The promises that were broken; none, one hopes.
    pub violations: Vec<String>,
    /// The last lines of the trace.
    pub trace: Vec<String>,
    /// Stands for the whole trace, and its length.
    pub digest: (u64, u64),
    /// How far it came.
    pub figures: Figures,
    /// How many tasks ran.
    pub starts: usize,
    /// How often the control plane was begun.
    pub lives: usize,
    /// How often what the API says was compared.
    pub compared: usize,
    /// Good answers to clients.
    pub answers: usize,
    /// Conflicts that were provoked.
    pub conflicts: usize,
    /// Simulated milliseconds.
    pub millis: u64,
}

impl Report {
    /// What to print of a run that broke a promise, with the way to repeat it.
    #[must_use]
    pub fn failure(&self) -> String {
        let last = self.trace.len().saturating_sub(FAILURE_LINES_MAX);
        let trace: Vec<&str> = self.trace.iter().skip(last).map(String::as_str).collect();
        format!(
            "seed {} broke what must be so; the last of the trace:\n{}\nbroken:\n{}\n\
             repeat it with: SIM_SEED={} SIM_STEPS={} cargo nextest run -p sim seeds_of_part_one",
            self.options.seed,
            trace.join("\n"),
            self.violations.join("\n"),
            self.options.seed,
            self.options.steps
        )
    }
}

/// Runs `work` in a runtime whose time is simulated.
///
/// # Errors
/// When there can be no runtime.
pub(crate) fn in_simulated_time<T>(work: impl Future<Output = T>) -> Result<T, SimError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(work))
}

/// Runs one simulation to its end.
///
/// # Errors
/// When it could not begin. What is broken in it is in the report.
pub fn run(options: Options) -> Result<Report, SimError> {
    in_simulated_time(simulate(options))?
}

async fn simulate(options: Options) -> Result<Report, SimError> {
    let (world, mut work) = begin(options, NODE_SIZE).await?;
    let clients = Arc::new(Clients::new(Arc::clone(&world)));
    let checks = Arc::new(Checks::new(Arc::clone(&world), Arc::clone(&clients)));
    let mut going_wrong = JoinSet::new();
    going_wrong.spawn(faults::run(Arc::clone(&world)));
    let looking = Arc::clone(&checks);
    work.spawn(async move { looking.run().await });
    clients.run().await;
    world.end_faults();
    while going_wrong.join_next().await.is_some() {}
    ending::run(&world, &clients, &checks).await;
    work.shutdown().await;
    let requests = clients.requests();
    Ok(Report {
        violations: world.trace.violations(),
        trace: world.trace.lines(),
        digest: world.trace.digest(),
        figures: world.ledger.figures(),
        starts: world.witness.starts(),
        lives: world.plane.lives(),
        compared: checks.compared(),
        answers: requests.answered.values().sum(),
        conflicts: requests.conflicts,
        millis: world.clock.millis(),
        options: world.options.clone(),
    })
}

/// Makes a world with everything running but clients and faults; what runs ends with the set.
///
/// # Errors
/// When it cannot be made.
pub(crate) async fn begin(
    options: Options,
    node_size: (i32, i32),
) -> Result<(Arc<World>, JoinSet<()>), SimError> {
    let seed = options.seed;
    let failed = |reason: String| SimError::Beginning { seed, reason };
    let clock = Arc::new(SimClock::start());
    let trace = Arc::new(Trace::new(Arc::clone(&clock)));
    let witness = Arc::new(Witness::new(Arc::clone(&clock), Arc::clone(&trace)));
    let ledger = Arc::new(Ledger::new(
        Arc::clone(&clock),
        Arc::clone(&trace),
        Arc::clone(&witness),
    ));
    let careless = options.weakness == Some(Weakness::StoreComparesNothing);
    let store = Arc::new(SimStore::new(Arc::clone(&clock), seed, careless));
    let records = Records::new(store.clone());
    let mut work = JoinSet::new();
    let (applying, following) = (Arc::clone(&store), Arc::clone(&ledger));
    let watch = store
        .watch(b"", 1)
        .map_err(|error| failed(error.to_string()))?;
    let watch = std::sync::Mutex::new(watch);
    work.spawn(async move {
        let applied = || {
            let mut watch = watch
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            following.take(&mut watch);
        };
        applying.run(applied).await;
    });
    let account = ACCOUNT
        .parse()
        .map_err(|error| failed(format!("{error}")))?;
    let region: Region = REGION.parse().map_err(|error| failed(format!("{error}")))?;
    let dice = Dice::new(seed);
    let random: &dyn Random = &dice.fork("the beginning");
    let wall: Arc<dyn Clock> = clock.clone();
    iam::ensure_roles(&records, &account, &wall, random)
        .await
        .map_err(|error| failed(error.to_string()))?;
    ec2::ensure_default_networks(&records, &account, std::slice::from_ref(&region), random)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let subnets = subnets(&records, &account, &region, options.tiny_subnet)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let plane = ControlPlane::new(
        records.clone(),
        Arc::clone(&clock),
        Arc::clone(&trace),
        dice.fork("the control plane"),
        account,
        region,
    );
    let world = Arc::new(World::new(
        options, clock, trace, store, ledger, witness, plane, subnets,
    ));
    world.clock.turn(Turn::Faults, 0).await;
    world.plane.start();
    furnish(&world).await.map_err(failed)?;
    for index in 0..world.options.nodes {
        let node = Node::new(Arc::clone(&world), index, node_size);
        let turn = Turn::Node(index);
        let clock = Arc::clone(&world.clock);
        work.spawn(async move {
            clock.turn(turn, 0).await;
            node.run().await;
        });
    }
    Ok((world, work))
}

/// The subnets that tasks may be in: the default ones, or a tiny one beside them.
async fn subnets(
    records: &Records,
    account: &AccountId,
    region: &Region,
    tiny: bool,
) -> Result<Vec<String>, RecordError> {
    let existing = records.all(&Subnet::prefix(account, region))?;
    let Some(first) = existing.first().filter(|_| tiny) else {
        return Ok(existing.into_iter().map(|one| one.record.id).collect());
    };
    let tiny = Subnet {
        id: "subnet-00000000000000001".to_owned(),
        cidr: Cidr::new(TINY_SUBNET, TINY_SUBNET_PREFIX_BITS),
        is_default: false,
        ..first.record.clone()
    };
    let mut transaction = records.transaction();
    transaction.create(&Subnet::key(account, region, &tiny.id), &tiny)?;
    transaction.commit().await?;
    Ok(vec![tiny.id])
}

/// Clusters and task definitions.
async fn furnish(world: &World) -> Result<(), String> {
    for name in CLUSTERS {
        let caller = world.plane.root("CreateCluster");
        let input = model::CreateClusterRequest {
            cluster_name: Some(name.to_owned()),
            ..model::CreateClusterRequest::default()
        };
        let call = |ecs: Arc<ecs::Ecs>| async move { ecs.create_cluster(&caller, input).await };
        let made = world.plane.call(call).await;
        made.map_err(|failure| format!("CreateCluster: {failure:?}"))?;
    }
    for (family, cpu, memory, containers) in FAMILIES {
        let caller = world.plane.root("RegisterTaskDefinition");
        let containers = (0..containers).map(|number| model::ContainerDefinition {
            name: Some(format!("c{number}")),
            image: Some("pretended:1".to_owned()),
            essential: Some(true),
            ..model::ContainerDefinition::default()
        });
        let input = model::RegisterTaskDefinitionRequest {
            family: Some(family.to_owned()),
            cpu: Some(cpu.to_string()),
            memory: Some(memory.to_string()),
            network_mode: Some(model::NetworkMode::Awsvpc),
            requires_compatibilities: Some(vec![model::Compatibility::Fargate]),
            container_definitions: Some(containers.collect()),
            ..model::RegisterTaskDefinitionRequest::default()
        };
        let call =
            |ecs: Arc<ecs::Ecs>| async move { ecs.register_task_definition(&caller, input).await };
        let made = world.plane.call(call).await;
        made.map_err(|failure| format!("RegisterTaskDefinition: {failure:?}"))?;
    }
    Ok(())
}
