//! The tasks of this node: who owns each, and what is wanted of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use agent_wire::{InstanceStatuses, NodeState, Payload, RuleSource, SecurityGroupRule};
use ambient::Clock;
use network::{Network, Peer, Rule, Traffic, VpcState};
use runtime::{Adopted, Runtime};
use thiserror::Error;
use tokio::sync::watch;

use crate::Config;
use crate::control_plane::ControlPlane;
use crate::health_board::HealthBoard;
use crate::image_source::ImageSource;
use crate::task::owner::{AdoptedImages, Owner, clear_away};
use crate::task::record::{self, ContainerOutcome, Outcome, RecordFolders, TaskRecord};
use crate::{instance_status, logging};

/// How many tasks that have ended are remembered, so that a payload that comes late does not
/// start one again. What comes late is seconds old; this is many more than end in that time.
const ENDED_TASKS_MAX: usize = 1024;

/// How often files of logs are looked through for those that are old enough to go.
const OLD_LOGS_INTERVAL: Duration = Duration::from_secs(600);

/// Why what came from the control plane could not be taken.
#[derive(Debug, Error)]
pub enum EngineError {
    /// A record could not be written or read.
    #[error("the records of tasks in {folder} failed: {source}")]
    Records {
        /// Where.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// What runs could not be found out.
    #[error("the runtime cannot say what runs: {0}")]
    Runtime(#[from] runtime::RuntimeError),
    /// The network could not be made as it should be.
    #[error("the network could not be made as it should be: {0}")]
    Network(#[from] network::Error),
    /// VPCs could not be made as they should be; the others are.
    #[error("these VPCs could not be made as they should be: {0}")]
    Vpcs(String),
}

/// What an engine is made of.
pub struct Parts {
    /// What the agent was started with.
    pub config: Config,
    /// The control plane.
    pub control_plane: ControlPlane,
    /// Containers.
    pub runtime: Arc<dyn Runtime>,
    /// Addresses.
    pub network: Arc<dyn Network>,
    /// Images.
    pub images: Arc<dyn ImageSource>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The names under which images are ours, for whoever pulls them.
    pub registry_hosts: watch::Sender<Vec<String>>,
}

/// What the control plane said last of what is beside the tasks, and what became of it here.
#[derive(Clone, Debug)]
pub(crate) struct KnownState {
    pub(crate) state: NodeState,
    /// Why VPCs could not be made so, by their id.
    pub(crate) faults: BTreeMap<String, String>,
}

/// The tasks of this node.
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) control_plane: ControlPlane,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) network: Arc<dyn Network>,
    pub(crate) images: Arc<dyn ImageSource>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folders: RecordFolders,
    /// The newest state that was accepted.
    pub(crate) state: watch::Sender<Option<KnownState>>,
    /// What health checks have found.
    pub(crate) health: HealthBoard,
    /// What this node knows of itself.
    pub(crate) statuses: watch::Sender<InstanceStatuses>,
    registry_hosts: watch::Sender<Vec<String>>,
    /// The tasks that have an owner, by ARN, with the way to stop them.
    owned: Mutex<BTreeMap<String, watch::Sender<bool>>>,
    /// How many tasks have an owner.
    count: watch::Sender<usize>,
    /// The ARNs of the tasks that ended last, the oldest first.
    ended: Mutex<VecDeque<String>>,
}

