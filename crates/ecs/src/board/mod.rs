//! The tasks, nodes and networks in memory, by what they are asked for: an index that follows the
//! store's watch.
//!
//! Nothing is decided from the board that a transaction does not compare again. Readers who must
//! see their own writes wait for the store's revision first.

mod networks;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use agent_wire as wire;
use agent_wire::AddressSet;
use ambient::Timestamp;
use aws_core::{AccountId, Region};
use bytes::Bytes;
use records::ec2::{NetworkInterface, Subnet};
use records::ecs::{Node, Task};
use records::{Record, RecordError, Records, Stored};
use store::{EventKind, Revision, WatchError};
use tokio::sync::watch;

use networks::{Changed, Networks};
use tasks::Tasks;
pub(crate) use tasks::{Counts, Load};

/// The tasks, nodes and networks as of one revision.
#[derive(Default)]
struct Entries {
    revision: Revision,
    tasks: Tasks,
    nodes: BTreeMap<Bytes, Arc<Stored<Node>>>,
    networks: Networks,
}

/// What some changes were about.
#[derive(Default)]
struct News {
    /// Anything that stands here.
    any: bool,
    /// What nodes are told of networks.
    networks: bool,
    /// The nodes whose tasks changed.
    nodes: BTreeSet<String>,
}

/// What a session tells its node of, as of one revision.
pub(crate) struct NodeView {
    pub(crate) revision: Revision,
    /// The tasks that are not over, each with its interface where it has one.
    pub(crate) tasks: Vec<TaskView>,
    /// The VPCs that those are in.
    pub(crate) vpcs: Vec<Arc<wire::Vpc>>,
}

/// A task, and the interface that it has now.
pub(crate) struct TaskView {
    pub(crate) task: Arc<Stored<Task>>,
    pub(crate) interface: Option<Arc<Stored<NetworkInterface>>>,
}

/// The index. One follower keeps it; everybody reads.
pub struct Board {
    records: Records,
    entries: RwLock<Entries>,
    reached: watch::Sender<Revision>,
    /// The newest revision that changed anything here. Most writes to the store do not.
    changed: watch::Sender<Revision>,
    /// The newest revision that changed what nodes are told of networks.
    networks_changed: watch::Sender<Revision>,
    /// Who waits for the tasks of one node to change.
    node_changed: Mutex<BTreeMap<String, watch::Sender<()>>>,
    /// Held by whoever gives tasks to nodes, from looking until the board shows what was given.
    placing: tokio::sync::Mutex<()>,
}

