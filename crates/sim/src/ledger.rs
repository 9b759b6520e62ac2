//! Follows every revision of the store, and holds each one against what must always be so.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ambient::Clock;
use bytes::Bytes;
use ecs::reconcile::retention::{CLIENT_TOKENS_KEPT, STOPPED_TASKS_KEPT};
use records::ec2::{AddressLease, NetworkInterface};
use records::ecs::{ClientToken, DesiredStatus, Node, Task, TaskStatus};
use records::{Record, RecordError, Records};
use store::{Event, EventKind, Revision, Watch, WatchError};

use crate::clock::SimClock;
use crate::trace::Trace;
use crate::witness::Witness;

/// The records as of the newest revision, and how far the run has come.
pub(crate) struct Ledger {
    clock: Arc<SimClock>,
    trace: Arc<Trace>,
    witness: Arc<Witness>,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    tasks: BTreeMap<Bytes, Task>,
    /// The task's key, by its ARN.
    keys: BTreeMap<String, Bytes>,
    interfaces: BTreeMap<Bytes, NetworkInterface>,
    leases: BTreeMap<Bytes, AddressLease>,
    nodes: BTreeMap<String, Node>,
    tokens: BTreeMap<Bytes, ClientToken>,
    /// CPU units and MiB that live tasks hold, by node.
    held: BTreeMap<String, (i32, i32)>,
    /// The live task that has an address. One VPC, so an address is one.
    addresses: BTreeMap<Ipv4Addr, Bytes>,
    /// Every task that ever was, by the request that it was made for.
    ever: BTreeMap<String, BTreeSet<String>>,
    figures: Figures,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Tasks that were made.
    pub accepted: usize,
    /// Tasks that were given a node.
    pub placed: usize,
    /// Tasks that reached RUNNING.
    pub running: usize,
    /// Tasks that reached STOPPED.
    pub stopped: usize,
    /// Tasks that no node had when they stopped.
    pub never_placed: usize,
    /// Tasks that were forgotten.
    pub forgotten: usize,
    /// The newest revision.
    pub revision: Revision,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub(crate) fn new(clock: Arc<SimClock>, trace: Arc<Trace>, witness: Arc<Witness>) -> Self {
        Self {
            clock,
            trace,
            witness,
            books: Mutex::default(),
        }
    }

    /// Takes all that `watch` has, revision by revision.
    pub(crate) fn take(&self, watch: &mut Watch) {
        loop {
            match watch.try_advance() {
                Ok(Some(batch)) => {
                    for revision in batch.events.chunk_by(|a, b| a.revision() == b.revision()) {
                        if let Err(error) = self.revision(revision) {
                            self.trace
                                .violation(&format!("a record is unreadable: {error}"));
                        }
                    }
                }
                Ok(None) => return,
                Err(WatchError::Closed) => return,
                Err(error) => {
                    self.trace
                        .violation(&format!("the ledger fell behind: {error}"));
                    return;
                }
            }
        }
    }

    fn revision(&self, events: &[Event]) -> Result<(), RecordError> {
        let mut books = self.books();
        let mut touched = Vec::new();
        for event in events {
            let key = &event.kv.key;
            books.figures.revision = event.revision();
            if key.starts_with(b"ecs/task/") {
                touched.push(key.clone());
                self.task(&mut books, event)?;
            } else if key.starts_with(b"ec2/network-interface/") {
                keep(&mut books.interfaces, event)?;
            } else if key.starts_with(b"ec2/address/") {
                keep(&mut books.leases, event)?;
            } else if key.starts_with(b"ecs/node/") {
                if event.kind == EventKind::Put {
                    let node: Node = Records::decode(key, &event.kv.value)?;
                    books.nodes.insert(node.id.clone(), node);
                }
            } else if key.starts_with(b"ecs/client-token/") {
                if event.kind == EventKind::Delete
                    && let Some(token) = books.tokens.get(key)
                    && self.clock.now().since(token.used_at) < CLIENT_TOKENS_KEPT
                {
                    self.trace
                        .violation("a client token was forgotten too soon");
                }
                keep(&mut books.tokens, event)?;
            }
        }
        for key in touched {
            if let Some(task) = books.tasks.get(&key) {
                self.check_network(&books, &key, task);
                self.check_capacity(&books, task);
            }
        }
        Ok(())
    }

