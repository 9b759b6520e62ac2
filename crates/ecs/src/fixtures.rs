//! Tasks for tests.

use std::collections::BTreeMap;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::{Clock, Timestamp};
use records::Records;
use records::ecs::{
    Container, ContainerStatus, DesiredStatus, LaunchType, Task, TaskNetwork, TaskStatus, Timeline,
};

/// A Fargate task with one container `app` that was placed on node `n1`.
pub(crate) fn placed_task() -> Task {
    Task {
        id: "0123456789abcdef0123456789abcdef".into(),
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        cluster: "default".into(),
        family: "web".into(),
        revision: 1,
        launch_type: LaunchType::Fargate,
        desired_status: DesiredStatus::Running,
        last_status: TaskStatus::Pending,
        version: 2,
        cpu_units: 256,
        memory_mib: 512,
        ephemeral_storage_gib: 20,
        containers: vec![Container {
            id: "6f1f9b1e-0000-4000-8000-000000000001".into(),
            name: "app".into(),
            image: "hello:1".into(),
            image_digest: None,
            runtime_id: None,
            status: ContainerStatus::Pending,
            exit_code: None,
            reason: None,
            essential: true,
            cpu_units: 0,
            memory_mib: None,
            memory_reservation_mib: None,
        }],
        overrides: aws_api::ecs::TaskOverride::default(),
        network: TaskNetwork {
            subnets: vec!["subnet-1".into()],
            security_groups: vec!["sg-1".into()],
            interface_id: Some("eni-1".into()),
            attachment_id: "a1".into(),
            subnet_id: Some("subnet-1".into()),
            address: Some([172, 31, 0, 4].into()),
            ..TaskNetwork::default()
        },
        node: Some("n1".into()),
        started_by: None,
        group: "family:web".into(),
        tags: BTreeMap::new(),
        timeline: Timeline {
            created_at: Timestamp::from_millis(0),
            ..Timeline::default()
        },
        stop_code: None,
        stopped_reason: None,
    }
}

/// An API document from its JSON.
pub(crate) fn document<T: aws_schema::Structure>(json: serde_json::Value) -> T {
    aws_wire::document::deserialize(json).unwrap()
}

/// The JSON of an API document.
pub(crate) fn json<T: aws_schema::Structure>(document: &T) -> serde_json::Value {
    aws_wire::document::serialize(document, serde_json::value::Serializer).unwrap()
}

/// A clock that is turned by hand.
#[derive(Default)]
pub(crate) struct HandClock(Mutex<(i64, Duration)>);

impl HandClock {
    /// Sets both clocks: the wall's in seconds, and the one that never goes back.
    pub(crate) fn set(&self, wall_seconds: i64, monotonic: Duration) {
        *self.0.lock().unwrap() = (wall_seconds * 1000, monotonic);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.lock().unwrap().0)
    }

    fn monotonic(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

/// Records in memory.
pub(crate) fn records(clock: &Arc<HandClock>) -> Records {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    Records::new(Arc::new(store::MemoryStore::new(clock)))
}