impl Inner {
    fn owned(&self) -> MutexGuard<'_, BTreeMap<String, watch::Sender<bool>>> {
        self.owned
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn ended(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.ended
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn has_ended(&self, arn: &str) {
        let mut ended = self.ended();
        if !ended.iter().any(|known| known == arn) {
            if ended.len() == ENDED_TASKS_MAX {
                ended.pop_front();
            }
            ended.push_back(arn.to_owned());
        }
    }

    /// The ids of the tasks that have an owner.
    fn task_ids(&self) -> BTreeSet<String> {
        let owned = self.owned();
        let ids = owned.keys().filter_map(|arn| arn.rsplit('/').next());
        ids.map(str::to_owned).collect()
    }

    /// Asks the owner of a task to stop it. False where it has none.
    pub(crate) fn stop(&self, arn: &str) -> bool {
        match self.owned().get(arn) {
            Some(stop) => {
                stop.send_replace(true);
                true
            }
            None => false,
        }
    }
}

impl Engine {
    /// An engine, with an owner for every task that an earlier agent left on this node.
    ///
    /// # Errors
    /// When what is on the node cannot be found out.
    pub async fn start(parts: Parts) -> Result<Self, EngineError> {
        let config = parts.config;
        let records_error = |source| EngineError::Records {
            folder: config.state_dir.display().to_string(),
            source,
        };
        let folders =
            RecordFolders::open(&config.state_dir, &config.run_dir).map_err(records_error)?;
        let records = folders.records().map_err(records_error)?;
        folders.remove_orphans().map_err(records_error)?;
        let mut adopted: BTreeMap<String, Adopted> = parts
            .runtime
            .adopt()
            .await?
            .into_iter()
            .map(|adopted| (adopted.spec.id.to_string(), adopted))
            .collect();
        let engine = Self {
            inner: Arc::new(Inner {
                config: config.clone(),
                control_plane: parts.control_plane,
                runtime: parts.runtime,
                network: parts.network,
                images: parts.images,
                clock: parts.clock,
                folders,
                state: watch::Sender::new(None),
                health: HealthBoard::default(),
                statuses: watch::Sender::default(),
                registry_hosts: parts.registry_hosts,
                owned: Mutex::default(),
                count: watch::Sender::new(0),
                ended: Mutex::default(),
            }),
        };
        for (id, record) in records {
            let task = engine.inner.folders.payload(&id).map_err(records_error)?;
            let containers = adopted
                .remove(&id)
                .map(|adopted| adopted.containers)
                .unwrap_or_default();
            tracing::info!(task = %record.arn, containers = containers.len(), "taking over a task");
            // Without a payload nothing can be started, and what runs is not known well enough
            // to be kept: it came before a restart of the machine.
            let task = task.filter(|_| record.outcome.is_none());
            let images = AdoptedImages::hold(&engine.inner, &id, task.as_ref(), &containers).await;
            engine.own(id, record, task, (containers, images), false);
        }
        let orphans = engine.orphans(adopted.into_keys()).await?;
        for (id, containers) in orphans {
            // Its record is gone, and with it whoever wanted it. The node does not wait for that.
            tracing::warn!(task = %id, "removing what belongs to no task");
            let inner = Arc::clone(&engine.inner);
            tokio::spawn(async move { clear_away(&inner, &id, &containers).await });
        }
        tokio::spawn(remove_old_logs(Arc::downgrade(&engine.inner)));
        tokio::spawn(instance_status::watch(Arc::downgrade(&engine.inner)));
        // What containers run on is held by now.
        tokio::spawn(sweep_images(Arc::downgrade(&engine.inner)));
        Ok(engine)
    }

    /// The tasks of which something is on the node and no record, with those of their containers that
    /// have a place in the bridge network.
    async fn orphans(
        &self,
        unknown: impl Iterator<Item = String>,
    ) -> Result<BTreeMap<String, Vec<String>>, EngineError> {
        let mut orphans: BTreeMap<String, Vec<String>> =
            unknown.map(|id| (id, Vec::new())).collect();
        let here = self.inner.task_ids();
        for place in self.inner.network.adopt_bridge().await? {
            if let Some((task, container)) = place.owner_id.split_once('/')
                && !here.contains(task)
            {
                let containers = orphans.entry(task.to_owned()).or_default();
                containers.push(container.to_owned());
            }
        }
        Ok(orphans)
    }

    fn own(
        &self,
        id: String,
        record: TaskRecord,
        task: Option<agent_wire::Task>,
        (adopted, images): (Vec<runtime::AdoptedContainer>, AdoptedImages),
        stop: bool,
    ) {
        let (sender, receiver) = watch::channel(stop);
        let arn = record.arn.clone();
        self.inner.owned().insert(arn.clone(), sender);
        self.inner.count.send_modify(|count| *count += 1);
        let inner = Arc::clone(&self.inner);
        let owner = Owner {
            engine: Arc::clone(&self.inner),
            id,
            record,
            task,
            stop: receiver,
            adopted,
            images,
        };
        tokio::spawn(async move {
            owner.run().await;
            // In this order: a payload finds the task in one place or the other.
            inner.has_ended(&arn);
            inner.owned().remove(&arn);
            inner
                .count
                .send_modify(|count| *count = count.saturating_sub(1));
        });
    }

