//! The tasks by what they are asked for: by node, by cluster, by attachment; those that wait and
//! those that are over by their age.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use ambient::Timestamp;
use bytes::Bytes;
use records::Stored;
use records::ecs::{LaunchType, Task, TaskStatus};

/// What the live tasks of a node hold of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) cpu_units: i64,
    pub(crate) memory_mib: i64,
}

/// How many live tasks of a cluster there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) running: PerLaunchType,
    pub(crate) pending: PerLaunchType,
}

/// A number for each launch type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PerLaunchType {
    pub(crate) ec2: i32,
    pub(crate) fargate: i32,
}

impl PerLaunchType {
    pub(crate) fn sum(self) -> i32 {
        self.ec2 + self.fargate
    }

    fn of(&mut self, launch_type: LaunchType) -> &mut i32 {
        match launch_type {
            LaunchType::Ec2 => &mut self.ec2,
            LaunchType::Fargate => &mut self.fargate,
        }
    }
}

/// A task's entries come and go whole: nothing is kept that a look at all tasks would not give.
#[derive(Default)]
pub(super) struct Tasks {
    by_key: BTreeMap<Bytes, Arc<Stored<Task>>>,
    by_node: BTreeMap<String, OnNode>,
    by_attachment: BTreeMap<String, Bytes>,
    /// Of the live tasks, by what the keys of a cluster's tasks begin with.
    counts: BTreeMap<Bytes, Counts>,
    /// Tasks that no node has and that are not over, the oldest first.
    unplaced: BTreeMap<(Timestamp, String), Bytes>,
    /// Tasks that are over, by when they were.
    over: BTreeSet<(Timestamp, Bytes)>,
}

#[derive(Default)]
struct OnNode {
    live: BTreeSet<Bytes>,
    over: BTreeSet<Bytes>,
    load: Load,
}

impl Tasks {
    /// Puts a task in place of what is known of it.
    pub(super) fn put(&mut self, stored: Stored<Task>) {
        let key = stored.key.clone();
        self.remove(&key);
        self.count(&key, &stored.record, 1);
        let task = &stored.record;
        if let Some(node) = &task.node {
            let on_node = self.by_node.entry(node.clone()).or_default();
            if task.is_stopped() {
                on_node.over.insert(key.clone());
            } else {
                on_node.live.insert(key.clone());
            }
        }
        if task.is_stopped() {
            self.over.insert((stopped_at(task), key.clone()));
        } else if task.node.is_none() {
            self.unplaced.insert(age(task), key.clone());
        }
        if !task.network.attachment_id.is_empty() {
            self.by_attachment
                .insert(task.network.attachment_id.clone(), key.clone());
        }
        self.by_key.insert(key, Arc::new(stored));
    }

    /// Forgets a task; gives what was known of it.
    pub(super) fn remove(&mut self, key: &Bytes) -> Option<Arc<Stored<Task>>> {
        let gone = self.by_key.remove(key)?;
        let task = &gone.record;
        self.count(key, task, -1);
        if let Some(node) = &task.node
            && let Some(on_node) = self.by_node.get_mut(node)
        {
            on_node.live.remove(key);
            on_node.over.remove(key);
            if on_node.live.is_empty() && on_node.over.is_empty() {
                self.by_node.remove(node);
            }
        }
        self.over.remove(&(stopped_at(task), key.clone()));
        self.unplaced.remove(&age(task));
        self.by_attachment.remove(&task.network.attachment_id);
        Some(gone)
    }