    fn task(&self, books: &mut Books, event: &Event) -> Result<(), RecordError> {
        let key = event.kv.key.clone();
        let before = books.tasks.remove(&key);
        if let Some(before) = &before {
            books.release(&key, before);
        }
        if event.kind == EventKind::Delete {
            if let Some(gone) = before {
                books.keys.remove(&gone.arn().to_string());
                books.figures.forgotten += 1;
                let kept = gone
                    .timeline
                    .stopped_at
                    .map(|at| self.clock.now().since(at));
                if kept.is_none_or(|kept| kept < STOPPED_TASKS_KEPT) {
                    self.trace
                        .violation(&format!("{} was forgotten too soon", gone.arn()));
                }
            }
            return Ok(());
        }
        let task: Task = Records::decode(&key, &event.kv.value)?;
        let arn = task.arn().to_string();
        self.trace.note(&format!(
            "{arn} is {} (wanted {}) on {}",
            task.last_status.as_str(),
            task.desired_status.as_str(),
            task.node.as_deref().unwrap_or("no node")
        ));
        self.check_step(before.as_ref(), &task);
        let was = before.as_ref().map(|task| task.last_status);
        let figures = &mut books.figures;
        figures.accepted += usize::from(was.is_none());
        let had_node = before.as_ref().is_some_and(|task| task.node.is_some());
        figures.placed += usize::from(task.node.is_some() && !had_node);
        let reached = |status| task.last_status == status && was != Some(status);
        figures.running += usize::from(reached(TaskStatus::Running));
        figures.stopped += usize::from(reached(TaskStatus::Stopped));
        let never_placed = reached(TaskStatus::Stopped) && task.node.is_none();
        figures.never_placed += usize::from(never_placed);
        let label = task.started_by.clone().unwrap_or_default();
        books.ever.entry(label).or_default().insert(arn.clone());
        books.keys.insert(arn, key.clone());
        if let Some(taken_by) = books.hold(&key, &task) {
            self.trace.violation(&format!(
                "{} has the address of another live task ({})",
                task.arn(),
                String::from_utf8_lossy(&taken_by)
            ));
        }
        books.tasks.insert(key, task);
        Ok(())
    }

    /// What one change of a task may do.
    fn check_step(&self, before: Option<&Task>, task: &Task) {
        let arn = task.arn().to_string();
        let broken = |what: &str| self.trace.violation(&format!("{arn} {what}"));
        if task.last_status == TaskStatus::Stopped {
            if task.desired_status != DesiredStatus::Stopped {
                broken("is STOPPED and wanted RUNNING");
            }
            if task.stop_code.is_none() || task.timeline.stopped_at.is_none() {
                broken("is STOPPED without a code or a time");
            }
            if self.witness.runs(&arn) {
                broken("is STOPPED and runs");
            }
        }
        if task.last_status == TaskStatus::Running && self.witness.sighting(&arn).is_none() {
            broken("is RUNNING and was never started");
        }
        let Some(before) = before else {
            if task.last_status != TaskStatus::Provisioning {
                broken("begins with another status than PROVISIONING");
            }
            return;
        };
        if before.is_stopped() {
            broken("was changed after it had stopped");
        }
        if task.last_status < before.last_status {
            broken(&format!(
                "went back from {} to {}",
                before.last_status.as_str(),
                task.last_status.as_str()
            ));
        }
        if before.desired_status == DesiredStatus::Stopped
            && task.desired_status == DesiredStatus::Running
        {
            broken("is wanted again after its stop");
        }
        if before.node.is_some() && before.node != task.node {
            broken("was moved to another node");
        }
        if task.version <= before.version {
            broken("was changed and kept its version");
        }
    }

    /// A live task that has a node has an interface and an address; one that is over has none.
    fn check_network(&self, books: &Books, key: &Bytes, task: &Task) {
        let arn = task.arn().to_string();
        let network = &task.network;
        let mine: Vec<&NetworkInterface> = match &network.interface_id {
            Some(id) => books
                .interfaces
                .get(NetworkInterface::key(&task.account, &task.region, id).bytes())
                .into_iter()
                .collect(),
            None => Vec::new(),
        };
        if task.is_stopped() {
            let left = books
                .leases_of(task)
                .is_some_and(|lease| Some(&lease.interface_id) == made_interface(task).as_ref());
            if !mine.is_empty() || left || books.interface_left(task) {
                self.trace.violation(&format!(
                    "{arn} is STOPPED and left its interface or address"
                ));
            }
            return;
        }
        if task.node.is_none() {
            return;
        }
        let whole = matches!(mine.as_slice(), [interface]
            if interface.task_arn == arn
                && Some(interface.address) == network.address
                && books.leases_of(task).is_some_and(|lease| lease.interface_id == interface.id));
        if !whole
            || books
                .addresses
                .get(&network.address.unwrap_or(Ipv4Addr::UNSPECIFIED))
                != Some(key)
        {
            self.trace
                .violation(&format!("{arn} has a node but no address of its own"));
        }
    }

