//! Every complaint of the ledger, provoked.

use ambient::Timestamp;
use records::ecs::{LaunchType, NetworkMode, NodeStatus, StopCode, TaskNetwork, Timeline};
use store::{MemoryStore, Store};

use super::*;

const ADDRESS: Ipv4Addr = Ipv4Addr::new(172, 31, 0, 4);
const OTHER_ADDRESS: Ipv4Addr = Ipv4Addr::new(172, 31, 0, 5);

/// What is done with a task's interface and address.
enum Network {
    Leave,
    Make,
    Remove,
}

/// A ledger over a store of its own.
struct Stand {
    clock: Arc<SimClock>,
    trace: Arc<Trace>,
    witness: Arc<Witness>,
    ledger: Ledger,
    records: Records,
    watch: Watch,
}

impl Stand {
    async fn new() -> Self {
        let clock = Arc::new(SimClock::start());
        let trace = Arc::new(Trace::new(Arc::clone(&clock)));
        let witness = Arc::new(Witness::new(Arc::clone(&clock), Arc::clone(&trace)));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(clock.clone()));
        let mut stand = Self {
            ledger: Ledger::new(Arc::clone(&clock), Arc::clone(&trace), Arc::clone(&witness)),
            watch: store.watch(b"", 1).unwrap(),
            records: Records::new(store),
            clock,
            trace,
            witness,
        };
        for id in ["n1", "n2"] {
            stand.write_node(id).await;
        }
        stand
    }

    async fn write_node(&mut self, id: &str) {
        let node = Node {
            id: id.into(),
            region: "us-east-1".parse().unwrap(),
            fargate: true,
            cluster: None,
            status: NodeStatus::Active,
            version: 1,
            cpu_units: 1024,
            memory_mib: 2048,
            reserved_ports: Vec::new(),
            attributes: BTreeMap::new(),
            ec2_instance_id: None,
            agent_version: None,
            agent_hash: None,
            docker_version: None,
            tags: BTreeMap::new(),
            registered_at: Timestamp::default(),
        };
        let mut transaction = self.records.transaction();
        let account = "123456789012".parse().unwrap();
        transaction.create(&Node::key(&account, id), &node).unwrap();
        transaction.commit().await.unwrap();
    }

    /// Writes a task, and in the same revision does what is said with its interface and address.
    async fn write(&mut self, task: &Task, network: Network) {
        let mut transaction = self.records.transaction();
        let key = task.own_key();
        match self.records.get(&key).unwrap() {
            Some(before) => transaction.replace(&before, task).unwrap(),
            None => transaction.create(&key, task).unwrap(),
        }
        let id = ecs::plan::placement::interface_id(&task.network.attachment_id);
        let (account, region) = (&task.account, &task.region);
        let interface_key = NetworkInterface::key(account, region, &id);
        let subnet = task.network.subnet_id.clone().unwrap_or_default();
        let address = task.network.address.unwrap_or(ADDRESS);
        let lease_key = AddressLease::key(account, region, &subnet, address);
        match network {
            Network::Leave => {}
            Network::Remove => {
                transaction.delete_any(&interface_key);
                transaction.delete_any(&lease_key);
            }
            Network::Make => {
                let interface = NetworkInterface {
                    id: id.clone(),
                    vpc_id: "vpc-1".into(),
                    subnet_id: subnet,
                    zone: "us-east-1a".into(),
                    address,
                    mac: String::new(),
                    security_groups: Vec::new(),
                    description: String::new(),
                    task_arn: task.arn().to_string(),
                    created_at: Timestamp::default(),
                };
                transaction.create(&interface_key, &interface).unwrap();
                let lease = AddressLease { interface_id: id };
                transaction.create(&lease_key, &lease).unwrap();
            }
        }
        assert_ne!(
            transaction.commit().await.unwrap(),
            records::Committed::Conflict
        );
    }

    async fn forget(&mut self, task: &Task) {
        let before = self.records.get(&task.own_key()).unwrap().unwrap();
        let mut transaction = self.records.transaction();
        transaction.delete(&before);
        transaction.commit().await.unwrap();
    }

    /// A task of that id that is placed on `n1`, and written so.
    async fn one_placed(&mut self, id: &str) -> Task {
        self.write(&waiting(id), Network::Leave).await;
        let task = placed(id, "n1", ADDRESS);
        self.write(&task, Network::Make).await;
        assert_eq!(self.complaints(), [""; 0]);
        task
    }

    /// Holds if the ledger has that one complaint and no other.
    fn expect(&mut self, complaint: &str) {
        let found = self.complaints();
        assert!(
            matches!(found.as_slice(), [one] if one.contains(complaint)),
            "{found:?} is not '{complaint}'"
        );
    }

    /// Lets the ledger see what was written.
    fn complaints(&mut self) -> Vec<String> {
        self.ledger.take(&mut self.watch);
        self.trace.violations()
    }
}

fn waiting(id: &str) -> Task {
    Task {
        id: id.into(),
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        cluster: "default".into(),
        family: "small".into(),
        revision: 1,
        launch_type: LaunchType::Fargate,
        desired_status: DesiredStatus::Running,
        last_status: TaskStatus::Provisioning,
        version: 1,
        cpu_units: 600,
        memory_mib: 600,
        ephemeral_storage_gib: 20,
        log_mode: None,
        architecture: None,
        containers: Vec::new(),
        overrides: aws_api::ecs::TaskOverride::default(),
        network: TaskNetwork {
            attachment_id: format!("{id:0<32}"),
            ..TaskNetwork::default()
        },
        network_mode: NetworkMode::Awsvpc,
        host_ports: Vec::new(),
        node: None,
        started_by: None,
        group: String::new(),
        tags: BTreeMap::new(),
        timeline: Timeline::default(),
        stop_code: None,
        stopped_reason: None,
    }
}