    /// Counts a live task in, or out.
    fn count(&mut self, key: &Bytes, task: &Task, by: i32) {
        if task.is_stopped() {
            return;
        }
        let counts = self.counts.entry(cluster_of(key)).or_default();
        let number = match task.last_status {
            TaskStatus::Running | TaskStatus::Deactivating | TaskStatus::Stopping => {
                counts.running.of(task.launch_type)
            }
            _ => counts.pending.of(task.launch_type),
        };
        *number += by;
        if *counts == Counts::default() {
            self.counts.remove(&cluster_of(key));
        }
        if let Some(node) = &task.node {
            let load = &mut self.by_node.entry(node.clone()).or_default().load;
            load.cpu_units += i64::from(task.cpu_units) * i64::from(by);
            load.memory_mib += i64::from(task.memory_mib) * i64::from(by);
        }
    }

    pub(super) fn get(&self, key: &Bytes) -> Option<&Arc<Stored<Task>>> {
        self.by_key.get(key)
    }

    /// Those of a cluster, after the one of that key where one is given.
    pub(super) fn of_cluster<'a>(
        &'a self,
        prefix: &'a Bytes,
        after: Option<Bytes>,
    ) -> impl Iterator<Item = &'a Arc<Stored<Task>>> {
        let from = after.map_or_else(|| Bound::Included(prefix.clone()), Bound::Excluded);
        self.by_key
            .range((from, Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(_, stored)| stored)
    }

    pub(super) fn counts(&self, cluster_prefix: &Bytes) -> Counts {
        self.counts.get(cluster_prefix).copied().unwrap_or_default()
    }

    pub(super) fn load(&self, node: &str) -> Load {
        self.by_node
            .get(node)
            .map(|on_node| on_node.load)
            .unwrap_or_default()
    }

    pub(super) fn live_of_node(&self, node: &str) -> impl Iterator<Item = &Arc<Stored<Task>>> {
        let keys = self.by_node.get(node).map(|on_node| &on_node.live);
        keys.into_iter().flatten().filter_map(|key| self.get(key))
    }

    pub(super) fn over_of_node(&self, node: &str) -> impl Iterator<Item = &Arc<Stored<Task>>> {
        let keys = self.by_node.get(node).map(|on_node| &on_node.over);
        keys.into_iter().flatten().filter_map(|key| self.get(key))
    }

    /// Those that wait for a node, the oldest first.
    pub(super) fn unplaced(&self) -> impl Iterator<Item = &Arc<Stored<Task>>> {
        self.unplaced.values().filter_map(|key| self.get(key))
    }

    pub(super) fn any_unplaced(&self) -> bool {
        !self.unplaced.is_empty()
    }

    /// Those that were over by then.
    pub(super) fn over_by(&self, then: Timestamp) -> impl Iterator<Item = &Arc<Stored<Task>>> {
        self.over
            .iter()
            .take_while(move |(at, _)| *at <= then)
            .filter_map(|(_, key)| self.get(key))
    }

    pub(super) fn of_attachment(&self, attachment: &str) -> Option<&Arc<Stored<Task>>> {
        self.get(self.by_attachment.get(attachment)?)
    }
}

/// What the keys of the tasks of the same cluster begin with.
fn cluster_of(key: &Bytes) -> Bytes {
    let end = key.iter().rposition(|byte| *byte == b'/');
    key.slice(..end.map_or(0, |slash| slash + 1))
}

fn age(task: &Task) -> (Timestamp, String) {
    (task.timeline.created_at, task.id.clone())
}

