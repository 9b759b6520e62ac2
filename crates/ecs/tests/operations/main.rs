//! Clusters, task definitions, tags and account settings as their callers see them, over a store
//! in memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

mod account_settings;
mod clusters;
mod definitions;
mod tags;

use std::sync::{Arc, Mutex};

use ambient::{Clock, SystemClock, SystemRandom};
use aws_api::ecs::{self as model, Ecs as _};
use aws_core::{AccountId, Arn, Authoriser, Caller, Decision, Principal, Region};
use aws_schema::{Shape, Structure};
use ecs::{Board, Config, Ecs};
use records::Records;
use serde_json::{Value, json};

/// Allows everything but the actions that a test names.
#[derive(Default)]
struct AllBut(Mutex<Vec<String>>);

impl Authoriser for AllBut {
    fn authorise(&self, _: &Principal, action: &str, _: Option<&Arn>) -> Decision {
        if self.0.lock().unwrap().iter().any(|denied| denied == action) {
            Decision::Deny
        } else {
            Decision::Allow
        }
    }
}

struct House {
    records: Records,
    ecs: Ecs,
    account: AccountId,
    region: Region,
    authoriser: Arc<AllBut>,
}

fn house() -> House {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let records = Records::new(Arc::new(store::MemoryStore::new(Arc::clone(&clock))));
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
        account: "123456789012".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        authoriser: Arc::default(),
    }
}

fn document<T: Structure>(json: Value) -> T {
    aws_wire::document::deserialize(json).unwrap()
}

fn json_of<T: Structure>(document: &T) -> Value {
    aws_wire::document::serialize(document, serde_json::value::Serializer).unwrap()
}

/// What the gateway lets through to a handler.
fn gate(input: &dyn Shape) -> Result<(), (String, String)> {
    aws_wire::validate(input).map_err(|violations| {
        let code = "InvalidParameterException".to_owned();
        (code, violations.to_string())
    })?;
    match aws_wire::unsupported(input) {
        None => Ok(()),
        Some(member) => Err(("NotSupported".to_owned(), member)),
    }
}

/// One call of each operation here: JSON in, JSON out, or the error's code and message.
macro_rules! calls {
    ($($name:literal => $method:ident($input:ident);)*) => {
        impl House {
            async fn call_as(&self, caller: Caller, input: Value) -> Result<Value, (String, String)> {
                match caller.action.strip_prefix("ecs:").unwrap() {
                    $($name => {
                        let input: model::$input = document(input);
                        gate(&input)?;
                        let answer = self.ecs.$method(&caller, input).await;
                        answer.map(|output| json_of(&output)).map_err(|error| said(&error))
                    })*
                    other => panic!("{other} is not called here"),
                }
            }
        }
    };
}

calls! {
    "CreateCluster" => create_cluster(CreateClusterRequest);
    "DeleteCluster" => delete_cluster(DeleteClusterRequest);
    "DeleteAccountSetting" => delete_account_setting(DeleteAccountSettingRequest);
    "DeleteTaskDefinitions" => delete_task_definitions(DeleteTaskDefinitionsRequest);
    "DeregisterTaskDefinition" => deregister_task_definition(DeregisterTaskDefinitionRequest);
    "DescribeClusters" => describe_clusters(DescribeClustersRequest);
    "DescribeTaskDefinition" => describe_task_definition(DescribeTaskDefinitionRequest);
    "ListAccountSettings" => list_account_settings(ListAccountSettingsRequest);
    "ListClusters" => list_clusters(ListClustersRequest);
    "ListTagsForResource" => list_tags_for_resource(ListTagsForResourceRequest);
    "ListTaskDefinitionFamilies" => list_task_definition_families(ListTaskDefinitionFamiliesRequest);
    "ListTaskDefinitions" => list_task_definitions(ListTaskDefinitionsRequest);
    "PutAccountSetting" => put_account_setting(PutAccountSettingRequest);
    "PutAccountSettingDefault" => put_account_setting_default(PutAccountSettingDefaultRequest);
    "RegisterTaskDefinition" => register_task_definition(RegisterTaskDefinitionRequest);
    "RunTask" => run_task(RunTaskRequest);
    "TagResource" => tag_resource(TagResourceRequest);
    "UntagResource" => untag_resource(UntagResourceRequest);
    "UpdateCluster" => update_cluster(UpdateClusterRequest);
    "UpdateClusterSettings" => update_cluster_settings(UpdateClusterSettingsRequest);
}

fn said(error: &model::Error) -> (String, String) {
    use aws_core::ServiceError as _;
    match error.common() {
        Some(common) => {
            let text = format!("{common:?}");
            let code = text.split('(').next().unwrap_or_default().to_owned();
            (code, common.to_string())
        }
        None => (error.code().to_owned(), error.message().to_owned()),
    }
}

impl House {
    fn root(&self, operation: &str) -> Caller {
        Caller {
            principal: Principal::Root {
                account: self.account.clone(),
            },
            account: self.account.clone(),
            region: self.region.clone(),
            request_id: String::new(),
            host: None,
            action: format!("ecs:{operation}"),
            authoriser: Arc::clone(&self.authoriser) as Arc<dyn Authoriser>,
        }
    }

    async fn call(&self, operation: &str, input: Value) -> Value {
        let answer = self.call_as(self.root(operation), input).await;
        answer.unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
    }

    /// The code and the message of a refusal.
    async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let answer = self.call_as(self.root(operation), input).await;
        answer.expect_err(operation)
    }

    /// Registers a revision; its ARN.
    async fn register(&self, family: &str) -> String {
        let input = json!({"family": family, "containerDefinitions": [
            {"name": "app", "image": "hello:1", "memory": 64}]});
        let answer = self.call("RegisterTaskDefinition", input).await;
        answer["taskDefinition"]["taskDefinitionArn"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Every page of a list, each with how many were on it.
    async fn pages(&self, operation: &str, member: &str, mut input: Value) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        loop {
            let page = self.call(operation, input.clone()).await;
            let items = page[member].as_array().unwrap().iter();
            pages.push(
                items
                    .map(|item| item.as_str().unwrap().to_owned())
                    .collect(),
            );
            match page.get("nextToken") {
                Some(token) => input["nextToken"] = token.clone(),
                None => return pages,
            }
        }
    }
}