fn placed(id: &str, node: &str, address: Ipv4Addr) -> Task {
    let mut task = waiting(id);
    task.node = Some(node.into());
    task.last_status = TaskStatus::Pending;
    task.version = 2;
    task.network.interface_id = Some(ecs::plan::placement::interface_id(
        &task.network.attachment_id,
    ));
    task.network.subnet_id = Some("subnet-1".into());
    task.network.address = Some(address);
    task
}

fn with(mut task: Task, version: i64, change: impl FnOnce(&mut Task)) -> Task {
    task.version = version;
    change(&mut task);
    task
}

fn stopped(task: Task, version: i64, at: Timestamp) -> Task {
    with(task, version, |task| {
        task.desired_status = DesiredStatus::Stopped;
        task.last_status = TaskStatus::Stopped;
        task.stop_code = Some(StopCode::UserInitiated);
        task.timeline.stopped_at = Some(at);
        task.network.interface_id = None;
    })
}

fn running(task: &Task) -> Task {
    with(task.clone(), 3, |task| {
        task.last_status = TaskStatus::Running
    })
}

#[tokio::test(start_paused = true)]
async fn a_good_life_is_no_complaint() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    let arn = task.arn().to_string();
    stand.witness.started(&arn, "n1");
    stand.write(&running(&task), Network::Leave).await;
    assert_eq!(stand.complaints(), [""; 0]);
    stand.witness.ended(&arn);
    let over = stopped(task, 4, stand.clock.now());
    stand.write(&over, Network::Remove).await;
    assert_eq!(stand.complaints(), [""; 0]);
    stand.clock.jump(3_600_000);
    stand.forget(&over).await;
    assert_eq!(stand.complaints(), [""; 0]);
    let figures = stand.ledger.figures();
    let counts = (figures.accepted, figures.placed, figures.running);
    assert_eq!((counts, figures.forgotten), ((1, 1, 1), 1));
    assert_eq!(stand.ledger.leftovers(), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_never_started_is_not_running() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    stand.write(&running(&task), Network::Leave).await;
    stand.expect("was never started");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_goes_back_is_told() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    stand.witness.started(&task.arn().to_string(), "n1");
    stand.write(&running(&task), Network::Leave).await;
    let back = with(task, 4, |_| {});
    stand.write(&back, Network::Leave).await;
    stand.expect("went back from RUNNING to PENDING");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_moves_is_told() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    let moved = with(task, 3, |task| task.node = Some("n2".into()));
    stand.write(&moved, Network::Leave).await;
    stand.expect("moved to another node");
}

#[tokio::test(start_paused = true)]
async fn a_change_without_a_version_is_told() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    let changed = with(task, 2, |task| task.group = "other".into());
    stand.write(&changed, Network::Leave).await;
    stand.expect("kept its version");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_task_that_runs_or_leaves_something_is_told() {
    for (runs, network, complaint) in [
        (true, Network::Remove, "is STOPPED and runs"),
        (false, Network::Leave, "left its interface or address"),
    ] {
        let mut stand = Stand::new().await;
        let task = stand.one_placed("a").await;
        if runs {
            stand.witness.started(&task.arn().to_string(), "n1");
        }
        let over = stopped(task, 3, stand.clock.now());
        stand.write(&over, network).await;
        stand.expect(complaint);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stopped_task_that_changes_or_is_forgotten_at_once_is_told() {
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    let over = stopped(task, 3, stand.clock.now());
    stand.write(&over, Network::Remove).await;
    stand
        .write(&with(over.clone(), 4, |_| {}), Network::Leave)
        .await;
    stand.expect("changed after it had stopped");
    let mut stand = Stand::new().await;
    let task = stand.one_placed("a").await;
    let over = stopped(task, 3, stand.clock.now());
    stand.write(&over, Network::Remove).await;
    stand.forget(&over).await;
    stand.expect("forgotten too soon");
}

#[tokio::test(start_paused = true)]
async fn a_shared_address_is_told() {
    let mut stand = Stand::new().await;
    stand.one_placed("a").await;
    stand.write(&waiting("b"), Network::Leave).await;
    let mut second = placed("b", "n2", ADDRESS);
    // Of another subnet, so that only the address is the same.
    second.network.subnet_id = Some("subnet-2".into());
    stand.write(&second, Network::Make).await;
    stand.expect("has the address of another live task");
}

#[tokio::test(start_paused = true)]
async fn a_placed_task_without_an_interface_is_told() {
    let mut stand = Stand::new().await;
    stand.write(&waiting("a"), Network::Leave).await;
    stand
        .write(&placed("a", "n1", ADDRESS), Network::Leave)
        .await;
    stand.expect("has a node but no address of its own");
}

#[tokio::test(start_paused = true)]
async fn an_overfull_node_is_told() {
    let mut stand = Stand::new().await;
    stand.one_placed("a").await;
    stand.write(&waiting("b"), Network::Leave).await;
    stand
        .write(&placed("b", "n1", OTHER_ADDRESS), Network::Make)
        .await;
    stand.expect("has 1024 CPU units and 2048 MiB, and its tasks hold 1200 and 1200");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_starts_where_it_is_not_or_twice_is_told() {
    for (node, complaint) in [
        ("n2", "is started on n2 and was on n1"),
        ("n1", "started twice"),
    ] {
        let mut stand = Stand::new().await;
        stand.witness.started("t", "n1");
        stand.witness.ended("t");
        stand.witness.started("t", node);
        stand.expect(complaint);
    }
    let mut stand = Stand::new().await;
    stand.witness.started("t", "n1");
    stand.witness.forgotten("t", false);
    stand.witness.started("t", "n1");
    assert_eq!(stand.complaints(), [""; 0]);
}