    /// Takes a payload: every task in it is written down before this returns, and may have been started.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub async fn accept(&self, payload: Payload) -> Result<(), EngineError> {
        let records_error = |source| EngineError::Records {
            folder: self.inner.config.state_dir.display().to_string(),
            source,
        };
        let mut taken = Vec::new();
        for task in payload.tasks {
            let wanted_stopped = task.desired_status == "STOPPED";
            let id = task.arn.rsplit('/').next().unwrap_or_default().to_owned();
            let known = self.inner.owned().contains_key(&task.arn);
            if known {
                if wanted_stopped {
                    self.inner.stop(&task.arn);
                }
                // It may have come to know it, and not to the end of this.
                taken.push(id);
                continue;
            }
            if id.parse::<runtime::TaskId>().is_err() {
                tracing::error!(task = %task.arn, "a task's ARN ends in no id; it is passed over");
                continue;
            }
            let record = TaskRecord {
                arn: task.arn.clone(),
                containers: task.containers.iter().map(|one| one.name.clone()).collect(),
                outcome: None,
            };
            if self.inner.ended().contains(&task.arn) {
                // Sent before its end was known there, or its end was not: it is told again.
                self.own(id, record, None, Default::default(), true);
                continue;
            }
            let folders = self.inner.folders.clone();
            let (written, id_again) = (record.clone(), id.clone());
            let task = tokio::task::spawn_blocking(move || {
                folders.write_payload(&id_again, &task)?;
                folders.note_record(&id_again, &written)?;
                Ok(task)
            })
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)));
            match task {
                Ok(task) => {
                    taken.push(id.clone());
                    self.own(id, record, Some(task), Default::default(), wanted_stopped);
                }
                Err(source) if record::is_full(&source) => self.give_up(id, record, &source),
                Err(source) => return Err(records_error(source)),
            }
        }
        // Beside the start: a crash of the machine, which alone can lose what was only noted, ends that
        // too, and before it is acknowledged the control plane sends it again.
        let folders = self.inner.folders.clone();
        tokio::task::spawn_blocking(move || taken.iter().try_for_each(|id| folders.sync_record(id)))
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(records_error)
    }

    /// Ends a task that cannot be written down for want of room, rather than keep everybody waiting for
    /// some: whoever wants it may place it elsewhere. Should this agent die before that is reported, the
    /// next one knows of no such task, and says so.
    fn give_up(&self, id: String, record: TaskRecord, why: &std::io::Error) {
        tracing::error!(task = %record.arn, error = %why, "no room to write a task down; it is given up");
        let containers = record.containers.iter().map(|name| ContainerOutcome {
            name: name.clone(),
            ..ContainerOutcome::default()
        });
        let outcome = Outcome {
            reason: format!(
                "ResourceInitializationError: the task could not be written down on its node: {why}"
            ),
            containers: containers.collect(),
            stopped_at: Some(self.inner.clock.now()),
            ..Outcome::default()
        };
        let record = TaskRecord {
            outcome: Some(outcome),
            ..record
        };
        self.own(id, record, None, Default::default(), true);
    }

    /// Takes what is to be known beside the tasks. An older state than the last is passed over.
    ///
    /// # Errors
    /// When the network cannot be made so. What of it can be is made all the same; the same state may be
    /// given again.
    pub async fn accept_state(&self, state: NodeState) -> Result<(), EngineError> {
        let newest = self
            .inner
            .state
            .borrow()
            .as_ref()
            .map(|known| (known.state.epoch, known.state.generation));
        if newest.is_some_and(|newest| newest > (state.epoch, state.generation)) {
            tracing::warn!(?newest, "an older state of the node was passed over");
            return Ok(());
        }
        // Tasks first: a network that cannot be made must not keep unwanted ones alive.
        let unwanted: Vec<String> = self
            .inner
            .owned()
            .iter()
            .filter(|(arn, stop)| !state.tasks.contains(arn) && !*stop.borrow())
            .map(|(arn, _)| arn.clone())
            .collect();
        for arn in unwanted {
            tracing::debug!(task = %arn, "the control plane does not have the task any more");
            self.inner.stop(&arn);
        }
        self.inner
            .registry_hosts
            .send_replace(state.registry_hosts.clone());
        let mut faults = BTreeMap::new();
        for vpc in &state.vpcs {
            // One that cannot be made does not hold up the others, nor their tasks.
            let applied = match vpc_state(vpc) {
                Ok(wanted) => self.inner.network.apply(&wanted).await,
                Err(error) => Err(error),
            };
            if let Err(error) = applied {
                faults.insert(vpc.id.clone(), error.to_string());
            }
        }
        let here = state.vpcs.iter().map(|vpc| vpc.id.clone()).collect();
        let forgotten = self.inner.network.forget_others(&here).await;
        let told: Vec<String> = faults
            .iter()
            .map(|(vpc, error)| format!("{vpc}: {error}"))
            .collect();
        self.inner
            .state
            .send_replace(Some(KnownState { state, faults }));
        if !told.is_empty() {
            return Err(EngineError::Vpcs(told.join("; ")));
        }
        Ok(forgotten?)
    }

    /// Says of tasks that the control plane takes to be here, and that are not, that they are
    /// over: their records went with the disk, and what ran of them was cleared away at the start.
    pub fn report_losses(&self, expected: &[String]) {
        for arn in expected {
            let id = arn.rsplit('/').next().unwrap_or_default();
            let known = self.inner.owned().contains_key(arn);
            if known || id.parse::<runtime::TaskId>().is_err() {
                continue;
            }
            tracing::warn!(task = %arn, "the task is not on this node any more");
            let record = TaskRecord {
                arn: arn.clone(),
                containers: Vec::new(),
                outcome: None,
            };
            self.own(id.to_owned(), record, None, Default::default(), false);
        }
    }

    /// What health checks have found, on its way to the control plane.
    pub(crate) fn health(&self) -> &HealthBoard {
        &self.inner.health
    }

    /// What this node knows of itself, on its way to the control plane.
    pub(crate) fn statuses(&self) -> watch::Receiver<InstanceStatuses> {
        self.inner.statuses.subscribe()
    }

    /// How many tasks this node has.
    #[must_use]
    pub fn count(&self) -> watch::Receiver<usize> {
        self.inner.count.subscribe()
    }
}