impl Board {
    /// An empty board over `records`; [`Board::follow`] fills it.
    #[must_use]
    pub fn new(records: Records) -> Self {
        Self {
            records,
            entries: RwLock::default(),
            reached: watch::Sender::new(0),
            changed: watch::Sender::new(0),
            networks_changed: watch::Sender::new(0),
            node_changed: Mutex::default(),
            placing: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until nobody else gives tasks to nodes; nobody does while the guard is held. What a node
    /// has is given out by looking at all its tasks, which no transaction can compare.
    pub(crate) async fn placing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.placing.lock().await
    }

    /// Follows the store until it is closed. Run once, by whoever owns the board.
    ///
    /// # Errors
    /// When a record cannot be read or the store fails.
    pub async fn follow(&self) -> Result<(), RecordError> {
        loop {
            let from = self.read_all()?;
            let Ok(mut events) = self.records.store().watch(b"", from + 1) else {
                return Ok(());
            };
            loop {
                match events.advance().await {
                    Ok(batch) => {
                        let mut news = News::default();
                        {
                            let mut entries = self.write();
                            for event in &batch.events {
                                entries.apply(event, &mut news)?;
                            }
                            entries.revision = batch.revision;
                        }
                        self.tell(&news, batch.revision);
                    }
                    Err(WatchError::Closed) => return Ok(()),
                    Err(_) => break,
                }
            }
        }
    }

    fn read_all(&self) -> Result<Revision, RecordError> {
        // The revision is read first: what changes in between is applied twice, which is harmless.
        let revision = self.records.store().revision();
        let mut entries = Entries {
            revision,
            networks: Networks::read(&self.records)?,
            ..Entries::default()
        };
        for stored in self.records.all(&Task::everywhere())? {
            entries.tasks.put(stored);
        }
        for stored in self
            .records
            .all(&records::Prefix::<Node>::new(&["ecs", "node"]))?
        {
            entries.nodes.insert(stored.key.clone(), Arc::new(stored));
        }
        *self.write() = entries;
        let news = News {
            any: true,
            networks: true,
            nodes: self.node_senders().keys().cloned().collect(),
        };
        self.tell(&news, revision);
        Ok(revision)
    }

    fn tell(&self, news: &News, revision: Revision) {
        self.reached.send_replace(revision);
        if news.any {
            self.changed.send_replace(revision);
        }
        if news.networks {
            self.networks_changed.send_replace(revision);
        }
        let mut senders = self.node_senders();
        for node in &news.nodes {
            if let Some(sender) = senders.get(node)
                && sender.send(()).is_err()
            {
                // Nobody is left who waits.
                senders.remove(node);
            }
        }
    }

    fn node_senders(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, watch::Sender<()>>> {
        self.node_changed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the board has seen `revision`.
    pub async fn wait_for(&self, revision: Revision) {
        let mut reached = self.reached.subscribe();
        // The sender lives as long as the board does, so this cannot fail.
        let _ = reached.wait_for(|reached| *reached >= revision).await;
    }

    /// Waits until the board has seen all that was acknowledged before this call.
    pub async fn catch_up(&self) {
        self.wait_for(self.records.store().revision()).await;
    }

    /// The revision that the board has seen.
    #[must_use]
    pub fn reached(&self) -> Revision {
        *self.reached.borrow()
    }

    /// Wakes whenever something on the board has changed.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Revision> {
        self.changed.subscribe()
    }

    /// Wakes whenever the tasks of one node have changed.
    #[must_use]
    pub fn subscribe_node(&self, node: &str) -> watch::Receiver<()> {
        self.node_senders()
            .entry(node.to_owned())
            .or_insert_with(|| watch::Sender::new(()))
            .subscribe()
    }

    /// Wakes whenever what nodes are told of networks has changed.
    #[must_use]
    pub fn subscribe_networks(&self) -> watch::Receiver<Revision> {
        self.networks_changed.subscribe()
    }

    /// At most `limit` tasks of a cluster that are `wanted`, by id, after the one of the id `after`
    /// where one is given.
    #[must_use]
    pub fn tasks_of_cluster(
        &self,
        (account, region, cluster): (&AccountId, &Region, &str),
        after: Option<&str>,
        limit: usize,
        wanted: impl Fn(&Task) -> bool,
    ) -> Vec<Arc<Stored<Task>>> {
        let prefix = Task::cluster_prefix(account, region, cluster);
        let after = after.map(|id| prefix.key(id).bytes().clone());
        self.read()
            .tasks
            .of_cluster(prefix.bytes(), after)
            .filter(|stored| wanted(&stored.record))
            .take(limit)
            .cloned()
            .collect()
    }

    /// How many tasks of a cluster are not over.
    pub(crate) fn counts(&self, account: &AccountId, region: &Region, cluster: &str) -> Counts {
        let prefix = Task::cluster_prefix(account, region, cluster);
        self.read().tasks.counts(prefix.bytes())
    }

    /// The tasks that were placed on a node and are not over.
    #[must_use]
    pub fn tasks_of_node(&self, node: &str) -> Vec<Arc<Stored<Task>>> {
        self.read().tasks.live_of_node(node).cloned().collect()
    }

    /// The tasks that were placed on a node and are over.
    #[must_use]
    pub fn stopped_of_node(&self, node: &str) -> Vec<Arc<Stored<Task>>> {
        self.read().tasks.over_of_node(node).cloned().collect()
    }

    /// What a session tells its node of.
    pub(crate) fn view_of_node(&self, node: &str) -> NodeView {
        let entries = self.read();
        let mut vpcs = BTreeMap::new();
        let tasks = entries.tasks.live_of_node(node).map(|task| {
            let interface = entries.interface_of(&task.record);
            if let Some(interface) = interface {
                let id = &interface.record.vpc_id;
                vpcs.entry(id.clone()).or_insert_with(|| {
                    let Task {
                        account, region, ..
                    } = &task.record;
                    entries.networks.vpc(account, region, id)
                });
            }
            TaskView {
                task: Arc::clone(task),
                interface: interface.cloned(),
            }
        });
        let tasks = tasks.collect();
        NodeView {
            revision: entries.revision,
            tasks,
            vpcs: vpcs.into_values().flatten().collect(),
        }
    }

    /// What the live tasks of a node hold of it.
    pub(crate) fn load(&self, node: &str) -> Load {
        self.read().tasks.load(node)
    }

    /// True where a task waits for a node.
    #[must_use]
    pub fn any_unplaced(&self) -> bool {
        self.read().tasks.any_unplaced()
    }

    /// The tasks that wait for a node, the oldest first.
    #[must_use]
    pub fn unplaced(&self) -> Vec<Arc<Stored<Task>>> {
        self.read().tasks.unplaced().cloned().collect()
    }

    /// Every task that was over by then.
    #[must_use]
    pub fn stopped_by(&self, then: Timestamp) -> Vec<Arc<Stored<Task>>> {
        self.read().tasks.over_by(then).cloned().collect()
    }

    /// A subnet.
    #[must_use]
    pub fn subnet(&self, account: &AccountId, region: &Region, id: &str) -> Option<Subnet> {
        self.read().networks.subnet(account, region, id).cloned()
    }

    /// Which addresses of a subnet are leased.
    #[must_use]
    pub fn leased(&self, account: &AccountId, region: &Region, subnet: &str) -> AddressSet {
        self.read().networks.leased(account, region, subnet)
    }

    /// Every node.
    #[must_use]
    pub fn nodes(&self) -> Vec<Arc<Stored<Node>>> {
        self.read().nodes.values().cloned().collect()
    }

    /// The task that has the attachment of that id.
    #[must_use]
    pub fn task_of_attachment(
        &self,
        account: &AccountId,
        region: &Region,
        attachment: &str,
    ) -> Option<Arc<Stored<Task>>> {
        let entries = self.read();
        let stored = entries.tasks.of_attachment(attachment)?;
        let task = &stored.record;
        (task.account == *account && task.region == *region).then(|| Arc::clone(stored))
    }

    /// The nodes that are or were container instances of a cluster, or of none
    /// ([`Node::is_of_cluster`]), by id.
    #[must_use]
    pub fn instances_of(
        &self,
        account: &AccountId,
        region: &Region,
        cluster: &str,
    ) -> Vec<Arc<Stored<Node>>> {
        let prefix = Node::prefix(account);
        let entries = self.read();
        entries
            .nodes
            .range(prefix.bytes().clone()..)
            .take_while(|(key, _)| key.starts_with(prefix.bytes()))
            .map(|(_, stored)| stored)
            .filter(|stored| stored.record.is_of_cluster(region, cluster))
            .cloned()
            .collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Entries> {
        // A panic while the lock was held would have left whole entries: each change is one
        // insertion or removal.
        self.entries
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Entries> {
        self.entries
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Entries {
    fn apply(&mut self, event: &store::Event, news: &mut News) -> Result<(), RecordError> {
        let key = &event.kv.key;
        if key.starts_with(Task::everywhere().bytes()) {
            let node_of = |stored: &Stored<Task>| stored.record.node.clone();
            news.nodes
                .extend(self.tasks.get(key).and_then(|stored| node_of(stored)));
            match event.kind {
                EventKind::Put => {
                    let stored = stored(event)?;
                    news.nodes.extend(node_of(&stored));
                    self.tasks.put(stored);
                }
                EventKind::Delete => {
                    self.tasks.remove(key);
                }
            }
        } else if key.starts_with(b"ecs/node/") {
            match event.kind {
                EventKind::Put => {
                    self.nodes.insert(key.clone(), Arc::new(stored(event)?));
                }
                EventKind::Delete => {
                    self.nodes.remove(key);
                }
            }
        } else {
            let changed = self.networks.apply(event)?;
            news.networks |= changed == Changed::Networks;
            if changed == Changed::Nothing {
                return Ok(());
            }
        }
        news.any = true;
        Ok(())
    }

    /// The interface that a task has now.
    fn interface_of(&self, task: &Task) -> Option<&Arc<Stored<NetworkInterface>>> {
        let id = task.network.interface_id.as_ref()?;
        let key = NetworkInterface::key(&task.account, &task.region, id);
        self.networks.interface(key.bytes())
    }
}

/// The record that a change wrote.
fn stored<R: Record>(event: &store::Event) -> Result<Stored<R>, RecordError> {
    let record = Records::decode(&event.kv.key, &event.kv.value)?;
    Ok(Stored {
        key: event.kv.key.clone(),
        record,
        revision: event.kv.mod_revision,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, HandClock};
    use records::ecs::{Cluster, ClusterStatus};

    #[tokio::test]
    async fn writes_of_others_wake_nobody() {
        let records = fixtures::records(&Arc::new(HandClock::default()));
        let task = fixtures::placed_task();
        let cluster = async |name: &str| {
            let cluster = Cluster {
                name: name.to_owned(),
                status: ClusterStatus::Active,
                tags: BTreeMap::new(),
                deleted_at: None,
            };
            let key = Cluster::key(&task.account, &task.region, name);
            let mut transaction = records.transaction();
            transaction.create(&key, &cluster).unwrap();
            transaction.commit().await.unwrap();
        };
        cluster("before").await;
        let board = Arc::new(Board::new(records.clone()));
        let following = Arc::clone(&board);
        tokio::spawn(async move { following.follow().await });
        board.catch_up().await;
        let mut changes = board.subscribe();
        cluster("after").await;
        board.catch_up().await;
        assert!(!changes.has_changed().unwrap());
        let mut transaction = records.transaction();
        transaction.create(&task.own_key(), &task).unwrap();
        transaction.commit().await.unwrap();
        tokio::time::timeout(std::time::Duration::from_secs(10), changes.changed())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(board.tasks_of_node("n1").len(), 1);
    }
}
