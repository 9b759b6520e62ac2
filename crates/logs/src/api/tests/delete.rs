//! What is deleted is gone: from the API, from the disk, and for those who were at it.

use std::path::Path;

use super::*;

/// How many files there are below a folder, and how many folders.
pub(super) fn below(folder: &Path) -> (usize, usize) {
    let mut found = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let (files, folders) = below(&path);
            found = (found.0 + files, found.1 + folders + 1);
        } else {
            found.0 += 1;
        }
    }
    found
}

impl Stand {
    pub(super) async fn delete_group(&self, name: &str) -> Result<(), Error> {
        let input = model::DeleteLogGroupRequest {
            log_group_name: text(name),
        };
        let caller = caller("DeleteLogGroup");
        let deleted = self.logs.delete_log_group(&caller, input).await;
        deleted.map(|_| ())
    }

    pub(super) async fn delete_stream(&self, group: &str, name: &str) -> Result<(), Error> {
        let input = model::DeleteLogStreamRequest {
            log_group_name: text(group),
            log_stream_name: text(name),
        };
        let caller = caller("DeleteLogStream");
        let deleted = self.logs.delete_log_stream(&caller, input).await;
        deleted.map(|_| ())
    }

    pub(super) fn on_disk(&self) -> (usize, usize) {
        below(&self.folder.path().join("logs"))
    }
}

#[tokio::test]
async fn a_group_goes_with_its_streams_and_events_and_its_name_is_free() {
    let stand = stand();
    stand.group("g").await;
    stand.group("h").await;
    // More than go in one transaction.
    for number in 0..130 {
        stand.stream("g", &format!("s{number}")).await;
    }
    stand.stream("h", "s").await;
    stand.put(("g", "s7"), &[(0, "old")]).await;
    stand.put(("g", "s8"), &[(0, "old")]).await;
    stand.put(("h", "s"), &[(0, "kept")]).await;
    // The lock; three segments; two groups and three streams.
    assert_eq!(stand.on_disk(), (4, 5));
    stand.delete_group("g").await.unwrap();
    assert_eq!(stand.on_disk(), (2, 2));
    let error = stand.filter(in_group("g")).await.unwrap_err();
    assert_eq!(error.code(), "ResourceNotFoundException");
    assert_eq!(error.message(), sentences::GROUP_NOT_FOUND);
    let error = stand.delete_group("g").await.unwrap_err();
    assert_eq!(error.message(), sentences::GROUP_NOT_FOUND);
    let shown = stand.groups(Default::default()).await.unwrap().log_groups;
    assert_eq!(shown.unwrap().len(), 1);

    stand.group("g").await;
    let streams = stand
        .streams(model::DescribeLogStreamsRequest {
            log_group_name: text("g"),
            ..Default::default()
        })
        .await;
    assert_eq!(streams.unwrap().log_streams.unwrap(), []);
    stand.stream("g", "s7").await;
    stand.put(("g", "s7"), &[(1, "new")]).await;
    let page = stand.filter(in_group("g")).await.unwrap();
    assert_eq!(filtered(&page), ["new"]);
    let page = stand.filter(in_group("h")).await.unwrap();
    assert_eq!(filtered(&page), ["kept"]);
    assert_eq!(stand.logs.sweep().await.unwrap(), crate::Swept::default());
}