/// Removes the files of logs that nobody fetches any more, for as long as the engine is there.
async fn remove_old_logs(engine: Weak<Inner>) {
    loop {
        {
            let Some(inner) = engine.upgrade() else {
                return;
            };
            let (here, now) = (inner.task_ids(), inner.clock.now());
            let files = logging::files(&inner.config.state_dir);
            let removed =
                tokio::task::spawn_blocking(move || logging::remove_old_files(&files, &here, now));
            if let Ok(Err(error)) = removed.await {
                tracing::warn!(%error, "old files of logs could not be removed");
            }
        }
        tokio::time::sleep(OLD_LOGS_INTERVAL).await;
    }
}

/// Removes images that nobody uses, for as long as the engine is there.
async fn sweep_images(engine: Weak<Inner>) {
    let Some(interval) = engine
        .upgrade()
        .map(|inner| inner.config.image_sweep_interval)
    else {
        return;
    };
    loop {
        tokio::time::sleep(interval).await;
        let Some((images, now)) = engine
            .upgrade()
            .map(|inner| (Arc::clone(&inner.images), inner.clock.now()))
        else {
            return;
        };
        images.sweep(now).await;
    }
}

fn vpc_state(vpc: &agent_wire::Vpc) -> Result<VpcState, network::Error> {
    let mut security_groups = Vec::with_capacity(vpc.security_groups.len());
    for group in &vpc.security_groups {
        security_groups.push(network::SecurityGroup {
            id: group.id.clone(),
            members: group.members.iter().collect(),
            ingress: group.ingress.iter().map(rule).collect::<Result<_, _>>()?,
            egress: group.egress.iter().map(rule).collect::<Result<_, _>>()?,
        });
    }
    Ok(VpcState {
        vpc: network::Vpc {
            id: vpc.id.clone(),
            cidr: vpc.cidr.parse()?,
        },
        security_groups,
    })
}

fn rule(rule: &SecurityGroupRule) -> Result<Rule, network::Error> {
    let ports = rule
        .ports
        .map(|(first, last)| (i32::from(first), i32::from(last)));
    Ok(Rule {
        traffic: Traffic::from_ec2(&rule.protocol, ports)?,
        peer: match &rule.peer {
            RuleSource::Cidr(block) => Peer::Cidr(block.parse()?),
            RuleSource::Group(id) => Peer::Group(id.clone()),
        },
    })
}
