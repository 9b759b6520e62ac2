//! RunTask.

use aws_api::ecs as model;
use aws_core::{Caller, Common};
use records::ecs::{ClientToken, Cluster, LaunchFailure, LaunchType, Task, TaskDefinition};
use records::{Committed, Key, Stored};
use sha2::{Digest, Sha256};

use super::launch::{self, Launch, Launched};
use super::template::{self, Wanted, startable_definition};
use super::{cluster, show};
use crate::Ecs;
use crate::error::{Failure, invalid, not_supported};
use crate::sentences;

/// The ECS quota for tasks of one RunTask.
const COUNT_MAX: i32 = 10;
/// The API's bound on a client token, in ASCII characters.
const CLIENT_TOKEN_MAX_CHARS: usize = 64;

/// A request's client token: where it is kept, and the digest of what the request asks for.
type Token = (Key<ClientToken>, String);

pub(crate) async fn run(
    ecs: &Ecs,
    caller: &Caller,
    input: model::RunTaskRequest,
) -> Result<model::RunTaskResponse, Failure> {
    let not_deleted_meanwhile = ecs.clusters.read().await;
    let cluster = cluster::stored_active(ecs, caller, input.cluster.as_deref())?;
    // Before the definition is asked for: a request that had its effect is answered again, also when
    // it could not be made any more.
    let token = client_token(caller, &cluster.record, &input)?;
    if let Some((key, digest)) = &token
        && let Some(used) = ecs.records.get(key)?
    {
        return replay(ecs, caller, &cluster.record, &used.record, digest);
    }
    let reference = input.task_definition.as_deref().unwrap_or_default();
    let definition = startable_definition(ecs, caller, reference)?;
    caller.authorise(&TaskDefinition::arn(
        &caller.account,
        &caller.region,
        &definition.family,
        definition.revision,
    ))?;
    let launch_type = launch_type(&input)?;
    let wanted = Wanted {
        launch_type,
        platform_version: input.platform_version.as_deref(),
        overrides: input.overrides.as_ref(),
        network: input.network_configuration.as_ref(),
        started_by: input.started_by.as_deref(),
        group: input.group.as_deref(),
        tags: input.tags.as_deref(),
        propagate_tags: input.propagate_tags.as_ref(),
        managed_tags: input.enable_ecs_managed_tags.unwrap_or(false),
    };
    let template = template::template(ecs, caller, &cluster.record, &definition, &wanted)?;
    let count = input.count.unwrap_or(1);
    if !(1..=COUNT_MAX).contains(&count) {
        return Err(invalid(sentences::out_of_range("count", 1, COUNT_MAX)));
    }
    let launched = match launch_type {
        LaunchType::Fargate => {
            let tasks = (0..count)
                .map(|_| template::instance_of(ecs, &template))
                .collect();
            accept(ecs, &cluster, tasks, token.as_ref()).await?
        }
        LaunchType::Ec2 => {
            let launch = Launch {
                caller,
                cluster: &cluster,
                definition: &definition,
                template: &template,
                token: token.as_ref(),
            };
            let choice = launch::choice(&definition, &input)?;
            launch.anywhere(ecs, count, &choice).await?
        }
    };
    drop(not_deleted_meanwhile);
    match launched {
        Some(launched) => Ok(response(&launched)),
        // Another request with the same token got in between.
        None => match &token {
            Some((key, digest)) => match ecs.records.get(key)? {
                Some(used) => replay(ecs, caller, &cluster.record, &used.record, digest),
                None => Err(cluster_gone()),
            },
            None => Err(cluster_gone()),
        },
    }
}

/// EC2 is meant where nothing is said, but only one of the two ways to say it may be used. A
/// capacity provider strategy is refused before.
fn launch_type(input: &model::RunTaskRequest) -> Result<LaunchType, Failure> {
    match &input.launch_type {
        None | Some(model::LaunchType::Ec2) => Ok(LaunchType::Ec2),
        Some(model::LaunchType::Fargate) => {
            let given = |list: Option<usize>| list.unwrap_or_default() > 0;
            if given(input.placement_constraints.as_ref().map(Vec::len)) {
                return Err(invalid(sentences::CONSTRAINTS_ON_FARGATE));
            }
            if given(input.placement_strategy.as_ref().map(Vec::len)) {
                return Err(invalid(sentences::STRATEGIES_ON_FARGATE));
            }
            Ok(LaunchType::Fargate)
        }
        Some(other) => Err(not_supported(&format!("launchType {}", other.as_str()))),
    }
}