/// A task that is over without a time of it counts as one that always was.
fn stopped_at(task: &Task) -> Timestamp {
    task.timeline.stopped_at.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use proptest::prelude::*;

    /// A task that is one of a few, in one of the states that a task goes through.
    fn drawn(id: u8, step: u8, cpu_units: i32) -> Stored<Task> {
        let mut task = fixtures::placed_task();
        task.id = format!("{id:032x}");
        task.cluster = ["a", "ab"][usize::from(id % 2)].to_owned();
        task.network.attachment_id = format!("attachment-{id}");
        task.cpu_units = cpu_units;
        task.launch_type = [LaunchType::Ec2, LaunchType::Fargate][usize::from(id / 2 % 2)];
        task.timeline.created_at = Timestamp::from_millis(i64::from(id % 3));
        task.node = (step > 0).then(|| format!("node-{}", id % 3));
        task.last_status = match step {
            0 => TaskStatus::Provisioning,
            1 => TaskStatus::Pending,
            2 => TaskStatus::Running,
            _ => TaskStatus::Stopped,
        };
        task.timeline.stopped_at = (step > 3).then(|| Timestamp::from_millis(i64::from(cpu_units)));
        Stored {
            key: task.own_key().bytes().clone(),
            record: task,
            revision: 1,
        }
    }

    fn ids<'a>(tasks: impl Iterator<Item = &'a Arc<Stored<Task>>>) -> BTreeSet<String> {
        tasks.map(|stored| stored.record.id.clone()).collect()
    }

    proptest! {
        #[test]
        fn each_index_is_what_a_look_at_all_tasks_gives(
            changes in proptest::collection::vec((0_u8..9, proptest::option::of(0_u8..6), 0_i32..99), 0..60)
        ) {
            let mut tasks = Tasks::default();
            let mut all: BTreeMap<Bytes, Task> = BTreeMap::new();
            for (id, step, cpu_units) in changes {
                let stored = drawn(id, step.unwrap_or_default(), cpu_units);
                if step.is_some() {
                    all.insert(stored.key.clone(), stored.record.clone());
                    tasks.put(stored);
                } else {
                    prop_assert_eq!(tasks.remove(&stored.key).is_some(), all.remove(&stored.key).is_some());
                }
            }
            let some = |is: &dyn Fn(&Task) -> bool| -> BTreeSet<String> {
                all.values().filter(|task| is(task)).map(|task| task.id.clone()).collect()
            };
            for node in ["node-0", "node-1", "node-2"] {
                let on = |task: &Task| task.node.as_deref() == Some(node);
                prop_assert_eq!(ids(tasks.live_of_node(node)), some(&|task| on(task) && !task.is_stopped()));
                prop_assert_eq!(ids(tasks.over_of_node(node)), some(&|task| on(task) && task.is_stopped()));
                let cpu_units = all.values().filter(|task| task.holds_resources_of(node));
                let cpu_units: i64 = cpu_units.map(|task| i64::from(task.cpu_units)).sum();
                prop_assert_eq!(tasks.load(node).cpu_units, cpu_units);
            }
            prop_assert_eq!(
                ids(tasks.unplaced()),
                some(&|task| task.node.is_none() && !task.is_stopped())
            );
            let ages: Vec<_> = tasks.unplaced().map(|stored| age(&stored.record)).collect();
            prop_assert!(ages.is_sorted());
            let then = Timestamp::from_millis(50);
            prop_assert_eq!(
                ids(tasks.over_by(then)),
                some(&|task| task.is_stopped() && task.timeline.stopped_at.is_none_or(|at| at <= then))
            );
            let sample = fixtures::placed_task();
            for cluster in ["a", "ab"] {
                let prefix = Task::cluster_prefix(&sample.account, &sample.region, cluster);
                let prefix = prefix.bytes();
                prop_assert_eq!(
                    ids(tasks.of_cluster(prefix, None)),
                    some(&|task| task.cluster == cluster)
                );
                let pending = all.values().filter(|task| {
                    task.cluster == cluster
                        && task.launch_type == LaunchType::Ec2
                        && !matches!(task.last_status, TaskStatus::Running | TaskStatus::Stopped)
                });
                prop_assert_eq!(tasks.counts(prefix).pending.ec2, i32::try_from(pending.count()).unwrap());
            }
            for id in 0..9_u8 {
                let attachment = format!("attachment-{id}");
                let of = tasks.of_attachment(&attachment).map(|stored| stored.record.id.clone());
                let known = all.values().find(|task| task.network.attachment_id == attachment);
                prop_assert_eq!(of, known.map(|task| task.id.clone()));
            }
        }
    }
}
