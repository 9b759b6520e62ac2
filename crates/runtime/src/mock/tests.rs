//! The pretended runtime keeps its word.

use std::sync::Arc;
use std::time::Duration;

use ambient::SystemClock;

use super::*;

fn runtime() -> MockRuntime {
    MockRuntime::new(Arc::new(SystemClock))
}

async fn created(runtime: &dyn Runtime, args: &[&str]) -> Result<ContainerId, RuntimeError> {
    let task: TaskId = "t1".parse()?;
    runtime
        .prepare_task(&TaskSpec::new(task.clone(), true, TaskNetwork::Own))
        .await?;
    let id = ContainerId::new(&task, "c")?;
    let args = args.iter().map(|word| (*word).to_owned()).collect();
    let spec = ContainerSpec::new(id.clone(), Vec::new(), args);
    runtime.create(&spec).await?;
    Ok(id)
}

#[tokio::test(start_paused = true)]
async fn it_says_and_exits_as_told() {
    let runtime = runtime();
    let id = created(&runtime, &["mock", "say", "hello", "exit", "7", "5000"])
        .await
        .unwrap();
    let mut log = runtime.logs(&id).await.unwrap();
    runtime.start(&id).await.unwrap();
    let batch = log.next(1).await.unwrap();
    assert_eq!(batch.records[0].bytes, b"hello");
    log.acknowledge(batch.cursor).await.unwrap();
    let exit = runtime.wait(&id).await.unwrap();
    assert_eq!(exit.code, Some(7));
    assert!(log.next(1).await.unwrap().ended);
    let mut again = runtime.logs(&id).await.unwrap();
    assert!(again.next(1).await.unwrap().ended);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_container_ends_by_kill_alone() {
    let runtime = runtime();
    let id = created(&runtime, &["mock", "hang"]).await.unwrap();
    runtime.start(&id).await.unwrap();
    runtime.signal(&id, libc::SIGTERM).await.unwrap();
    let early = tokio::time::timeout(Duration::from_secs(60), runtime.wait(&id)).await;
    assert!(early.is_err());
    runtime.signal(&id, libc::SIGKILL).await.unwrap();
    assert_eq!(runtime.wait(&id).await.unwrap().code, Some(137));
}

#[tokio::test]
async fn failures_come_where_they_were_ordered() {
    let mock = runtime();
    let error = created(&mock, &["mock", "fail-create", "no"])
        .await
        .unwrap_err();
    assert!(matches!(error, RuntimeError::Create { message, .. } if message == "no"));
    let mock = runtime();
    let id = created(&mock, &["mock", "fail-start", "never"])
        .await
        .unwrap();
    let error = mock.start(&id).await.unwrap_err();
    assert!(matches!(error, RuntimeError::Start { message, .. } if message == "never"));
    assert_eq!(
        mock.wait(&id).await.unwrap().reason.as_deref(),
        Some("never")
    );
    assert!(created(&runtime(), &["mock", "fly"]).await.is_err());
}

#[tokio::test]
async fn a_restarted_agent_finds_what_runs() {
    let mock = runtime();
    let id = created(&mock, &["web"]).await.unwrap();
    let started = mock.start(&id).await.unwrap();
    let adopted = mock.clone().adopt().await.unwrap();
    assert_eq!(adopted.len(), 1);
    assert_eq!(
        adopted[0].containers,
        [AdoptedContainer {
            id: id.clone(),
            state: ContainerState::Running(started)
        }]
    );
    mock.remove_task(&id.task).await.unwrap();
    assert!(mock.adopt().await.unwrap().is_empty());
    assert!(mock.start(&id).await.is_err());
}