    fn check_capacity(&self, books: &Books, task: &Task) {
        let Some(node) = task.node.as_ref() else {
            return;
        };
        let Some(room) = books.nodes.get(node) else {
            self.trace
                .violation(&format!("{} is on a node that is none", task.arn()));
            return;
        };
        let (cpu, memory) = books.held.get(node).copied().unwrap_or_default();
        if cpu > room.cpu_units || memory > room.memory_mib {
            self.trace.violation(&format!(
                "{node} has {} CPU units and {} MiB, and its tasks hold {cpu} and {memory}",
                room.cpu_units, room.memory_mib
            ));
        }
    }

    /// Every task that is not forgotten.
    #[must_use]
    pub(crate) fn tasks(&self) -> Vec<Task> {
        self.books().tasks.values().cloned().collect()
    }

    /// One of them.
    #[must_use]
    pub(crate) fn find(&self, arn: &str) -> Option<Task> {
        let books = self.books();
        books
            .keys
            .get(arn)
            .and_then(|key| books.tasks.get(key))
            .cloned()
    }

    /// All tasks that were ever made for a request.
    #[must_use]
    pub(crate) fn ever(&self, label: &str) -> BTreeSet<String> {
        self.books().ever.get(label).cloned().unwrap_or_default()
    }

    /// How many interfaces, leases and client tokens there are.
    #[must_use]
    pub(crate) fn leftovers(&self) -> (usize, usize, usize) {
        let books = self.books();
        (
            books.interfaces.len(),
            books.leases.len(),
            books.tokens.len(),
        )
    }

    /// How far the run has come.
    #[must_use]
    pub(crate) fn figures(&self) -> Figures {
        self.books().figures
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    /// Counts what a live task holds. The task that has its address already, if any.
    fn hold(&mut self, key: &Bytes, task: &Task) -> Option<Bytes> {
        let (Some(node), false) = (&task.node, task.is_stopped()) else {
            return None;
        };
        let held = self.held.entry(node.clone()).or_default();
        held.0 += task.cpu_units;
        held.1 += task.memory_mib;
        let address = task.network.address?;
        self.addresses
            .insert(address, key.clone())
            .filter(|other| other != key)
    }

    fn release(&mut self, key: &Bytes, task: &Task) {
        let (Some(node), false) = (&task.node, task.is_stopped()) else {
            return;
        };
        let held = self.held.entry(node.clone()).or_default();
        held.0 -= task.cpu_units;
        held.1 -= task.memory_mib;
        if let Some(address) = task.network.address
            && self.addresses.get(&address) == Some(key)
        {
            self.addresses.remove(&address);
        }
    }

    fn leases_of(&self, task: &Task) -> Option<&AddressLease> {
        let network = &task.network;
        let (subnet, address) = (network.subnet_id.as_ref()?, network.address?);
        let key = AddressLease::key(&task.account, &task.region, subnet, address);
        self.leases.get(key.bytes())
    }

    fn interface_left(&self, task: &Task) -> bool {
        made_interface(task).is_some_and(|id| {
            let key = NetworkInterface::key(&task.account, &task.region, &id);
            self.interfaces.contains_key(key.bytes())
        })
    }
}

/// The interface that a task was given, known by name even after the task has let go of it.
fn made_interface(task: &Task) -> Option<String> {
    task.node.as_ref()?;
    Some(ecs::plan::placement::interface_id(
        &task.network.attachment_id,
    ))
}

fn keep<R: Record>(map: &mut BTreeMap<Bytes, R>, event: &Event) -> Result<(), RecordError> {
    let key = &event.kv.key;
    match event.kind {
        EventKind::Put => {
            map.insert(key.clone(), Records::decode(key, &event.kv.value)?);
        }
        EventKind::Delete => {
            map.remove(key);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