/// Writes tasks that wait for a node of the fleet; `None` where something got in between.
async fn accept(
    ecs: &Ecs,
    cluster: &Stored<Cluster>,
    tasks: Vec<Task>,
    token: Option<&Token>,
) -> Result<Option<Launched>, Failure> {
    let mut transaction = ecs.records.transaction();
    transaction.expect(cluster);
    for task in &tasks {
        transaction.create(&task.own_key(), task)?;
    }
    let launched = Launched {
        tasks,
        failures: Vec::new(),
    };
    remember(ecs, &mut transaction, token, &launched)?;
    match transaction.commit().await? {
        Committed::Yes(revision) => {
            ecs.board.wait_for(revision).await;
            Ok(Some(launched))
        }
        Committed::Conflict => Ok(None),
    }
}

/// Remembers that a token was used, in the transaction that has its effect.
pub(super) fn remember(
    ecs: &Ecs,
    transaction: &mut records::Transaction,
    token: Option<&Token>,
    launched: &Launched,
) -> Result<(), Failure> {
    if let Some((key, digest)) = token {
        let used = ClientToken {
            parameters_sha256: digest.clone(),
            definition: launched.tasks.first().map(Task::definition_arn),
            task_ids: launched.tasks.iter().map(|task| task.id.clone()).collect(),
            failures: launched
                .failures
                .iter()
                .map(|failure| LaunchFailure {
                    arn: failure.arn.clone().unwrap_or_default(),
                    reason: failure.reason.clone().unwrap_or_default(),
                })
                .collect(),
            used_at: ecs.clock.now(),
        };
        transaction.create(key, &used)?;
    }
    Ok(())
}

fn cluster_gone() -> Failure {
    Failure(model::Error::cluster_not_found_exception(
        sentences::CLUSTER_NOT_FOUND,
    ))
}

fn response(launched: &Launched) -> model::RunTaskResponse {
    let tasks = launched.tasks.iter().map(|task| show::task(task, true));
    model::RunTaskResponse {
        tasks: Some(tasks.collect()),
        failures: Some(launched.failures.clone()),
    }
}

/// The key of the request's client token and the digest of its parameters.
fn client_token(
    caller: &Caller,
    cluster: &Cluster,
    input: &model::RunTaskRequest,
) -> Result<Option<Token>, Failure> {
    let Some(token) = &input.client_token else {
        return Ok(None);
    };
    // The API reference, RunTask: 64 ASCII characters in the range of 33-126 (decimal).
    let printable = token.bytes().all(|byte| byte.is_ascii_graphic());
    if token.is_empty() || token.len() > CLIENT_TOKEN_MAX_CHARS || !printable {
        return Err(invalid(sentences::client_token_invalid(
            CLIENT_TOKEN_MAX_CHARS,
        )));
    }
    let mut parameters = input.clone();
    parameters.client_token = None;
    let canonical = serde_json::to_vec(&Canonical(parameters)).map_err(|error| {
        Common::Internal(format!("a request cannot be written as JSON: {error}"))
    })?;
    let digest = hex::encode(Sha256::digest(&canonical));
    let name = hex::encode(Sha256::digest(token.as_bytes()));
    let key = ClientToken::key(&caller.account, &caller.region, &cluster.name, &name);
    Ok(Some((key, digest)))
}

/// A request in its canonical form, of which the digest is taken.
#[derive(serde::Serialize)]
struct Canonical(#[serde(with = "aws_wire::document")] model::RunTaskRequest);

/// The answer to a request whose token was used before. A token is remembered for longer than a
/// stopped task is: of those that are forgotten it is said that they are missing, and nothing is
/// started again.
fn replay(
    ecs: &Ecs,
    caller: &Caller,
    cluster: &Cluster,
    used: &ClientToken,
    digest: &str,
) -> Result<model::RunTaskResponse, Failure> {
    let arn = |id: &str| caller.arn("ecs", &format!("task/{}/{id}", cluster.name));
    if used.parameters_sha256 != digest {
        let ids = used.task_ids.iter().map(|id| arn(id).to_string());
        return Err(Failure(model::Error::ConflictException(
            model::ConflictException {
                message: Some(sentences::CLIENT_TOKEN_USED.to_owned()),
                resource_ids: Some(ids.collect()),
            },
        )));
    }
    // Tokens are an account's, so it may be another principal's tasks that are shown here.
    let definition = used.definition.clone();
    let all_of_them = || caller.arn("ecs", "task-definition/*");
    caller.authorise(&definition.unwrap_or_else(all_of_them))?;
    let mut launched = Launched::default();
    for failure in &used.failures {
        launched.failures.push(model::Failure {
            arn: Some(failure.arn.clone()),
            reason: Some(failure.reason.clone()),
            ..model::Failure::default()
        });
    }
    for id in &used.task_ids {
        let key = Task::key(&caller.account, &caller.region, &cluster.name, id);
        match ecs.records.get(&key)? {
            Some(stored) => launched.tasks.push(stored.record),
            None => launched.failures.push(model::Failure {
                arn: Some(arn(id).to_string()),
                reason: Some("MISSING".to_owned()),
                ..model::Failure::default()
            }),
        }
    }
    Ok(response(&launched))
}
