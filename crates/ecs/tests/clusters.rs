//! Requests about one cluster that meet: over the store as it is used, whose commits take a while.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use ambient::{Clock, SystemClock, SystemRandom};
use aws_api::ecs::{self as model, Ecs as _};
use aws_core::{AccountId, Arn, Authoriser, Caller, Decision, Principal, Region};
use ecs::{Board, Config, Ecs};
use records::Records;
use records::ec2::{SecurityGroup, Subnet, Vpc, default_network};
use records::ecs::{Cluster, ClusterStatus, Task};

const ROUNDS: usize = 40;

struct Everything;

impl Authoriser for Everything {
    fn authorise(&self, _: &Principal, _: &str, _: Option<&Arn>) -> Decision {
        Decision::Allow
    }
}

struct House {
    records: Records,
    ecs: Ecs,
    account: AccountId,
    region: Region,
    subnet: String,
}

async fn house(folder: &std::path::Path) -> House {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = store::RedbStore::open(folder, Arc::clone(&clock)).unwrap();
    let records = Records::new(Arc::new(store));
    let account: AccountId = "123456789012".parse().unwrap();
    let region: Region = "us-east-1".parse().unwrap();
    let network = default_network(&region, 0, &SystemRandom).unwrap();
    let subnet = network.subnets.first().unwrap().clone();
    let group = &network.security_group;
    let mut transaction = records.transaction();
    let key = Vpc::key(&account, &region, &network.vpc.id);
    transaction.create(&key, &network.vpc).unwrap();
    let key = Subnet::key(&account, &region, &subnet.id);
    transaction.create(&key, &subnet).unwrap();
    let key = SecurityGroup::key(&account, &region, &group.id);
    transaction.create(&key, group).unwrap();
    transaction.commit().await.unwrap();
    let board = Arc::new(Board::new(records.clone()));
    let following = Arc::clone(&board);
    tokio::spawn(async move { following.follow().await });
    let config = Config {
        endpoint: String::new(),
        registry_hosts: Vec::new(),
    };
    let ecs = Ecs::new(
        records.clone(),
        board,
        Arc::default(),
        clock,
        Arc::new(SystemRandom),
        config,
    );
    House {
        records,
        ecs,
        account,
        region,
        subnet: subnet.id,
    }
}

impl House {
    fn caller(&self, action: &str) -> Caller {
        Caller {
            principal: Principal::Root {
                account: self.account.clone(),
            },
            account: self.account.clone(),
            region: self.region.clone(),
            request_id: String::new(),
            host: None,
            action: format!("ecs:{action}"),
            authoriser: Arc::new(Everything),
        }
    }

    async fn create(&self, cluster: &str) {
        let input = model::CreateClusterRequest {
            cluster_name: Some(cluster.to_owned()),
            ..model::CreateClusterRequest::default()
        };
        let caller = self.caller("CreateCluster");
        self.ecs.create_cluster(&caller, input).await.unwrap();
    }

    async fn register(&self) {
        let input = model::RegisterTaskDefinitionRequest {
            family: Some("web".to_owned()),
            requires_compatibilities: Some(vec![model::Compatibility::Fargate]),
            network_mode: Some(model::NetworkMode::Awsvpc),
            cpu: Some("256".to_owned()),
            memory: Some("512".to_owned()),
            container_definitions: Some(vec![model::ContainerDefinition {
                name: Some("app".to_owned()),
                image: Some("hello:1".to_owned()),
                ..model::ContainerDefinition::default()
            }]),
            ..model::RegisterTaskDefinitionRequest::default()
        };
        let caller = self.caller("RegisterTaskDefinition");
        let registered = self.ecs.register_task_definition(&caller, input).await;
        registered.unwrap();
    }

    async fn run(&self, cluster: &str) -> Result<model::RunTaskResponse, model::Error> {
        let input = model::RunTaskRequest {
            cluster: Some(cluster.to_owned()),
            task_definition: Some("web".to_owned()),
            launch_type: Some(model::LaunchType::Fargate),
            network_configuration: Some(model::NetworkConfiguration {
                awsvpc_configuration: Some(model::AwsVpcConfiguration {
                    subnets: Some(vec![self.subnet.clone()]),
                    ..model::AwsVpcConfiguration::default()
                }),
            }),
            ..model::RunTaskRequest::default()
        };
        self.ecs.run_task(&self.caller("RunTask"), input).await
    }

    async fn delete(&self, cluster: &str) -> Result<model::DeleteClusterResponse, model::Error> {
        let input = model::DeleteClusterRequest {
            cluster: Some(cluster.to_owned()),
        };
        let caller = self.caller("DeleteCluster");
        self.ecs.delete_cluster(&caller, input).await
    }
}

#[tokio::test]
async fn no_task_is_in_a_cluster_that_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let house = house(folder.path()).await;
    house.register().await;
    let mut ran = 0;
    let mut deleted = 0;
    for round in 0..ROUNDS {
        let name = format!("c{round}");
        house.create(&name).await;
        let (run, delete) = if round % 2 == 0 {
            tokio::join!(house.run(&name), house.delete(&name))
        } else {
            let (delete, run) = tokio::join!(house.delete(&name), house.run(&name));
            (run, delete)
        };
        let key = Cluster::key(&house.account, &house.region, &name);
        let cluster = house.records.get(&key).unwrap().unwrap().record;
        let prefix = Task::cluster_prefix(&house.account, &house.region, &name);
        let tasks = house.records.all(&prefix).unwrap();
        ran += usize::from(run.is_ok());
        deleted += usize::from(delete.is_ok());
        assert_eq!(tasks.is_empty(), run.is_err(), "{run:?}");
        assert_eq!(
            cluster.status == ClusterStatus::Active,
            !tasks.is_empty(),
            "round {round}: {run:?} {delete:?}"
        );
    }
    assert!(ran > 0 && deleted > 0 && ran + deleted == ROUNDS);
}