#[tokio::test]
async fn a_stream_goes_alone() {
    let stand = stand();
    stand.group("g").await;
    for name in ["s", "t"] {
        stand.stream("g", name).await;
        stand.put(("g", name), &[(0, name)]).await;
    }
    let before = stand.groups(Default::default()).await.unwrap();
    stand.delete_stream("g", "s").await.unwrap();
    assert_eq!(stand.on_disk(), (2, 2));
    let after = stand.groups(Default::default()).await.unwrap();
    let bytes = |page: &model::DescribeLogGroupsResponse| {
        page.log_groups.as_ref().unwrap()[0].stored_bytes.unwrap()
    };
    assert_eq!(bytes(&after) * 2, bytes(&before));
    let page = stand.filter(in_group("g")).await.unwrap();
    assert_eq!(filtered(&page), ["t"]);
    let late = [(0, "late")];
    let put = stand.put_as(caller("PutLogEvents"), None, ("g", "s"), &late);
    assert_eq!(
        put.await.unwrap_err().message(),
        sentences::STREAM_NOT_FOUND
    );
    for (group, stream, message) in [
        ("g", "s", sentences::STREAM_NOT_FOUND),
        ("none", "s", sentences::GROUP_NOT_FOUND),
    ] {
        let error = stand.delete_stream(group, stream).await.unwrap_err();
        assert_eq!(error.message(), message);
    }
    let error = stand.delete_stream("secret", "s").await.unwrap_err();
    assert!(matches!(error, Error::Common(Common::AccessDenied(_))));
    let error = stand.delete_group("secret").await.unwrap_err();
    assert!(matches!(error, Error::Common(Common::AccessDenied(_))));
}

/// What a kill leaves in the middle is not seen, keeps its name, and is brought to its end.
#[tokio::test]
async fn a_deletion_that_was_cut_off_is_finished_by_the_sweep() {
    use records::logs::LogGroup;

    let stand = stand();
    stand.group("g").await;
    stand.stream("g", "s").await;
    stand.put(("g", "s"), &[(0, "old")]).await;
    let asking = caller("DeleteLogGroup");
    let key = LogGroup::key(&asking.account, &asking.region, "g");
    let deleting = |group: Option<&LogGroup>| {
        let mut group = group.unwrap().clone();
        group.deleting = true;
        Ok::<_, records::RecordError>(Some(group))
    };
    stand.logs.records.change(&key, deleting).await.unwrap();

    let error = stand.filter(in_group("g")).await.unwrap_err();
    assert_eq!(error.message(), sentences::GROUP_NOT_FOUND);
    assert_eq!(
        stand.groups(Default::default()).await.unwrap().log_groups,
        Some(Vec::new())
    );
    let input = model::CreateLogGroupRequest {
        log_group_name: text("g"),
        ..Default::default()
    };
    let again = stand.logs.create_log_group(&asking, input).await;
    let error = again.unwrap_err();
    assert_eq!(error.code(), "OperationAbortedException");
    assert_eq!(error.message(), sentences::CONFLICT);
    let error = stand.delete_group("g").await.unwrap_err();
    assert_eq!(error.code(), "OperationAbortedException");
    let input = model::CreateLogStreamRequest {
        log_group_name: text("g"),
        log_stream_name: text("late"),
    };
    let error = stand.logs.create_log_stream(&asking, input).await;
    assert_eq!(error.unwrap_err().message(), sentences::GROUP_NOT_FOUND);

    assert_eq!(stand.logs.sweep().await.unwrap().deletions, 1);
    assert_eq!(stand.on_disk(), (1, 0));
    stand.group("g").await;
}

/// Writers and readers that are at it meet the end of their group, and nothing comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_group_can_be_deleted_under_writers_and_readers() {
    const WRITERS: usize = 4;
    let stand = Arc::new(stand());
    for round in 0..10 {
        stand.group("g").await;
        let mut at_it = tokio::task::JoinSet::new();
        for writer in 0..WRITERS {
            let name = format!("s{writer}");
            stand.stream("g", &name).await;
            let stand = Arc::clone(&stand);
            at_it.spawn(async move {
                loop {
                    let caller = caller("PutLogEvents");
                    let event = [(round, "m")];
                    let put = stand.put_as(caller, None, ("g", &name), &event);
                    if let Err(error) = put.await {
                        return error;
                    }
                }
            });
        }
        let reading = Arc::clone(&stand);
        at_it.spawn(async move {
            loop {
                if let Err(error) = reading.filter(in_group("g")).await {
                    return error;
                }
            }
        });
        while stand.logs.counts().batches < u64::try_from(round).unwrap() * 20 + 20 {
            tokio::task::yield_now().await;
        }
        stand.delete_group("g").await.unwrap();
        while let Some(error) = at_it.join_next().await {
            assert_eq!(error.unwrap().code(), "ResourceNotFoundException");
        }
        assert_eq!(stand.on_disk(), (1, 0), "round {round}");
    }
}
