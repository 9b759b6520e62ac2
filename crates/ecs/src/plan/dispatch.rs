//! What is to be sent to a node now.

use std::collections::BTreeMap;
use std::time::Duration;

use records::ecs::{DesiredStatus, Task, TaskStatus};

/// An unacknowledged payload is sent again after this long.
pub const RESEND_UNACKNOWLEDGED_AFTER: Duration = Duration::from_secs(5);
/// A payload that was acknowledged, but of whose tasks nothing was heard, is sent again after
/// this long: the agent may have lost it with its disk. Images of many gigabytes take longer to
/// pull, and an agent passes over what it has already.
pub const RESEND_UNREPORTED_AFTER: Duration = Duration::from_secs(60);

/// What was sent to a node of one task, in this session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What the payload asked for.
    pub desired: DesiredStatus,
    /// The payload's id.
    pub message_id: String,
    /// When, on the monotonic clock.
    pub at: Duration,
    /// Whether the agent has acknowledged it.
    pub acknowledged: bool,
}

/// What `task` needs its node to be told, if anything: that it is to run, until the node says
/// that it does; that it is to stop, until the node says that it has.
#[must_use]
pub fn wanted(task: &Task) -> Option<DesiredStatus> {
    match task.desired_status {
        DesiredStatus::Running if task.last_status == TaskStatus::Pending => {
            Some(DesiredStatus::Running)
        }
        DesiredStatus::Stopped if !task.is_stopped() && task.node.is_some() => {
            Some(DesiredStatus::Stopped)
        }
        _ => None,
    }
}

/// True where `wanted` must be sent now, given what was sent before.
#[must_use]
pub fn is_due(wanted: DesiredStatus, sent: Option<&Sent>, now: Duration) -> bool {
    let Some(sent) = sent else {
        return true;
    };
    let patience = if sent.acknowledged {
        RESEND_UNREPORTED_AFTER
    } else {
        RESEND_UNACKNOWLEDGED_AFTER
    };
    sent.desired != wanted || now.saturating_sub(sent.at) >= patience
}

/// Marks what an acknowledgement is about.
pub fn acknowledge(sent: &mut BTreeMap<String, Sent>, message_id: &str) {
    for sent in sent
        .values_mut()
        .filter(|sent| sent.message_id == message_id)
    {
        sent.acknowledged = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_placed_task_is_sent_until_it_is_acknowledged_and_reported() {
        let task = fixtures::placed_task();
        let want = wanted(&task).unwrap();
        assert!(is_due(want, None, Duration::ZERO));
        let mut sent = BTreeMap::from([(
            task.id.clone(),
            Sent {
                desired: want,
                message_id: "m1".into(),
                at: Duration::ZERO,
                acknowledged: false,
            },
        )]);
        assert!(!is_due(want, sent.get(&task.id), Duration::from_secs(4)));
        assert!(is_due(want, sent.get(&task.id), Duration::from_secs(5)));
        acknowledge(&mut sent, "m1");
        assert!(!is_due(want, sent.get(&task.id), Duration::from_secs(59)));
        assert!(is_due(want, sent.get(&task.id), Duration::from_secs(60)));
        let mut running = task.clone();
        running.last_status = TaskStatus::Running;
        assert_eq!(wanted(&running), None);
    }

    #[test]
    fn a_stop_overtakes_a_start() {
        let mut task = fixtures::placed_task();
        task.desired_status = DesiredStatus::Stopped;
        let want = wanted(&task).unwrap();
        let start = Sent {
            desired: DesiredStatus::Running,
            message_id: "m1".into(),
            at: Duration::ZERO,
            acknowledged: true,
        };
        assert!(is_due(want, Some(&start), Duration::ZERO));
    }
}
