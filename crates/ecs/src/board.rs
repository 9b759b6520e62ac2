//! The tasks, nodes and interfaces in memory, by what they are asked for: an index that follows
//! the store's watch.
//!
//! Nothing is decided from the board that a transaction does not compare again. Readers who must
//! see their own writes wait for the store's revision first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use aws_core::{AccountId, Region};
use bytes::Bytes;
use records::ec2::NetworkInterface;
use records::ecs::{Node, Task};
use records::{Record, RecordError, Records, Stored};
use store::{EventKind, Revision, WatchError};
use tokio::sync::watch;

/// The tasks, nodes and interfaces as of one revision.
#[derive(Default)]
struct Entries {
    tasks: BTreeMap<Bytes, Arc<Stored<Task>>>,
    tasks_of_node: BTreeMap<String, BTreeSet<Bytes>>,
    /// Tasks that no node has and that are not over.
    unplaced: BTreeSet<Bytes>,
    nodes: BTreeMap<Bytes, Arc<Stored<Node>>>,
    interfaces: BTreeMap<Bytes, Arc<Stored<NetworkInterface>>>,
}

/// The index. One follower keeps it; everybody reads.
pub struct Board {
    records: Records,
    entries: RwLock<Entries>,
    reached: watch::Sender<Revision>,
    /// The newest revision that changed anything here. Most writes to the store do not.
    changed: watch::Sender<Revision>,
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
                        let mut changed = false;
                        {
                            let mut entries = self.write();
                            for event in &batch.events {
                                changed |= entries.apply(event)?;
                            }
                        }
                        self.reached.send_replace(batch.revision);
                        if changed {
                            self.changed.send_replace(batch.revision);
                        }
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
        let mut entries = Entries::default();
        for stored in self.records.all(&Task::everywhere())? {
            entries.put_task(stored);
        }
        for stored in self
            .records
            .all(&records::Prefix::<Node>::new(&["ecs", "node"]))?
        {
            entries.nodes.insert(stored.key.clone(), Arc::new(stored));
        }
        for stored in self.records.all(&NetworkInterface::everywhere())? {
            entries
                .interfaces
                .insert(stored.key.clone(), Arc::new(stored));
        }
        *self.write() = entries;
        self.reached.send_replace(revision);
        self.changed.send_replace(revision);
        Ok(revision)
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

    /// The tasks of a cluster, by id.
    #[must_use]
    pub fn tasks_of_cluster(
        &self,
        account: &AccountId,
        region: &Region,
        cluster: &str,
    ) -> Vec<Task> {
        let prefix = Task::cluster_prefix(account, region, cluster);
        let entries = self.read();
        entries
            .tasks
            .range(prefix.bytes().clone()..)
            .take_while(|(key, _)| key.starts_with(prefix.bytes()))
            .map(|(_, stored)| stored.record.clone())
            .collect()
    }

    /// The tasks that were placed on a node, those that are over included.
    #[must_use]
    pub fn tasks_of_node(&self, node: &str) -> Vec<Arc<Stored<Task>>> {
        let entries = self.read();
        let keys = entries.tasks_of_node.get(node).into_iter().flatten();
        keys.filter_map(|key| entries.tasks.get(key).cloned())
            .collect()
    }

    /// The tasks that wait for a node, the oldest first.
    #[must_use]
    pub fn unplaced(&self) -> Vec<Arc<Stored<Task>>> {
        let entries = self.read();
        let mut tasks: Vec<_> = entries
            .unplaced
            .iter()
            .filter_map(|key| entries.tasks.get(key).cloned())
            .collect();
        tasks.sort_by(|a, b| {
            let age = |task: &Task| (task.timeline.created_at, task.id.clone());
            age(&a.record).cmp(&age(&b.record))
        });
        tasks
    }

    /// Every task that is over.
    #[must_use]
    pub fn stopped(&self) -> Vec<Arc<Stored<Task>>> {
        let entries = self.read();
        entries
            .tasks
            .values()
            .filter(|stored| stored.record.is_stopped())
            .cloned()
            .collect()
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
        self.read()
            .tasks
            .values()
            .find(|stored| {
                let task = &stored.record;
                task.network.attachment_id == attachment
                    && task.account == *account
                    && task.region == *region
            })
            .cloned()
    }

    /// The nodes that are or were container instances of a cluster, by id.
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

    /// Every network interface.
    #[must_use]
    pub fn interfaces(&self) -> Vec<Arc<Stored<NetworkInterface>>> {
        self.read().interfaces.values().cloned().collect()
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
    /// True where the event is about something that stands here.
    fn apply(&mut self, event: &store::Event) -> Result<bool, RecordError> {
        let key = &event.kv.key;
        if key.starts_with(Task::everywhere().bytes()) {
            match event.kind {
                EventKind::Put => self.put_task(stored(event)?),
                EventKind::Delete => self.remove_task(key),
            }
        } else if key.starts_with(b"ecs/node/") {
            change(&mut self.nodes, event)?;
        } else if key.starts_with(NetworkInterface::everywhere().bytes()) {
            change(&mut self.interfaces, event)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn put_task(&mut self, stored: Stored<Task>) {
        let key = stored.key.clone();
        if let Some(node) = &stored.record.node {
            self.tasks_of_node
                .entry(node.clone())
                .or_default()
                .insert(key.clone());
        }
        if stored.record.node.is_none() && !stored.record.is_stopped() {
            self.unplaced.insert(key.clone());
        } else {
            self.unplaced.remove(&key);
        }
        self.tasks.insert(key, Arc::new(stored));
    }

    fn remove_task(&mut self, key: &Bytes) {
        self.unplaced.remove(key);
        let Some(gone) = self.tasks.remove(key) else {
            return;
        };
        if let Some(node) = &gone.record.node
            && let Some(keys) = self.tasks_of_node.get_mut(node)
        {
            keys.remove(key);
            if keys.is_empty() {
                self.tasks_of_node.remove(node);
            }
        }
    }
}

fn change<R: Record>(
    entries: &mut BTreeMap<Bytes, Arc<Stored<R>>>,
    event: &store::Event,
) -> Result<(), RecordError> {
    match event.kind {
        EventKind::Put => {
            entries.insert(event.kv.key.clone(), Arc::new(stored(event)?));
        }
        EventKind::Delete => {
            entries.remove(&event.kv.key);
        }
    }
    Ok(())
}

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
